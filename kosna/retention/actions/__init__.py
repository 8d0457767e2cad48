"""Closing an account, and destroying what has been kept long enough."""

from kosna.retention.actions.closing import (
    close_account,
    open_identity,
    reseal_identities,
)
from kosna.retention.actions.destroying import (
    DESTROY,
    approve,
    carry_out,
    dry_run,
    propose,
    refuse,
    rests,
    resume,
    url_of_destruction,
    withdraw,
)

__all__ = [
    "DESTROY",
    "approve",
    "carry_out",
    "close_account",
    "dry_run",
    "open_identity",
    "propose",
    "refuse",
    "reseal_identities",
    "rests",
    "resume",
    "url_of_destruction",
    "withdraw",
]

"""What happens to applications, to paid periods, and to memberships that rest or end.

``applications`` to the decision · ``periods`` paid days · ``suspensions`` rights that rest ·
``removals`` expulsion and forfeiture · ``exits`` how every membership ends
"""

from members.actions.applications import (
    PAYABLE,
    PROOF,
    READMIT,
    approve_application,
    reissue_order,
    reject_application,
    request_revision,
    save_draft,
    submit_application,
    withdraw_application,
)
from members.actions.exits import people_of, record_death, void_membership, withdraw
from members.actions.periods import (
    dues_expired,
    dues_paid,
    dues_refunded,
    issue_card,
    refuse_if_paid,
    renew,
)
from members.actions.removals import (
    confirm_expulsion,
    decide_forfeitures,
    drop_removal,
    propose_expulsion,
    propose_forfeitures,
)
from members.actions.suspensions import restore, suspend

__all__ = [
    "PAYABLE",
    "PROOF",
    "READMIT",
    "approve_application",
    "confirm_expulsion",
    "decide_forfeitures",
    "drop_removal",
    "dues_expired",
    "dues_paid",
    "dues_refunded",
    "issue_card",
    "people_of",
    "propose_expulsion",
    "propose_forfeitures",
    "record_death",
    "refuse_if_paid",
    "reissue_order",
    "reject_application",
    "renew",
    "request_revision",
    "restore",
    "save_draft",
    "submit_application",
    "suspend",
    "void_membership",
    "withdraw",
    "withdraw_application",
]

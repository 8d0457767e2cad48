"""What happens to applications (``applications``) and to paid periods (``periods``)."""

from members.actions.applications import (
    PAYABLE,
    approve_application,
    reissue_order,
    reject_application,
    request_revision,
    save_draft,
    submit_application,
    withdraw_application,
)
from members.actions.periods import (
    dues_expired,
    dues_paid,
    dues_refunded,
    issue_card,
    may_renew,
    refuse_if_paid,
    renew,
)

__all__ = [
    "PAYABLE",
    "approve_application",
    "dues_expired",
    "dues_paid",
    "dues_refunded",
    "issue_card",
    "may_renew",
    "refuse_if_paid",
    "reissue_order",
    "reject_application",
    "renew",
    "request_revision",
    "save_draft",
    "submit_application",
    "withdraw_application",
]

"""What happens to applications, to paid periods, and to memberships that rest or end.

``applications`` to the decision · ``periods`` paid days · ``suspensions`` rights that rest ·
``removals`` expulsion and forfeiture · ``exits`` how every membership ends · ``transfers`` to
another branch · ``tier_changes`` to another tier
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
from members.actions.exits import (
    orders_of,
    people_of,
    record_death,
    void_membership,
    withdraw,
)
from members.actions.periods import (
    dues_expired,
    dues_paid,
    dues_refunded,
    issue_card,
    refuse_if_paid,
    renew,
    tier_to_renew,
)
from members.actions.removals import (
    confirm_expulsion,
    decide_forfeitures,
    drop_removal,
    propose_expulsion,
    propose_forfeitures,
)
from members.actions.suspensions import restore, suspend
from members.actions.tier_changes import (
    TIER_PAYABLE,
    approve_tier_change,
    reject_tier_change,
    request_tier_change,
    take_due,
    tier_change_expired,
    tier_change_paid,
    tier_change_refunded,
    withdraw_tier_change,
)
from members.actions.transfers import (
    accept_transfer,
    branch_history,
    clear_transfer,
    move_due,
    move_for_closing,
    open_dues,
    refuse_transfer,
    request_transfer,
    withdraw_transfer,
)

__all__ = [
    "PAYABLE",
    "PROOF",
    "READMIT",
    "TIER_PAYABLE",
    "accept_transfer",
    "approve_application",
    "approve_tier_change",
    "branch_history",
    "clear_transfer",
    "confirm_expulsion",
    "decide_forfeitures",
    "drop_removal",
    "dues_expired",
    "dues_paid",
    "dues_refunded",
    "issue_card",
    "move_due",
    "move_for_closing",
    "open_dues",
    "orders_of",
    "people_of",
    "propose_expulsion",
    "propose_forfeitures",
    "record_death",
    "refuse_if_paid",
    "refuse_transfer",
    "reissue_order",
    "reject_application",
    "reject_tier_change",
    "renew",
    "request_revision",
    "request_tier_change",
    "request_transfer",
    "restore",
    "save_draft",
    "submit_application",
    "suspend",
    "take_due",
    "tier_change_expired",
    "tier_change_paid",
    "tier_change_refunded",
    "tier_to_renew",
    "void_membership",
    "withdraw",
    "withdraw_application",
    "withdraw_tier_change",
    "withdraw_transfer",
]

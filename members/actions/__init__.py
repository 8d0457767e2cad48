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
from members.actions.assessments import (
    assess,
    end_exemption,
    exempt,
    start_assessment,
    start_booking,
)
from members.actions.billing import start_bills
from members.actions.exits import people_of, record_death, void_membership, withdraw
from members.actions.notices import send_due_notices, start_notices, to_notify
from members.actions.periods import (
    dues_expired,
    dues_paid,
    dues_refunded,
    issue_card,
    renew,
    renewal_lines,
)
from members.actions.removals import (
    confirm_expulsion,
    decide_forfeitures,
    drop_removal,
    propose_expulsion,
    propose_forfeitures,
)
from members.actions.suspensions import restore, suspend
from members.actions.terms import (
    charged_years,
    rights_changes,
    save_calendar,
    save_rate,
    save_rights,
    save_tier,
)

__all__ = [
    "PAYABLE",
    "PROOF",
    "READMIT",
    "approve_application",
    "assess",
    "charged_years",
    "confirm_expulsion",
    "decide_forfeitures",
    "drop_removal",
    "dues_expired",
    "dues_paid",
    "dues_refunded",
    "end_exemption",
    "exempt",
    "issue_card",
    "people_of",
    "propose_expulsion",
    "propose_forfeitures",
    "record_death",
    "reissue_order",
    "reject_application",
    "renew",
    "renewal_lines",
    "request_revision",
    "restore",
    "rights_changes",
    "save_calendar",
    "save_draft",
    "save_rate",
    "save_rights",
    "save_tier",
    "send_due_notices",
    "start_assessment",
    "start_bills",
    "start_booking",
    "start_notices",
    "submit_application",
    "suspend",
    "to_notify",
    "void_membership",
    "withdraw",
    "withdraw_application",
]

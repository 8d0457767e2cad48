"""What happens to applications, to paid periods, to companies, and to memberships that rest or end.

``applications`` to the decision · ``periods`` paid days · ``suspensions`` rights that rest ·
``removals`` expulsion and forfeiture · ``exits`` how every membership ends ·
``seats``, ``domains`` and ``companies`` who sits in a company's membership, and what it says
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
from members.actions.companies import (
    change_facts,
    confirm_change,
    confirm_representative,
    decline_change,
    request_change,
    withdraw_change,
)
from members.actions.domains import (
    approve_request,
    claim_domain,
    decline_request,
    end_domain,
    prove_domain,
    request_seat,
    withdraw_request,
)
from members.actions.exits import (
    people_of,
    record_death,
    void_membership,
    withdraw,
)
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
from members.actions.seats import (
    accept_invitation,
    agree_seats,
    decline_invitation,
    end_seat,
    invitation_of,
    invite,
    invite_many,
    restore_seat,
    send_again,
    why_closed,
    withdraw_invitation,
)
from members.actions.suspensions import (
    restore,
    suspend,
)
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
    "accept_invitation",
    "agree_seats",
    "approve_application",
    "approve_request",
    "assess",
    "change_facts",
    "charged_years",
    "claim_domain",
    "confirm_change",
    "confirm_expulsion",
    "confirm_representative",
    "decide_forfeitures",
    "decline_change",
    "decline_invitation",
    "decline_request",
    "drop_removal",
    "dues_expired",
    "dues_paid",
    "dues_refunded",
    "end_domain",
    "end_exemption",
    "end_seat",
    "exempt",
    "invitation_of",
    "invite",
    "invite_many",
    "issue_card",
    "people_of",
    "propose_expulsion",
    "propose_forfeitures",
    "prove_domain",
    "record_death",
    "reissue_order",
    "reject_application",
    "renew",
    "renewal_lines",
    "request_change",
    "request_revision",
    "request_seat",
    "restore",
    "restore_seat",
    "rights_changes",
    "save_calendar",
    "save_draft",
    "save_rate",
    "save_rights",
    "save_tier",
    "send_again",
    "send_due_notices",
    "start_assessment",
    "start_bills",
    "start_booking",
    "start_notices",
    "submit_application",
    "suspend",
    "to_notify",
    "void_membership",
    "why_closed",
    "withdraw",
    "withdraw_application",
    "withdraw_change",
    "withdraw_invitation",
    "withdraw_request",
]

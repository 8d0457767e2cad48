"""What happens to applications, to paid periods, to companies and to the register.

``applications`` asked for, ``admitting`` decided · ``periods`` paid days ·
``unpaid`` days that were another's · ``papers`` and ``many_papers`` what is issued ·
``suspensions`` rights that rest · ``removals`` expulsion and forfeiture ·
``exits`` how every membership ends · ``terms`` tiers and rates · ``shares`` the branches' part ·
``assessments`` what is due · ``notices``, ``billing`` asking for it ·
``transfers`` to another branch · ``tier_changes`` and ``tier_moves`` to another tier ·
``imports`` and ``claims`` members brought along in a file ·
``seats``, ``invitations``, ``offices`` and ``domains`` who sits in a company's membership and runs
it · ``companies`` what it says of itself ·
``details``, ``inspections`` and ``files`` the register · ``meetings``, ``ballots`` and
``resolutions`` the general meeting · ``viewing`` staff who look as a tier
"""

from members.actions.admitting import (
    READMIT,
    approve_application,
    reissue_order,
    reject_application,
)
from members.actions.applications import (
    PAYABLE,
    PROOF,
    current_members,
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
from members.actions.ballots import (
    appoint_proxy,
    mark_absent,
    mark_present,
    revoke_proxy,
    take_back_written_vote,
    vote_in_writing,
)
from members.actions.billing import (
    start_bills,
)
from members.actions.claims import (
    ask_again,
    claim_account,
    enter_email,
    find_claim,
    invite_member,
    send_invitations,
)
from members.actions.companies import (
    change_facts,
    confirm_change,
    confirm_representative,
    decline_change,
    request_change,
    withdraw_change,
)
from members.actions.details import (
    change_details,
    parts_of_address,
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
    orders_of,
    people_of,
    record_death,
    void_membership,
    withdraw,
)
from members.actions.files import (
    REGISTER_FILE,
    ROLL_FILE,
    export_register,
    export_roll,
)
from members.actions.imports import (
    abandon_import,
    apply_import,
    check_import,
    choose,
    faulty_rows,
    merge_certain,
    obstacles,
    purge_imports,
    scope_of,
    start_import,
    undo_import,
)
from members.actions.inspections import (
    end_inspection,
    grant_inspection,
    record_look,
    refuse_inspection,
    request_inspection,
    withdraw_inspection,
)
from members.actions.invitations import (
    accept_invitation,
    decline_invitation,
    invitation_of,
    invite,
    invite_many,
    send_again,
    why_closed,
    withdraw_invitation,
)
from members.actions.many_papers import MANY_PAPERS, issue_many, run_many_papers
from members.actions.meetings import (
    NOTICES,
    call_meeting,
    cancel_meeting,
    change_meeting,
    close_meeting,
    freeze_due,
    freeze_roll,
    open_meeting,
    post_notices,
    prepare_meeting,
    set_agenda,
)
from members.actions.notices import (
    send_due_notices,
    start_notices,
)
from members.actions.papers import (
    card_of,
    issue_card,
    issue_paper,
    reissue_paper,
    void_paper,
)
from members.actions.periods import (
    dues_expired,
    dues_paid,
    dues_refunded,
    may_renew,
    renew,
    renewal_lines,
    tier_to_renew,
)
from members.actions.removals import (
    confirm_expulsion,
    decide_forfeitures,
    drop_removal,
    propose_expulsion,
    propose_forfeitures,
)
from members.actions.resolutions import (
    count_again,
    count_votes,
    exclude_voter,
    take_off_agenda,
)
from members.actions.seats import agree_seats, end_seat, restore_seat
from members.actions.shares import enter_share_rule, withdraw_share_rule
from members.actions.suspensions import rest_cards, restore, suspend
from members.actions.terms import (
    charged_years,
    rights_changes,
    save_calendar,
    save_rate,
    save_rights,
    save_tier,
)
from members.actions.tier_changes import (
    TIER_PAYABLE,
    approve_tier_change,
    reject_tier_change,
    request_tier_change,
    withdraw_tier_change,
)
from members.actions.tier_moves import (
    take_due,
    tier_change_expired,
    tier_change_paid,
    tier_change_refunded,
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
from members.actions.viewing import look_as, look_as_oneself

__all__ = [
    "MANY_PAPERS",
    "NOTICES",
    "PAYABLE",
    "PROOF",
    "READMIT",
    "REGISTER_FILE",
    "ROLL_FILE",
    "TIER_PAYABLE",
    "abandon_import",
    "accept_invitation",
    "accept_transfer",
    "agree_seats",
    "apply_import",
    "appoint_proxy",
    "approve_application",
    "approve_request",
    "approve_tier_change",
    "ask_again",
    "assess",
    "branch_history",
    "call_meeting",
    "cancel_meeting",
    "card_of",
    "change_details",
    "change_facts",
    "change_meeting",
    "charged_years",
    "check_import",
    "choose",
    "claim_account",
    "claim_domain",
    "clear_transfer",
    "close_meeting",
    "confirm_change",
    "confirm_expulsion",
    "confirm_representative",
    "count_again",
    "count_votes",
    "current_members",
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
    "end_inspection",
    "end_seat",
    "enter_email",
    "enter_share_rule",
    "exclude_voter",
    "exempt",
    "export_register",
    "export_roll",
    "faulty_rows",
    "find_claim",
    "freeze_due",
    "freeze_roll",
    "grant_inspection",
    "invitation_of",
    "invite",
    "invite_many",
    "invite_member",
    "issue_card",
    "issue_many",
    "issue_paper",
    "look_as",
    "look_as_oneself",
    "mark_absent",
    "mark_present",
    "may_renew",
    "merge_certain",
    "move_due",
    "move_for_closing",
    "obstacles",
    "open_dues",
    "open_meeting",
    "orders_of",
    "parts_of_address",
    "people_of",
    "post_notices",
    "prepare_meeting",
    "propose_expulsion",
    "propose_forfeitures",
    "prove_domain",
    "purge_imports",
    "record_death",
    "record_look",
    "refuse_inspection",
    "refuse_transfer",
    "reissue_order",
    "reissue_paper",
    "reject_application",
    "reject_tier_change",
    "renew",
    "renewal_lines",
    "request_change",
    "request_inspection",
    "request_revision",
    "request_seat",
    "request_tier_change",
    "request_transfer",
    "rest_cards",
    "restore",
    "restore_seat",
    "revoke_proxy",
    "rights_changes",
    "run_many_papers",
    "save_calendar",
    "save_draft",
    "save_rate",
    "save_rights",
    "save_tier",
    "scope_of",
    "send_again",
    "send_due_notices",
    "send_invitations",
    "set_agenda",
    "start_assessment",
    "start_bills",
    "start_booking",
    "start_import",
    "start_notices",
    "submit_application",
    "suspend",
    "take_back_written_vote",
    "take_due",
    "take_off_agenda",
    "tier_change_expired",
    "tier_change_paid",
    "tier_change_refunded",
    "tier_to_renew",
    "undo_import",
    "void_membership",
    "void_paper",
    "vote_in_writing",
    "why_closed",
    "withdraw",
    "withdraw_application",
    "withdraw_change",
    "withdraw_inspection",
    "withdraw_invitation",
    "withdraw_request",
    "withdraw_share_rule",
    "withdraw_tier_change",
    "withdraw_transfer",
]

"""What happens to applications, to paid periods, and to memberships that rest or end.

``applications`` to the decision · ``periods`` paid days · ``papers`` what is issued ·
``suspensions`` rights that rest · ``removals`` expulsion and forfeiture · ``exits`` how every
membership ends · ``many_papers`` what is issued by the hundred
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
from members.actions.many_papers import MANY_PAPERS, issue_many, run_many_papers
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
    "MANY_PAPERS",
    "PAYABLE",
    "PROOF",
    "READMIT",
    "approve_application",
    "card_of",
    "confirm_expulsion",
    "decide_forfeitures",
    "drop_removal",
    "dues_expired",
    "dues_paid",
    "dues_refunded",
    "issue_card",
    "issue_many",
    "issue_paper",
    "may_renew",
    "people_of",
    "propose_expulsion",
    "propose_forfeitures",
    "record_death",
    "refuse_if_paid",
    "reissue_order",
    "reissue_paper",
    "reject_application",
    "renew",
    "request_revision",
    "restore",
    "run_many_papers",
    "save_draft",
    "submit_application",
    "suspend",
    "void_membership",
    "void_paper",
    "withdraw",
    "withdraw_application",
]

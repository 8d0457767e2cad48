"""What happens with partners, consulting and projects; each function is one transaction, on
record."""

from members.programmes.actions.consulting import (
    ask_consulting,
    close_consulting,
    decline_consulting,
    rate_consulting,
    withdraw_consulting,
)
from members.programmes.actions.giving import (
    assign_consulting,
    report_consulting,
    return_consulting,
    schedule_consulting,
)
from members.programmes.actions.partners import correct_end, end_partner, write_partner
from members.programmes.actions.pool import (
    add_consultant,
    retire_consultant,
    return_consultant,
    write_consultant,
    write_round,
)
from members.programmes.actions.projects import (
    accept_application,
    add_figure,
    apply_to_project,
    call_for_participants,
    decline_application,
    remove_figure,
    withdraw_application,
    write_project,
)

__all__ = [
    "accept_application",
    "add_consultant",
    "add_figure",
    "apply_to_project",
    "ask_consulting",
    "assign_consulting",
    "call_for_participants",
    "close_consulting",
    "correct_end",
    "decline_application",
    "decline_consulting",
    "end_partner",
    "rate_consulting",
    "remove_figure",
    "report_consulting",
    "retire_consultant",
    "return_consultant",
    "return_consulting",
    "schedule_consulting",
    "withdraw_application",
    "withdraw_consulting",
    "write_consultant",
    "write_partner",
    "write_project",
    "write_round",
]

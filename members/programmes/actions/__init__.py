"""What happens with partners and consulting. Each function is one transaction, on record."""

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

__all__ = [
    "add_consultant",
    "ask_consulting",
    "assign_consulting",
    "close_consulting",
    "correct_end",
    "decline_consulting",
    "end_partner",
    "rate_consulting",
    "report_consulting",
    "retire_consultant",
    "return_consultant",
    "return_consulting",
    "schedule_consulting",
    "withdraw_consulting",
    "write_consultant",
    "write_partner",
    "write_round",
]

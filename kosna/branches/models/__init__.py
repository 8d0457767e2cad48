"""Where the association works: regions, branches, offices and terms, and what branches announce."""

from kosna.branches.models.branches import Branch, BranchQuerySet, DatedQuerySet, Region
from kosna.branches.models.notices import BranchNotice, BranchNoticeQuerySet
from kosna.branches.models.offices import (
    Appointment,
    Proposal,
    ProposalQuerySet,
    Term,
    TermQuerySet,
    appointments_of,
    ask_appointments_of,
)
from kosna.branches.models.scope import BranchScoped, Scope

__all__ = [
    "Appointment",
    "Branch",
    "BranchNotice",
    "BranchNoticeQuerySet",
    "BranchQuerySet",
    "BranchScoped",
    "DatedQuerySet",
    "Proposal",
    "ProposalQuerySet",
    "Region",
    "Scope",
    "Term",
    "TermQuerySet",
    "appointments_of",
    "ask_appointments_of",
]

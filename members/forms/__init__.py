"""What applicants type (``applications``), what companies type (``companies``), and what reviewers
and the desk type."""

from members.forms.applications import ApplicationForm, suggest_branch
from members.forms.companies import (
    ChangeForm,
    CodeForm,
    ConfirmForm,
    DeclineForm,
    DomainForm,
    EndSeatForm,
    FactsForm,
    InviteForm,
    InviteManyForm,
    RepresentativeForm,
    SeatsForm,
)
from members.forms.decisions import ApproveForm, ExportForm, ReasonForm, RejectForm
from members.forms.filters import ApplicationFilter, Filter, MemberFilter, in_standing

__all__ = [
    "ApplicationFilter",
    "ApplicationForm",
    "ApproveForm",
    "ChangeForm",
    "CodeForm",
    "ConfirmForm",
    "DeclineForm",
    "DomainForm",
    "EndSeatForm",
    "ExportForm",
    "FactsForm",
    "Filter",
    "InviteForm",
    "InviteManyForm",
    "MemberFilter",
    "ReasonForm",
    "RejectForm",
    "RepresentativeForm",
    "SeatsForm",
    "in_standing",
    "suggest_branch",
]

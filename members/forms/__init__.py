"""What applicants type (``applications``), and what reviewers and the desk type."""

from members.forms.applications import ApplicationForm, suggest_branch
from members.forms.claims import ClaimForm, EmailForm
from members.forms.decisions import ApproveForm, ExportForm, ReasonForm, RejectForm
from members.forms.filters import ApplicationFilter, Filter, MemberFilter, in_standing
from members.forms.imports import (
    ApplyForm,
    ChoiceForm,
    ClaimFilter,
    MappingForm,
    RowFilter,
    UndoForm,
    UploadForm,
)

__all__ = [
    "ApplicationFilter",
    "ApplicationForm",
    "ApplyForm",
    "ApproveForm",
    "ChoiceForm",
    "ClaimFilter",
    "ClaimForm",
    "EmailForm",
    "ExportForm",
    "Filter",
    "MappingForm",
    "MemberFilter",
    "ReasonForm",
    "RejectForm",
    "RowFilter",
    "UndoForm",
    "UploadForm",
    "in_standing",
    "suggest_branch",
]

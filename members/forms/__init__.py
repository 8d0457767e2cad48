"""What applicants type (``applications``), and what reviewers and the desk type."""

from members.forms.applications import ApplicationForm, suggest_branch
from members.forms.decisions import ApproveForm, ExportForm, ReasonForm, RejectForm
from members.forms.filters import ApplicationFilter, Filter, MemberFilter, in_standing

__all__ = [
    "ApplicationFilter",
    "ApplicationForm",
    "ApproveForm",
    "ExportForm",
    "Filter",
    "MemberFilter",
    "ReasonForm",
    "RejectForm",
    "in_standing",
    "suggest_branch",
]

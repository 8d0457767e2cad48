"""What applicants type (``applications``), and what reviewers and the desk type."""

from members.forms.applications import ApplicationForm, nameable_fields, suggest_branch
from members.forms.decisions import (
    ApproveForm,
    BasisForm,
    ExportForm,
    ReasonForm,
    RejectForm,
    RevisionForm,
    basis_text,
)
from members.forms.filters import ApplicationFilter, Filter, MemberFilter, RemovalFilter
from members.forms.memberships import (
    BasisAndReasonForm,
    ConfirmForm,
    DeceasedForm,
    DecideForm,
    MemberReasonForm,
    ProposeForm,
    SuspendForm,
)
from members.forms.papers import (
    ManyPapersForm,
    PaperFilter,
    PaperForm,
    PaperReasonForm,
    paper_form,
)

__all__ = [
    "ApplicationFilter",
    "ApplicationForm",
    "ApproveForm",
    "BasisAndReasonForm",
    "BasisForm",
    "ConfirmForm",
    "DeceasedForm",
    "DecideForm",
    "ExportForm",
    "Filter",
    "ManyPapersForm",
    "MemberFilter",
    "MemberReasonForm",
    "PaperFilter",
    "PaperForm",
    "PaperReasonForm",
    "ProposeForm",
    "ReasonForm",
    "RejectForm",
    "RemovalFilter",
    "RevisionForm",
    "SuspendForm",
    "basis_text",
    "nameable_fields",
    "paper_form",
    "suggest_branch",
]

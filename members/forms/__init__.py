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
from members.forms.dues import (
    AGES,
    AssessForm,
    DuesFilter,
    EndExemptionForm,
    ExemptForm,
    ItemFilter,
    overdue_for,
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
from members.forms.terms import CalendarForm, RateForm, RightsForm, TierForm

__all__ = [
    "AGES",
    "ApplicationFilter",
    "ApplicationForm",
    "ApproveForm",
    "AssessForm",
    "BasisAndReasonForm",
    "BasisForm",
    "CalendarForm",
    "ConfirmForm",
    "DeceasedForm",
    "DecideForm",
    "DuesFilter",
    "EndExemptionForm",
    "ExemptForm",
    "ExportForm",
    "Filter",
    "ItemFilter",
    "MemberFilter",
    "MemberReasonForm",
    "ProposeForm",
    "RateForm",
    "ReasonForm",
    "RejectForm",
    "RemovalFilter",
    "RevisionForm",
    "RightsForm",
    "SuspendForm",
    "TierForm",
    "basis_text",
    "nameable_fields",
    "overdue_for",
    "suggest_branch",
]

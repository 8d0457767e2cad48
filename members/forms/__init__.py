"""What applicants type (``applications``), and what reviewers and the desk type."""

from members.forms.applications import ApplicationForm, nameable_fields, suggest_branch
from members.forms.cases import (
    AcceptForm,
    CaseReasonForm,
    MoveAllForm,
    TierChangeFilter,
    TierChangeForm,
    TierRejectForm,
    TransferFilter,
    TransferForm,
    WaiverForm,
)
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

__all__ = [
    "AcceptForm",
    "ApplicationFilter",
    "ApplicationForm",
    "ApproveForm",
    "BasisAndReasonForm",
    "BasisForm",
    "CaseReasonForm",
    "ConfirmForm",
    "DeceasedForm",
    "DecideForm",
    "ExportForm",
    "Filter",
    "MemberFilter",
    "MemberReasonForm",
    "MoveAllForm",
    "ProposeForm",
    "ReasonForm",
    "RejectForm",
    "RemovalFilter",
    "RevisionForm",
    "SuspendForm",
    "TierChangeFilter",
    "TierChangeForm",
    "TierRejectForm",
    "TransferFilter",
    "TransferForm",
    "WaiverForm",
    "basis_text",
    "nameable_fields",
    "suggest_branch",
]

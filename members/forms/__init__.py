"""What applicants type (``applications``), what companies type (``companies``), and what reviewers
and the desk type."""

from members.forms.applications import ApplicationForm, nameable_fields, suggest_branch
from members.forms.companies import (
    ChangeForm,
    CodeForm,
    ConfirmChangeForm,
    DeclineForm,
    DomainForm,
    EndSeatForm,
    FactsForm,
    InviteForm,
    InviteManyForm,
    RepresentativeForm,
    SeatsForm,
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
    "ApplicationFilter",
    "ApplicationForm",
    "ApproveForm",
    "BasisAndReasonForm",
    "BasisForm",
    "ChangeForm",
    "CodeForm",
    "ConfirmChangeForm",
    "ConfirmForm",
    "DeceasedForm",
    "DecideForm",
    "DeclineForm",
    "DomainForm",
    "EndSeatForm",
    "ExportForm",
    "FactsForm",
    "Filter",
    "InviteForm",
    "InviteManyForm",
    "MemberFilter",
    "MemberReasonForm",
    "ProposeForm",
    "ReasonForm",
    "RejectForm",
    "RemovalFilter",
    "RepresentativeForm",
    "RevisionForm",
    "SeatsForm",
    "SuspendForm",
    "basis_text",
    "nameable_fields",
    "suggest_branch",
]

"""What applicants type (``applications``), and what reviewers, the desk and voters type."""

from members.forms.applications import ApplicationForm, suggest_branch
from members.forms.decisions import ApproveForm, ExportForm, ReasonForm, RejectForm
from members.forms.filters import ApplicationFilter, Filter, MemberFilter, in_standing
from members.forms.meetings import (
    AgendaFormSet,
    CallForm,
    CountForm,
    DelegateForm,
    DoorForm,
    ExcludeForm,
    MeetingForm,
    MinutesForm,
    OpenForm,
    PaperProxyForm,
    ShortReasonForm,
    WrittenVoteForm,
)
from members.forms.register import (
    AddressForm,
    DeclineForm,
    DetailsForm,
    GrantForm,
    PurposeForm,
    RegisterExportForm,
    RegisterFilter,
    StrangerForm,
)

__all__ = [
    "AddressForm",
    "AgendaFormSet",
    "ApplicationFilter",
    "ApplicationForm",
    "ApproveForm",
    "CallForm",
    "CountForm",
    "DeclineForm",
    "DelegateForm",
    "DetailsForm",
    "DoorForm",
    "ExcludeForm",
    "ExportForm",
    "Filter",
    "GrantForm",
    "MeetingForm",
    "MemberFilter",
    "MinutesForm",
    "OpenForm",
    "PaperProxyForm",
    "PurposeForm",
    "ReasonForm",
    "RegisterExportForm",
    "RegisterFilter",
    "RejectForm",
    "ShortReasonForm",
    "StrangerForm",
    "WrittenVoteForm",
    "in_standing",
    "suggest_branch",
]

"""What is typed about partners and consulting."""

from members.programmes.forms.consulting import (
    AnswerForm,
    AskForm,
    AssignForm,
    MeetingForm,
    ReasonForm,
    ReportForm,
    StaffConsultingFilter,
)
from members.programmes.forms.partners import (
    CorrectEndForm,
    EndForm,
    PartnerFilter,
    PartnerForm,
    StaffPartnerFilter,
)
from members.programmes.forms.pool import (
    ConsultantFilter,
    ConsultantForm,
    NewConsultantForm,
    RoundForm,
    facts_of,
)

__all__ = [
    "AnswerForm",
    "AskForm",
    "AssignForm",
    "ConsultantFilter",
    "ConsultantForm",
    "CorrectEndForm",
    "EndForm",
    "MeetingForm",
    "NewConsultantForm",
    "PartnerFilter",
    "PartnerForm",
    "ReasonForm",
    "ReportForm",
    "RoundForm",
    "StaffConsultingFilter",
    "StaffPartnerFilter",
    "facts_of",
]

"""What is typed about partners, consulting and projects."""

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
from members.programmes.forms.projects import (
    ApplyForm,
    CallForm,
    FigureForm,
    ProjectFilter,
    ProjectForm,
    StaffProjectFilter,
)

__all__ = [
    "AnswerForm",
    "ApplyForm",
    "AskForm",
    "AssignForm",
    "CallForm",
    "ConsultantFilter",
    "ConsultantForm",
    "CorrectEndForm",
    "EndForm",
    "FigureForm",
    "MeetingForm",
    "NewConsultantForm",
    "PartnerFilter",
    "PartnerForm",
    "ProjectFilter",
    "ProjectForm",
    "ReasonForm",
    "ReportForm",
    "RoundForm",
    "StaffConsultingFilter",
    "StaffPartnerFilter",
    "StaffProjectFilter",
    "facts_of",
]

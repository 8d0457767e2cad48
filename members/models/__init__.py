"""Who belongs, on what terms, and for which days they have paid."""

from members.models.applications import (
    Application,
    ApplicationFile,
    ApplicationQuerySet,
    Organisation,
    draft_number,
)
from members.models.charges import (
    Assessment,
    AssessmentItem,
    Charge,
    ChargeQuerySet,
    DuesNotice,
    Exemption,
    ExemptionQuerySet,
)
from members.models.companies import (
    CompanyChange,
    CompanyDomain,
    Invitation,
    SeatRequest,
)
from members.models.membership import (
    Member,
    MemberQuerySet,
    Period,
    PeriodQuerySet,
    Renewal,
    Seat,
    Suspension,
    SuspensionQuerySet,
)
from members.models.register import RegisterEntry
from members.models.removals import Removal, RemovalQuerySet
from members.models.terms import (
    Clock,
    DuesCalendar,
    DuesRate,
    Opening,
    Right,
    Tier,
    TierQuerySet,
    TierRight,
    Topic,
)

__all__ = [
    "Application",
    "ApplicationFile",
    "ApplicationQuerySet",
    "Assessment",
    "AssessmentItem",
    "Charge",
    "ChargeQuerySet",
    "Clock",
    "CompanyChange",
    "CompanyDomain",
    "DuesCalendar",
    "DuesNotice",
    "DuesRate",
    "Exemption",
    "ExemptionQuerySet",
    "Invitation",
    "Member",
    "MemberQuerySet",
    "Opening",
    "Organisation",
    "Period",
    "PeriodQuerySet",
    "RegisterEntry",
    "Removal",
    "RemovalQuerySet",
    "Renewal",
    "Right",
    "Seat",
    "SeatRequest",
    "Suspension",
    "SuspensionQuerySet",
    "Tier",
    "TierQuerySet",
    "TierRight",
    "Topic",
    "draft_number",
]

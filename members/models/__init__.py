"""Who belongs, on what terms, and for which days they have paid."""

from members.models.applications import (
    Application,
    ApplicationFile,
    ApplicationQuerySet,
    Organisation,
    draft_number,
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
from members.models.tier_changes import ShareRule, TierChange, TierChangeQuerySet
from members.models.transfers import Transfer, TransferQuerySet

__all__ = [
    "Application",
    "ApplicationFile",
    "ApplicationQuerySet",
    "Clock",
    "CompanyChange",
    "CompanyDomain",
    "DuesCalendar",
    "DuesRate",
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
    "ShareRule",
    "Suspension",
    "SuspensionQuerySet",
    "Tier",
    "TierChange",
    "TierChangeQuerySet",
    "TierQuerySet",
    "TierRight",
    "Topic",
    "Transfer",
    "TransferQuerySet",
    "draft_number",
]

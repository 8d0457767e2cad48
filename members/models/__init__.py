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
from members.models.inspections import (
    Inspection,
    InspectionLook,
    InspectionQuerySet,
)
from members.models.meetings import (
    AgendaItem,
    Exclusion,
    Meeting,
    MeetingKind,
    MeetingQuerySet,
    MeetingTerms,
    Notice,
    Presence,
    Proxy,
    Voter,
    VoterQuerySet,
    WrittenVote,
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
from members.models.register import (
    RegisterEntry,
    RegisterEntryQuerySet,
)
from members.models.removals import (
    Removal,
    RemovalQuerySet,
)
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
    "AgendaItem",
    "Application",
    "ApplicationFile",
    "ApplicationQuerySet",
    "Clock",
    "CompanyChange",
    "CompanyDomain",
    "DuesCalendar",
    "DuesRate",
    "Exclusion",
    "Inspection",
    "InspectionLook",
    "InspectionQuerySet",
    "Invitation",
    "Meeting",
    "MeetingKind",
    "MeetingQuerySet",
    "MeetingTerms",
    "Member",
    "MemberQuerySet",
    "Notice",
    "Opening",
    "Organisation",
    "Period",
    "PeriodQuerySet",
    "Presence",
    "Proxy",
    "RegisterEntry",
    "RegisterEntryQuerySet",
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
    "Voter",
    "VoterQuerySet",
    "WrittenVote",
    "draft_number",
]

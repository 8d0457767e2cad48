"""Who belongs, on what terms, and for which days they have paid."""

from members.models.applications import (
    Application,
    ApplicationFile,
    ApplicationQuerySet,
    Organisation,
    draft_number,
)
from members.models.balances import Balance, BalanceQuerySet
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
    Handover,
    Invitation,
    SeatRequest,
)
from members.models.imports import (
    IDLE_FOR,
    UNDO_WITHIN,
    Claim,
    ClaimQuerySet,
    Import,
    ImportLine,
    ImportPeriod,
    ImportRow,
    contact_of,
)
from members.models.inspections import (
    Inspection,
    InspectionLook,
    InspectionQuerySet,
)
from members.models.meetings import (
    AgendaItem,
    Meeting,
    MeetingKind,
    MeetingQuerySet,
    MeetingTerms,
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
from members.models.shares import ShareRule
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
from members.models.tier_changes import TierChange, TierChangeQuerySet
from members.models.transfers import Transfer, TransferQuerySet
from members.models.voters import Notice, Voter, VoterQuerySet
from members.models.votes import Exclusion, Presence, Proxy, WrittenVote

__all__ = [
    "IDLE_FOR",
    "UNDO_WITHIN",
    "AgendaItem",
    "Application",
    "ApplicationFile",
    "ApplicationQuerySet",
    "Assessment",
    "AssessmentItem",
    "Balance",
    "BalanceQuerySet",
    "Charge",
    "ChargeQuerySet",
    "Claim",
    "ClaimQuerySet",
    "Clock",
    "CompanyChange",
    "CompanyDomain",
    "DuesCalendar",
    "DuesNotice",
    "DuesRate",
    "Exclusion",
    "Exemption",
    "ExemptionQuerySet",
    "Handover",
    "Import",
    "ImportLine",
    "ImportPeriod",
    "ImportRow",
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
    "contact_of",
    "draft_number",
]

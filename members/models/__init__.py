"""Who belongs, on what terms, and for which days they have paid."""

from members.models.applications import (
    Application,
    ApplicationFile,
    ApplicationQuerySet,
    Organisation,
    draft_number,
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
from members.models.membership import (
    Member,
    MemberQuerySet,
    Period,
    PeriodQuerySet,
    Renewal,
    Seat,
)
from members.models.register import RegisterEntry
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
    "IDLE_FOR",
    "UNDO_WITHIN",
    "Application",
    "ApplicationFile",
    "ApplicationQuerySet",
    "Claim",
    "ClaimQuerySet",
    "Clock",
    "DuesCalendar",
    "DuesRate",
    "Import",
    "ImportLine",
    "ImportPeriod",
    "ImportRow",
    "Member",
    "MemberQuerySet",
    "Opening",
    "Organisation",
    "Period",
    "PeriodQuerySet",
    "RegisterEntry",
    "Renewal",
    "Right",
    "Seat",
    "Tier",
    "TierQuerySet",
    "TierRight",
    "Topic",
    "contact_of",
    "draft_number",
]

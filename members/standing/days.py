"""The standings there are, and the days that part them: when dues fall due and when rights end."""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy

from kosna.core.memo import once
from members.models import DuesCalendar, Tier

GOOD, GRACE, ARREARS, SUSPENDED = "good", "grace", "arrears", "suspended"
ADMITTED, BEFORE, ENDED = "admitted", "before", "ended"
LABELS = {
    GOOD: gettext_lazy("In good standing"),  # 정상
    GRACE: gettext_lazy("In grace"),  # 유예
    ARREARS: gettext_lazy("Suspended for arrears"),  # 연체·권리정지
    SUSPENDED: gettext_lazy("Suspended by decision"),  # 권리정지
    ADMITTED: gettext_lazy("Approved, awaiting payment"),
    BEFORE: gettext_lazy("Not a member yet"),
    ENDED: gettext_lazy("Membership ended"),
}
TONES = {
    GOOD: "good",
    GRACE: "warning",
    ARREARS: "danger",
    SUSPENDED: "danger",
    ADMITTED: "info",
    BEFORE: "plain",
    ENDED: "plain",
}
FOR_LIFE = date(9999, 12, 31)
DAY = timedelta(days=1)


@once
def _calendars() -> list[DuesCalendar]:
    return list(DuesCalendar.objects.order_by("-from_year"))


@once
def all_tiers() -> list[Tier]:
    return list(Tier.objects.all())


def calendar_for(year: int) -> DuesCalendar:
    """The dues calendar in force in a year."""
    begun = (row for row in _calendars() if row.from_year <= year)
    return next(begun, None) or DuesCalendar(from_year=year)


def due_on(tier: Tier, paid_until: date) -> date:
    """By when who has paid until a day has to pay again."""
    if tier.dues_basis == Tier.Basis.ANNIVERSARY:
        return paid_until + timedelta(days=tier.due_days)
    year = paid_until.year + 1
    return calendar_for(year).due_on(year)


def grace_ends_on(tier: Tier, paid_until: date) -> date:
    """The last day on which who has paid until a day still has rights."""
    if tier.dues_basis == Tier.Basis.ANNIVERSARY:
        return paid_until + timedelta(days=tier.grace_days)
    year = paid_until.year + 1
    return calendar_for(year).grace_ends_on(year)


def forfeits_from(tier: Tier, paid_until: date, calendar: DuesCalendar) -> date | None:
    """From when the board may declare membership forfeited (자격상실): the grace of the last of
    so many consecutive years without dues is over. ``calendar`` is that of the day asked about."""
    years = calendar.forfeit_after_years
    if years is None:
        return None
    if tier.dues_basis == Tier.Basis.ANNIVERSARY:
        # A year is counted as 365 days, so that the queryset can count backwards to the same day.
        return paid_until + timedelta(days=tier.grace_days + 365 * (years - 1) + 1)
    return calendar.forfeits_from(paid_until)


def code_on(day: date, paid_until: date | None, tier: Tier) -> str:
    """The standing of a member whom no decision suspends and who has paid until a day (None:
    never)."""
    if paid_until is None:
        return ARREARS
    if paid_until >= day:
        return GOOD
    return GRACE if day <= grace_ends_on(tier, paid_until) else ARREARS


def grace_from(day: date) -> dict[int, date]:
    """By tier: whoever has paid until this day or later is at least in grace on ``day``."""
    calendar = calendar_for(day.year).grace_from(day)
    return {
        tier.pk: day - timedelta(days=tier.grace_days)
        if tier.dues_basis == Tier.Basis.ANNIVERSARY
        else calendar
        for tier in all_tiers()
    }


def code_since(day: date, paid_until: date | None, grace_from: date) -> str:
    """``code_on`` for thousands: with the first day that keeps in grace at hand."""
    if paid_until is None or paid_until < grace_from:
        return ARREARS
    return GOOD if paid_until >= day else GRACE

"""What membership costs, read from the tables of rates and the dues calendar, each won explained,
and the days that it buys. Whole won."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from kosna.core.clock import years_after
from kosna.core.errors import Refused
from kosna.core.templatetags.ui import kdate, won
from kosna.payments.actions import Line
from kosna.payments.models import OrderLine
from members.models import Charge, DuesCalendar, DuesRate, Member, Tier
from members.models.charges import DUES
from members.standing import FOR_LIFE, calendar_for

PAYABLE = "members.dues"
PAYMENT_TERM = timedelta(days=14)  # from the order, to the end of that day in Korea
ADMISSION_FEE = "admission_fee"


@dataclass(frozen=True)
class Priced:
    """A line of an order, and the sentence that explains its amount to who pays it."""

    line: Line
    why: str


def known_rate(tier: Tier, year: int) -> DuesRate | None:
    """The newest rate that has begun by a year; None where nobody has set one."""
    begun = (rate for rate in tier.rates.all() if rate.from_year <= year)
    return max(begun, key=lambda rate: rate.from_year, default=None)


def rate_for(tier: Tier, year: int) -> DuesRate:
    """The rate of a year. Raises Refused where nobody has set one."""
    rate = known_rate(tier, year)
    if rate is None:
        raise Refused(_("No dues are set for this tier yet. Please ask the secretariat."))
    return rate


def covers_next_year(calendar: DuesCalendar, day: date) -> bool:
    """Late in a calendar year, a payment covers the next one too."""
    month = calendar.next_year_from_month
    return month is not None and day.month >= month


def covered_year(day: date) -> int:
    """The dues year that a payment on a day pays for: late in the year, the next one as well."""
    return day.year + covers_next_year(calendar_for(day.year), day)


def dues_year(tier: Tier, day: date, paid_until: date | None = None) -> int | None:
    """The year that an order of a day bears, for who has paid until another; None: for life.
    From anniversary to anniversary it is the year in which the paid days begin."""
    if tier.is_for_life:
        return None
    if tier.dues_basis == Tier.Basis.CALENDAR:
        return covered_year(day)
    if paid_until and day <= paid_until + timedelta(days=tier.grace_days):
        return (paid_until + timedelta(days=1)).year
    return day.year


def quote(tier: Tier, on: date, *, first: bool, paid_until: date | None = None) -> list[Line]:
    """The order lines of a membership: the admission fee (only the first time, and only where
    there is one) and the dues, which stand on every order because a period hangs on them."""
    return [priced.line for priced in explained(tier, on, first=first, paid_until=paid_until)]


def explained(tier: Tier, on: date, *, first: bool, paid_until: date | None = None) -> list[Priced]:
    """The lines of ``quote`` with their reasons, in the reader's language."""
    year = dues_year(tier, on, paid_until)
    rate = rate_for(tier, year or on.year)
    lines = [_admission_fee(tier, rate)] if first and rate.admission_fee else []
    if year is None:
        amount, why = rate.annual_dues, _("Paid once, for life.")
    elif tier.dues_basis == Tier.Basis.ANNIVERSARY:
        amount = rate.annual_dues
        why = (
            _("For a year from the day on which the membership begins.")
            if first
            else _("For another year, from anniversary to anniversary.")
        )
    elif first:
        amount, why = first_year(tier, rate.annual_dues, on, calendar_for(on.year))
    else:
        amount, why = rate.annual_dues, _("For the calendar year %(year)s.") % {"year": year}
    return [*lines, Priced(_dues(tier, year, amount), why)]


def first_year(tier: Tier, full: int, on: date, calendar: DuesCalendar) -> tuple[int, str]:
    """What the rest of a calendar year costs who joins in it, and why."""
    facts = {
        "year": on.year,
        "next": on.year + 1,
        "full": won(full),
        "unit": won(calendar.rounded_to),
        "months": 13 - on.month,
        "month": calendar.half_from_month,
    }
    if covers_next_year(calendar, on):
        return full, _("For all of %(next)s; the rest of %(year)s is included.") % facts
    if tier.first_year == Tier.FirstYear.HALF and on.month >= calendar.half_from_month:
        why = _("For %(year)s: half of %(full)s, for those who join in month %(month)s or later.")
        return _rounded(full // 2, calendar), why % facts
    if tier.first_year == Tier.FirstYear.MONTHLY and on.month > 1:
        why = _("For %(year)s: %(months)s of 12 months of %(full)s, rounded down to %(unit)s.")
        return _rounded(full * (13 - on.month) // 12, calendar), why % facts
    return full, _("For the calendar year %(year)s.") % facts


def _rounded(amount: int, calendar: DuesCalendar) -> int:
    unit = max(calendar.rounded_to, 1)
    return amount // unit * unit


def _admission_fee(tier: Tier, rate: DuesRate) -> Priced:
    line = Line(
        kind=ADMISSION_FEE,
        title_ko=f"{tier.name_ko} 입회비",
        title_en=f"Admission fee: {tier.name_en}",
        amount=rate.admission_fee,
        vat_class=OrderLine.VatClass.NONE,
        tier=tier.code,
    )
    return Priced(line, _("Paid once on joining, and again if you leave and rejoin."))


def _dues(tier: Tier, year: int | None, amount: int) -> Line:
    if year is None:
        title_ko, title_en = "평생회비", "Lifetime dues"
    elif tier.dues_basis == Tier.Basis.ANNIVERSARY:
        title_ko, title_en = f"{tier.name_ko} 연회비(1년)", f"Dues for a year: {tier.name_en}"
    else:
        title_ko = f"{tier.name_ko} {year}년 연회비"
        title_en = f"Annual dues {year}: {tier.name_en}"
    return Line(
        kind=DUES,
        title_ko=title_ko,
        title_en=title_en,
        amount=amount,
        vat_class=OrderLine.VatClass.NONE,
        tier=tier.code,
        dues_year=year,
    )


# What is booked -------------------------------------------------------------------------------


def open_charges(member: Member) -> list[Charge]:
    """The charges of a member with something left to pay (``open``), the oldest first."""
    return list(member.charges.unpaid().select_related("tier").order_by("year"))


def renewal(member: Member, tier: Tier, today: date, *, paid_until: date | None) -> list[Priced]:
    """The lines of a renewal: what is booked and not paid yet; where nothing is, the year of a tier
    that a payment today pays for. Raises Refused when there is nothing to pay now."""
    if charges := open_charges(member):
        return [charged(charge, charge.open) for charge in charges]
    refuse_if_paid(tier, paid_until, today)
    return explained(tier, today, first=False, paid_until=paid_until)


def charged(charge: Charge, amount: int) -> Priced:
    """The line that pays a charge, or what is left of one."""
    facts = {
        "year": charge.year,
        "due": kdate(charge.due_on),
        "full": won(charge.amount),
        "why": charge.get_reason_display(),
    }
    if amount == charge.amount:
        why = _("Booked for %(year)s, due by %(due)s. %(why)s.") % facts
    else:
        why = _("What is left of %(full)s, booked for %(year)s and due by %(due)s.") % facts
    return Priced(_dues(charge.tier, charge.year, amount), why)


def charge_buys(
    charge: Charge, *, opens_on: date, paid_until: date | None, today: date
) -> tuple[date, date] | None:
    """First and last day of the period that a charge opens when it is paid in full; a year that is
    over, or that other dues have bought already, has none left."""
    if paid_until == FOR_LIFE:
        return None
    if charge.tier.dues_basis == Tier.Basis.ANNIVERSARY and charge.ends_on >= today:
        within_grace = timedelta(days=charge.tier.grace_days)
        if paid_until is None or opens_on > paid_until + within_grace:
            return opens_on, years_after(opens_on, 1) - timedelta(days=1)
    day_after = paid_until + timedelta(days=1) if paid_until else opens_on
    if charge.tier.dues_basis == Tier.Basis.CALENDAR:
        day_after = max(day_after, opens_on)
    if charge.ends_on < max(day_after, today):
        return None
    return day_after, charge.ends_on


# The days that dues buy -----------------------------------------------------------------------


def days_bought(
    tier: Tier, line: OrderLine, *, opens_on: date, paid_until: date | None, today: date
) -> tuple[date, date | None]:
    """First and last day (None: for life) of the period that a paid line opens on a day, for who
    had paid until another. Raises Refused when a reduced first year is over already."""
    follows = paid_until is not None and paid_until >= opens_on
    starts_on = paid_until + timedelta(days=1) if follows and paid_until else opens_on
    if line.dues_year is None:
        return starts_on, None
    if tier.dues_basis == Tier.Basis.ANNIVERSARY:
        if paid_until and opens_on <= paid_until + timedelta(days=tier.grace_days):
            starts_on = paid_until + timedelta(days=1)  # who pays in grace keeps the anniversary
        return starts_on, years_after(starts_on, 1) - timedelta(days=1)
    if is_over(tier, line, today):
        raise Refused(
            _("These reduced dues were for %(year)s, which is over. Please order anew.")
            % {"year": line.dues_year}
        )
    if _is_reduced(tier, line):
        return starts_on, date(line.dues_year, 12, 31)
    # Whoever pays late in the year, or after it, is given the year that a payment today buys.
    return starts_on, date(max(line.dues_year, covered_year(today)), 12, 31)


def _is_reduced(tier: Tier, line: OrderLine) -> bool:
    """A part of a year's dues, which buys no other year."""
    return (
        line.dues_year is not None
        and tier.dues_basis == Tier.Basis.CALENDAR
        and line.amount < rate_for(tier, line.dues_year).annual_dues
    )


def is_over(tier: Tier, line: OrderLine, today: date) -> bool:
    """Whether dues were for a part of a year that has gone by."""
    return _is_reduced(tier, line) and (line.dues_year or today.year) < today.year


def refuse_if_paid(tier: Tier, paid_until: date | None, today: date) -> None:
    """Raises Refused, saying from when the next year can be paid."""
    if paid_until is None:
        return
    if paid_until == FOR_LIFE:
        raise Refused(_("This membership is for life; there is nothing to renew."))
    opens_on = _payable_from(tier, paid_until)
    if today < opens_on:
        raise Refused(
            _("Dues are paid until %(until)s. The next year can be paid from %(opens)s.")
            % {"until": paid_until.isoformat(), "opens": opens_on.isoformat()}
        )


def _payable_from(tier: Tier, paid_until: date) -> date:
    """From when the year after a paid one can be paid."""
    if tier.dues_basis == Tier.Basis.ANNIVERSARY:
        return paid_until - timedelta(days=tier.renew_days)
    month = calendar_for(paid_until.year).next_year_from_month
    return date(paid_until.year, month, 1) if month else date(paid_until.year + 1, 1, 1)

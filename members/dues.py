"""What membership costs, read from the tables of rates and the dues calendar, each won explained,
and the days that it buys. Whole won."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from kosna.core.clock import years_after
from kosna.core.errors import Refused
from kosna.core.templatetags.ui import won
from kosna.payments.actions import Line
from kosna.payments.models import OrderLine
from members.models import DuesCalendar, DuesRate, Tier
from members.standing import FOR_LIFE, calendar_for

PAYABLE = "members.dues"
PAYMENT_TERM = timedelta(days=14)  # from the order, to the end of that day in Korea
ADMISSION_FEE, DUES = "admission_fee", "dues"


@dataclass(frozen=True)
class Priced:
    """A line of an order, and the sentence that explains its amount to who pays it."""

    line: Line
    why: str


def rate_for(tier: Tier, year: int) -> DuesRate:
    """The newest rate that has begun by a year. Raises Refused where nobody has set one."""
    rate = max(
        (rate for rate in tier.rates.all() if rate.from_year <= year),
        key=lambda rate: rate.from_year,
        default=None,
    )
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


def dues_year(tier: Tier, day: date) -> int | None:
    """The year that an order of a day bears; None: for life."""
    if tier.is_for_life:
        return None
    return day.year if tier.dues_basis == Tier.Basis.ANNIVERSARY else covered_year(day)


def quote(tier: Tier, on: date, *, first: bool) -> list[Line]:
    """The order lines of a membership: the admission fee (only the first time, and only where
    there is one) and the dues, which stand on every order because a period hangs on them."""
    return [priced.line for priced in explained(tier, on, first=first)]


def explained(tier: Tier, on: date, *, first: bool) -> list[Priced]:
    """The lines of ``quote`` with their reasons, in the reader's language."""
    year = dues_year(tier, on)
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
        amount, why = _first_year(tier, rate.annual_dues, on)
    else:
        amount, why = rate.annual_dues, _("For the calendar year %(year)s.") % {"year": year}
    return [*lines, Priced(_dues(tier, year, amount), why)]


def _first_year(tier: Tier, full: int, on: date) -> tuple[int, str]:
    """What the rest of a calendar year costs who joins in it, and why."""
    calendar = calendar_for(on.year)
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
    return Priced(line, _("Paid once on joining, and again by who left and joins anew."))


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

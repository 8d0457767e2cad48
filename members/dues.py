"""What membership costs, read from the tables of rates and the dues calendar. Whole won."""

from datetime import date

from django.utils.translation import gettext as _

from kosna.core.errors import Refused
from kosna.payments.actions import Line
from kosna.payments.models import OrderLine
from members.models import DuesRate, Tier
from members.standing import calendar_for

ADMISSION_FEE, DUES = "admission_fee", "dues"


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


def covered_year(day: date) -> int:
    """The dues year that a payment on a day pays for: late in the year, the next one as well."""
    return day.year + (day.month >= calendar_for(day.year).next_year_from_month)


def quote(tier: Tier, on: date, *, first: bool) -> list[Line]:
    """The order lines of a membership: the admission fee (only the first time, and only where
    there is one) and the dues, which stand on every order because a period hangs on them."""
    year = covered_year(on)
    rate = rate_for(tier, year)
    lines = []
    if first and rate.admission_fee:
        lines.append(
            Line(
                kind=ADMISSION_FEE,
                title_ko=f"{tier.name_ko} 입회비",
                title_en=f"Admission fee: {tier.name_en}",
                amount=rate.admission_fee,
                vat_class=OrderLine.VatClass.NONE,
                tier=tier.code,
            )
        )
    lines.append(
        Line(
            kind=DUES,
            title_ko="평생회비" if tier.is_for_life else f"{tier.name_ko} {year}년 연회비",
            title_en="Lifetime dues" if tier.is_for_life else f"Annual dues {year}: {tier.name_en}",
            amount=rate.annual_dues,
            vat_class=OrderLine.VatClass.NONE,
            tier=tier.code,
            dues_year=None if tier.is_for_life else year,
        )
    )
    return lines

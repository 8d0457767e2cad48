"""What a typed value is, and what it does to the one that stands."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from research.models import Observation, Series

MOST_DIGITS = 24
# Any other comma may be a decimal one: 12,5 is not 125.
IN_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
NOT_AVAILABLE = {"…", "...", "x", "X"}
Cell = tuple[date, str, str, str]  # period, region, first, second
Mark = Observation.Mark


@dataclass(frozen=True)
class NewValue:
    """A value to be written. ``mark=None`` says nothing about it."""

    cell: Cell
    value: Decimal | None
    mark: str | None = None
    reason: str = ""
    reason_en: str = ""


def parse_value(text: str, series: Series) -> Decimal | None:
    """A typed number, exact; None for “…”. Raises ValueError for what is none, and for more decimal
    places than the series has: rounding is for whoever answers for the figure."""
    typed = text.strip()
    if typed in NOT_AVAILABLE:
        return None
    plain = typed.replace("−", "-")
    if series.unit_ko.strip() == "%":
        plain = plain.removesuffix("%").rstrip()
    if "_" in plain or ("," in plain and not IN_THOUSANDS.fullmatch(plain)):
        raise ValueError(_("“%(text)s” is not a number.") % {"text": typed[:20]})
    try:
        value = Decimal(plain.replace(",", ""))
    except InvalidOperation as error:
        raise ValueError(_("“%(text)s” is not a number.") % {"text": typed[:20]}) from error
    if not value.is_finite() or len(value.as_tuple().digits) > MOST_DIGITS:
        raise ValueError(_("“%(text)s” is not a number.") % {"text": typed[:20]})
    try:
        exact = value.quantize(Decimal(1).scaleb(-series.places))
    except InvalidOperation as error:  # more digits than the context has
        raise ValueError(_("“%(text)s” is too large.") % {"text": typed[:20]}) from error
    if exact != value:
        raise ValueError(
            _("“%(text)s” has more than %(n)s decimal places.")
            % {"text": typed[:20], "n": series.places}
        )
    return exact or abs(exact)  # there is no −0


MARKS = {
    "": Mark.FINAL,
    "p": Mark.PROVISIONAL,
    "잠정": Mark.PROVISIONAL,
    "provisional": Mark.PROVISIONAL,
    "r": Mark.REVISED,
    "개정": Mark.REVISED,
    "수정": Mark.REVISED,
    "revised": Mark.REVISED,
    "확정": Mark.FINAL,
    "final": Mark.FINAL,
}


def parse_mark(text: str) -> str:
    """Raises ValueError for a mark that nobody knows."""
    try:
        return MARKS[text.strip().strip("()").casefold()].value
    except KeyError as error:
        raise ValueError(
            _("“%(text)s” is no mark: p is provisional, r revised.") % {"text": text[:20]}
        ) from error


def changes(old: Observation | None, new: NewValue) -> bool:
    """Whether a value says anything new: another figure, or another mark. That a revised value is
    told again without its mark is nothing new."""
    if old is None or old.value != new.value:
        return True
    if new.mark is None or new.mark == old.mark:
        return False
    return not (new.mark == Mark.FINAL and old.mark == Mark.REVISED)


def mark_of(old: Observation | None, new: NewValue) -> str:
    """A figure that replaces another one is revised, unless it says that it is provisional."""
    if old is not None and old.value != new.value:
        return new.mark or Mark.REVISED
    return new.mark or Mark.FINAL

"""Why the chart that an address asks for is not the one that is drawn."""

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from research.models import Series
from research.statistics.reading import Reading
from research.statistics.selection import CHARTS, SECOND, Selection, selected


def names() -> dict[str, str]:
    return {
        "line": pgettext("a chart", "Line"),
        "bar": _("Bars"),
        "stacked": _("Stacked bars"),
        "map": _("Map"),
    }


def why_not(reading: Reading, asked: QueryDict, drawn: Selection) -> str:
    """The reason; empty where what is drawn is what was asked for."""
    wanted = asked.get("chart", "")
    if wanted not in CHARTS or wanted == drawn.chart:
        return ""
    whole = selected(reading.series, asked, sees_detail=True)
    is_shut = not reading.sees_detail and whole.chart == wanted
    return reading.why_not if is_shut else _reason(reading.series, wanted, whole.by)


def told(reading: Reading, asked: QueryDict, drawn: Selection) -> str:
    """For the page: the reason, and what is drawn instead."""
    reason = why_not(reading, asked, drawn)
    if not reason:
        return ""
    return f"{reason} " + _("Drawn instead: %(chart)s.") % {"chart": names()[drawn.chart]}


def _reason(series: Series, wanted: str, by: str) -> str:
    if wanted == "map":
        return _("A map needs a line for each region.")
    if not by:
        return _("Bars are stacked of parts: there must be a line for each.")
    if not series.adds_up:
        return _("The parts of this statistic do not add up to its total and cannot be stacked.")
    if by == SECOND:
        return _("The parts of this breakdown need not add up to the total and cannot be stacked.")
    return _("A part lies below zero: such parts cannot be stacked.")

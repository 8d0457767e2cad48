"""What makes no sense in the address of figures. A page leaves it out and says so; no file is made
of it, as whoever fetches it by a program would take its figures for those that were asked for."""

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from research.models import Series
from research.statistics import selection
from research.statistics.comparing import DRAWN, MOST, Comparison, named
from research.statistics.selection import Selection

SHOWN = 40  # characters of what was written


def of_series(series: Series, asked: QueryDict, chosen: Selection) -> list[str]:
    """Each part as it was written: ``from=9999``. What a reader may not see is no nonsense."""
    known = {name: selection.members_of(series, name) for name in selection.of_series(series)}
    odd = [name for name, value in _times(chosen).items() if asked.get(name) and value is None]
    odd += _outside(asked, "by", known)
    odd += _outside(asked, "chart", selection.CHARTS)
    for dimension in selection.DIMENSIONS:
        odd += _outside(asked, dimension, known.get(dimension, ()))
    # Those of the lines that were drawn before stay chosen in the form.
    lines = {code for members in known.values() for code in members}
    strange = [f"pick={code[:SHOWN]}" for code in asked.getlist("pick") if code not in lines]
    return _written(asked, odd) + strange


def of_file(series: Series, asked: QueryDict, chosen: Selection) -> list[str]:
    """Also what would narrow nothing, though the form of a page sends it along: the category of
    what is divided into lines, and lines of what is not."""
    by = selection.selected(series, asked, sees_detail=True).by
    lines = selection.members_of(series, by) if by else {}
    idle = _written(asked, [by] if asked.get(by) else [])
    idle += [f"pick={code[:SHOWN]}" for code in asked.getlist("pick") if code not in lines]
    return list(dict.fromkeys([*of_series(series, asked, chosen), *idle]))


def of_comparison(asked: QueryDict, found: Comparison) -> list[str]:
    wanted = found.wanted
    odd = [name for name, value in _times(wanted).items() if asked.get(name) and value is None]
    odd += _outside(asked, "chart", DRAWN)
    odd += _outside(asked, "index", ("1",))
    known = {reading.series.code for reading in found.readings}
    strange = [f"s={code[:SHOWN]}" for code in found.wanted.codes if code not in known]
    return strange + _written(asked, odd)


def too_many(asked: QueryDict) -> str:
    """Which are not compared, though they may well be known; empty where none is too many."""
    beyond = named(asked)[MOST:]
    if not beyond:
        return ""
    return _("At most %(n)s statistics are compared. Left out: %(codes)s") % {
        "n": MOST,
        "codes": ", ".join(code[:SHOWN] for code in beyond[:SHOWN]),
    }


def sentence(parts: Iterable[str]) -> str:
    return _("This makes no sense in the address: %(parts)s") % {"parts": ", ".join(parts)}


def _times(chosen: Any) -> dict[str, Any]:
    times = {"from": chosen.start, "to": chosen.end, "as_of": chosen.as_of}
    return times | {"at": chosen.at} if isinstance(chosen, Selection) else times


def _outside(asked: QueryDict, name: str, known: Iterable[str]) -> list[str]:
    value = asked.get(name)
    return [name] if value and value not in known else []


def _written(asked: QueryDict, names: Iterable[str]) -> list[str]:
    return [f"{name}={asked[name][:SHOWN]}" for name in names]

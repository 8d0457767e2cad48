"""Series are kept, published and withdrawn; their values are told, and told anew."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from members.models import Tier
from research.models import Observation, Series
from research.statistics.values import Cell, NewValue, changes, mark_of

WRITTEN_AT_ONCE = 1000


def save_series(series: Series, *, tiers: Iterable[Tier], by: User) -> Series:
    """Writes a new or changed series. ``series.version`` is the version that the editor saw.

    Raises Refused when somebody else has saved since, when nobody could see the values, and for a
    change that would leave values without their place: of the frequency, or of a category in use.
    """
    tiers = list(tiers)
    if series.audience != Series.Audience.EVERYONE and not tiers:
        raise Refused(_("Name at least one tier for what is not open to everyone."), field="tiers")
    series.fill_search()
    with transaction.atomic():
        is_new = series.pk is None
        if not is_new:
            stored = Series.objects.select_for_update().get(pk=series.pk)
            if stored.version != series.version:
                raise Refused(
                    _("Somebody else has just changed this. Reload the page and look again.")
                )
            if lost := _without_place(stored, series):
                raise Refused(*lost)
            series.version += 1
            series.changed_at = clock.now()
        series.save()
        series.tiers.set(tiers)
        audit.record(
            "research.create_series" if is_new else "research.change_series",
            series,
            by=by,
            version=series.version,
            audience=series.audience,
            tiers=sorted(tier.code for tier in tiers),
            is_sample=series.is_sample,
        )
    return series


def _without_place(stored: Series, changed: Series) -> list[str]:
    """What present values would lose by a change of their series."""
    values = Observation.objects.filter(series=stored)
    reasons = []
    if changed.frequency != stored.frequency and values.exists():
        reasons.append(_("The frequency of a series with values stays as it is."))
    if not changed.by_region and values.exclude(region="").exists():
        reasons.append(_("There are values by region."))
    for index, name in enumerate(("first", "second")):
        used = set(values.exclude(**{name: ""}).values_list(name, flat=True).distinct())
        rows = changed.breakdowns[index : index + 1]
        known = {code for row in rows for code, _ko, _en in row["categories"]}
        if missing := sorted(used - known):
            reasons.append(
                _("These categories have values and stay: %(codes)s.")
                % {"codes": ", ".join(missing)}
            )
    if changed.places < stored.places and any(
        _places_of(value) > changed.places
        for value in values.exclude(value=None).values_list("value", flat=True)
    ):
        reasons.append(_("There are values with more decimal places."))
    return reasons


def _places_of(value: Any) -> int:
    """How many decimal places a figure needs: 12.30 needs one."""
    exponent = value.normalize().as_tuple().exponent
    return max(-exponent, 0)


@transaction.atomic
def publish_series(series: Series, *, by: User) -> None:
    """Opens the series' page. Raises Refused while it has no value."""
    if not series.observations.exists():
        raise Refused(_("Bring its values first."))
    series.move_to(Series.Status.PUBLISHED, version=series.version + 1, changed_at=clock.now())
    audit.record("research.publish_series", series, by=by)


@transaction.atomic
def withdraw_series(series: Series, *, reason: str, by: User) -> None:
    """Takes the page and the files away at once; the values and their history stay."""
    if not reason.strip():
        raise Refused(_("Please state the reason."), field="reason")
    series.move_to(Series.Status.WITHDRAWN, version=series.version + 1, changed_at=clock.now())
    audit.record("research.withdraw_series", series, by=by, reason=reason.strip())


@transaction.atomic
def tell_values(
    series: Series,
    values: Sequence[NewValue],
    *,
    reason: str,
    reason_en: str = "",
    by: User | None,
) -> dict[str, int]:
    """Writes new and changed values; what says nothing new is passed over. The old ones stay, each
    replaced by its successor with the reason: its own, else the one for all. Returns how many were
    new, changed and same.

    Raises Refused when a value is changed without a reason, or nothing is changed at all.
    """
    Series.objects.select_for_update().get(pk=series.pk)
    why = (reason.strip(), reason_en.strip())
    counts, rows = _rows(series, values, current_values(series), why, by)
    if not rows:
        raise Refused(_("There is nothing to write: every value is there already."))
    Observation.objects.bulk_create(rows, batch_size=WRITTEN_AT_ONCE)
    _touch(series)
    audit.record(
        "research.tell_values",
        series,
        by=by,
        reason=reason.strip(),
        version=series.version,
        counts=counts,
    )
    return counts


def current_values(series: Series) -> dict[Cell, Observation]:
    """What stands in each cell, whenever it was told."""
    rows = Observation.objects.filter(series=series, replaced_by=None)
    return {row.cell: row for row in rows.iterator(chunk_size=2000)}


def _rows(
    series: Series,
    values: Sequence[NewValue],
    standing: dict[Cell, Observation],
    reason: tuple[str, str],
    by: User | None,
) -> tuple[dict[str, int], list[Observation]]:
    counts = {"new": 0, "changed": 0, "same": 0}
    rows, at = [], clock.now()
    for new in values:
        old = standing.get(new.cell)
        if not changes(old, new):
            counts["same"] += 1
            continue
        counts["changed" if old else "new"] += 1
        ko, en = _why(new, reason) if old else (new.reason, new.reason_en)
        if old and not ko:
            raise Refused(_("Say why a published value is changed."), field="reason")
        period, region, first, second = new.cell
        rows.append(
            Observation(
                series=series,
                period=period,
                region=region,
                first=first,
                second=second,
                value=new.value,
                mark=mark_of(old, new),
                known_at=at,
                reason_ko=ko[:300],
                reason_en=en[:300],
                by=by,
                replaces=old,
            )
        )
    return counts, rows


def _why(new: NewValue, reason: tuple[str, str]) -> tuple[str, str]:
    """In Korean and English. What has a Korean reason of its own is not explained by the English
    one of another."""
    ko, en = reason
    return (new.reason, new.reason_en) if new.reason else (ko, new.reason_en or en)


def _touch(series: Series) -> None:
    """The next version: kept pages are drawn anew, and a check of a file no longer holds."""
    Series.objects.filter(pk=series.pk).update(version=F("version") + 1, changed_at=clock.now())
    series.refresh_from_db(fields=["version", "changed_at"])

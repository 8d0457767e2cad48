"""A recurring class is laid out at once, and changed from one day on.

What is made are sessions of the programme's draft: publishing it tells those concerned, as for any
other change (docs/decisions/0031)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from events.actions.booths import lock_event
from events.actions.programme import drop_session
from events.actions.running import touch
from events.models import ClassSeries, DraftSession, Event, SeriesDate
from events.series import MOST_DATES, Meeting, Rule, meetings
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused


@transaction.atomic
def make_series(event: Event, rule: Rule, *, title_ko: str, title_en: str, by: User) -> ClassSeries:
    """Lays out all sessions of a recurring class. Raises Refused where the rule names no day that
    is not a holiday, or too many."""
    event = lock_event(event)
    days = _held(rule)
    series = ClassSeries.objects.create(
        event=event, title_ko=title_ko, title_en=title_en, made_by=by, **_fields(rule)
    )
    _widen(event, days)
    for number, meeting in enumerate(days, start=1):
        _add(series, meeting, number)
    audit.record("events.make_series", event, by=by, title=title_ko, sessions=len(days))
    return series


@transaction.atomic
def change_series(series: ClassSeries, rule: Rule, *, since: date, by: User) -> None:
    """Another rule from a day on, which has not come yet. A session on a day that stays keeps its
    place, and with it who signed up; others are dropped, or made. What was before stays, and weeks
    are counted on from the series' first one; ``rule.first`` has no say."""
    event = lock_event(series.event)
    if since <= clock.today():
        raise Refused(_("Choose a day from tomorrow on: what was held stays."), field="since")
    rule = replace(rule, first=min(series.first_on, since))
    days = _held(rule, since)
    drafts = DraftSession.objects.kept().filter(series_date__series=series)
    before = drafts.filter(starts_at__lt=clock.start_of(since)).count()
    after = drafts.filter(starts_at__gte=clock.start_of(since))
    later = {
        clock.kst_date(draft.starts_at): draft
        for draft in after.select_related("event__branch", "session")
        if draft.starts_at
    }
    _widen(event, days)
    for number, meeting in enumerate(days, start=before + 1):
        draft = later.pop(meeting.day, None)
        if draft is None:
            _add(series, meeting, number)
            continue
        draft.starts_at, draft.ends_at = meeting.starts_at, meeting.ends_at
        draft.title_ko, draft.title_en = _titles(series, number)
        draft.save(update_fields=["starts_at", "ends_at", "title_ko", "title_en"])
    for draft in later.values():
        SeriesDate.objects.filter(draft=draft).delete()
        drop_session(draft, by=by)
    ClassSeries.objects.filter(pk=series.pk).update(**_fields(rule))
    audit.record(
        "events.change_series",
        event,
        by=by,
        title=series.title_ko,
        since=since.isoformat(),
        sessions=len(days),
    )


def _fields(rule: Rule) -> dict[str, object]:
    return {
        "rhythm": rule.rhythm,
        "weekdays": sorted(rule.weekdays),
        "first_on": rule.first,
        "last_on": rule.last,
        "starts": rule.starts,
        "ends": rule.ends,
    }


def _held(rule: Rule, since: date | None = None) -> list[Meeting]:
    days = [row for row in meetings(rule, since) if not row.is_left_out]
    if not days:
        raise Refused(_("No day of this rule is left: all are holidays, or none is named."))
    if len(days) > MOST_DATES:
        raise Refused(_("A series has at most %(n)s dates.") % {"n": MOST_DATES})
    return days


def _widen(event: Event, days: Sequence[Meeting]) -> None:
    """The event reaches as far as its class does. Its beginning, on which refunds and registration
    hang, moves only while nobody sees it."""
    if event.status == Event.Status.DRAFT:
        event.starts_at = min(event.starts_at, days[0].starts_at)
    elif days[0].starts_at < event.starts_at:
        raise Refused(_("The class cannot begin before its published event does."))
    event.ends_at = max(event.ends_at, days[-1].ends_at)
    event.save(update_fields=["starts_at", "ends_at"])
    touch(event)


def _add(series: ClassSeries, meeting: Meeting, number: int) -> None:
    title_ko, title_en = _titles(series, number)
    draft = DraftSession.objects.create(
        event_id=series.event_id,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        title_ko=title_ko,
        title_en=title_en,
    )
    SeriesDate.objects.create(series=series, draft=draft)


def _titles(series: ClassSeries, number: int) -> tuple[str, str]:
    english = f"{series.title_en} {number}" if series.title_en else ""
    return f"{series.title_ko} {number}회", english

"""A recurring class is laid out at once, and changed from one day on.

What is made are sessions of the programme's draft: publishing it tells those concerned, as for any
other change (docs/decisions/0031), and carries the event's dates along (``follow_class``)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from events.actions.booths import lock_event
from events.actions.programme import drop_session
from events.actions.reaching import follow_class
from events.models import ClassSeries, DraftSession, Event, Room, SeriesDate
from events.reach import is_closed
from events.series import MOST_DATES, Meeting, Rule, at_hour, meetings
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused


def held_days(event: Event, rule: Rule, since: date | None = None) -> Sequence[Meeting]:
    """The days on which a rule, or its change from a day on, would hold the class. Raises Refused
    where making them would."""
    _refuse_closed(event)
    if since and since <= clock.today():
        raise Refused(_("Choose a day from tomorrow on: what was held stays."), field="since")
    days = [row for row in meetings(rule, since) if not row.is_left_out]
    if not days:
        raise Refused(_("No day of this rule is left: all are holidays, or none is named."))
    if len(days) > MOST_DATES:
        raise Refused(_("A series has at most %(n)s dates.") % {"n": MOST_DATES})
    if event.status == Event.Status.PUBLISHED and days[0].starts_at < event.starts_at:
        raise Refused(_("The class cannot begin before its published event does."))
    return days


@transaction.atomic
def make_series(
    event: Event,
    rule: Rule,
    *,
    title_ko: str,
    title_en: str,
    room: Room | None = None,
    capacity: int | None = None,
    by: User,
) -> ClassSeries:
    """Lays out all sessions of a recurring class. Raises Refused where the rule names no day that
    is not a holiday, or too many, and where the same class was laid out already."""
    event = lock_event(event)
    days = held_days(event, rule)
    facts = {"title_ko": title_ko, "title_en": title_en, **_fields(rule)}
    if event.series.filter(**facts).exists():
        raise Refused(_("This class stands in the draft already: the form was sent before."))
    series = ClassSeries.objects.create(
        event=event, room=room, capacity=capacity, made_by=by, **facts
    )
    for number, meeting in enumerate(days, start=1):
        _add(series, rule, meeting, number)
    _follow_unseen(event, by)
    audit.record("events.make_series", event, by=by, title=title_ko, sessions=len(days))
    return series


@transaction.atomic
def change_series(series: ClassSeries, rule: Rule, *, since: date, by: User) -> None:
    """Another rule from a day on, which has not come yet. The session of a date that stays keeps
    its place, and with it who signed up; others are dropped, or made. What people have made of a
    session stays but for what the rule changes: moved, it is still that of its own date; dropped,
    it stays away. What was before stays, and weeks are counted on from the series' first one;
    ``rule.first`` has no say."""
    event, series = _locked(series)
    rule = replace(rule, first=min(series.first_on, since))
    days = held_days(event, rule, since)
    dates = series.dates.select_related("series", "draft__session", "draft__event__branch")
    known = {row.day: row for row in dates.filter(day__gte=since)}
    before = series.dates.filter(day__lt=since, is_named=True).count()
    for number, meeting in enumerate(days, start=before + 1):
        row = known.pop(meeting.day, None)
        if row:
            _keep(row, rule, meeting, number)
        else:
            _add(series, rule, meeting, number)
    for row in known.values():
        _leave(row, by)
    ClassSeries.objects.filter(pk=series.pk).update(**_fields(rule))
    _follow_unseen(event, by)
    audit.record(
        "events.change_series",
        event,
        by=by,
        title=series.title_ko,
        since=since.isoformat(),
        sessions=len(days),
    )


@transaction.atomic
def drop_series(series: ClassSeries, *, by: User) -> int:
    """Takes the coming sessions of a class out of the draft; those that were held stay, and with
    them the series, which ends today. Returns how many went."""
    event, series = _locked(series)
    _refuse_closed(event)
    coming = list(series.coming())
    series.dates.filter(draft__in=coming).update(is_named=False)
    series.dates.filter(draft=None, day__gt=clock.today()).update(is_named=False)
    for draft in coming:
        drop_session(draft, by=by)
    if series.dates.filter(is_named=True, draft__is_dropped=False).exists():
        last_on = max(series.first_on, min(series.last_on, clock.today()))
        ClassSeries.objects.filter(pk=series.pk).update(last_on=last_on)
    else:
        series.delete()
    _follow_unseen(event, by)
    audit.record("events.drop_series", event, by=by, title=series.title_ko, sessions=len(coming))
    return len(coming)


def _locked(series: ClassSeries) -> tuple[Event, ClassSeries]:
    """As both stand now."""
    event = lock_event(series.event)
    row = event.series.filter(pk=series.pk).first()
    if row is None:
        raise Refused(_("Somebody has dropped this class in the meantime."))
    return event, row


def _refuse_closed(event: Event) -> None:
    if is_closed(event):
        raise Refused(_("This event is over or cancelled: its classes change no more."))


def _follow_unseen(event: Event, by: User) -> None:
    if event.status == Event.Status.DRAFT:
        follow_class(event, by=by)


def _fields(rule: Rule) -> dict[str, object]:
    return {
        "rhythm": rule.rhythm,
        "weekdays": sorted(rule.weekdays),
        "first_on": rule.first,
        "last_on": rule.last,
        "starts": rule.starts,
        "ends": rule.ends,
    }


# --- the session of a date ---


def _add(series: ClassSeries, rule: Rule, meeting: Meeting, number: int) -> None:
    SeriesDate.objects.create(
        series=series,
        draft=_session(series, meeting, number),
        day=meeting.day,
        starts=rule.starts,
        ends=rule.ends,
        number=number,
    )


def _session(series: ClassSeries, meeting: Meeting, number: int) -> DraftSession:
    title_ko, title_en = _titles(series, number)
    return DraftSession.objects.create(
        event_id=series.event_id,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        title_ko=title_ko,
        title_en=title_en,
        room_id=series.room_id,
        capacity=series.capacity,
    )


def _keep(row: SeriesDate, rule: Rule, meeting: Meeting, number: int) -> None:
    """Of a date that the rule names on, or again."""
    if row.draft and not _has_begun(row.draft):
        _change(row.draft, row, rule, number)
    elif not row.draft and not row.is_named:
        row.draft = _session(row.series, meeting, number)
    row.starts, row.ends, row.number, row.is_named = rule.starts, rule.ends, number, True
    row.save()


def _change(draft: DraftSession, row: SeriesDate, rule: Rule, number: int) -> None:
    """Hours and titles that are still those which the rule gave."""
    if not row.is_named:
        draft.is_dropped = False
    if draft.starts_at:
        day = clock.kst_date(draft.starts_at)
        given = at_hour(day, row.starts), at_hour(day, row.ends)
        if (draft.starts_at, draft.ends_at) == given:
            draft.starts_at, draft.ends_at = at_hour(day, rule.starts), at_hour(day, rule.ends)
    was, now = _titles(row.series, row.number), _titles(row.series, number)
    if (draft.title_ko, draft.title_en) == was:
        draft.title_ko, draft.title_en = now
    draft.save(update_fields=["is_dropped", "starts_at", "ends_at", "title_ko", "title_en"])


def _leave(row: SeriesDate, by: User) -> None:
    """Of a date that the rule names no more."""
    if not row.is_named:
        return
    SeriesDate.objects.filter(pk=row.pk).update(is_named=False)
    if row.draft and not row.draft.is_dropped and not _has_begun(row.draft):
        drop_session(row.draft, by=by)


def _has_begun(draft: DraftSession) -> bool:
    return draft.starts_at is not None and draft.starts_at <= clock.now()


def _titles(series: ClassSeries, number: int) -> tuple[str, str]:
    english = f"{series.title_en} {number}" if series.title_en else ""
    return f"{series.title_ko} {number}회", english

"""An event is changed: at another time its tickets and its programme go with it."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from events import programme
from events.actions.announcing import tell_moved
from events.actions.programme import publish_programme
from events.actions.running import touch
from events.models import Event
from events.reach import is_closed
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock


@transaction.atomic
def change_event(event: Event, *, fields: Collection[str], by: User) -> int:
    """Writes these columns of an event, and no others: the rest of its row may have moved on since
    it was read, above all its status. Whoever counts on what is published hears of another time or
    place. Returns how many were told."""
    before = Event.objects.get(pk=event.pk)
    event.save(update_fields=fields)
    touch(event)
    audit.record("events.change", event, by=by, fields=sorted(fields))
    if moved := event.first_day - before.first_day:
        _move_days(event, moved)
        if not is_closed(before):
            _move_programme(event, moved, by=by)
    if before.status != Event.Status.PUBLISHED or clock.now() >= before.ends_at:
        return 0
    return tell_moved(before, event)


def _move_days(event: Event, moved: timedelta) -> None:
    """A ticket of the second day stays one of the second day."""
    for ticket in event.tickets.exclude(day=None):
        if ticket.day:
            ticket.day = ticket.day + moved
            ticket.save(update_fields=["day"])


def _move_programme(event: Event, moved: timedelta, *, by: User) -> None:
    """The draft goes with the event, by whole days, but for what goes by the rhythm of a class and
    for what was held. It is published in the same step where readers saw all of it; with other
    changes that wait in it, or where it clashes now, staff look at it first."""
    was_published = not programme.steps(programme.draft_of(event))
    drafts = (
        event.drafts.placed().filter(series_date=None).exclude(session__attendances__isnull=False)
    )
    shifted = drafts.update(starts_at=F("starts_at") + moved, ends_at=F("ends_at") + moved)
    if not shifted:
        return
    audit.record("events.change_programme", event, by=by, moved=moved.days, sessions=shifted)
    if was_published and not programme.clashes(programme.draft_of(event)):
        note = programme.in_both(lambda: _("The programme has moved with the event."))
        publish_programme(event, note_ko=note["ko"], note_en=note["en"], by=by)

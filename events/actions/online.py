"""An event is held online, or in a room and online; those with a confirmed place get the link."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from events.actions.running import touch
from events.actions.telling import tell_link
from events.models import Event, LinkMail, OnlineRoom
from events.online import to_tell
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused

# How long before an event its link is mailed.
LEAD = timedelta(hours=24)


@transaction.atomic
def set_online(event: Event, *, mode: str, url: str, note_ko: str, note_en: str, by: User) -> None:
    """How an event is held, and its link, which the record does not repeat. Another link than
    before is mailed again. Raises Refused where there is a link to nothing that is online."""
    if mode == Event.Mode.ONSITE and url:
        raise Refused(_("An event on site has no link: choose online or mixed."), field="url")
    room = OnlineRoom.objects.filter(event=event).first()
    is_new = url != (room.url if room else "")
    event.mode = mode
    event.save(update_fields=["mode"])
    if not url:
        OnlineRoom.objects.filter(event=event).delete()
    elif room is None:
        OnlineRoom.objects.create(event=event, url=url, note_ko=note_ko, note_en=note_en)
    else:
        OnlineRoom.objects.filter(event=event).update(url=url, note_ko=note_ko, note_en=note_en)
        if is_new:
            room.mails.all().delete()
    touch(event)
    audit.record("events.set_online", event, by=by, mode=mode, has_link=bool(url), is_new=is_new)


def send_links() -> int:
    """Mails the links of what begins within a day, or runs, to those who have not had them. Safe to
    run twice and in parallel. Returns how many mails were posted."""
    now = clock.now()
    soon = OnlineRoom.objects.filter(
        event__status=Event.Status.PUBLISHED,
        event__starts_at__lte=now + LEAD,
        event__ends_at__gt=now,
    )
    return sum(_send(key) for key in soon.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _send(key: int) -> int:
    """One event's; its room is locked, so that nobody else mails the same."""
    room = OnlineRoom.objects.select_for_update().filter(pk=key).first()
    if room is None:
        return 0
    places = list(to_tell(room).with_event().select_related("line__order__user"))
    for place in places:
        tell_link(place, room)
    LinkMail.objects.bulk_create(LinkMail(room=room, secret=place.secret) for place in places)
    return len(places)

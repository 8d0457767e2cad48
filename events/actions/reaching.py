"""An event lasts as long as its recurring class does."""

from copy import copy

from django.utils.translation import gettext as _

from events.actions.announcing import tell_moved
from events.actions.running import touch
from events.models import Event
from events.reach import reach_of
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core.errors import Refused


def follow_class(event: Event, *, by: User | None) -> None:
    """Widens or narrows an event to its class; whoever counts on a published one hears of it. Its
    beginning, on which refunds and registration hang, moves no earlier once it is published. To be
    called in the transaction that publishes the programme, or that changes the draft of an event
    that nobody sees."""
    before, reach = copy(event), reach_of(event)
    if reach == (event.starts_at, event.ends_at):
        return
    event.starts_at, event.ends_at = reach
    is_seen = event.status == Event.Status.PUBLISHED
    if is_seen and event.starts_at < before.starts_at:
        raise Refused(_("The class cannot begin before its published event does."))
    fields = [name for name in ("ends_at", "starts_at") if _differs(name, before, event)]
    event.save(update_fields=fields)
    touch(event)
    audit.record("events.change", event, by=by, fields=fields)
    if is_seen:
        tell_moved(before, event)


def _differs(name: str, before: Event, event: Event) -> bool:
    return bool(getattr(before, name) != getattr(event, name))

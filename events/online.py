"""Who may see the link of an online event: one function answers for the ticket's page and mail."""

from datetime import datetime

from events.models import Event, OnlineRoom, Registration, RegistrationQuerySet


def room_for(place: Registration, at: datetime) -> OnlineRoom | None:
    """The link of a place that is confirmed, while its event lies ahead or runs."""
    event = place.event
    may = place.is_ticket and event.status == Event.Status.PUBLISHED and at < event.ends_at
    return OnlineRoom.objects.filter(event=event).first() if may else None


def to_tell(room: OnlineRoom) -> RegistrationQuerySet:
    """Places whose holders were not sent this link yet; ``room_for`` says the same of each."""
    places = Registration.objects.confirmed().filter(event=room.event_id).exclude(name="")
    return places.exclude(secret__in=room.mails.values("secret"))

"""What participants are told, by mail and on paper."""

from collections.abc import Iterable

from django.conf import settings
from django.utils import translation

from events.models import Registration
from kosna.core import clock
from kosna.core.templatetags.ui import kdatetime
from kosna.mail import post
from kosna.payments.models import Order


def ticket_facts(place: Registration, language: str) -> dict[str, str]:
    """Plain facts for mails and papers, in one language."""
    event, ticket = place.event, place.ticket
    with translation.override(language):
        return {
            "name": place.name,
            "organisation": place.affiliation,
            "event_title": event.title,
            "venue": ", ".join(filter(None, [event.venue, event.address])),
            "ticket": ticket.name,
            "when": kdatetime(event.starts_at),
            "starts_at": event.starts_at.astimezone(clock.KST).isoformat(),
            "ends_at": event.ends_at.astimezone(clock.KST).isoformat(),
            "door_code": place.door_code,
            "url": settings.SITE_URL + place.get_absolute_url(),
        }


def _tell(template: str, place: Registration, order: Order, **facts: object) -> None:
    reader = order.user
    post.send(
        template,
        to=[place.email or reader.email],
        language=reader.language,
        key=f"{template}:{place.pk}",
        context={**ticket_facts(place, reader.language), **facts},
        user=reader,
        branch=place.event.branch,
    )


def tell_confirmed(places: Iterable[Registration], order: Order) -> None:
    for place in places:
        _tell("registration_confirmed", place, order)


def tell_cancelled(place: Registration, refund: int, reason: str) -> None:
    _tell("registration_cancelled", place, place.line.order, refund=refund, reason=reason)

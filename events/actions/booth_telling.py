"""What exhibitors are told by mail about their booths."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from events.models import Booth, BoothBooking, Exhibitor
from kosna.core.templatetags.ui import kdatetime
from kosna.mail import post


def _tell(template: str, key: str, booking: BoothBooking, **facts: object) -> None:
    order, event = booking.line.order, booking.event
    reader = order.user
    with translation.override(reader.language):
        plain = {
            "name": booking.exhibitor.name,
            "event_title": event.title,
            "when": kdatetime(event.starts_at),
            "booth": booking.number,
            "kind": booking.kind.name,
            "total": booking.line.amount,
            "order_url": settings.SITE_URL + order.get_absolute_url(),
            "url": settings.SITE_URL + reverse("me:booths"),
        }
    post.send(
        template,
        to=[reader.email],
        language=reader.language,
        key=f"{template}:{key}" if key else "",
        context=plain | facts,
        user=reader,
        branch=event.branch,
    )


def tell_held(booking: BoothBooking) -> None:
    order = booking.line.order
    with translation.override(order.user.language):
        deadline = kdatetime(order.expires_at)
    _tell("booth_held", str(booking.pk), booking, deadline=deadline)


def tell_booked(booking: BoothBooking) -> None:
    _tell("booth_confirmed", str(booking.pk), booking)


def tell_moved(booking: BoothBooking, old: Booth) -> None:
    # Without a key: there and back and there again is three moves, and each is told.
    _tell("booth_moved", "", booking, old=old.number)


def tell_numbered(booking: BoothBooking) -> None:
    _tell("booth_numbered", str(booking.pk), booking)


def tell_released(booking: BoothBooking, refund: int, reason: str) -> None:
    _tell("booth_cancelled", str(booking.pk), booking, refund=refund, reason=reason)


def tell_hidden(exhibitor: Exhibitor, reason: str) -> None:
    reader, event = exhibitor.contact, exhibitor.event
    with translation.override(reader.language):
        facts = {"name": exhibitor.name, "event_title": event.title, "reason": reason}
    post.send(
        "exhibitor_hidden",
        to=[reader.email],
        language=reader.language,
        context=facts | {"url": settings.SITE_URL + reverse("me:exhibitor", args=[exhibitor.pk])},
        user=reader,
        branch=event.branch,
    )

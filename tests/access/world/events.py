"""A seminar with somebody who comes, somebody who waits, a material and a question."""

from typing import Any
from uuid import uuid4

from events.models import PlaceRequest, Question, Registration, WaitlistEntry
from kosna.accounts.guests import open_guest
from kosna.accounts.models import Guest
from kosna.core import clock
from kosna.core.tokens import token
from kosna.payments.models import OrderLine
from tests import factories
from tests.access.world.programme import programme_world
from tests.conftest import Cast


def _guest(email: str) -> Guest:
    return open_guest(name="guest", email=email, phone="", language="ko", form_key=uuid4(), ip=None)


def events(cast: Cast, line: OrderLine) -> dict[str, Any]:
    event = factories.make_event("busan-seminar", branch=cast.busan)
    ticket = factories.make_ticket(event, taken=1)
    waits = WaitlistEntry.objects.create(event=event, ticket=ticket, user=cast.regular)
    registration = Registration.objects.create(
        event=event,
        ticket=ticket,
        line=line,
        name="regular",
        user=cast.regular,
        status=Registration.Status.CONFIRMED,
        confirmed_at=clock.now(),
    )
    place = {"name": "동료", "email": "", "affiliation": "", "is_buyer": False, "answers": {}}
    asked = PlaceRequest.objects.create(
        event=event, ticket=ticket, user=cast.regular, places=[place]
    )
    guest, other = _guest("guest@x.test"), _guest(cast.account.email)
    factories.make_place(ticket, buyer=guest.user)
    full = factories.make_ticket(event, capacity=0)
    entry = WaitlistEntry.objects.create(
        event=event, ticket=full, user=guest.user, status="unproven"
    )
    entry.places.create(name="guest")
    PlaceRequest.objects.create(
        event=event, ticket=ticket, user=guest.user, status="unproven", places=[place]
    )
    to_claim = factories.make_place(ticket, buyer=other.user)
    PlaceRequest.objects.create(event=event, ticket=ticket, user=other.user, places=[place])
    material = factories.make_material(event, is_public=True, by=cast.officer)
    voucher = factories.make_voucher(event, code="BUSAN-2026")
    Question.objects.create(event=event, text_ko="어땠습니까?")
    return {
        "event": event.slug,
        "secret": registration.secret,
        "place": registration.pk,
        "waiting": waits.pk,
        "voucher": voucher.pk,
        "material": material.pk,
        "place_request": asked.pk,
        "guest_token": token(guest.seed),
        "claim_token": token(other.seed),
        "order_to_claim": to_claim.line.order.code,
        **programme_world(cast, event),
    }

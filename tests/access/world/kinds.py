"""An exhibition with a free booth and one that is booked."""

from typing import Any

from events import actions
from events.models import BoothBooking, Event, Exhibitor
from kosna.core import clock
from kosna.payments.models import Order
from tests import factories
from tests.conftest import Cast


def kinds(cast: Cast) -> dict[str, Any]:
    expo = factories.make_event("busan-expo", branch=cast.busan, kind=Event.Kind.EXHIBITION)
    free, booked = (factories.make_booth(expo, number) for number in ("A1", "A2"))
    order = actions.book_booth(
        booked, company=actions.Company(cast.regular, None, "㈜부산"), by=cast.regular
    )
    Order.objects.filter(pk=order.pk).update(status=Order.Status.PAID, paid_at=clock.now())
    BoothBooking.objects.update(status=BoothBooking.Status.CONFIRMED)
    return {
        "exhibitor": Exhibitor.objects.get().pk,
        "expo": expo.slug,
        "booth": free.number,
        "booked": booked.number,
        "booth_order": order.code,
    }

"""An exhibition with a free booth and one that is booked."""

from typing import Any

from events import actions
from events.models import Event
from tests import factories
from tests.conftest import Cast


def kinds(cast: Cast) -> dict[str, Any]:
    expo = factories.make_event("busan-expo", branch=cast.busan, kind=Event.Kind.EXHIBITION)
    free, booked = (factories.make_booth(expo, number) for number in ("A1", "A2"))
    order = actions.book_booth(
        booked, company=actions.Company(cast.regular, None, "㈜부산"), by=cast.regular
    )
    return {
        "expo": expo.slug,
        "booth": free.number,
        "booked": booked.number,
        "booth_order": order.code,
    }

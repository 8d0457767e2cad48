"""An exhibition with a free booth and one that is booked."""

from datetime import time, timedelta
from typing import Any

from events import actions
from events.models import BoothBooking, Event, Exhibitor
from events.series import Rule
from kosna.core import clock
from kosna.payments.models import Order
from tests import factories
from tests.conftest import Cast


def kinds(cast: Cast) -> dict[str, Any]:
    expo = factories.make_event("busan-expo", branch=cast.busan, kind=Event.Kind.EXHIBITION)
    free, booked, _other = (factories.make_booth(expo, n) for n in ("A1", "A2", "A3"))
    order = actions.book_booth(
        booked, company=actions.Company(cast.regular, None, "㈜부산"), by=cast.regular
    )
    Order.objects.filter(pk=order.pk).update(status=Order.Status.PAID, paid_at=clock.now())
    BoothBooking.objects.update(status=BoothBooking.Status.CONFIRMED)
    any_one = actions.Company(cast.account, None, "㈜아무")
    actions.book_any_booth(free.booth_type, company=any_one, by=cast.account)
    day = clock.kst_date(expo.starts_at)
    # Four days: not all of them are holidays, whenever this runs.
    days = Rule(
        frozenset(range(7)), day + timedelta(days=1), day + timedelta(days=4), time(10), time(12)
    )
    series = actions.make_series(
        expo,
        days,
        title_ko="교실",
        title_en="",
        by=cast.officer,
    )
    return {
        "series": series.pk,
        "instructor": actions.appoint_instructor(expo, user=cast.regular, by=cast.officer).pk,
        "exhibitor": Exhibitor.objects.get(contact=cast.regular).pk,
        "booth_kind": free.booth_type.code,
        "any_booth": BoothBooking.objects.unassigned().get().pk,
        "expo": expo.slug,
        "booth": free.number,
        "booked": booked.number,
        "booth_order": order.code,
    }

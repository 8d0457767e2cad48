"""A branch holds an exhibition and draws its hall; a company takes a booth, moves, and leaves."""

from events.models import BoothBooking, Event
from kosna.payments.models import Order
from tests import factories


def test_from_the_plan_to_a_booth_that_is_given_up(portal, people, enter):
    factories.make_event("expo", kind=Event.Kind.EXHIBITION, branch=people.busan)
    office = enter("officer").open("/staff/events/expo/booth-types/")
    office.press("/booth-types/", **{"kinds-0-code": "S", "kinds-0-name_ko": "기본 부스"})
    kind = Event.objects.get().booth_types.get()
    office.open("/staff/events/expo/booth-types/").press(
        "/booth-types/", **{"prices-0-booth_type": kind.pk, "prices-0-amount": "1100000"}
    )
    office.open("/staff/events/expo/booth-plan/").press("/booth-plan/", plan="A1 A2 . A3")

    company = enter("company_rep").open("/events/expo/booths/")
    assert b"/events/expo/booths/A2/" in company.content
    company.open("/events/expo/booths/A2/").press("/booths/A2/", company=people.company.pk)
    order = Order.objects.get()
    company.press("/pay/", method="card").press("outcome", outcome="paid")
    portal.work()
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert "A2" in company.open("/me/booths/").text

    office.open("/staff/events/expo/booths/A2/").press("/move/", booth="A3")
    assert BoothBooking.objects.get().booth.number == "A3"
    company.open(f"/orders/{order.code}/")
    assert f"/me/booths/{order.code}/give-up/".encode() in company.content
    company.open(f"/me/booths/{order.code}/give-up/").press("/give-up/", confirm=True)
    assert BoothBooking.objects.get().status == BoothBooking.Status.CANCELLED
    assert order.refunds.get().amount == 1_100_000
    assert portal.problems() == {}

"""From a paid order to what it bought."""

from django.urls import reverse

from tests import factories
from tests.conftest import Cast


def test_a_paid_order_leads_to_its_ticket(cast: Cast, login) -> None:
    ticket = factories.make_ticket(factories.make_event())
    place = factories.make_place(ticket, cast.regular)
    order, client = place.line.order, login("regular")
    lead = reverse("tickets:order-ticket", args=[order.code])
    assert lead in client.get(order.get_absolute_url()).content.decode()
    assert client.get(lead).url == place.get_absolute_url()
    assert login("account").get(lead).status_code == 404
    second = factories.make_place(ticket, buyer=cast.regular)
    second.line.order = order
    second.line.save()
    assert client.get(lead).url == reverse("tickets:order-places", args=[order.code])
    order.status = order.Status.PENDING
    order.save()
    assert lead not in client.get(order.get_absolute_url()).content.decode()

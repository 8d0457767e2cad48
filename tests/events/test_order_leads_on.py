"""From a paid order to what it bought."""

from django.urls import reverse

from events import actions
from events.actions import Attendee
from events.models import Registration
from kosna.audit.models import Entry
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


def test_an_order_for_several_says_whose_each_line_is(cast: Cast, login) -> None:
    """The add-on stands with its place; a place that nobody has yet says so. Of one line nobody
    need say it."""
    ticket = factories.make_ticket(factories.make_event(), prices={None: 55_000})
    addon = factories.make_addon(ticket.event, price=10_000)
    me = Attendee("me", "me@example.test", is_buyer=True, extras=(addon.pk,))
    order = actions.register(
        ticket=ticket, attendees=[me, Attendee("박서준"), Attendee("")], by=cast.regular
    )
    desk = reverse("payments_staff:order", args=[order.code])
    for client, page in [(login("regular"), order.get_absolute_url()), (login("treasurer"), desk)]:
        answer = client.get(page)
        names = [line[-1].name for line in answer.context["lines"]]
        assert names == ["me", "박서준", "이름 미정", "me"]
        assert '<br><span class="meta">박서준</span></th>' in answer.content.decode()
    alone = factories.make_place(ticket, cast.account).line.order
    answer = login("account").get(alone.get_absolute_url())
    assert [holder for _line, holder in answer.context["lines"]] == [None]


def test_who_is_shown_on_the_desks_order_is_told(cast: Cast, login) -> None:
    """A place that was handed over is another account's."""
    ticket = factories.make_ticket(factories.make_event(), prices={None: 55_000})
    me = Attendee("me", "me@example.test", is_buyer=True)
    order = actions.register(
        ticket=ticket, attendees=[me, Attendee("박서준", "friend@example.test")], by=cast.regular
    )
    Registration.objects.filter(line__order=order, user=None).update(user=cast.account)
    login("treasurer").get(reverse("payments_staff:order", args=[order.code]))
    entry = Entry.objects.filter(verb="privacy.view").latest("pk")
    assert entry.subjects == sorted([cast.regular.pk, cast.account.pk])

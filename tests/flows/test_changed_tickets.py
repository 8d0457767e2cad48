"""Over HTTP: a ticket changed for a dearer one and given up; a guest who waits and comes; any booth
of a kind, assigned by staff."""

import re

from events.models import BoothBooking, Event, FormQuestion, Registration, Ticket
from kosna.mail import post as post_office
from kosna.mail.models import Message
from tests import factories


def test_a_ticket_is_changed_and_then_given_up(portal, people, enter):
    event = factories.make_event("fair", branch=people.busan)
    online = factories.make_ticket(event, name_ko="온라인", prices={None: 33_000})
    on_site = factories.make_ticket(event, name_ko="현장", prices={None: 55_000}, sort=1)
    member = enter("account").open("/events/fair/register/")
    member.press("ticket", ticket=online.pk, myself=True)
    member.press("/pay/", method="card").press("outcome", outcome="paid")
    portal.work()
    place = Registration.objects.get()

    member.open(f"{place.get_absolute_url()}change/?ticket={on_site.pk}")
    assert "22,000원" in member.text
    member.press("confirm", confirm=True)
    assert "22,000원" in member.text
    assert Ticket.objects.get(pk=on_site.pk).taken == 1
    member.press("/pay/", method="card").press("outcome", outcome="paid")
    portal.work()
    assert "현장" in member.open(place.get_absolute_url()).text

    member.open(f"{place.get_absolute_url()}cancel/")
    assert "55,000원" in member.text
    member.press("confirm", confirm=True)
    assert sorted(place.event.registrations.get().changes.values_list("line__refunds__amount")) == [
        (22_000,)
    ]
    assert portal.problems() == {}


def test_a_guest_waits_and_comes_by_the_link_in_a_mail(portal, people, enter):
    event = factories.make_event("class", branch=people.busan)
    FormQuestion.objects.create(event=event, text_ko="식사")
    ticket = factories.make_ticket(event, capacity=1, prices={None: 0})
    enter("regular").open("/events/class/register/").press("ticket", ticket=ticket.pk, myself=True)

    guest = enter().open("/events/class/waiting/guest/")
    guest.press(
        "form_key", ticket=ticket.pk, myself=True, name="나그네", email="guest@example.test",
        phone="010-1234-5678", agrees=True,
    )  # fmt: skip
    portal.work()
    guest.open(_link("waiting_guest", "tickets/waiting")).press("/waiting/confirm/")
    place = Registration.objects.get()
    member = enter("regular").open(f"{place.get_absolute_url()}cancel/")
    member.press("confirm", confirm=True)
    portal.work()
    guest.open(_link("waiting_offered", "orders/guest"))
    assert "나그네" in guest.text or "0원" in guest.text
    assert Registration.objects.filter(name="나그네", status="held").exists()
    assert portal.problems() == {}


def _link(template: str, path: str) -> str:
    message = Message.objects.filter(template=template).latest("pk")
    found = re.search(rf"/{path}/[\w-]+/", post_office.render(message)[1])
    assert found
    return found.group()


def test_any_booth_of_a_kind_gets_its_number_from_staff(portal, people, enter):
    event = factories.make_event("expo", kind=Event.Kind.EXHIBITION, branch=people.busan)
    factories.make_booth(event, "A1")
    company = enter("company_rep").open("/events/expo/booths/any/S/")
    company.press("/any/S/", company=people.company.pk)
    company.press("/pay/", method="card").press("outcome", outcome="paid")
    portal.work()
    booking = BoothBooking.objects.get()
    office = enter("officer").open(f"/staff/events/expo/booth-bookings/{booking.pk}/")
    office.press("booth", booth="A1")
    assert "A1" in company.open("/me/booths/").text
    assert portal.problems() == {}

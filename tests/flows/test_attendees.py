"""Who comes, from the order to the door: a guest without an account, and a company's people."""

import re

from events.models import FormQuestion, PlaceRequest, Registration
from kosna.payments.models import Order
from tests import factories
from tests.flows.test_story import books_agree, pay_by_card


def test_a_guest_pays_by_the_link_and_hands_the_ticket_over(portal, people, enter):
    event = factories.make_event("conference", branch=people.busan)
    ticket = factories.make_ticket(event)
    meal = FormQuestion.objects.create(
        event=event, kind="choice", text_ko="점심", choices_ko="한식\n채식", is_required=True
    )
    guest = enter().open("/events/conference/register/guest/")
    guest.press(
        "ticket",
        422,
        ticket=ticket.pk,
        myself=True,
        name="나그네",
        email="guest@example.test",
        phone="010-1234-5678",
        agrees=True,
    )
    guest.press("ticket", **{"agrees": True, f"asked_{meal.pk}_me": "2"})
    order = Order.objects.get()
    assert order.code in guest.text
    pay_by_card(guest, order)

    # On another device the link in the mail opens the same order.
    [mail, *_others] = portal.mails("guest@example.test")
    link = re.search(r"/orders/guest/[\w-]+/", mail.body).group()
    phone = enter().open(link)
    assert order.code in phone.text
    phone.open(f"/tickets/orders/{order.code}/places/")
    place = Registration.objects.get()
    phone.open(f"/tickets/{place.secret}/hand-over/").press(
        "confirm",
        **{
            "name": "최유나",
            "email": "new@example.test",
            "confirm": True,
            f"asked_{meal.pk}_them": "1",
        },
    )
    portal.work()
    [theirs] = portal.mails("new@example.test")
    door = enter("doorkeeper").open("/staff/checkin/conference/")
    door.press("code", code=place.code)
    assert not door.page.xpath("//*[@role='status']//*[contains(@class, 'good')]")
    place.refresh_from_db()
    assert place.door_code in theirs.body
    door.press("code", code=place.door_code)
    door.press("is_early")
    assert door.page.xpath("//*[@role='status']//*[contains(@class, 'good')]")
    answers = enter("officer").open("/staff/events/conference/answers/")
    assert "한식" in answers.text and "채식" not in answers.text
    books_agree()
    assert not any(portal.problems().values())


def test_a_company_asks_for_places_pastes_its_people_and_names_one_later(portal, people, enter):
    event = factories.make_event("fair", branch=people.busan)
    ticket = factories.make_ticket(event, prices={None: 55_000, people.company_tier: 30_000})
    talk = factories.make_ticket(event, prices={None: 20_000}, needs_approval=True)
    company = enter("company_rep").open("/events/fair/register/list/")
    company.press("people", 422, ticket=ticket.pk, people="박서준,seo@example.test\n최유나")
    assert "최유나" in company.text
    company.press("people", people="박서준,seo@example.test,기획실\n최유나,yuna@example.test")
    order = Order.objects.get()
    assert order.total == 60_000
    company.press("/extend/")
    pay_by_card(company, order)

    company.open("/events/fair/register/?people=2")
    company.press("ticket", ticket=ticket.pk, later=1, myself=False)
    later = Order.objects.latest("pk")
    pay_by_card(company, later)
    place = Registration.objects.get(name="")
    company.open(f"/tickets/orders/{later.code}/places/").press(
        "/places/", **{f"name_{place.pk}": "정민재", f"email_{place.pk}": "min@example.test"}
    )
    portal.work()
    assert len(portal.mails("min@example.test")) == 1

    person = enter("regular").open("/events/fair/register/")
    person.press("ticket", ticket=talk.pk, myself=True)
    asked = PlaceRequest.objects.get()
    officer = enter("officer").open("/staff/events/fair/requests/")
    officer.press(f"/{asked.pk}/approve/")
    asked.refresh_from_db()
    pay_by_card(person, asked.order)
    assert Registration.objects.get(user=people.regular).is_ticket
    books_agree()
    assert not any(portal.problems().values())


def test_a_guest_asks_for_a_limited_place_and_pays_it_by_the_link(portal, people, enter):
    event = factories.make_event("talk", branch=people.busan)
    ticket = factories.make_ticket(
        event, prices={None: 20_000}, needs_approval=True, max_per_person=1
    )
    guest = enter().open("/events/talk/register/guest/")
    typed = {
        "ticket": ticket.pk, "myself": True, "name": "나그네", "email": "guest@example.test",
        "phone": "010-1234-5678", "agrees": True,
    }  # fmt: skip
    guest.press("ticket", **typed)
    assert "메일함" in guest.text
    portal.work()
    guest.open(_last_link(portal, "tickets/requests")).press("/requested/confirm/")
    asked = PlaceRequest.objects.get()
    officer = enter("officer").open("/staff/events/talk/requests/")
    officer.press(f"/{asked.pk}/approve/")
    portal.work()
    guest.open(_last_link(portal, "orders/guest"))
    asked.refresh_from_db()
    pay_by_card(guest, asked.order)
    assert Registration.objects.get().is_ticket

    again = enter().open("/events/talk/register/guest/").press("ticket", **typed)
    assert "메일함" in again.text
    portal.work()
    again.open(_last_link(portal, "tickets/requests")).press("/requested/confirm/")
    assert PlaceRequest.objects.latest("pk").status == "unproven"
    books_agree()
    assert not any(portal.problems().values())


def _last_link(portal, path: str) -> str:
    """Of the last mail to the guest that has one."""
    texts = [mail.body for mail in portal.mails("guest@example.test")]
    found = [match for text in texts if (match := re.search(rf"/{path}/[\w-]+/", text))]
    return found[-1].group()

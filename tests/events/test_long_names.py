"""The longest names that staff may give, on orders, whose lines hold 200 characters."""

import pytest

from events import actions
from events.actions import Attendee, Company
from events.models import Event, Ticket
from kosna.payments.models import Order, OrderLine
from tests import factories
from tests.events.test_changing import change, place_of
from tests.events.test_waiting import fresh

LONG = {"title_ko": "행" * 160, "title_en": "E" * 160}


def names(word: str) -> dict[str, str]:
    """Of 80 characters, and told apart at their end."""
    return {"name_ko": f"{word:가>80}", "name_en": f"{word:n>80}"}


@pytest.fixture
def event(cast) -> Event:
    return factories.make_event("long", branch=cast.busan, **LONG)


@pytest.fixture
def ticket(event) -> Ticket:
    return factories.make_ticket(event, **names("표"))


def titles(order: Order) -> list[tuple[str, str]]:
    return list(
        OrderLine.objects.filter(order=order).order_by("pk").values_list("title_ko", "title_en")
    )


def test_a_ticket_and_its_add_on_are_named_whole_and_the_event_is_cut(cast, event, ticket):
    dinner = factories.make_addon(event, **names("밥"))
    who = Attendee("사" * 80, "me@example.test", is_buyer=True, extras=(dinner.pk,))
    order = actions.register(ticket=fresh(ticket), attendees=[who], by=cast.account)
    (ko, en), (addon_ko, addon_en) = titles(order)
    assert ko.endswith(f"행… · {ticket.name_ko}") and len(ko) == 200
    assert en.endswith(f"E… · {ticket.name_en}") and len(en) == 200
    assert addon_ko.endswith(f"행… · {dinner.name_ko}") and len(addon_ko) == 200
    assert addon_en.endswith(f"E… · {dinner.name_en}")


def test_a_changed_ticket_names_both(cast, event, ticket):
    dearer = factories.make_ticket(event, prices={None: 77_000}, **names("귀"))
    who = Attendee("나", "me@example.test", is_buyer=True)
    held = actions.register(ticket=fresh(ticket), attendees=[who], by=cast.account)
    place = place_of(held)
    replaced = change(place, dearer)
    assert titles(replaced)[0][0].endswith(f" · {dearer.name_ko}")
    paid = factories.make_place(ticket, cast.regular, amount=55_000)
    order = change(paid, dearer)
    ko, en = titles(order)[0]
    assert ko.endswith(f" · {ticket.name_ko} → {dearer.name_ko}")
    assert en.endswith(f" · {ticket.name_en} → {dearer.name_en}")


def test_a_booth_is_named_whole(cast):
    expo = factories.make_event("expo", kind=Event.Kind.EXHIBITION, branch=cast.busan, **LONG)
    booth = factories.make_booth(expo)
    booth.booth_type.name_ko = "종" * 80
    booth.booth_type.save()
    company = Company(cast.account, None, "회" * 120)
    order = actions.book_booth(booth, company=company, by=cast.account)
    assert titles(order)[0][0].endswith(f"행… · 부스 A1 ({'종' * 80})")


def test_short_names_stand_as_they_are(cast):
    ticket = factories.make_ticket(factories.make_event(branch=cast.busan))
    who = Attendee("나", "me@example.test", is_buyer=True)
    order = actions.register(ticket=fresh(ticket), attendees=[who], by=cast.account)
    assert titles(order) == [("소셜 데이터 컨퍼런스 · 일반", "Social Data Conference · General")]

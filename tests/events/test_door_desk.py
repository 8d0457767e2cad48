"""The desk's own page of the door: a company goes in and out, and somebody comes back by name."""

import re

import pytest
from django.test import Client

from events import actions
from events.models import Event, Registration, Ticket
from tests import factories
from tests.events.doors import event_of_today, group_of, outcomes

DOOR = "/staff/checkin/doors/"
TICKED = re.compile(r'name="people" value="(\w+)" checked')


@pytest.fixture
def event(cast) -> Event:
    return event_of_today("doors", cast.busan)


@pytest.fixture
def ticket(event) -> Ticket:
    return factories.make_ticket(event)


@pytest.fixture
def company(ticket) -> list[Registration]:
    return group_of(ticket, "김하늘", "이도윤", "박서준")


def inside(event: Event) -> set[str]:
    places = event.registrations.filter(check_in__inside_since__isnull=False)
    return set(places.values_list("name", flat=True))


def ticked(door: Client, **sent) -> tuple[list[str], dict]:
    """The codes that the page ticks, and what its list sends beside them."""
    page = door.post(DOOR, sent).content.decode()
    form = page[page.index('name="of_group"') :].partition("</form>")[0]
    hidden = dict(re.findall(r'type="hidden" name="(code|direction)" value="([^"]*)"', form))
    return TICKED.findall(form), hidden | {"of_group": "on"}


def test_a_company_goes_out_and_comes_back_as_those_who_are_ticked(event, company, login):
    first, second, third = company
    door, address = login("doorkeeper"), actions.group_address(first.line.order)
    codes, sent = ticked(door, code=address)
    assert set(codes) == {first.code, second.code, third.code}
    door.post(DOOR, sent | {"people": [first.code, second.code]})
    assert inside(event) == {"김하늘", "이도윤"}

    codes, sent = ticked(door, code=address, direction="out")
    assert set(codes) == {first.code, second.code}
    told = door.post(DOOR, sent | {"people": [first.code, third.code]}).context["group"]
    assert {scan.registration.name: scan.outcome for scan in told} == {
        "김하늘": "left", "박서준": "outside",
    }  # fmt: skip
    assert inside(event) == {"이도윤"}
    assert not hasattr(Registration.objects.get(pk=third.pk), "check_in")

    codes, _sent = ticked(door, code=address)
    assert set(codes) == {first.code, third.code}


@pytest.mark.parametrize("direction", ["in", "out"])
def test_a_company_of_whom_nobody_is_ticked_is_asked_for_again(event, company, login, direction):
    door, address = login("doorkeeper"), actions.group_address(company[0].line.order)
    _codes, sent = ticked(door, code=address, direction=direction)
    page = door.post(DOOR, sent)
    assert len(page.context["found"]) == 3
    assert "한 명 이상 표시해 주십시오." in page.content.decode()
    assert f'name="direction" value="{direction}"' in page.content.decode()
    assert inside(event) == set()
    assert "한 명 이상" not in door.post(DOOR, {"code": address}).content.decode()


def test_whoever_went_out_is_found_by_name_and_let_in_again(event, ticket, login):
    place = factories.make_place(ticket, name="김하늘")
    door = login("doorkeeper")
    again, button = "다시 입장", f'name="code" value="{place.code}"'
    door.post(DOOR, {"code": place.code})
    assert again not in door.get(DOOR, {"q": "김하늘"}).content.decode()
    door.post(DOOR, {"code": place.code, "direction": "out"})
    page = door.get(DOOR, {"q": "김하늘"}).content.decode()
    assert again in page and button in page
    door.post(DOOR, {"code": place.code})
    assert inside(event) == {"김하늘"}
    assert outcomes(event) == ["admitted", "left", "returned"]

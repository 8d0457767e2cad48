"""What an event sells in Chromium: early, with something beside it, online; and a seat at a meeting
of the members."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from events import actions
from events.models import Event, HandOut, Registration
from kosna.core import clock
from tests import factories
from tests.browser.tab import Tab
from tests.browser.test_events import card, link
from tests.events.doors import event_of_today
from tests.members.assembly import called

ROOM = "https://meet.example.test/a-room"


@pytest.fixture
def enter(enter) -> Callable[..., Tab]:
    """Without the colours the other way round, which are the same on every page."""
    return partial(enter, both_ways=False)


def test_who_is_early_pays_less_and_finds_the_link_of_an_online_event(enter, people):
    fair = factories.make_event("fair", branch=people.busan)
    ticket = factories.make_ticket(fair, name_ko="온라인")
    ticket.prices.create(amount=40_000, until=clock.now() + timedelta(days=1))
    dinner = factories.make_addon(fair, name_ko="책", price=12_000)
    actions.set_online(fair, mode="online", url=ROOM, note_ko="", note_en="", by=people.officer)
    buyer = enter("account").open("/events/fair/").look()
    assert "40,000원" in buyer.text and "조기 신청가" in buyer.text
    assert ROOM not in buyer.page.content()
    link(buyer, "/events/fair/register/")
    buyer.page.check(f"[name=extras_0][value='{dinner.pk}']")
    buyer.press("ticket", ticket=ticket.pk, myself=True)
    assert "52,000원" in buyer.text
    card(buyer)
    place = Registration.objects.get()
    assert (place.line.amount, place.line.order.total, place.is_ticket) == (40_000, 52_000, True)
    buyer.open(place.get_absolute_url()).look()
    assert "책" in buyer.text
    assert buyer.page.locator(f"main a[href='{ROOM}']").is_visible()
    assert ROOM not in enter("regular").open("/events/fair/").page.content()


def test_an_add_on_is_given_out_at_the_door_once(enter, people):
    event = event_of_today("doors", people.busan)
    ticket = factories.make_ticket(event, prices={None: 0})
    factories.make_addon(event, name_ko="점심", price=0)
    buyer = enter("account").open("/events/doors/register/")
    buyer.page.locator("[name=extras_0]").first.check()
    buyer.press("ticket", ticket=ticket.pk, myself=True)
    place = Registration.objects.get()
    door = enter("doorkeeper").open("/staff/checkin/doors/")
    door.press("code", code=place.door_code).look()
    door.press("/hand-out/")
    assert HandOut.objects.get().extra.registration == place
    door.open(f"/staff/checkin/doors/people/{place.pk}/").look()
    assert not door.page.locator("form[action$='/hand-out/']").count()


def test_a_seat_at_a_members_meeting_is_for_those_on_its_roll(enter, people):
    meeting = called(people.head_office)
    event = factories.make_event(
        "assembly", kind=Event.Kind.MEETING, meeting=meeting, branch=people.hq
    )
    ticket = factories.make_ticket(event, prices={None: 0})
    voter = link(enter("regular").open("/events/assembly/").look(), "/assembly/register/")
    voter.press("ticket", ticket=ticket.pk, myself=True)
    assert Registration.objects.get().user == people.regular
    link(voter.open("/events/assembly/"), f"/me/meetings/{meeting.number}/")
    stranger = enter("account").open("/events/assembly/")
    assert not stranger.page.locator("main a[href$='/assembly/register/']").count()
    desk = link(
        enter("head_office").open("/staff/events/assembly/").look(),
        f"/staff/meetings/{meeting.number}/",
    )
    assert meeting.title_ko in desk.text

"""Two tickets of one event open at different times to the same tier: whoever asks is told each
ticket's own, and nothing gets around it."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events import actions, offers
from events.actions import Attendee
from events.changes import bought_at, choices_for, worth
from events.models import (
    Event,
    PlaceRequest,
    Registration,
    Ticket,
    TicketPrice,
    WaitlistEntry,
)
from kosna.accounts.models import Guest
from kosna.accounts.policies import own_version
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.templatetags.ui import kdatetime
from kosna.payments.models import Order
from members.access import AsIf, entitlement
from members.models import Clock
from tests import factories
from tests.conftest import Cast
from tests.events.test_changing import change
from tests.events.test_registering import FRIEND, ME, pay, post, taken

DAY = timedelta(days=1)


class Hall:
    """Members could register for ``open`` yesterday, as for all of the event, and everyone can in
    two days; for ``dinner`` members can tomorrow, and everyone in five days."""

    def __init__(self, cast: Cast, **fields: Any) -> None:
        self.now = clock.now().replace(microsecond=0)
        self.dinner_at, self.dinner_for_all = self.now + DAY, self.now + 5 * DAY
        times = {cast.regular_tier: self.now - DAY, None: self.now + 2 * DAY}
        own = {cast.regular_tier: self.dinner_at, None: self.dinner_for_all}
        self.event = factories.make_event(
            "conference", branch=cast.busan, clock=factories.make_clock(times)
        )
        self.open = factories.make_ticket(self.event, prices={None: 0}, name_ko="강연")
        self.dinner = factories.make_ticket(
            self.event, prices={None: 0}, name_ko="만찬", sort=1,
            clock=factories.make_clock(own), **fields,
        )  # fmt: skip


@pytest.fixture
def hall(cast: Cast) -> Hall:
    return Hall(cast)


def state_of(user: Any, ticket: Ticket, at: datetime) -> tuple[str, datetime | None]:
    invitation = offers.invite(Event.objects.get(pk=ticket.event_id), user, at)
    offer = next(one for one in invitation.offers if one.ticket.pk == ticket.pk)
    return offer.state, offer.opens_at


def test_each_ticket_has_its_own_time_for_each(cast: Cast, hall: Hall) -> None:
    now, event = hall.now, hall.event
    assert state_of(cast.regular, hall.open, now) == ("early", now - DAY)
    assert state_of(cast.regular, hall.dinner, now) == ("later", hall.dinner_at)
    assert state_of(cast.account, hall.open, now) == ("later", now + 2 * DAY)
    assert state_of(cast.account, hall.dinner, now) == ("later", hall.dinner_for_all)
    assert state_of(cast.lapsed, hall.dinner, now) == ("later", hall.dinner_for_all)
    for at, state in [(hall.dinner_at - timedelta(seconds=1), "later"), (hall.dinner_at, "early")]:
        assert state_of(cast.regular, hall.dinner, at)[0] == state

    mine, theirs = (offers.invite(event, user, now) for user in (cast.regular, cast.account))
    assert (mine.state, mine.opens_at, mine.everyone_at) == ("early", now - DAY, now + 2 * DAY)
    assert (theirs.state, theirs.opens_at) == ("later", now + 2 * DAY)
    # Once everyone can register for the first, nothing says that they cannot yet.
    mixed = offers.invite(event, cast.regular, now + 3 * DAY)
    assert (mixed.state, mixed.everyone_at) == ("early", None)
    assert [offer.state for offer in mixed.offers] == ["open", "early"]


def test_what_is_for_members_alone_opens_to_nobody_else(cast: Cast, hall: Hall, login: Any) -> None:
    TicketPrice.objects.filter(ticket=hall.open).update(tier=cast.regular_tier)
    invitation = offers.invite(Event.objects.get(), cast.regular, hall.now)
    assert (invitation.state, invitation.everyone_at) == ("early", None)
    assert "일반 접수는" not in login("regular").get("/events/conference/").content.decode()
    # Where everyone has a price of another ticket, its time is told.
    Ticket.objects.filter(pk=hall.dinner.pk).update(clock=hall.event.clock)
    mixed = offers.invite(Event.objects.get(), cast.regular, hall.now)
    assert (mixed.state, mixed.everyone_at) == ("early", hall.now + 2 * DAY)


def test_what_is_closed_does_not_tell_when_the_other_opens(cast: Cast, hall: Hall) -> None:
    Ticket.objects.filter(pk=hall.open.pk).update(is_on_sale=False)
    invitation = offers.invite(Event.objects.get(), cast.regular, hall.now)
    assert (invitation.state, invitation.opens_at) == ("later", hall.dinner_at)


def test_a_post_before_its_time_is_refused_and_told_the_time(
    cast: Cast, hall: Hall, login: Any
) -> None:
    client = login("regular")
    client.cookies["language"] = "en"
    answer = post(client, ticket=hall.dinner.pk)
    with translation.override("en"):
        assert answer.status_code == 422
        assert f"Opens for you on {kdatetime(hall.dinner_at)}." in answer.content.decode()
    assert not Order.objects.exists()

    # Nobody else's time, nor the time of another ticket, lets a colleague in.
    answer = post(client, ticket=hall.open.pk, rows="2", name_1="가", email_1="a@example.test")
    with translation.override("en"):
        assert answer.status_code == 422
        assert kdatetime(hall.now + 2 * DAY) in answer.content.decode()
    assert post(client, ticket=hall.open.pk).status_code == 302

    guest = {"name": "나그네", "email": "guest@example.test", "phone": "010-1234-5678"}
    guest |= {
        "agrees": "on",
        "privacy_version": own_version("privacy"),
        "form_key": str(uuid4()),
        "myself": "on",
    }
    url = reverse("events:register-guest", args=["conference"])
    with clock.standing_at(hall.now + 3 * DAY):
        refused = Client().post(url, {**guest, "ticket": hall.dinner.pk})
        assert refused.status_code == 422
        assert kdatetime(hall.dinner_for_all) in refused.content.decode()
        assert Client().post(url, {**guest, "ticket": hall.open.pk}).status_code == 302
    assert Guest.objects.count() == 1
    assert taken(hall.dinner) == 0

    with clock.standing_at(hall.dinner_at):  # one ticket a person: somebody else
        other = factories.make_user("다른정회원")
        factories.make_member(other, tier=cast.regular_tier)
        actions.register(ticket=hall.dinner, attendees=[ME], by=other)
    assert taken(hall.dinner) == 1


def test_colleagues_wait_for_the_time_of_the_ticket(cast: Cast, hall: Hall) -> None:
    with translation.override("en"), clock.standing_at(hall.dinner_at):
        with pytest.raises(Refused) as refusal:
            actions.register(ticket=hall.dinner, attendees=[ME, FRIEND], by=cast.regular)
        assert refusal.value.reasons[0] == (
            f"{FRIEND.name} can be registered from {kdatetime(hall.dinner_for_all)}."
        )
    assert taken(hall.dinner) == 0


def test_no_voucher_shows_a_ticket_before_its_time(cast: Cast, login: Any) -> None:
    hall = Hall(cast, is_hidden=True)
    voucher = factories.make_voucher(
        hall.event, ticket=hall.dinner, shows_hidden=True, reserves_seats=True
    )
    with pytest.raises(Refused):
        actions.register(
            ticket=hall.dinner, attendees=[ME], by=cast.regular, voucher=voucher, seats_left=1
        )
    assert Registration.objects.count() == 0
    # Nor does the page tell of what it hides.
    page = login("visitor").get(hall.event.get_absolute_url()).content.decode()
    assert kdatetime(hall.dinner_for_all) not in page
    assert "만찬" not in page


def test_the_list_opens_with_the_ticket(cast: Cast, hall: Hall) -> None:
    Ticket.objects.update(capacity=0)
    for ticket, is_open in [(hall.open, True), (hall.dinner, False)]:
        row = Ticket.objects.get(pk=ticket.pk)
        if is_open:
            actions.join(ticket=row, attendees=[ME], by=cast.regular)
        else:
            with pytest.raises(Refused, match=re.escape(kdatetime(hall.dinner_at))):
                actions.join(ticket=row, attendees=[ME], by=cast.regular)
    entry = WaitlistEntry.objects.get()
    # Who waits is offered nothing before the time of the ticket, should it be moved meanwhile.
    Ticket.objects.filter(pk=hall.open.pk).update(capacity=5, clock=hall.dinner.clock)
    with pytest.raises(Refused):
        actions.offer_now(entry, reason="급함", by=cast.head_office)


def test_one_asks_for_a_place_at_the_time_of_its_ticket(cast: Cast) -> None:
    hall = Hall(cast, needs_approval=True)
    with pytest.raises(Refused, match=re.escape(kdatetime(hall.dinner_at))):
        actions.request_places(ticket=hall.dinner, attendees=[ME], by=cast.regular)
    with clock.standing_at(hall.dinner_at):
        request = actions.request_places(ticket=hall.dinner, attendees=[ME], by=cast.regular)
    # Approved by the right of the moment at which it was asked for.
    later = factories.make_clock({None: hall.now + 9 * DAY})
    PlaceRequest.objects.filter(pk=request.pk).update(asked_at=hall.dinner_at)
    with clock.standing_at(hall.dinner_at + DAY):
        Ticket.objects.filter(pk=hall.dinner.pk).update(clock=later)
        with pytest.raises(Refused):
            actions.approve_request(request, by=cast.head_office)
        Ticket.objects.filter(pk=hall.dinner.pk).update(clock=hall.dinner.clock)
        assert actions.approve_request(request, by=cast.head_office).total == 0


def test_nobody_changes_into_a_ticket_before_its_time(cast: Cast, hall: Hall) -> None:
    pay(actions.register(ticket=hall.open, attendees=[ME], by=cast.regular))
    place = Registration.objects.with_event().get()
    (quote,) = choices_for(place, hall.now)
    assert any(kdatetime(hall.dinner_at) in reason for reason in quote.refusals)
    (then,) = choices_for(place, hall.dinner_at)
    assert not then.refusals
    with pytest.raises(Refused, match=re.escape(kdatetime(hall.dinner_at))):
        actions.change_ticket(place, hall.dinner, quoted=(0, 0), by=cast.regular)


def test_a_seat_of_an_early_ticket_goes_to_nobody_who_had_to_wait(cast: Cast, hall: Hall) -> None:
    with clock.standing_at(hall.now + 3 * DAY):  # the event is open to everyone; dinner is not
        pay(actions.register(ticket=hall.dinner, attendees=[ME], by=cast.regular))
        place = Registration.objects.with_event().get()
        with pytest.raises(Refused):
            actions.hand_over(place, FRIEND, by=cast.regular)


def test_a_place_changed_before_it_was_paid_is_its_new_ticket_since_then(cast: Cast) -> None:
    """Everybody could buy the dinner by the time at which the place became one of it."""
    now, price = clock.now(), {None: 33_000}
    event = factories.make_event("conference", starts_at=now + 30 * DAY)
    talk = factories.make_ticket(event, prices=price)
    opens_at = now + timedelta(minutes=10)
    dinner = factories.make_ticket(
        event, prices=price, clock=factories.make_clock({None: opens_at})
    )
    order = actions.register(ticket=talk, attendees=[ME, FRIEND], by=cast.account)
    mine, friends = Registration.objects.filter(line__order=order).order_by("pk")
    with clock.standing_at(opens_at + timedelta(minutes=2)):
        replaced = change(mine, dinner)
        assert replaced.created_at == order.created_at
        pay(replaced)
        actions.hand_over(mine, Attendee("박서준", "seo@example.test"), by=cast.account)
    mine, friends = Registration.objects.order_by("pk")
    assert (mine.name, worth(mine), bought_at(mine)) == (
        "박서준", 33_000, opens_at + timedelta(minutes=2),
    )  # fmt: skip
    assert bought_at(friends) == order.created_at
    assert [quote.back for quote in actions.quote(replaced)] == [33_000, 33_000]


def test_who_stands_at_the_door_waits_too(cast: Cast, hall: Hall) -> None:
    Event.objects.update(
        starts_at=hall.now - timedelta(minutes=5), ends_at=hall.now + timedelta(hours=5)
    )
    event = Event.objects.get()
    with CaptureQueriesContext(connection) as captured:
        states = {o.ticket.pk: o.state for o in actions.door_offers(event, cast.regular)}
    assert states == {hall.open.pk: "early", hall.dinner.pk: "later"}
    read = [row["sql"] for row in captured if 'FROM "members_opening"' in row["sql"]]
    assert len(read) == 1


# --- the list of the home page ---

hours = st.integers(-3, 3)
clocks = st.none() | st.dictionaries(st.integers(0, 2), hours, max_size=3)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(common=clocks, own=st.lists(clocks, max_size=3), asked=hours)
def test_row_answer_is_the_querysets(
    cast: Cast, common: dict | None, own: list[dict | None], asked: int
) -> None:
    """Some reader is early at an event exactly where it is said to be in its priority window."""
    now = clock.now()
    tiers = [None, cast.regular_tier, cast.company_tier]

    def wound(times: dict | None) -> Clock | None:
        facts = {tiers[n]: now + timedelta(hours=h) for n, h in (times or {}).items()}
        return None if times is None else factories.make_clock(facts)

    with transaction.atomic():
        event = factories.make_event(clock=wound(common))
        for times in own:
            factories.make_ticket(event, clock=wound(times))
        at = now + timedelta(hours=asked)
        readers = [AsIf(tier) for tier in tiers]
        event = offers.with_offers(Event.objects.all()).get()
        early = any(offers.invite(event, reader, at).is_early for reader in readers)
        assert Event.objects.in_priority_window(at).exists() == early
        for ticket in event.tickets.all():
            its = ticket.clock or event.clock
            expected = {row.tier_id: row.opens_at for row in its.openings.all()} if its else {}
            assert ticket.access_rule().openings == expected
            for reader in readers:
                decision = entitlement(reader, ticket, at)
                assert (decision.code == "later") == bool(
                    decision.opens_at and decision.opens_at > at
                )
        transaction.set_rollback(True)

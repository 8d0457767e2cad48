"""A ticket whose price for everyone has ended: what its readers are told, and the desk before."""

from datetime import timedelta

import pytest

from events.models import Event, Ticket, TicketPrice
from events.offers import EVERYONE, State, invite, offer_of
from kosna.core import clock
from tests import factories


@pytest.fixture
def ticket(cast) -> Ticket:
    """For members for good; for everyone until yesterday."""
    event = factories.make_event("ended", branch=cast.busan)
    ticket = factories.make_ticket(event, prices={cast.regular_tier: 30_000})
    day = timedelta(days=1)
    TicketPrice.objects.create(ticket=ticket, amount=55_000, until=clock.now() - day)
    return ticket


def told(ticket: Ticket, user) -> tuple[str, str]:
    offer = offer_of(Ticket.objects.get(pk=ticket.pk), user, clock.now(), taken=0)
    return offer.state, offer.reason


def test_who_has_no_price_any_more_is_told_what_is_so(cast, ticket):
    assert told(ticket, cast.regular)[0] == State.OPEN
    readers = {"guest": EVERYONE, "account": cast.account, "lapsed": cast.lapsed}
    says = {who: told(ticket, user) for who, user in readers.items()}
    assert {state for state, _reason in says.values()} == {State.MEMBERS}
    assert "로그인" in says["guest"][1]
    assert "포함" in says["account"][1]
    assert "회비" in says["lapsed"][1]


def test_where_no_price_is_left_at_all_it_is_closed(cast, ticket):
    TicketPrice.objects.filter(ticket=ticket).update(until=clock.now())
    for user in (EVERYONE, cast.account, cast.regular):
        state, reason = told(ticket, user)
        assert state == State.CLOSED and "회원" not in reason and reason


def test_an_early_bird_is_told_to_whom_its_end_makes_it_dearer(cast, login):
    event = factories.make_event("early", branch=cast.busan)
    prices = {None: 55_000, cast.regular_tier: 33_000, cast.company_tier: 44_000}
    ticket = factories.make_ticket(event, prices=prices)
    soon, later = (clock.now() + timedelta(days=days) for days in (3, 5))
    for tier, amount, until in ((None, 33_000, soon), (cast.company_tier, 33_000, later)):
        TicketPrice.objects.create(ticket=ticket, tier=tier, amount=amount, until=until)

    def end_for(user):
        [offer] = invite(Event.objects.get(pk=event.pk), user, clock.now()).offers
        assert offer.price == 33_000
        return offer.cheaper_until

    # A member pays as little afterwards; nobody has what is another tier's.
    ends = [end_for(user) for user in (cast.account, cast.regular, cast.lapsed, cast.company_seat)]
    assert ends == [soon, None, soon, later]
    for who, is_told in (("account", True), ("regular", False)):
        assert ("조기 신청가" in login(who).get("/events/early/").content.decode()) is is_told


def test_the_desk_is_warned_of_a_price_that_ends_before_registration(cast, ticket, login):
    event = Event.objects.get(pk=ticket.event_id)
    good = factories.make_ticket(event, name_ko="끝까지")
    TicketPrice.objects.create(ticket=good, amount=1, until=clock.now())
    for_members = factories.make_ticket(event, prices={cast.regular_tier: 0})
    ending = event.tickets.with_end_before(event.registration_closes_at).order_by("pk")
    assert {row: row.ends_before for row in ending} == {
        ticket: True,
        good: False,
        for_members: False,
    }
    warning = "신청 마감보다 먼저 끝납니다"
    assert warning in login("officer").get("/staff/events/ended/").content.decode()
    TicketPrice.objects.filter(tier=None).update(until=event.registration_closes_at)
    assert warning not in login("officer").get("/staff/events/ended/").content.decode()

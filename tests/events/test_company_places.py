"""A company's places stay on the terms of its membership alone, wherever sits who ordered them."""

import pytest

from events import actions
from events.actions import Attendee
from events.changes import choices_for, worth
from events.models import Registration, Ticket
from kosna.accounts.models import User
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.models import Order
from members.models import Member, Right, Seat
from tests import factories
from tests.events.test_company_terms import FRIEND, company_of, leave, me, order_of
from tests.events.test_registering import pay

NEW = Attendee("새사람", "new@example.test")


@pytest.fixture
def other(cast) -> Member:
    special = factories.make_tier("special", holder="organisation", rights=(Right.MEMBER_PRICE,))
    return company_of(special, "누리시청", cast.hq)


@pytest.fixture
def contact(cast) -> User:
    contact = factories.make_user("담당")
    factories.make_seat(cast.company, contact, Seat.Role.CONTACT)
    return contact


@pytest.fixture
def dinner(cast, other) -> tuple[Ticket, Ticket]:
    """A seat, and a dearer one that costs each company something else."""
    event = factories.make_event("talk", branch=cast.busan)
    seat = factories.make_ticket(event, prices={None: 55_000, cast.company_tier: 33_000})
    prices = {None: 90_000, cast.company_tier: 70_000, other.tier: 40_000}
    return seat, factories.make_ticket(event, prices=prices)


@pytest.fixture
def members_only(cast) -> tuple[Ticket, Ticket]:
    """Two tickets for companies of one tier alone."""
    event = factories.make_event("talk", branch=cast.busan)
    seat = factories.make_ticket(event, prices={cast.company_tier: 33_000})
    return seat, factories.make_ticket(event, prices={cast.company_tier: 40_000})


def place_of(order: Order) -> Registration:
    return Registration.objects.with_event().get(line__order=order)


def bought(ticket: Ticket, by: User, attendee: Attendee) -> Registration:
    order = order_of(ticket, by, attendee)
    pay(order)
    return place_of(order)


def quotes(place: Registration) -> list[tuple[int, int, bool]]:
    """What every other ticket costs, and whether it is to be had."""
    place = place_of(place.line.order)
    rows = choices_for(place, clock.now())
    return [(row.old_price, row.new_price, not row.refusals) for row in rows]


# --- changed ---


@pytest.mark.parametrize("is_own", [True, False])
def test_a_companys_place_is_changed_at_its_own_price_not_at_anothers(
    cast, contact, other, dinner, is_own
):
    factories.make_seat(other, contact)  # which they run nothing of
    seat, dearer = dinner
    place = bought(seat, contact, me(contact) if is_own else FRIEND)
    assert place.member == cast.company
    assert quotes(place) == [(33_000, 70_000, True)]
    with pytest.raises(Refused, match="70,000"):
        actions.change_ticket(place, dearer, quoted=(40_000, 0), by=contact)
    pay(actions.change_ticket(place, dearer, quoted=(70_000, 0), by=contact))
    assert worth(place_of(place.line.order)) == 70_000


def test_a_personal_place_is_still_changed_at_the_best_price_of_who_sits_there(cast, other, dinner):
    person = factories.make_user()
    factories.make_seat(other, person)
    seat, _dearer = dinner
    place = bought(seat, person, me(person))
    Registration.objects.update(member=None)
    assert quotes(place) == [(55_000, 40_000, True)]


def test_an_unpaid_place_of_a_company_is_changed_at_its_own_price(cast, contact, other, dinner):
    factories.make_seat(other, contact)
    seat, dearer = dinner
    place = place_of(order_of(seat, contact, FRIEND))
    order = actions.change_ticket(place, dearer, quoted=(70_000, 0), by=contact)
    assert (order.total, place_of(order).member) == (70_000, cast.company)


@pytest.mark.parametrize("is_own", [True, False])
def test_places_are_changed_on_the_companys_terms_once_its_contact_sits_elsewhere(
    cast, contact, other, members_only, is_own
):
    seat, _dearer = members_only
    place = bought(seat, contact, me(contact) if is_own else FRIEND)
    leave(cast.company, contact, to=other, by=cast.company_rep)
    assert quotes(place) == [(33_000, 40_000, True)]


def test_a_company_that_is_no_member_any_more_changes_as_everyone(cast, contact, dinner):
    seat, _dearer = dinner
    place = bought(seat, contact, FRIEND)
    Member.objects.filter(pk=cast.company.pk).update(
        status=Member.Status.WITHDRAWN, ended_on=clock.today()
    )
    assert quotes(place) == [(33_000, 90_000, True)]


# --- handed over ---


@pytest.mark.parametrize("is_own", [True, False])
def test_a_companys_place_goes_to_whom_it_names_once_its_contact_sits_elsewhere(
    cast, contact, other, members_only, is_own
):
    seat, _dearer = members_only
    place = bought(seat, contact, me(contact) if is_own else FRIEND)
    leave(cast.company, contact, to=other, by=cast.company_rep)
    assert not actions.is_for_members(place_of(place.line.order))
    actions.hand_over(place, NEW, by=contact)
    now = place_of(place.line.order)
    assert (now.name, now.user, now.member) == (NEW.name, None, cast.company)


def test_a_colleagues_place_taken_in_another_companys_time_goes_to_whom_one_names(
    cast, contact, other, dinner
):
    """The contact had the time of one company and the price of another."""
    seat, _dearer = dinner
    seat.clock = factories.make_clock({other.tier: clock.now(), None: seat.event.starts_at})
    seat.save(update_fields=["clock"])
    factories.make_seat(other, contact)
    other.tier.rights.create(right=Right.PRIORITY, in_good=True)
    place = bought(seat, contact, FRIEND)
    assert (place.member, place.line.amount) == (cast.company, 33_000)
    actions.hand_over(place, NEW, by=contact)
    assert place_of(place.line.order).name == NEW.name


def test_a_members_own_place_stays_for_members(cast, members_only):
    seat, _dearer = members_only
    seat.prices.update(tier=cast.regular_tier)
    place = bought(seat, cast.regular, me(cast.regular))
    assert actions.is_for_members(place)
    with pytest.raises(Refused, match="회원"):
        actions.hand_over(place, NEW, by=cast.regular)

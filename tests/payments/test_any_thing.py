"""Late money, money that came twice and money that a payer's bank took back, for an order over each
thing that is sold: what holds of a seat holds of a booth, a report and a change of ticket."""

from collections.abc import Callable
from typing import Any

import pytest

from events.actions import Company, book_booth, change_ticket
from events.changes import quote_change
from events.models import BoothBooking, Registration, Ticket, TicketChange
from kosna import verify
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions
from kosna.payments.models import Order, Task
from research.actions import buy_report
from research.models import Permit
from tests import factories
from tests.conftest import Cast
from tests.events.test_registering import pay
from tests.payments.seats import another_page, books, let_lapse, page_of, place_of, seats, take


def booth(cast: Cast) -> Order:
    event = factories.make_event("expo", branch=cast.busan)
    stand = factories.make_booth(event, prices={None: 220_000})
    return book_booth(stand, company=Company(cast.account, None, "회사"), by=cast.account)


def report(cast: Cast) -> Order:
    sold = factories.make_report("sold", tiers=(cast.regular_tier,), price=9_000)
    return buy_report(sold, by=cast.account)


def change(cast: Cast) -> Order:
    """Of a seat that is paid, to a dearer ticket with one seat."""
    ticket = seats(5, cast.busan)
    first = take(ticket, cast.account)
    pay(first)
    dearer = factories.make_ticket(ticket.event, capacity=1, prices={None: 88_000}, name_ko="후원")
    return _change(place_of(first), dearer)


def _change(place: Registration, ticket: Ticket) -> Order:
    place = Registration.objects.with_event().get(pk=place.pk)
    quote = quote_change(place, Ticket.objects.with_room().get(pk=ticket.pk), clock.now())
    order = change_ticket(
        place, ticket, quoted=(quote.new_price, quote.back), by=place.line.order.user
    )
    assert order is not None
    return order


THINGS: dict[str, Callable[[Cast], Order]] = {"booth": booth, "report": report, "change": change}


def is_had(order: Order) -> bool:
    """Whether its buyer has what the order is over."""
    booths = BoothBooking.objects.filter(line__order=order, status="confirmed")
    permits = Permit.objects.current(clock.now()).filter(line__order=order)
    changes = TicketChange.objects.done().filter(line__order=order)
    return booths.exists() or permits.exists() or changes.exists()


@pytest.fixture(params=THINGS)
def thing(request: pytest.FixtureRequest, sandbox: Any, cast: Cast) -> Order:
    return THINGS[request.param](cast)


def paid_on(order: Order, page: Any, sandbox: Any) -> None:
    sandbox.pay(page.session)
    actions.fulfil(page.session)
    order.refresh_from_db()


def faults() -> dict[str, list[str]]:
    return {
        name: told for name, told in verify.verify().items() if told and name != "audit_chain_holds"
    }


def test_money_after_the_deadline_brings_what_is_still_free(thing, sandbox):
    page = page_of(thing)
    let_lapse(thing)
    assert not is_had(thing)
    paid_on(thing, page, sandbox)
    assert thing.status == Order.Status.PAID and is_had(thing)
    assert faults() == {}


def test_two_payments_of_which_the_second_goes_back_once(thing, sandbox):
    for page in (page_of(thing), another_page(thing)):
        sandbox.pay(page.session)
    for page in thing.attempts.order_by("pk"):
        actions.fulfil(page.session)
        actions.fulfil(page.session)
    actions.reconcile()
    thing.refresh_from_db()
    truth = sandbox.truth()
    assert (truth["captured"], truth["refunded"]) == (2 * thing.total, thing.total)
    assert thing.status == Order.Status.PAID and is_had(thing)
    assert books(thing) == thing.total and thing.refunds.get().line is None
    assert faults() == {}


def test_a_lost_dispute_is_booked_once_and_ends_a_booth_and_a_report(thing, sandbox, deliver):
    """A place outlives what was paid to change it (docs/decisions/0036): a person looks."""
    paid_on(thing, page_of(thing), sandbox)
    dispute = sandbox.dispute(thing.payments.get().reference)
    sandbox.close_dispute(dispute["id"], "lost")
    for event in [each for each in sandbox.events() if "dispute" in each["type"]] * 2:
        assert deliver(event).status_code == 200
    thing.refresh_from_db()
    assert (thing.status, books(thing)) == (Order.Status.REFUNDED, 0)
    assert is_had(thing) == (thing.payable == "events.change")
    assert Task.objects.get().kind == Task.Kind.DISPUTE
    assert faults() == {}


# Late, and the thing is gone ----------------------------------------------------------------------


def booth_to_another(order: Order, cast: Cast) -> None:
    stand = BoothBooking.objects.get(line__order=order).booth
    book_booth(stand, company=Company(cast.regular, None, "다른 회사"), by=cast.regular)


def report_bought_again(order: Order, cast: Cast) -> None:
    pay(buy_report(Permit.objects.get(line__order=order).report, by=cast.account))


def seat_to_another(order: Order, cast: Cast) -> None:
    take(TicketChange.objects.get(line__order=order).becomes, cast.regular)


GONE = {
    "events.booth": booth_to_another,
    "research.report": report_bought_again,
    "events.change": seat_to_another,
}


@pytest.mark.parametrize("rule", ["ask", "return"])
def test_money_after_the_deadline_for_what_is_gone(thing, sandbox, cast, rule):
    if rule == "return":
        actions.decide_rule(late_money=rule, reason="이사회", by=cast.treasurer)
    page = page_of(thing)
    let_lapse(thing)
    GONE[thing.payable](thing, cast)
    paid_on(thing, page, sandbox)
    assert not is_had(thing)
    if rule == "ask":
        assert (thing.status, books(thing)) == (Order.Status.REVIEW, thing.total)
        assert Task.objects.get(order=thing).kind == Task.Kind.PAID_AFTER_EXPIRY
        with pytest.raises(Refused):
            actions.try_again(thing, by=cast.treasurer)
    else:
        assert (thing.status, books(thing)) == (Order.Status.REFUNDED, 0)
        assert sandbox.truth()["refunded"] == thing.total
    assert faults() == {}

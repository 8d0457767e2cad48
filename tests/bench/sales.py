"""2,000 buyers for 500 seats: four kinds of ticket on two quotas, vouchers in play, and a waiting
list that is served meanwhile."""

from collections.abc import Callable, Iterator

from django.db import close_old_connections
from django.db.models import Sum
from django.urls import reverse

from events import actions
from events.actions import VoucherTerms
from events.models import Event, Registration, Voucher, WaitlistEntry
from kosna.accounts.models import User
from kosna.payments import actions as payments
from kosna.payments.models import Order
from kosna.verify import COUNTS
from tests import factories
from tests.bench.browser import Browser
from tests.bench.data import make, world
from tests.bench.measures import Row, measure
from tests.bench.timing import rush

BUYERS, AT_ONCE = 2_000, 32
HALL, STUDIO, KEPT, CODES = 300, 200, 40, 60


@measure
def ticket_rush() -> Iterator[Row]:
    """Everybody buys over HTTP; whoever finds no seat waits; the list is served every so often."""
    event, guests, code = _event()
    calls = [
        _visit(number, Browser(buyer), event, guests, code)
        for number, buyer in enumerate(_buyers())
    ]
    calls = [call for n, one in enumerate(calls) for call in _with_service(n, one)]
    crowd = rush(calls, at_once=AT_ONCE)
    failed = [each for each in crowd.results if each not in (True, "waits", "refused", "served")]
    yield Row(
        f"ticket rush: {BUYERS:,} buyers, {HALL + STUDIO} seats, 4 tickets on 2 quotas",
        per_second=crowd.per_second,
        target="all sold, none oversold, counters exact",
        is_met=not failed and _is_right(event, guests, code),
        note=f"{crowd.successes} orders, {_waiting(event)} wait, {len(failed)} errors",
    )
    _give_up_half(event)
    served = rush([lambda: bool(_serve())] * 8, at_once=8)
    yield Row(
        "… and half of it given up, offered to those who wait by eight at once",
        per_second=served.per_second,
        target="the same seats, counters exact",
        is_met=_is_right(event, guests, code),
        note=f"{_waiting(event)} wait still",
    )


def _buyers() -> list:
    more = make(
        User(email=f"crowd{n}@example.test", name="김하늘", password="!")
        for n in range(BUYERS - len(world().buyers))
    )
    return [*world().buyers, *more]


def _event() -> tuple[Event, Voucher, Voucher]:
    event = factories.make_event("ticket-rush", branch=world().hq)
    tickets = [
        factories.make_ticket(
            event, capacity=HALL + STUDIO, name_ko=name, prices={None: 55_000, world().tier: 33_000}
        )
        for name in ("강당", "스튜디오", "강당 학생", "스튜디오 학생")
    ]
    by = world().head_office
    keys = [ticket.pk for ticket in tickets]
    terms = [
        actions.QuotaTerms(None, "강당", "", HALL, frozenset(keys[::2])),
        actions.QuotaTerms(None, "스튜디오", "", STUDIO, frozenset(keys[1::2])),
    ]
    actions.change_quotas(event, terms, by=by)
    kept = VoucherTerms("귀빈", max_uses=KEPT, ticket=tickets[0], reserves_seats=True)
    half = VoucherTerms("할인", max_uses=CODES, effect=Voucher.Effect.PERCENT, value=50)
    (guests,) = actions.make_vouchers(event, kept, by=by)
    (code,) = actions.make_vouchers(event, half, by=by)
    return event, guests, code


def _visit(
    number: int, browser: Browser, event: Event, guests: Voucher, code: Voucher
) -> Callable[[], object]:
    tickets = list(event.tickets.all())
    ticket, typed = tickets[number % 4], {}
    if number % 40 == 0:
        ticket, typed = tickets[0], {"voucher": guests.code}
    elif number % 20 == 1:
        typed = {"voucher": code.code}
    data = {"ticket": ticket.pk, "myself": "on"}
    form, wait = (reverse(f"events:{name}", args=[event.slug]) for name in ("register", "waiting"))

    def visit() -> object:
        answer = browser.post(form, data | typed, expect=0)
        if answer.status == 302:
            return True
        if answer.status != 422:
            return answer.status
        if number % 4:  # three of four who find no seat wait for one
            answer = browser.post(wait, data, expect=0)
            return {302: "waits", 422: "refused"}.get(answer.status, answer.status)
        return "refused"

    return visit


def _with_service(number: int, call: Callable[[], object]) -> list[Callable[[], object]]:
    return [call, _serve] if number % 250 == 249 else [call]


def _serve() -> object:
    actions.serve_lists()
    close_old_connections()
    return "served"


def _waiting(event: Event) -> int:
    return WaitlistEntry.objects.waiting().filter(event=event).count()


def _is_right(event: Event, guests: Voucher, code: Voucher) -> bool:
    """Every seat is somebody's or kept for a voucher's holder, and every counter is its recount."""
    sold = Registration.objects.filter(event=event).holding_seats().count()
    counted = event.quotas.aggregate(taken=Sum("taken"), blocked=Sum("blocked"))
    for voucher in (guests, code):
        voucher.refresh_from_db()
    return (
        sold == counted["taken"] == event.tickets.aggregate(n=Sum("taken"))["n"]
        and sold + counted["blocked"] == HALL + STUDIO
        and counted["blocked"] == guests.uses_left
        and code.used <= CODES
        and not [problem for check in COUNTS for problem in check()]
    )


def _give_up_half(event: Event) -> None:
    pending = Order.objects.filter(
        lines__registration__event=event, status=Order.Status.PENDING
    ).order_by("pk")
    for order in list(pending)[::2]:
        payments.cancel_order(order, by=order.user, reason="")

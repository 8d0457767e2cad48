"""Events with their tickets, and who comes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from events.models import DOOR_ALPHABET, CheckIn, Event, Registration, Ticket, TicketPrice
from kosna.demo.large.filling import Filling, store
from kosna.demo.large.money import add_payments
from kosna.demo.people import account
from kosna.documents.models import CODE_ALPHABET as PAPER_ALPHABET
from kosna.payments.models import CODE_ALPHABET, Order, OrderLine
from members.models import Member

PRICE = 33_000  # won; of every fifth event, the others are free


def add_tickets(filling: Filling) -> None:
    """Five in six lie in the past. Each order takes two seats."""

    def made() -> Iterator[Event]:
        for index in range(filling.scale.events):
            ahead = index % 6 == 5
            days = filling.rng.randrange(5, 300) * (1 if ahead else -1)
            starts_at = filling.now + timedelta(days=days)
            yield Event(
                slug=f"sample-{index:04d}",
                kind=Event.Kind.SEMINAR,
                status=Event.Status.PUBLISHED,
                branch=filling.rng.choice(filling.branches),
                title_ko=f"시연 세미나 {index + 1}",
                title_en=f"Sample seminar {index + 1}",
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=3),
            )

    store(made())
    filling.events = list(Event.objects.filter(slug__startswith="sample-").order_by("pk"))
    taken = filling.orders_each * 2
    store(
        Ticket(event=event, name_ko="참가", name_en="Admission", capacity=taken + 50, taken=taken)
        for event in filling.events
    )
    tickets = Ticket.objects.filter(event__in=filling.events).order_by("pk")
    filling.ticket_of = {ticket.event_id: ticket for ticket in tickets}
    store(
        TicketPrice(ticket=filling.ticket_of[event.pk], amount=_price(index))
        for index, event in enumerate(filling.events)
    )


def _price(index: int) -> int:
    return 0 if index % 5 else PRICE


def add_registrations(filling: Filling) -> None:
    for index, event in enumerate(filling.events):
        with transaction.atomic():
            _sell(filling, event, _price(index))


def _sell(filling: Filling, event: Event, price: int) -> None:
    """All orders of one event, with what was paid for them."""
    buyers = filling.rng.sample(filling.members, filling.orders_each)
    sold_by = min(filling.now, event.starts_at) - timedelta(days=1)
    orders = [_order(filling, event, member, price, sold_by) for member in buyers]
    Order.objects.bulk_create(orders)
    lines = [
        OrderLine(
            order=order,
            kind="ticket",
            title_ko=order.title_ko,
            title_en=order.title_en,
            amount=price,
            vat_class=OrderLine.VatClass.EXEMPT,
        )
        for order in orders
        for _seat in range(2)
    ]
    OrderLine.objects.bulk_create(lines)
    places = [
        Registration(
            event=event,
            ticket=filling.ticket_of[event.pk],
            line=line,
            secret=filling.token(PAPER_ALPHABET, 26),
            code=filling.token(DOOR_ALPHABET, 8),
            name=line.order.buyer_name if seat % 2 == 0 else f"{line.order.buyer_name} 동행",
            user_id=line.order.user_id if seat % 2 == 0 else None,
            status=Registration.Status.CONFIRMED,
            created_at=line.order.created_at,
            confirmed_at=line.order.paid_at,
        )
        for seat, line in enumerate(lines)
    ]
    Registration.objects.bulk_create(places)
    if event.ends_at < filling.now:
        door = account("door")
        came = [place for place in places if filling.rng.random() < 0.8]
        CheckIn.objects.bulk_create(
            CheckIn(registration=place, at=event.starts_at, by=door) for place in came
        )
    add_payments(filling, orders)


def _order(filling: Filling, event: Event, member: Member, price: int, sold_by: datetime) -> Order:
    at = sold_by - timedelta(seconds=filling.rng.randrange(30 * 86_400))
    return Order(
        code=filling.token(CODE_ALPHABET, 10),
        payable="events.registration",
        title_ko=event.title_ko,
        title_en=event.title_en,
        user_id=member.user_id,
        buyer_name=member.name,
        branch_id=event.branch_id,
        status=Order.Status.PAID,
        method=Order.Method.CARD if price else Order.Method.FREE,
        total=price * 2,
        created_at=at,
        expires_at=at + timedelta(minutes=40),
        release_at=at + timedelta(minutes=45),
        paid_at=at,
    )

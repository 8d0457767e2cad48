"""Many companies at once for one booth, with real threads and real commits. Each guard has its
negative twin: with the guard off, the same rush breaks what the guard keeps."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event as Signal

import pytest
from django.db import connection

from events import actions
from events.actions import Company, booths, running
from events.models import Booth, BoothBooking, Event
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions as payments
from kosna.payments.models import Order
from tests import factories
from tests.events.test_registering import pay
from tests.events.test_rushes import at_once

pytestmark = pytest.mark.django_db(transaction=True)
COMPANIES = 12


@pytest.fixture
def booth() -> Booth:
    return factories.make_booth(factories.make_event("expo", kind=Event.Kind.EXHIBITION))


def buyer(booth: Booth) -> Callable[[], Order]:
    user = factories.make_user()
    seen = Booth.objects.select_related("event__branch", "event__clock", "booth_type").get(
        pk=booth.pk
    )
    company = Company(user, None, "㈜급한회사")
    return lambda: actions.book_booth(seen, company=company, by=user)


def test_the_last_booth_goes_to_one(booth):
    answers = at_once(*[buyer(booth) for _n in range(COMPANIES)])
    assert sum(isinstance(answer, Order) for answer in answers) == 1
    assert sum(isinstance(answer, Refused) for answer in answers) == COMPANIES - 1
    assert BoothBooking.objects.count() == Order.objects.count() == 1


@contextmanager
def without_the_guard() -> Iterator[None]:
    """The unique index that keeps a booth to one booking, away for a while."""
    [guard] = [c for c in BoothBooking._meta.constraints if c.name == "booth_booked_once"]
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX booth_booked_once")
    try:
        yield
    finally:
        BoothBooking.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(str(guard.create_sql(BoothBooking, connection.schema_editor())))


def test_twin_without_the_guard_a_booth_is_sold_twice(booth):
    with without_the_guard():
        at_once(*[buyer(booth) for _n in range(4)])
        assert BoothBooking.objects.current().filter(booth=booth).count() == 4


def test_expiry_payment_and_the_next_buyer_leave_one_holder(booth):
    """Whoever comes first: one has the booth; money for a booth that is another's is under
    review."""
    order = buyer(booth)()
    ended = clock.now() - timedelta(minutes=1)
    Order.objects.update(expires_at=ended, release_at=ended)
    order.refresh_from_db()
    next_one = buyer(booth)
    at_once(
        lambda: payments.expire_order(order), lambda: pay(Order.objects.get(pk=order.pk)), next_one
    )
    order.refresh_from_db()
    [holder] = BoothBooking.objects.current().select_related("line")
    assert order.status == (
        Order.Status.PAID if holder.line.order_id == order.pk else Order.Status.REVIEW
    )


def test_two_at_once_free_a_booth_once(booth):
    order = buyer(booth)()
    pay(order)
    answers = at_once(*[lambda: actions.give_up_booth(order, quoted=1_100_000, by=order.user)] * 4)
    assert sum(answer == 1_100_000 for answer in answers) == 1
    assert order.lines.get().refunds.count() == 1


def booking_meanwhile(booth: Booth, unpublish: Callable, monkeypatch) -> object:
    """Unpublishes while a booking is written but not committed."""
    has_booked, is_unpublished = Signal(), Signal()
    record, officer = booths._record, factories.make_user()

    def records_and_waits(*args: object, **facts: object) -> None:
        record(*args, **facts)
        has_booked.set()
        is_unpublished.wait(1)

    def unpublishes() -> object:
        has_booked.wait(30)
        try:
            return unpublish(event=Event.objects.get(), by=officer)
        finally:
            is_unpublished.set()

    monkeypatch.setattr(booths, "_record", records_and_waits)
    return at_once(buyer(booth), unpublishes)[1]


def test_unpublishing_waits_for_a_booking_and_is_refused(booth, monkeypatch):
    assert isinstance(booking_meanwhile(booth, actions.unpublish, monkeypatch), Refused)
    assert Event.objects.get().status == Event.Status.PUBLISHED


def test_twin_unpublishing_without_the_lock_leaves_a_booth_in_a_draft(booth, monkeypatch):
    monkeypatch.setattr(running, "lock_event", lambda event: None)
    monkeypatch.setattr(running, "show_tickets", lambda *args: None)
    answer = booking_meanwhile(booth, actions.unpublish.__wrapped__, monkeypatch)
    assert answer is None
    assert Event.objects.get().status == Event.Status.DRAFT
    assert BoothBooking.objects.count() == 1

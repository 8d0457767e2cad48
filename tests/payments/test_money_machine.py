"""Anything that can happen to money, in any order, with the process killed between any two steps,
calls that time out before or after their effect, and every notice late, twice or out of order.

Nothing runs in a transaction of the test: what a rule committed before it died stays, as it would.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Sum
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from events.actions import Attendee, cancel_registration, register
from events.models import Registration
from kosna import verify
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions
from kosna.payments.actions.card import Quarantined
from kosna.payments.models import Attempt, LedgerEntry, Order, Payment, ProviderEvent, Refund
from kosna.payments.providers.base import ProviderDown, ProviderRefused
from kosna.payments.sandbox import Sandbox
from kosna.payments.sandbox.errors import StripeError
from tests import factories
from tests.payments import shop

CAPACITY = 5
CHECKED = (  # what must hold even while steps are missing
    verify.seats_match_registrations,
    verify.ledger_matches_money,
    verify.refunds_within_payments,
    verify.paid_orders_are_paid,
    verify.paid_orders_have_one_receipt,
    verify.document_numbers_are_gapless,
    verify.confirmed_seats_are_paid,
)
# What a page or a job answers to people; whatever else comes out of a step is a fault of ours.
ANSWERS = (Refused, ProviderDown, ProviderRefused, Quarantined, StripeError)

picks = st.integers(0, 60)
deaths = st.one_of(st.none(), st.none(), st.integers(1, 45))  # before which statement
numbers = count(1)


class Killed(BaseException):
    """SIGKILL: no handler of ours may catch it."""


@contextmanager
def dying_before(statement: int | None) -> Iterator[None]:
    """The process dies before it sends that statement; what was committed stays."""
    sent = 0

    def execute(run: Callable, sql: str, *args: Any) -> Any:
        nonlocal sent
        sent += not sql.startswith(("ROLLBACK", "RELEASE", "SAVEPOINT"))
        if sent == statement:
            raise Killed
        return run(sql, *args)

    try:
        with connection.execute_wrapper(execute):
            yield
    except Killed:
        assert not connection.in_atomic_block


class Money(RuleBasedStateMachine):
    sandbox: Sandbox  # set by the test, one for all examples

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 20, 3, tzinfo=clock.KST)
        self.standing: Any = None
        self._stand(timedelta())
        branch = factories.make_branch("hq")
        event = factories.make_event(
            f"event-{next(numbers)}", branch=branch, starts_at=self.now + timedelta(days=30)
        )
        self.ticket = factories.make_ticket(event, capacity=CAPACITY, max_per_order=3)
        self.treasurers = [self._person(), self._person()]
        self.sandbox.hold()

    def teardown(self) -> None:
        """The storm is over: what was told is told, what was lost is asked for."""
        self.sandbox.store.execute("DELETE FROM faults")
        for event in self.sandbox.events():
            self._tell(event)
        self._stand(timedelta(hours=1))
        self._reconcile()
        actions.expire_due()
        self._reconcile()
        truth = self.sandbox.truth()
        by_card = Payment.objects.filter(provider="stripe")
        assert self._sum(by_card) == truth["captured"]
        assert by_card.count() == sum(row["status"] == "succeeded" for row in truth["charges"])
        back = Refund.objects.filter(payment__provider="stripe", status=Refund.Status.DONE)
        assert self._sum(back) == truth["refunded"]
        self._agree()
        for order in Order.objects.filter(status__in=["pending", "expired", "cancelled"]):
            held = order.sum_paid()
            assert held < order.total or order.tasks.filter(status="open").exists(), order.code
        self.standing.__exit__(None, None, None)

    # Hands

    def _stand(self, later: timedelta) -> None:
        if self.standing:
            self.standing.__exit__(None, None, None)
        self.now += later
        self.standing = clock.standing_at(self.now)
        self.standing.__enter__()
        self.sandbox.advance(later.total_seconds())

    @staticmethod
    def _person() -> Any:
        number = next(numbers)
        return factories.make_user(f"사람{number}", email=f"person{number}@example.test")

    @staticmethod
    def _sum(rows: Any) -> int:
        return rows.aggregate(sum=Sum("amount"))["sum"] or 0

    def _one(self, rows: Any, pick: int) -> Any:
        found = list(rows.order_by("pk"))
        return found[pick % len(found)] if found else None

    def _reconcile(self) -> None:
        """As every ten minutes: until the calls that were told to fail are over."""
        for _again in range(200):
            with suppress(ProviderDown):
                actions.reconcile(self.now - timedelta(days=90))
                return
        raise AssertionError("the provider never answers")

    @staticmethod
    def _agree() -> None:
        assert {check.__name__: found for check in CHECKED if (found := check())} == {}

    def _order(self, pick: int) -> Order | None:
        mine = Order.objects.filter(lines__registration__ticket=self.ticket).distinct()
        return self._one(mine, pick)

    def _attempt(self, pick: int) -> Attempt | None:
        mine = Attempt.objects.filter(order__lines__registration__ticket=self.ticket)
        return self._one(mine.exclude(session=None).distinct(), pick)

    def _do(self, dies: int | None, call: Callable[[], object]) -> None:
        with dying_before(dies), suppress(ANSWERS):
            call()

    def _tell(self, event: dict) -> None:
        payload, header = self.sandbox.signed(event)
        Client(headers={"Stripe-Signature": header}).post(
            "/webhooks/stripe/", payload, content_type="application/json"
        )

    # What people do

    @rule(places=st.integers(1, 3), dies=deaths)
    def order(self, places: int, dies: int | None) -> None:
        buyer = self._person()
        guests = [Attendee(f"동료{n}") for n in range(places - 1)]
        people = [Attendee(buyer.name, is_buyer=True), *guests]
        self._do(dies, lambda: register(ticket=self.ticket, attendees=people, by=buyer))

    @rule(pick=picks, dies=deaths)
    def open_the_payment_page(self, pick: int, dies: int | None) -> None:
        if order := self._order(pick):
            self._do(dies, lambda: actions.start_card_payment(order, by=order.user, language="ko"))

    @rule(pick=picks, later=st.sampled_from([None, None, "succeeded", "failed"]))
    def agree_on_the_payment_page(self, pick: int, later: str | None) -> None:
        if attempt := self._attempt(pick):
            self._do(None, lambda: self.sandbox.pay(attempt.session, later=later))

    @rule(pick=picks)
    def the_bank_decides(self, pick: int) -> None:
        if attempt := self._attempt(pick):
            self._do(None, lambda: self.sandbox.settle(attempt.session))

    @rule(pick=picks, dies=deaths)
    def come_back_from_the_payment_page(self, pick: int, dies: int | None) -> None:
        if attempt := self._attempt(pick):
            self._do(dies, lambda: actions.fulfil(attempt.session))

    @rule(pick=picks, dies=deaths)
    def a_notice_arrives(self, pick: int, dies: int | None) -> None:
        """Any of all that were ever sent, so also late, twice and out of order."""
        events = self.sandbox.events()
        if events:
            self._do(dies, lambda: self._tell(events[-1 - pick % min(len(events), 8)]))

    @rule(pick=picks, dies=deaths)
    def choose_bank_transfer(self, pick: int, dies: int | None) -> None:
        if order := self._order(pick):
            self._do(dies, lambda: actions.choose_bank_transfer(order, by=order.user))

    @rule(pick=picks, off=st.sampled_from([0, 0, -1000, 1000]), dies=deaths, again=st.booleans())
    def a_deposit_is_confirmed(self, pick: int, off: int, dies: int | None, again: bool) -> None:
        order = self._order(pick)
        if order is None:
            return
        nonce, seen = uuid4().hex, order.sum_paid()
        for death in [dies, None] if again else [dies]:
            self._do(
                death,
                lambda: actions.confirm_deposit(
                    order,
                    amount=order.total + off,
                    received_on=clock.today(),
                    depositor="김하늘",
                    nonce=nonce,
                    seen=seen,
                    by=self.treasurers[0],
                ),
            )
        assert Payment.objects.filter(reference=f"bank:{nonce}").count() <= 1

    @rule(pick=picks, dies=deaths)
    def give_an_order_up(self, pick: int, dies: int | None) -> None:
        if order := self._order(pick):
            self._do(dies, lambda: actions.cancel_order(order, by=order.user, reason="변심"))

    @rule(pick=picks, dies=deaths)
    def give_a_place_up(self, pick: int, dies: int | None) -> None:
        places = Registration.objects.filter(ticket=self.ticket).select_related("line__order__user")
        if place := self._one(places, pick):
            self._do(
                dies,
                lambda: cancel_registration(registration=place, by=place.line.order.user),
            )

    @rule(pick=picks, whole=st.booleans(), dies=deaths)
    def ask_for_money_back(self, pick: int, whole: bool, dies: int | None) -> None:
        if order := self._order(pick):
            line = self._one(order.lines, pick)
            amount = line.amount if whole else 10_000
            self._do(
                dies,
                lambda: actions.request_refund(
                    order=order, line=line, amount=amount, reason="환불", by=self.treasurers[0]
                ),
            )

    @rule(pick=picks, dies=deaths, dies_sending=deaths)
    def send_money_back(self, pick: int, dies: int | None, dies_sending: int | None) -> None:
        refunds = Refund.objects.select_related("order__user", "payment")
        if refund := self._one(refunds, pick):
            self._do(None, lambda: shop.account_for(refund))
            self._do(dies, lambda: actions.approve_refund(refund, by=self.treasurers[1]))
            refund = Refund.objects.select_related("order", "payment").get(pk=refund.pk)
            self._do(dies_sending, lambda: actions.send_refund(refund, by=self.treasurers[1]))

    @rule(pick=picks, dies=deaths)
    def wire_money_back(self, pick: int, dies: int | None) -> None:
        wired = Refund.objects.filter(payment__provider="bank", status=Refund.Status.SENT)
        if refund := self._one(wired.select_related("order", "payment"), pick):
            reference = f"WIRE-{refund.pk}"
            self._do(
                dies,
                lambda: actions.complete_bank_refund(
                    refund, reference=reference, by=self.treasurers[1]
                ),
            )

    @rule(pick=picks)
    def somebody_refunds_at_the_provider(self, pick: int) -> None:
        if payment := self._one(Payment.objects.filter(provider="stripe"), pick):
            self._do(None, lambda: self.sandbox.refund(payment.reference, 5_000))

    # What the world does

    @rule(kind=st.sampled_from(["timeout", "error"]), after=st.booleans())
    def the_next_call_fails(self, kind: str, after: bool) -> None:
        self.sandbox.fail_next(kind=kind, moment="after" if after else "before")

    @rule(minutes=st.sampled_from([5, 40, 60 * 24, 60 * 24 * 5]))
    def time_passes(self, minutes: int) -> None:
        self._stand(timedelta(minutes=minutes))

    @rule(dies=deaths)
    def deadlines_are_looked_at(self, dies: int | None) -> None:
        self._do(dies, actions.expire_due)

    @rule(dies=deaths)
    def the_provider_is_asked(self, dies: int | None) -> None:
        self._do(dies, actions.reconcile)

    # What is never false

    @invariant()
    def the_books_agree(self) -> None:
        self._agree()
        moved = self._sum(Payment.objects) - self._sum(
            Refund.objects.filter(status=Refund.Status.DONE)
        )
        assert self._sum(LedgerEntry.objects) == moved
        self.ticket.refresh_from_db()
        assert 0 <= self.ticket.taken <= CAPACITY

    @invariant()
    def no_notice_is_applied_twice(self) -> None:
        seen = ProviderEvent.objects.values_list("event", flat=True)
        assert len(seen) == len(set(seen))


@pytest.mark.django_db(transaction=True)
def test_whatever_happens_to_money(sandbox: Sandbox) -> None:
    Money.sandbox = sandbox
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=8,
            stateful_step_count=35,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

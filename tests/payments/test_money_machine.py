"""Anything that can happen to money, in any order, with the process killed between any two steps,
calls that time out before or after their effect, and every notice late, twice or out of order.

Nothing runs in a transaction of the test: what a rule committed before it died stays, as it would.
"""

import os
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as given
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from events.actions import Attendee, cancel_registration, register
from events.models import Registration
from kosna import verify
from kosna.core import clock
from kosna.payments import actions
from kosna.payments.models import (
    Attempt,
    Deposit,
    LedgerEntry,
    Order,
    Payment,
    ProviderEvent,
    Refund,
)
from kosna.payments.models.money import BY_HAND
from kosna.payments.sandbox import Sandbox
from tests import factories
from tests.payments import division, shop
from tests.payments.machine import deaths, numbers, picks
from tests.payments.machine_bank import Bank, transfers
from tests.payments.machine_sales import Sales

CAPACITY = 5
CHECKED = (  # what must hold even while steps are missing
    verify.seats_match_registrations,
    verify.ledger_matches_money,
    verify.refunds_within_payments,
    verify.paid_orders_are_paid,
    verify.paid_orders_have_one_receipt,
    verify.document_numbers_are_gapless,
    verify.confirmed_seats_are_paid,
    verify.confirmed_booths_are_paid,
    verify.paid_orders_have_what_they_bought,
    verify.tills_hold_what_was_taken,
    verify.entries_say_their_causes,
    verify.deposits_add_up,
    verify.matches_have_their_money,
    verify.noted_deposits_have_their_money,
    verify.reversals_are_opposite,
    verify.shares_follow_the_money,
)
# ``EXPLORE=1 MACHINE=60 pytest …/test_money_machine.py`` tries others, more and longer ones.
EXAMPLES = int(os.environ.get("MACHINE", "16"))
STEPS = 45 if EXAMPLES < 30 else 50


class Money(Sales, Bank):
    sandbox: Sandbox  # set by the test, one for all examples

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 20, 3, tzinfo=clock.KST)
        self.standing: Any = None
        self._stand(timedelta())
        branch = factories.make_branch("hq")
        event = self.event = factories.make_event(
            f"event-{next(numbers)}", branch=branch, starts_at=self.now + timedelta(days=30)
        )
        self.ticket = factories.make_ticket(event, capacity=CAPACITY, max_per_order=3)
        self._open_sales()
        self.busan = factories.make_branch("busan")
        self.treasurers = [self._person() for _ in range(3)]
        self._open_account(branch)
        self.sandbox.hold()

    def teardown(self) -> None:
        """The storm is over: what was told is told, what was lost is asked for."""
        with self.sandbox.store.transaction():
            self.sandbox.store.execute("DELETE FROM faults")
        for event in self.sandbox.events():
            self._tell(event)
        self._stand(timedelta(hours=1))
        actions.reconcile(self.now - timedelta(days=90))
        self._all_is_told()
        actions.expire_due()
        actions.reconcile(self.now - timedelta(days=90))
        truth = self.sandbox.truth()
        by_card = Payment.objects.filter(provider="stripe")
        assert self._sum(by_card) == truth["captured"]
        assert by_card.count() == sum(row["status"] == "succeeded" for row in truth["charges"])
        back = Refund.objects.filter(payment__provider="stripe", status=Refund.Status.DONE)
        assert self._sum(back) == truth["refunded"]
        self._agree()
        assert verify.shares_follow_the_money() == []
        for order in Order.objects.filter(status__in=["pending", "expired", "cancelled"]):
            gone = order.refunds.filter(status__in=[Refund.Status.SENT, Refund.Status.DONE])
            held = order.sum_paid() - self._sum(gone)
            has_task = order.tasks.filter(status="open").exists()
            assert held < order.total or has_task, self._told(order)
        self.standing.__exit__(None, None, None)

    @staticmethod
    def _told(order: Order) -> list[Any]:
        """All that happened to an order, for who reads a failure."""
        columns = {
            "payments": ("amount", "reference", "reverses", "recorded_at"),
            "refunds": ("amount", "status", "payment", "error"),
            "tasks": ("kind", "status", "note", "resolution"),
            "matches": ("amount", "unmatched_at", "before"),
            "noted": ("amount", "status"),
        }
        rows = [[name, *getattr(order, name).values_list(*of)] for name, of in columns.items()]
        return [order.code, order.status, order.total, order.method, *rows]

    # Hands

    def _stand(self, later: timedelta) -> None:
        if self.standing:
            self.standing.__exit__(None, None, None)
        self.now += later
        self.standing = clock.standing_at(self.now)
        self.standing.__enter__()
        self.sandbox.advance(later.total_seconds())

    @staticmethod
    def _agree() -> None:
        assert {check.__name__: found for check in CHECKED if (found := check())} == {}

    def _attempt(self, pick: int) -> Attempt | None:
        return self._one(self._attempts(), pick)

    def _attempts(self) -> Any:
        return Attempt.objects.filter(order__in=self._orders()).exclude(session=None)

    def _payments(self) -> Any:
        return Payment.objects.filter(order__in=self._orders())

    def _wired(self) -> Any:
        """What a person has yet to wire."""
        mine = Refund.objects.filter(order__in=self._orders(), payment__provider__in=BY_HAND)
        return mine.filter(status=Refund.Status.SENT)

    def _tell(self, event: dict) -> None:
        payload, header = self.sandbox.signed(event)
        Client(headers={"Stripe-Signature": header}).post(
            "/webhooks/stripe/", payload, content_type="application/json"
        )

    # What people do

    @initialize(
        several=st.integers(1, 3), came=st.lists(st.fixed_dictionaries(transfers), max_size=4)
    )
    def somebody_ordered(self, several: int, came: list[dict[str, Any]]) -> None:
        """A story without an order tells nothing, nor does one without money much."""
        for places in range(1, several + 1):
            self.order(places=places, dies=None)
            self._choose(self._orders().latest("pk"), None)
        self.order_dues(dies=None)
        self._choose(self._orders().latest("pk"), None)
        for transfer in came:
            self._transfer(**transfer)
        if came:
            self._tell_of(self.moved, None)

    def _choose(self, order: Order, dies: int | None) -> None:
        self._do(dies, lambda: actions.choose_bank_transfer(order, by=order.user))

    @rule(places=st.integers(1, 3), dies=deaths)
    def order(self, places: int, dies: int | None) -> None:
        buyer = self._person()
        guests = [Attendee(f"동료{n}") for n in range(places - 1)]
        people = [Attendee(buyer.name, is_buyer=True), *guests]
        self._do(dies, lambda: register(ticket=self.ticket, attendees=people, by=buyer))

    @rule(dies=deaths)
    def order_dues(self, dies: int | None) -> None:
        """Of which the branch has a part, and so much that two people look at what is typed."""
        buyer = self._person()
        self._do(dies, lambda: division.order_of(buyer, self.busan, 1_000_000, fee=50_000))

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
            self._choose(order, dies)

    @rule(pick=picks, dies=deaths)
    def give_an_order_up(self, pick: int, dies: int | None) -> None:
        if order := self._order(pick):
            self._do(dies, lambda: actions.cancel_order(order, by=order.user, reason="변심"))

    @rule(pick=picks, dies=deaths)
    def give_a_place_up(self, pick: int, dies: int | None) -> None:
        places = Registration.objects.filter(event=self.event).select_related("line__order__user")
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
        if refund := self._one(self._wired().select_related("order", "payment"), pick):
            reference = f"WIRE-{refund.pk}"
            self._do(
                dies,
                lambda: actions.complete_bank_refund(
                    refund, reference=reference, by=self.treasurers[1]
                ),
            )

    @rule(pick=picks, dies=deaths, bounces=st.booleans())
    def money_does_not_go_back(self, pick: int, dies: int | None, bounces: bool) -> None:
        """It is turned down at the desk, or the bank sends a transfer back."""
        mine = Refund.objects.filter(order__in=self._orders()).select_related("order", "payment")
        if refund := self._one(mine, pick):
            deed = actions.bounce_bank_refund if bounces else actions.reject_refund
            self._do(dies, lambda: deed(refund, reason="예금주 불일치", by=self.treasurers[1]))

    @rule(pick=picks)
    def somebody_refunds_at_the_provider(self, pick: int) -> None:
        if payment := self._one(Payment.objects.filter(provider="stripe"), pick):
            self._do(None, lambda: self.sandbox.refund(payment.reference, 5_000))

    # What the world does

    @rule(kind=st.sampled_from(["timeout", "error"]), after=st.booleans())
    def the_next_call_fails(self, kind: str, after: bool) -> None:
        self.sandbox.fail_next(kind=kind, moment="after" if after else "before")

    @rule(minutes=st.sampled_from([5, 5, 40, 60 * 24, 60 * 24 * 5]))
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
        assert self._sum(LedgerEntry.objects) == moved + Deposit.objects.unidentified()
        for ticket in (self.ticket, self.patron):
            ticket.refresh_from_db()
            assert 0 <= ticket.taken <= ticket.capacity

    @invariant()
    def no_notice_is_applied_twice(self) -> None:
        seen = ProviderEvent.objects.values_list("event", flat=True)
        assert len(seen) == len(set(seen))


@pytest.mark.django_db(transaction=True)
def test_whatever_happens_to_money(sandbox: Sandbox, settings: Any) -> None:
    settings.TWO_PERSON_DEPOSIT_WON = 100_000
    Money.sandbox = sandbox
    run_state_machine_as_test(
        Money,
        settings=given(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

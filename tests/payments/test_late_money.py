"""Money that arrives after its deadline, and the rule that says what becomes of it."""

import pytest

from events.models import Registration
from kosna import verify
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.mail.models import Message
from kosna.payments import actions
from kosna.payments.models import MoneyRule, Order, Refund, Task
from tests.payments.seats import (
    PRICE,
    another_page,
    books,
    let_lapse,
    mails,
    make_due,
    page_of,
    place_of,
    seats,
    take,
)

RULES = "/staff/payment-rules/"
Status = Registration.Status


@pytest.fixture
def late(sandbox, cast) -> Order:
    """Expired and then paid on a page that was still open; nobody has told us yet."""
    order = take(seats(1, cast.busan), cast.account)
    page = page_of(order)
    let_lapse(order)
    sandbox.pay(page.session)
    return order


def book(order: Order) -> Order:
    actions.fulfil(order.attempts.get().session)
    order.refresh_from_db()
    return order


def test_what_was_given_up_unpaid_is_not_confirmed_by_asking_again(sandbox, cast):
    """No seat belongs to it any more: an order that says "paid" would have sold nothing."""
    order = take(seats(1, cast.busan), cast.account)
    page = page_of(order)
    actions.cancel_order(order, by=cast.account, reason="변심")
    sandbox.pay(page.session)
    order = book(order)
    assert (order.status, place_of(order).status) == (Order.Status.REVIEW, Status.CANCELLED)
    with pytest.raises(Refused):
        actions.try_again(order, by=cast.treasurer)
    order.refresh_from_db()
    assert (order.status, place_of(order).ticket.taken) == (Order.Status.REVIEW, 0)
    assert books(order) == PRICE
    assert verify.paid_orders_have_what_they_bought() == []
    Order.objects.filter(pk=order.pk).update(status="paid", paid_at=clock.now())
    assert len(verify.paid_orders_have_what_they_bought()) == 1
    assert mails(order, "registration_confirmed") == mails(order, "payment_received") == 0


def give_the_seat_away(order: Order, cast) -> None:
    take(place_of(order).ticket, cast.regular)


@pytest.mark.parametrize("rule", ["ask", "return"])
def test_while_the_seat_is_free_it_is_given(late, cast, rule):
    if rule == "return":
        actions.decide_rule(late_money=rule, reason="이사회", by=cast.treasurer)
    assert book(late).status == Order.Status.PAID
    assert place_of(late).status == Status.CONFIRMED
    assert mails(late, "registration_confirmed") == 1
    assert not Task.objects.exists() and not Refund.objects.exists()


def test_a_bank_that_decides_after_the_order_was_given_up(sandbox, cast, deliver):
    order = take(seats(1, cast.busan), cast.account)
    page = page_of(order)
    sandbox.configure(async_delay=None)
    sandbox.pay(page.session, later="succeeded")
    deliver(sandbox.events("checkout.session.completed")[0])
    make_due(order)
    assert actions.expire_due() == 1
    assert place_of(order).ticket.taken == 0
    sandbox.settle(page.session)
    deliver(sandbox.events("checkout.session.async_payment_succeeded")[0])
    order.refresh_from_db()
    assert (order.status, place_of(order).status) == (Order.Status.PAID, Status.CONFIRMED)
    assert place_of(order).ticket.taken == 1


def test_the_apology_is_in_the_buyers_language(late, cast):
    give_the_seat_away(late, cast)
    type(late.user).objects.filter(pk=late.user_id).update(language="en")
    book(late)
    subject, text, _html = post.render(Message.objects.get(template="payment_late"))
    assert "sorry" in text and "₩55,000" in text
    assert subject == "Your payment came too late: Social Data Conference"


def test_the_second_of_two_payments_goes_back_though_the_first_waits_for_a_person(sandbox, cast):
    """Nobody has decided about late money: the first payment stays until somebody does."""
    order = take(seats(1, cast.busan), cast.account)
    pages = [page_of(order), another_page(order)]
    let_lapse(order)
    give_the_seat_away(order, cast)
    for page in pages:
        sandbox.pay(page.session)
        actions.fulfil(page.session)
    order.refresh_from_db()
    assert (order.status, books(order), order.refunds.get().amount) == ("review", PRICE, PRICE)
    assert dict(order.tasks.values_list("kind", "status")) == {"late": "open", "overpaid": "done"}


def test_what_could_not_be_sent_is_sent_later(sandbox, late, cast):
    """The process died between the decision and the provider."""
    actions.decide_rule(late_money="return", reason="이사회", by=cast.treasurer)
    give_the_seat_away(late, cast)
    sandbox.fail_next(operation="POST /v1/refunds", kind="timeout", times=3)
    sandbox.fail_next(operation="GET /v1/refunds", kind="timeout", times=3)
    book(late)
    refund = Refund.objects.get()
    assert (refund.status, refund.reference) == (Refund.Status.SENT, None)
    Refund.objects.update(status=Refund.Status.APPROVED)
    actions.reconcile()
    late.refresh_from_db()
    assert (late.status, books(late)) == (Order.Status.REFUNDED, 0)
    assert len(sandbox.truth()["refunds"]) == 1


def test_a_late_bank_transfer_always_asks_a_person(cast):
    actions.decide_rule(late_money="return", reason="이사회", by=cast.treasurer)
    order = take(seats(1, cast.busan), cast.account)
    let_lapse(order)
    give_the_seat_away(order, cast)
    actions.record_payment(
        order=order,
        provider="bank",
        reference="bank:1",
        method="bank_transfer",
        amount=PRICE,
        received_at=order.created_at,
    )
    actions.reconcile()
    assert not Refund.objects.exists()
    assert Task.objects.get().status == Task.Status.OPEN
    assert not Message.objects.get(template="payment_late").context["is_returned"]


# The rule


def test_nothing_decided_means_a_person_is_asked(db):
    assert not MoneyRule.objects.in_force().returns_late_money


def test_the_treasurer_decides_and_the_decision_stays_on_record(cast, login):
    client = login("treasurer")
    assert b'class="empty"' in client.get(RULES).content
    assert client.post(RULES, {"late_money": "return", "reason": ""}).status_code == 200
    typed = {"late_money": "return", "reason": "제3차 이사회 2026. 11. 20."}
    assert client.post(RULES, typed).status_code == 302
    again = client.post(RULES, typed)
    assert again.status_code == 200 and "late_money" in again.context["form"].errors
    assert client.post(RULES, typed | {"late_money": "ask"}).status_code == 302
    assert [row.late_money for row in MoneyRule.objects.order_by("pk")] == ["return", "ask"]
    entry = Entry.objects.filter(verb="payments.decide_rule").earliest("pk")
    assert (entry.actor_id, entry.reason) == (cast.treasurer.pk, typed["reason"])
    assert client.get(RULES).context["page"].paginator.count == 2
    shown = login("auditor").get(RULES)
    assert shown.status_code == 200 and not shown.context["may_change"]
    assert login("auditor").post(RULES, typed).status_code == 403


def test_a_decision_is_never_changed(cast):
    rule = actions.decide_rule(late_money="return", reason="이사회", by=cast.treasurer)
    rule.reason = "다른 이유"
    with pytest.raises(TypeError):
        rule.save()
    with pytest.raises(Refused):
        actions.decide_rule(late_money="return", reason="이사회", by=cast.treasurer)

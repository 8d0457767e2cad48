"""Money goes back once, with a second pair of eyes when it is much."""

from datetime import timedelta

import pytest

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.documents.models import Document
from kosna.mail import post
from kosna.mail.models import Message
from kosna.payments import actions, failures
from kosna.payments.models import LedgerEntry, Order, Refund, Task
from kosna.payments.providers import by_name
from tests.payments import shop

Status = Refund.Status


def books() -> int:
    return sum(LedgerEntry.objects.values_list("amount", flat=True))


@pytest.fixture
def paid(sandbox, order, attempt) -> Order:
    """33,000 won, by card."""
    sandbox.pay(attempt.session)
    actions.fulfil(attempt.session)
    order.refresh_from_db()
    return order


@pytest.fixture
def wired(cast) -> Order:
    """2,000,000 won, by bank transfer."""
    order = shop.order_of(cast.account, cast.busan, 1_500_000, 500_000)
    actions.record_payment(
        order=order,
        provider="bank",
        reference="bank:1",
        method="bank_transfer",
        amount=2_000_000,
        received_at=clock.now(),
        by=cast.treasurer,
    )
    return Order.objects.get(pk=order.pk)


def ask(order: Order, cast, amount: int = 33_000, **more) -> Refund:
    return shop.account_for(
        actions.request_refund(
            order=order, amount=amount, reason="불참", by=cast.head_office, **more
        )
    )


def test_a_card_refund_goes_all_the_way(sandbox, cast, paid):
    refund = ask(paid, cast, line=paid.lines.get())
    actions.approve_refund(refund, by=cast.treasurer)
    actions.send_refund(refund, by=cast.treasurer)
    paid.refresh_from_db()
    assert (refund.status, paid.status, books()) == (Status.DONE, Order.Status.REFUNDED, 0)
    assert sandbox.truth()["balance"] == 0
    assert Document.objects.get().status == Document.Status.VOID
    assert shop.happened("taken_back", paid) == 1
    subject, text, _html = post.render(Message.objects.get(template="refund_done"))
    assert subject and "33,000원" in text


def test_a_partial_refund_gives_a_receipt_for_the_rest(sandbox, cast, paid):
    refund = ask(paid, cast, 10_000)
    actions.approve_refund(refund, by=cast.treasurer)
    actions.send_refund(refund, by=cast.treasurer)
    paid.refresh_from_db()
    assert (paid.status, books()) == (Order.Status.PAID, 23_000)
    first, second = Document.objects.order_by("pk")
    assert (first.status, second.status) == (Document.Status.VOID, Document.Status.VALID)
    assert (second.facts["total"], second.facts["refunded"]) == (23_000, 10_000)
    [line] = second.facts["lines"]  # sums to the total, with its VAT
    assert (line["amount"], line["vat"]) == (second.facts["total"], second.facts["vat"])
    assert second.facts["vat"] == 2_091


def test_claims_stay_within_what_was_paid(sandbox, cast, paid):
    ask(paid, cast, 20_000)
    with pytest.raises(Refused):
        ask(paid, cast, 13_001)
    ask(paid, cast, 13_000)
    with pytest.raises(Refused):
        ask(paid, cast, 1)
    assert sum(Refund.objects.values_list("amount", flat=True)) == 33_000


@pytest.mark.parametrize("amount", [0, -1, 33_001])
def test_a_senseless_amount_is_refused(sandbox, cast, paid, amount):
    with pytest.raises(Refused):
        ask(paid, cast, amount)
    assert not Refund.objects.exists()


def test_a_line_gives_back_its_own_price_at_most(cast, wired):
    big, small = wired.lines.all()
    with pytest.raises(Refused):
        ask(wired, cast, 500_001, line=small)
    with pytest.raises(Refused):
        ask(wired, cast, 1_000, line=shop.order_of(cast.account, cast.busan).lines.get())
    ask(wired, cast, 500_000, line=small)
    ask(wired, cast, 1_500_000, line=big)


def test_money_alone_ends_nothing(cast, wired):
    with pytest.raises(Refused) as refusal:
        ask(wired, cast, 1_000, ends_line=True)
    assert refusal.value.field == "line"
    assert not Refund.objects.exists()


def test_a_rejected_claim_is_free_again(sandbox, cast, paid):
    actions.reject_refund(ask(paid, cast), by=cast.treasurer, reason="기한 경과")
    assert ask(paid, cast).status == Status.REQUESTED


def test_what_a_rejected_claim_frees_pays_the_order(cast):
    order = shop.order_of(cast.account, cast.busan)
    book = lambda reference, won: actions.record_payment(  # noqa: E731
        order=order, provider="bank", reference=reference, method="bank_transfer", amount=won,
        received_at=clock.now(),
    )  # fmt: skip
    book("bank:1", 20_000)
    claim = ask(order, cast, 20_000)
    book("bank:2", 13_000)
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING
    actions.reject_refund(claim, by=cast.treasurer, reason="철회")
    order.refresh_from_db()
    assert order.status == Order.Status.PAID and shop.happened("delivered", order) == 1


def test_much_money_needs_two_people(cast, wired, settings):
    limit = settings.TWO_PERSON_REFUND_WON
    for amount, alone in [(limit - 1, True), (limit, False)]:
        refund = shop.account_for(
            actions.request_refund(order=wired, amount=amount, reason="중복", by=cast.treasurer)
        )
        if alone:
            actions.approve_refund(refund, by=cast.treasurer)
        else:
            with pytest.raises(Refused):
                actions.approve_refund(refund, by=cast.treasurer)
            refund.refresh_from_db()
            assert refund.status == Status.REQUESTED
            actions.approve_refund(refund, by=cast.head_office)
        assert refund.status == Status.APPROVED


def test_nobody_approves_money_to_themselves(sandbox, cast, paid):
    with pytest.raises(Refused):
        actions.approve_refund(ask(paid, cast), by=paid.user)


def test_what_was_not_approved_is_not_sent(sandbox, cast, paid):
    with pytest.raises(Refused):
        actions.send_refund(ask(paid, cast))
    assert sandbox.truth()["refunds"] == []


def test_a_bank_refund_waits_for_the_treasurer(cast, wired):
    refund = ask(wired, cast, 500_000)
    actions.approve_refund(refund, by=cast.treasurer)
    refund = actions.send_refund(refund, by=cast.treasurer)
    assert (refund.status, books()) == (Status.SENT, 2_000_000)
    actions.complete_bank_refund(refund, reference="20261124-7", by=cast.treasurer)
    refund.refresh_from_db()
    assert (refund.status, books()) == (Status.DONE, 1_500_000)
    other = ask(wired, cast, 100)
    actions.approve_refund(other, by=cast.treasurer)
    actions.send_refund(other, by=cast.treasurer)
    with pytest.raises(Refused):
        actions.complete_bank_refund(other, reference="20261124-7", by=cast.treasurer)


@pytest.fixture
def approved(sandbox, cast, paid) -> Refund:
    refund = ask(paid, cast, 10_000)
    actions.approve_refund(refund, by=cast.treasurer)
    return refund


def test_a_500_after_the_effect_is_recognised(sandbox, approved):
    sandbox.fail_next(operation="POST /v1/refunds", moment="after")
    assert actions.send_refund(approved).status == Status.DONE
    assert len(sandbox.truth()["refunds"]) == 1


def test_a_time_out_after_the_effect_sends_nothing_twice(sandbox, approved):
    sandbox.fail_next(operation="POST /v1/refunds", kind="timeout", moment="after")
    assert actions.send_refund(approved).status == Status.DONE
    assert len(sandbox.truth()["refunds"]) == 1


def test_a_500_without_effect_is_tried_again_by_a_person(sandbox, approved):
    sandbox.fail_next(operation="POST /v1/refunds")
    assert actions.send_refund(approved).status == Status.FAILED
    task = Task.objects.get()
    assert (task.kind, task.payment) == (Task.Kind.REFUND_FAILED, approved.payment)
    assert task.note.startswith(f"10,000원: {failures._NO_REFUND}")
    assert str(approved.uuid) not in task.note
    assert actions.send_refund(approved).status == Status.DONE
    assert len(sandbox.truth()["refunds"]) == 1
    task.refresh_from_db()
    assert (task.status, bool(task.resolution)) == (Task.Status.DONE, True)


def test_silence_leaves_it_sent_and_reconciliation_finds_out(sandbox, approved):
    """Neither the refund nor the look for it was answered."""
    sandbox.fail_next(kind="timeout", operation="POST /v1/refunds", times=3)
    sandbox.fail_next(kind="timeout", operation="GET /v1/refunds", times=3)
    assert actions.send_refund(approved).status == Status.SENT
    assert (approved.reference, books()) == (None, 33_000)
    Refund.objects.update(approved_at=clock.now() - timedelta(hours=1))
    actions.reconcile()
    approved.refresh_from_db()
    assert (approved.status, books()) == (Status.DONE, 23_000)
    assert len(sandbox.truth()["refunds"]) == 1


def test_a_refund_whose_answer_was_lost_is_not_sent_twice(sandbox, approved):
    """The process died between Stripe's answer and our commit."""
    approved.move_to(Status.SENT, tries=1)
    by_name("stripe").refund(approved)
    assert actions.send_refund(approved).status == Status.DONE
    assert len(sandbox.truth()["refunds"]) == 1


def test_a_refund_by_the_dashboard_is_taken_over_once(sandbox, paid, deliver):
    sandbox.refund(paid.payments.get().reference, 3_000)
    for event in [*sandbox.events("refund.created"), *sandbox.events("charge.refunded")] * 2:
        assert deliver(event).status_code == 200
    actions.reconcile()
    refund = Refund.objects.get()
    assert (refund.status, refund.amount, books()) == (Status.DONE, 3_000, 30_000)
    assert (refund.requested_by, refund.approved_by) == (None, None)
    assert Message.objects.filter(template="refund_done").count() == 1


def test_a_refund_that_bounces_comes_back_into_the_books(sandbox, approved, deliver):
    actions.send_refund(approved)
    assert books() == 23_000
    sandbox.settle_refund(approved.reference, "failed")
    for event in sandbox.events("refund.failed") * 2:
        deliver(event)
    approved.refresh_from_db()
    assert (approved.status, books()) == (Status.FAILED, 33_000)
    actions.send_refund(approved)
    assert (approved.status, books()) == (Status.DONE, 23_000)
    assert [entry.turn for entry in approved.entries.order_by("turn")] == [1, 2, 3]


def test_a_slow_refund_is_done_when_its_event_says_so(sandbox, approved, deliver):
    sandbox.configure(refunds="pending")
    assert actions.send_refund(approved).status == Status.SENT
    sandbox.settle_refund(approved.reference)
    deliver(sandbox.events("refund.updated")[-1])
    approved.refresh_from_db()
    assert (approved.status, books()) == (Status.DONE, 23_000)

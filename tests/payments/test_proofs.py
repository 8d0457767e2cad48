"""증빙: which payment may have which, once; what becomes of it when money goes back; the forms."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.documents.models import Document
from kosna.mail import post
from kosna.mail.models import Message
from kosna.payments import actions, proof_rules
from kosna.payments.coverage import Sum, allowed, issued, paid_lines, pieces_of, to_correct, total
from kosna.payments.models import OrderLine, Payment, Proof, ProofIssue
from tests.payments import shop
from tests.payments.proving import (
    DUES,
    EXEMPT,
    Kind,
    Purpose,
    Status,
    fresh,
    give_back,
    invoice_for,
    issue,
    number,
    order_with,
    pay,
    receipt_for,
    refusal_of,
)

pytestmark = pytest.mark.django_db
# What was paid for ---------------------------------------------------------------------------


VECTORS = [(33_000, 30_000, 3_000), (55_000, 50_000, 5_000), (300_000, 272_727, 27_273)]


def test_vat_is_split_and_frozen_a_line(cast, login):
    order = order_with(cast, *(shop.line(won) for won, _supply, _vat in VECTORS))
    lines = list(order.lines.all())
    assert [(line.amount, line.supply, line.vat) for line in lines] == VECTORS
    page = login("account").get(f"/orders/{order.code}/").content.decode()
    assert all(f"{supply:,}원" in page and f"{vat:,}원" in page for _won, supply, vat in VECTORS)
    facts = Document.objects.get(kind=Document.Kind.RECEIPT).facts
    assert (facts["vat"], [line["vat"] for line in facts["lines"]]) == (
        35_273,
        [3_000, 5_000, 27_273],
    )
    for change in ({"amount": 1}, {"vat": 1}, {"vat_class": "exempt"}):
        with pytest.raises(Exception, match="frozen"), transaction.atomic():
            OrderLine.objects.filter(pk=lines[0].pk).update(**change)
    OrderLine.objects.update(branch_share=F("amount"), title_ko="다른 이름")


def test_the_database_knows_vat_of_taxable_lines_alone(cast):
    order = shop.order_of(cast.account, cast.busan)
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderLine.objects.create(
            order=order, kind="x", title_ko="x", amount=1_100, vat=100, vat_class="exempt"
        )


def test_payments_pay_for_lines_in_their_order_to_the_won(cast):
    """33,333 in three payments over a taxable, an exempt and a taxable line: no won twice, and
    the pieces of a line bear its VAT."""
    lines = [shop.line(11_111), shop.line(11_111, **EXEMPT), shop.line(11_111)]
    order = order_with(cast, *lines, paid=[5_000, 12_345, 15_988])
    pieces = pieces_of(order)
    assert [sum(p.amount for p in each) for each in pieces.values()] == [5_000, 12_345, 15_988]
    for line in order.lines.all():
        mine = [p for each in pieces.values() for p in each if p.line.pk == line.pk]
        assert sum(p.vat for p in mine) == line.vat
        assert sum(p.amount for p in mine) == line.amount
    assert total(paid_lines(order)) == Sum(33_333 - 2 * 1_010, 2 * 1_010)


def test_what_was_paid_too_much_is_on_no_proof(cast):
    order = order_with(cast, shop.line(110_000), paid=[120_000])
    assert allowed(fresh(receipt_for(order.payments.get()))) == Sum(100_000, 10_000)


def test_an_order_that_is_not_paid_proves_nothing(cast):
    order = order_with(cast, shop.line(110_000), paid=[100_000])
    assert pieces_of(order) == {order.payments.get().pk: []}
    assert "결제가 확정된" in refusal_of(receipt_for, order.payments.get())


# Which one, and one alone --------------------------------------------------------------------


def test_a_card_slip_is_proof_enough(cast, login):
    order = order_with(cast, method="kakao_pay")
    payment = order.payments.get()
    for call in (receipt_for, invoice_for):
        assert "카드" in refusal_of(call, payment)
    page = login("account").get(f"/orders/{order.code}/").content.decode()
    assert "카드 매출전표" in page and "/cash-receipt/" not in page
    for method in ("kr_card", "kakao_pay", "card", "free", "another"):
        with pytest.raises(IntegrityError), transaction.atomic():  # past the action
            Proof.objects.create(
                payment=payment,
                method=method,
                kind=Kind.INVOICE,
                identity="1234567891",
                written_on=clock.today(),
                due_on=clock.today(),
                requested_by=cast.account,
            )


def test_card_and_cash_in_one_order_each_have_their_own(cast):
    """The card paid the rest: its slip proves that part, the receipt the other, no won twice."""
    order = order_with(cast, shop.line(110_000), paid=[60_000])
    pay(order, 50_000, "kr_card")
    cash, card = order.payments.order_by("pk")
    proof = receipt_for(cash)
    assert allowed(fresh(proof)).amount == 60_000
    assert "카드" in refusal_of(invoice_for, card)


def test_one_payment_has_one_proof(cast):
    payment = order_with(cast).payments.get()
    proof = receipt_for(payment)
    for call in (receipt_for, invoice_for):
        assert "이미" in refusal_of(call, payment)
    actions.withdraw_proof(proof, by=cast.account)
    assert invoice_for(payment).kind == Kind.TAX_INVOICE
    with pytest.raises(IntegrityError), transaction.atomic():
        Proof.objects.filter(pk=proof.pk).update(status=Status.REQUESTED, cancelled_at=None)


def test_lines_decide_which_invoice(cast):
    taxable = order_with(cast, shop.line(110_000))
    exempt = order_with(cast, shop.line(110_000, **EXEMPT))
    both = order_with(cast, shop.line(110_000), shop.line(40_000, **EXEMPT))
    assert invoice_for(taxable.payments.get()).kind == Kind.TAX_INVOICE
    assert invoice_for(exempt.payments.get()).kind == Kind.INVOICE
    first = invoice_for(both.payments.get())
    beside = first.companions.get()
    assert (first.kind, beside.kind) == (Kind.TAX_INVOICE, Kind.INVOICE)
    assert allowed(fresh(first)) == Sum(100_000, 10_000)
    assert allowed(fresh(beside)) == Sum(40_000, 0)
    actions.withdraw_proof(first, by=cast.account)
    beside.refresh_from_db()
    assert beside.status == Status.CANCELLED
    both_ways = receipt_for(both.payments.get())  # one receipt is for both
    assert allowed(fresh(both_ways)) == Sum(140_000, 10_000)


def test_dues_need_none(cast, login):
    order = order_with(cast, shop.line(200_000, **DUES))
    for call in (receipt_for, invoice_for):
        assert "회비" in refusal_of(call, order.payments.get())
    assert "회비납부확인서" in login("account").get(f"/orders/{order.code}/").content.decode()
    mixed = order_with(cast, shop.line(200_000, **DUES), shop.line(55_000))
    assert allowed(fresh(receipt_for(mixed.payments.get()))) == Sum(50_000, 5_000)


@pytest.mark.parametrize(("won", "fits"), [(30_000, False), (30_001, True)])
def test_small_amounts_need_none(cast, settings, won, fits):
    payment = order_with(cast, shop.line(won)).payments.get()
    if fits:
        assert receipt_for(payment).pk
        return
    assert "30,000원" in refusal_of(receipt_for, payment)
    assert "30,000원" in refusal_of(invoice_for, payment)
    settings.CASH_RECEIPT_ABOVE_WON = 0  # an amount that the association sets
    assert receipt_for(payment).pk


def test_a_proof_is_asked_for_within_a_month(cast):
    with time_machine.travel("2026-01-31T10:00+09:00", tick=False):
        payment = order_with(cast).payments.get()
    assert proof_rules.last_day_to_ask(payment) == date(2026, 2, 28)
    with time_machine.travel("2026-03-01T00:01+09:00", tick=False):
        assert "2026. 2. 28." in refusal_of(receipt_for, payment)
    with time_machine.travel("2026-02-28T23:50+09:00", tick=False):
        assert receipt_for(payment).pk


@pytest.mark.parametrize(
    ("written_on", "due_on"),
    [
        ("2026-11-02", "2026-12-10"),
        ("2026-11-30", "2026-12-10"),
        ("2026-12-31", "2027-01-11"),  # the 10th is a Sunday
        ("2026-09-15", "2026-10-12"),  # a Saturday
    ],
)
def test_invoices_are_due_on_the_tenth_of_the_next_month(db, written_on, due_on):
    assert proof_rules.invoice_day(date.fromisoformat(written_on)) == date.fromisoformat(due_on)


def test_cash_receipts_are_due_five_days_after_the_payment(cast):
    proof = receipt_for(order_with(cast).payments.get())
    assert proof.due_on == clock.today() + timedelta(days=5)


# At the tax office ---------------------------------------------------------------------------


def test_a_proof_is_issued_with_its_number(cast):
    proof = invoice_for(order_with(cast).payments.get())
    row = issue(proof, cast, f" {number()[:8]}-{number()[8:16]}-{number()[16:]} ")
    proof.refresh_from_db()
    assert (proof.status, row.number, row.supply, row.vat) == (
        Status.ISSUED,
        number(),
        100_000,
        10_000,
    )
    subject, text, _html = post.render(Message.objects.get(template="proof_issued"))
    assert "세금계산서" in subject and number() in text and "110,000원" in text
    assert Entry.objects.filter(verb="payments.issue_proof", actor_id=cast.treasurer.pk).exists()
    other = invoice_for(order_with(cast).payments.get())
    assert "이미 기록된" in refusal_of(issue, other, cast, number().upper())
    with (
        pytest.raises(Exception, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE payments_proofissue SET supply = 1")


@pytest.mark.parametrize(
    "typed", ["", "1", "2026112341000096000000011", "20261323" + "0" * 16, "２" * 24]
)
def test_an_approval_number_has_its_form(typed):
    with pytest.raises(ValueError, match="24자리"):
        proof_rules.parse_approval(typed, Kind.TAX_INVOICE)


def test_a_cash_receipts_number_is_its_days(cast):
    one, other = (receipt_for(order_with(cast).payments.get()) for _n in range(2))
    assert "8자리" in refusal_of(issue, one, cast, number())
    issue(one, cast, "a1234567b")
    assert "이미 기록된" in refusal_of(issue, other, cast, "A1234567B")
    assert one.issues.get().number == "A1234567B"


def test_a_day_before_the_payment_or_ahead_is_refused(cast):
    proof = invoice_for(order_with(cast).payments.get())
    for day in (clock.today() - timedelta(days=1), clock.today() + timedelta(days=1)):
        with pytest.raises(Refused) as refused, transaction.atomic():
            actions.issue_proof(proof, number=number(), issued_on=day, by=cast.treasurer)
        assert refused.value.field == "issued_on"
        with pytest.raises(Refused) as refused, transaction.atomic():
            invoice_for(order_with(cast).payments.get(), written_on=day)
        assert refused.value.field == "written_on"


def test_a_refund_before_the_issue_makes_it_less(cast):
    order = order_with(cast, shop.line(110_000), shop.line(55_000))
    proof = invoice_for(order.payments.get())
    give_back(order, 55_000, cast, line=order.lines.last())
    row = issue(proof, cast)
    assert (row.supply, row.vat) == (100_000, 10_000)


def test_a_whole_refund_before_the_issue_cancels_it(cast):
    order = order_with(cast)
    proof = invoice_for(order.payments.get())
    give_back(order, 110_000, cast, line=order.lines.get())
    proof.refresh_from_db()
    assert (proof.status, proof.reason) == (Status.CANCELLED, "대금이 반환되었습니다.")


def test_a_refund_after_the_issue_asks_for_its_correction(cast):
    order = order_with(cast, shop.line(110_000), shop.line(55_000))
    proof = invoice_for(order.payments.get())
    issue(proof, cast)
    give_back(order, 55_000, cast, line=order.lines.last())
    proof = fresh(proof)
    assert (proof.status, to_correct(proof)) == (Status.CORRECTING, Sum(-50_000, -5_000))
    assert proof.due_on == proof_rules.invoice_day(clock.today())
    correct = {"issued_on": clock.today(), "by": cast.treasurer}
    actions.correct_proof(proof, number=number(2), cause=ProofIssue.Cause.RETURN, **correct)
    proof = fresh(proof)
    assert (proof.status, issued(proof)) == (Status.CORRECTED, Sum(100_000, 10_000))
    assert "수정할 내용이" in refusal_of(
        actions.correct_proof, proof, number=number(3), cause=ProofIssue.Cause.AMOUNT, **correct
    )
    give_back(order, 110_000, cast, line=order.lines.first())
    cause = ProofIssue.Cause.CANCELLATION
    actions.correct_proof(fresh(proof), number=number(3), cause=cause, **correct)
    proof = fresh(proof)
    assert (proof.status, issued(proof)) == (Status.CANCELLED, Sum(0, 0))
    assert Message.objects.filter(template="proof_corrected").count() == 2


def test_a_refund_that_bounces_takes_the_correction_away(cast):
    order = order_with(cast)
    proof = invoice_for(order.payments.get())
    issue(proof, cast)
    give_back(order, 55_000, cast, line=order.lines.get())
    assert fresh(proof).status == Status.CORRECTING
    actions.refunds._fail(order.refunds.get(), "계좌 없음")
    assert fresh(proof).status == Status.ISSUED


def test_a_deposit_that_was_anothers_takes_its_proofs_along(cast):
    """Un-matched, an order waits for its money again: what was issued is to be corrected whole,
    what was only asked for is gone, and so are the papers that say it was paid."""
    issued_one, asked = (order_with(cast) for _n in range(2))
    proof, request = (invoice_for(order.payments.get()) for order in (issued_one, asked))
    issue(proof, cast)
    paper = actions.issue_paper(asked, Document.Kind.PAYMENT, language="ko", by=cast.account)
    for order in (issued_one, asked):
        actions.retract_deposit(order.payments.get(), reason="오입금", by=cast.treasurer)
    assert fresh(request).status == Status.CANCELLED
    assert (fresh(proof).status, to_correct(fresh(proof))) == (
        Status.CORRECTING,
        Sum(-100_000, -10_000),
    )
    paper.refresh_from_db()
    assert paper.status == Document.Status.VOID
    pay(asked, 110_000)  # the right one: it has a proof of its own
    assert invoice_for(asked.payments.order_by("pk").last()).pk != request.pk


def test_what_was_issued_to_the_wrong_firm_is_taken_back(cast):
    payment = order_with(cast).payments.get()
    proof = invoice_for(payment)
    facts = {"issued_on": clock.today(), "by": cast.treasurer}
    reason = "사업자번호 착오"
    assert "신청을 취소" in refusal_of(
        actions.take_back_proof, proof, number=number(2), reason=reason, **facts
    )
    issue(proof, cast)
    assert "아직 발급되지" in refusal_of(
        actions.cancel_proof, proof, reason=reason, by=cast.treasurer
    )
    actions.take_back_proof(proof, number=number(2), reason=reason, **facts)
    proof = fresh(proof)
    assert (proof.status, issued(proof)) == (Status.CANCELLED, Sum(0, 0))
    assert invoice_for(payment).pk != proof.pk


def test_the_buyer_is_told_when_it_is_turned_down(cast):
    proof = invoice_for(order_with(cast).payments.get())
    actions.cancel_proof(proof, reason="폐업한 사업자입니다.", by=cast.treasurer)
    _subject, text, _html = post.render(Message.objects.get(template="proof_cancelled"))
    assert "폐업한 사업자입니다." in text


# Unasked -------------------------------------------------------------------------------------


def test_payments_without_a_proof_are_listed_by_their_deadline(cast, login):
    def paid_on(day: str, *lines, **more) -> Payment:
        with time_machine.travel(f"{day}T10:00+09:00", tick=False):
            return order_with(cast, *lines, **more).payments.get()

    late, soon = paid_on("2026-11-01"), paid_on("2026-11-10")
    paid_on("2026-11-10", shop.line(99_999))  # too little
    paid_on("2026-11-10", shop.line(200_000, **DUES))
    paid_on("2026-11-10", method="kr_card")
    paid_on("2026-10-01")  # too late for any
    with time_machine.travel("2026-11-12T10:00+09:00", tick=False):
        receipt_for(paid_on("2026-11-10"))
        client = login("treasurer")
        answer = client.get("/staff/proofs/unasked/")
        listed = [(row.pk, due_on) for row, due_on in answer.context["page"]]
        assert listed == [(late.pk, date(2026, 11, 6)), (soon.pk, date(2026, 11, 15))]
        client.post("/staff/proofs/unasked/", {"payment": [late.pk, soon.pk, "x", 999_999]})
        assert client.get("/staff/proofs/unasked/").context["page"].paginator.count == 0
    proofs = Proof.objects.filter(purpose=Purpose.SELF)
    assert {proof.identity for proof in proofs} == {"010-000-1234"}
    assert proofs.count() == 2
    assert not Message.objects.filter(template__startswith="proof").exists()


def test_a_buyer_who_asks_in_time_gets_their_own(cast):
    payment = order_with(cast).payments.get()
    unasked = actions.request_self_issued(payment, by=cast.treasurer)
    mine = invoice_for(payment)
    unasked.refresh_from_db()
    assert (unasked.status, mine.status) == (Status.CANCELLED, Status.REQUESTED)
    other = order_with(cast).payments.get()
    issue(actions.request_self_issued(other, by=cast.treasurer), cast, "A1234567C")
    assert "이미" in refusal_of(receipt_for, other)


def test_what_was_exported_is_not_withdrawn_in_passing(cast, login):
    order = order_with(cast)
    proof = invoice_for(order.payments.get())
    actions.export_proofs(Proof.objects.all(), Kind.TAX_INVOICE, by=cast.treasurer)
    client = login("account")
    assert "/withdraw/" not in client.get(f"/orders/{order.code}/").content.decode()
    client.post(f"/orders/{order.code}/proofs/{proof.pk}/withdraw/")
    proof.refresh_from_db()
    assert proof.status == Status.REQUESTED
    # Money that goes back meanwhile is corrected once the number is known.
    give_back(order, 55_000, cast, line=order.lines.get())
    row = issue(proof, cast)
    assert row.amount == 110_000
    assert fresh(proof).status == Status.CORRECTING


def test_years_and_months_end_where_they_end():
    assert proof_rules.months_after(date(2026, 12, 31), 2) == date(2027, 2, 28)
    assert proof_rules.months_after(date(2026, 3, 31), -1) == date(2026, 2, 28)

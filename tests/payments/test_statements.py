"""A branch's month: reckoned, prepared by one, approved by another, locked for good, paid out."""

import io
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from kosna.core import batches, clock
from kosna.core.errors import Refused
from kosna.core.models import Batch
from kosna.documents import actions as documents
from kosna.documents.models import Document
from kosna.payments import actions, statement_figures
from kosna.payments.models import Adjustment, Payout, ShareEntry, Statement
from kosna.verify import closed_months_are_sealed, statements_add_up
from tests import factories
from tests.flows.person import text_of
from tests.payments import division

pytestmark = pytest.mark.django_db
Status = Statement.Status


def month(branch, text: str) -> Statement:
    return Statement.objects.get(branch=branch, month=date.fromisoformat(f"{text}-01"))


def close(cast, statement: Statement, **more) -> Statement:
    return division.closed(statement, by=cast.treasurer, approver=cast.head_office, **more)


def pay_out(
    cast, statement: Statement, amount: int, reference: str = "20270410-1", **more
) -> Payout:
    facts = {"paid_on": clock.today(), "by": cast.treasurer} | more
    return actions.match_payout(statement, reference=reference, amount=amount, **facts)


@pytest.fixture
def march(cast) -> Statement:
    """Two payments and a refund in March 2027, 45,000 won for Busan; it is April now."""
    with division.at("2027-03-05 10:00"):
        order = division.paid(cast.account, cast.busan, 100_000, fee=100_000)
        division.paid(cast.regular, cast.busan, 100_000)
    with division.at("2027-03-20 10:00"):
        division.give_back(order, 50_000, line=order.lines.all()[0], by=cast.treasurer)
    with division.at("2027-04-01 09:00"):
        yield month(cast.busan, "2027-03")


# Months of Seoul ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("booked", "in_month"),
    [
        ("2027-02-28 23:59:59.999999", "2027-02-01"),
        ("2027-03-01 00:00", "2027-03-01"),
        ("2027-12-31 23:59:59", "2027-12-01"),
        ("2028-01-01 00:00:00.000001", "2028-01-01"),
        ("2028-02-29 23:59", "2028-02-01"),
    ],
)
def test_an_entry_stands_in_the_month_of_its_instant_in_seoul(cast, booked, in_month):
    with division.at(booked):
        division.paid(cast.account, cast.busan)
    assert ShareEntry.objects.get().statement.month == date.fromisoformat(in_month)
    assert closed_months_are_sealed() == []


def test_the_database_refuses_an_entry_of_another_month(cast, march):
    for instant in ("2027-02-28 23:59:59.999999", "2027-04-01 00:00"):
        with division.at(instant):
            entry = ShareEntry(
                statement=march,
                cause="adjustment",
                amount=1,
                adjustment=Adjustment.objects.create(
                    branch=cast.busan, amount=1, reason="x", basis="x", proposed_by=cast.treasurer
                ),
            )
        with pytest.raises(IntegrityError), transaction.atomic():
            entry.save()


def test_a_closed_month_takes_nothing_and_money_is_booked_as_the_next_begins(cast, march):
    """A machine whose clock is behind, or a transaction that began before midnight."""
    actions.prepare_statement(march, by=cast.treasurer)
    with division.at("2027-03-31 23:59:59.9"):
        order = division.paid(cast.account, cast.busan)
    entry = ShareEntry.objects.get(line__order=order)
    assert entry.booked_at == clock.start_of(date(2027, 4, 1))
    assert entry.statement == month(cast.busan, "2027-04")
    entry.pk, entry.statement, entry.turn = None, march, 9
    entry.cause, entry._state.adding = "return", True
    entry.booked_at = march.prepared_at or clock.start_of(march.month)
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save()
    assert statements_add_up() == closed_months_are_sealed() == []


def test_the_past_of_a_closed_month_takes_nothing_either(cast, march):
    """No month before a closed one: what that began with would be another."""
    actions.prepare_statement(march, by=cast.treasurer)
    february = Statement.objects.create(branch=cast.busan, month=date(2027, 2, 1))
    adjustment = Adjustment.objects.create(
        branch=cast.busan, amount=1, reason="x", basis="x", proposed_by=cast.treasurer
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        ShareEntry.objects.create(
            statement=february,
            cause="adjustment",
            adjustment=adjustment,
            amount=1,
            booked_at=clock.start_of(date(2027, 2, 3)),
        )


# From draft to lock -------------------------------------------------------------------------------


def test_figures_are_those_of_the_entries_until_they_are_frozen(cast, march):
    running = statement_figures.figures_of([march])[march.pk]
    assert (running.opening, running.earned, running.closing) == (0, 45_000, 45_000)
    [total] = statement_figures.totals_of([march.pk])
    assert (total.tier, total.payments, total.paid, total.refunded, total.share) == (
        "골드회원",
        2,
        200_000,
        -50_000,
        45_000,
    )
    frozen = actions.prepare_statement(march, by=cast.treasurer)
    assert statement_figures.figures_of([frozen])[frozen.pk] == running
    assert (frozen.closing, frozen.entry_count) == (45_000, 3)
    assert statements_add_up() == []


def test_a_month_is_prepared_when_it_is_over_and_in_its_turn(cast, march):
    with division.at("2027-03-31 23:59"), pytest.raises(Refused, match=r"4\. 1\."):
        actions.prepare_statement(march, by=cast.treasurer)
    with division.at("2027-04-10 12:00"):
        division.paid(cast.account, cast.busan)
    april = month(cast.busan, "2027-04")
    with division.at("2027-05-02 12:00"):
        with pytest.raises(Refused, match="2027-03"):
            actions.prepare_statement(april, by=cast.treasurer)
        actions.prepare_statement(march, by=cast.treasurer)
        frozen = actions.prepare_statement(april, by=cast.treasurer)
        assert (frozen.opening, frozen.earned, frozen.closing) == (45_000, 30_000, 75_000)
        with pytest.raises(Refused):  # a later one stands on it
            actions.return_statement(march, reason="x", by=cast.head_office)
        actions.approve_statement(april, by=cast.head_office)
        with pytest.raises(Refused, match="2027-03"):
            actions.lock_statement(april, by=cast.treasurer)


def test_another_person_approves(cast, march):
    actions.prepare_statement(march, by=cast.treasurer)
    with pytest.raises(Refused):
        actions.lock_statement(march, by=cast.treasurer)
    with pytest.raises(Refused):
        actions.approve_statement(march, by=cast.treasurer)
    approved = Statement.objects.filter(pk=march.pk)
    with pytest.raises(IntegrityError), transaction.atomic():  # past the portal
        approved.update(status="approved", approved_at=clock.now(), approved_by=cast.treasurer)
    actions.approve_statement(march, by=cast.head_office)
    assert approved.get().status == Status.APPROVED


def test_sent_back_it_is_reckoned_anew(cast, march):
    actions.prepare_statement(march, by=cast.treasurer)
    actions.approve_statement(march, by=cast.head_office)
    row = actions.return_statement(march, reason="환불 누락", by=cast.head_office)
    assert (row.status, row.closing, row.prepared_by, row.note) == (
        Status.DRAFT,
        None,
        None,
        "환불 누락",
    )
    assert close(cast, row).note == ""


def test_a_locked_statement_never_changes(cast, march):
    locked = close(cast, march)
    for change in ({"closing": 1}, {"status": "draft"}, {"sha256": "x"}, {"note": "x"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Statement.objects.filter(pk=locked.pk).update(**change)
    with pytest.raises(Refused):
        actions.return_statement(locked, reason="x", by=cast.head_office)
    assert closed_months_are_sealed() == []


def test_entries_and_payouts_are_never_changed(cast, march):
    close(cast, march)
    pay_out(cast, march, 45_000)
    for statement in (
        "UPDATE payments_shareentry SET amount = amount - 1",
        "UPDATE payments_payout SET amount = amount - 1",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_verify_finds_figures_that_are_not_those_of_the_entries(cast, march):
    row = actions.prepare_statement(march, by=cast.treasurer)
    Statement.objects.filter(pk=row.pk).update(earned=45_001, closing=45_001, sha256="0" * 64)
    assert len(statements_add_up()) == 2


# Adjustments --------------------------------------------------------------------------------------


def adjust(cast, amount: int, **more) -> Adjustment:
    facts = {"branch": cast.busan, "reason": "누락", "basis": "제3차 이사회", "by": cast.treasurer}
    return actions.enter_adjustment(amount=amount, **facts | more)


def test_a_correction_of_a_locked_month_stands_in_the_one_that_runs(cast, march):
    locked = close(cast, march)
    adjustment = adjust(cast, -5_000, corrects=locked)
    april = month(cast.busan, "2027-04")
    assert (adjustment.status, adjustment.entry.statement) == ("booked", april)
    figures = statement_figures.figures_of([april, locked])
    assert (figures[april.pk].opening, figures[april.pk].adjusted) == (45_000, -5_000)
    assert figures[april.pk].closing == 40_000
    assert figures[locked.pk].closing == 45_000


def test_much_money_waits_for_another_person_in_one_piece_or_in_many(cast, settings):
    settings.TWO_PERSON_SHARE_WON = 100_000
    assert adjust(cast, 60_000).status == "booked"
    assert adjust(cast, -39_999).status == "booked"
    waiting = adjust(cast, 1)
    assert (waiting.status, ShareEntry.objects.count()) == ("proposed", 2)
    assert adjust(cast, 1, branch=cast.daegu).status == "booked"
    with pytest.raises(Refused):
        actions.confirm_adjustment(waiting, by=cast.treasurer)
    actions.confirm_adjustment(waiting, by=cast.head_office)
    with pytest.raises(Refused):
        actions.confirm_adjustment(waiting, by=cast.head_office)
    assert ShareEntry.objects.filter(adjustment=waiting).count() == 1
    dropped = actions.refuse_adjustment(adjust(cast, 5), reason="중복", by=cast.head_office)
    assert (dropped.status, dropped.note) == ("refused", "중복")


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("branch", {"branch": "hq"}),
        ("amount", {"amount": 0}),
        ("corrects", {"branch": "daegu", "corrects": "march"}),
        ("corrects", {"corrects": "march"}),  # which is still running
    ],
)
def test_a_senseless_adjustment_is_refused_at_its_field(cast, march, field, more):
    named = {"hq": cast.hq, "daegu": cast.daegu, "march": march}
    facts = {"amount": 1} | {name: named.get(value, value) for name, value in more.items()}
    with pytest.raises(Refused) as refusal:
        adjust(cast, **facts)
    assert refusal.value.field == field and not Adjustment.objects.exists()


# Payout -------------------------------------------------------------------------------------------


def test_exactly_what_is_due_is_paid_out_and_once(cast, march):
    with pytest.raises(Refused):
        pay_out(cast, march, 45_000)  # not locked
    locked = close(cast, march)
    for amount in (44_999, 45_001, 0, -45_000):
        with pytest.raises(Refused) as refusal:
            pay_out(cast, locked, amount)
        assert refusal.value.field == "amount"
    for day in (march.last_day, clock.today() + timedelta(days=1)):
        with pytest.raises(Refused) as refusal:
            pay_out(cast, locked, 45_000, paid_on=day)
        assert refusal.value.field == "paid_on"
    first = pay_out(cast, locked, 45_000)
    assert pay_out(cast, locked, 45_000) == first  # the bank line is matched once more
    with pytest.raises(Refused):
        pay_out(cast, locked, 45_000, reference="another")
    april = month(cast.busan, "2027-04")
    figures = statement_figures.figures_of([april])[april.pk]
    assert (figures.opening, figures.paid_out, figures.closing) == (45_000, -45_000, 0)
    assert (first.statement, first.entry.statement) == (locked, april)
    assert closed_months_are_sealed() == []


def test_an_unpaid_month_is_carried_over_and_paid_with_the_next(cast, march):
    with division.at("2027-04-10 12:00"):
        division.paid(cast.account, cast.busan)
    with division.at("2027-05-03 12:00"):
        first, second = (
            close(cast, row)
            for row in Statement.objects.filter(branch=cast.busan).order_by("month")
        )
        assert (first.closing, second.closing) == (45_000, 75_000)
        assert statement_figures.due_of(first) == 45_000
        pay_out(cast, second, 75_000)
        assert statement_figures.due_of(first) == statement_figures.due_of(second) == 0
        with pytest.raises(Refused):
            pay_out(cast, first, 45_000, reference="2")


def test_a_late_payout_of_the_earlier_month_leaves_the_rest_for_the_next(cast, march):
    with division.at("2027-04-10 12:00"):
        division.paid(cast.account, cast.busan)
    with division.at("2027-05-03 12:00"):
        first, second = (
            close(cast, row)
            for row in Statement.objects.filter(branch=cast.busan).order_by("month")
        )
        pay_out(cast, first, 45_000)
        assert statement_figures.due_of(second) == 30_000
        pay_out(cast, second, 30_000, reference="2")
        assert statement_figures.running_of(cast.busan).closing == 0


def test_what_a_branch_owes_is_carried_over_and_nothing_is_paid_out(cast):
    with division.at("2027-03-05 10:00"):
        adjust(cast, -5_000)
    with division.at("2027-04-01 09:00"):
        locked = close(cast, month(cast.busan, "2027-03"))
        assert (locked.closing, statement_figures.due_of(locked)) == (-5_000, 0)
        with pytest.raises(Refused):
            pay_out(cast, locked, 5_000)
        assert statement_figures.running_of(cast.busan).opening == -5_000
    assert statement_figures.running_of(cast.hq) is None


def test_a_reference_is_a_transfer_of_its_own(cast, march):
    with division.at("2027-03-07 10:00"):
        division.paid(cast.account, cast.daegu)
    close(cast, march), close(cast, month(cast.daegu, "2027-03"))
    pay_out(cast, march, 45_000)
    for reference in ("20270410-1", "  "):
        with pytest.raises(Refused) as refusal:
            pay_out(cast, month(cast.daegu, "2027-03"), 30_000, reference=reference)
        assert refusal.value.field == "reference"


# Papers and pages ---------------------------------------------------------------------------------


def test_the_paper_has_a_number_without_gaps_and_never_differs(cast, march, settings):
    with division.at("2027-03-07 10:00"):
        division.paid(cast.regular, cast.daegu)
    with pytest.raises(Refused):
        actions.start_paper(march, by=cast.treasurer)
    close(cast, march), close(cast, month(cast.daegu, "2027-03"))
    papers = list(Document.objects.filter(kind=Document.Kind.SETTLEMENT).order_by("number"))
    assert [(row.year, row.number, row.branch) for row in papers] == [
        (2027, 1, cast.busan),
        (2027, 2, cast.daegu),
    ]
    text = text_of(documents.pdf_of(papers[0]))
    for words in ("정산", "제2027-정산-000001호", "45,000원", "r******", "2027-03-31"):
        assert words in text
    assert "regular" not in text  # names are masked
    papers[0].refresh_from_db()
    settings.IS_DEMO = not settings.IS_DEMO
    assert text_of(documents.pdf_of(papers[0])) == text


def test_the_sheet_lists_what_was_booked(cast, march):
    adjust(cast, 7_000)
    actions.start_sheet(Statement.objects.filter(branch=cast.busan), title="x", by=cast.treasurer)
    batches.run_all()
    batch = Batch.objects.get()
    assert batch.status == Batch.Status.DONE
    with batch.file.open("rb") as file:
        rows = list(load_workbook(io.BytesIO(file.read())).active.values)
    assert [row[-1] for row in rows[1:]] == [30_000, 30_000, -15_000, 7_000]
    assert len(rows[0]) == 10
    with pytest.raises(Refused):
        actions.start_sheet(Statement.objects.none(), title="x", by=cast.treasurer)


@pytest.mark.parametrize("page", ["list", "detail", "adjustments", "branch"])
def test_pages_cost_as_much_for_three_as_for_one(cast, login, page):
    client = login("head_office" if page == "branch" else "treasurer")
    tiers = [factories.make_tier(code) for code in ("a", "b", "c")]
    costs = []
    for number in (1, 2):
        for index in range(number):
            instant = f"2027-{3 + number + index:02d}-05 10:00"
            with division.at(instant):
                for branch in (cast.busan, cast.daegu):
                    order = division.paid(cast.account, branch, 50_000)
                    order.lines.update(tier=tiers[index].code)
                    adjust(cast, 1_000, branch=branch)
        row = Statement.objects.filter(branch=cast.busan).earliest("month")
        url = {
            "list": "/staff/settlements/?year=2027",
            "detail": row.get_absolute_url(),
            "adjustments": "/staff/settlements/adjustments/",
            "branch": "/staff/branches/busan/",
        }[page]
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(url)
        assert answer.status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 21, costs


def test_another_branchs_statement_does_not_exist(cast, login, march):
    locked = close(cast, march)
    adjustment = adjust(cast, 5)
    officer, other = login("officer"), login("other_officer")
    pages = [
        locked.get_absolute_url(),
        f"{locked.get_absolute_url()}statement.pdf",
        adjustment.get_absolute_url(),
    ]
    for url in pages:
        assert officer.get(url).status_code == 200, url
        assert other.get(url).status_code == 404, url
    listed = other.get("/staff/settlements/?year=2027").context["page"]
    assert listed.paginator.count == 0
    answer = other.post("/staff/settlements/export/?year=2027&branch=busan")
    assert answer.status_code == 303 and not Batch.objects.exists()
    for verb in ("prepare", "lock", "payout"):
        assert officer.post(f"{locked.get_absolute_url()}{verb}/").status_code == 403


def test_a_long_paper_is_drawn_by_the_worker(cast, login, march, monkeypatch):
    monkeypatch.setattr("kosna.payments.statement_papers.AT_ONCE", 2)
    monkeypatch.setattr("kosna.payments.statement_papers.render_list", lambda *a, **k: b"%PDF-x")
    url = f"{close(cast, march).get_absolute_url()}statement.pdf"
    client = login("auditor")
    assert client.get(url).url.startswith("/staff/batches/")
    batches.run_all()
    assert Batch.objects.get().status == Batch.Status.DONE
    answer = client.get(url)
    assert (answer.status_code, answer.content) == (200, b"%PDF-x")


def test_the_month_is_gone_through_on_its_page(cast, login, march):
    treasurer, office = login("treasurer"), login("head_office")
    url = march.get_absolute_url()
    assert treasurer.get("/staff/settlements/?year=2027").content.count(url.encode()) == 1
    assert treasurer.post(f"{url}prepare/").status_code == 302
    assert treasurer.post(f"{url}approve/").status_code == 303  # not by who prepared it
    assert office.post(f"{url}return/", {"return-reason": ""}).status_code == 422
    assert office.post(f"{url}return/", {"return-reason": "x"}).status_code == 302
    treasurer.post(f"{url}prepare/")
    assert office.get("/staff/").content.count(url.encode()) == 1  # on the desk of who approves
    assert office.post(f"{url}approve/").status_code == 302
    assert office.post(f"{url}lock/").status_code == 403
    assert treasurer.post(f"{url}lock/").status_code == 302
    typed = {"payout-amount": 1, "payout-paid_on": "2027-04-01", "payout-reference": "1"}
    answer = treasurer.post(f"{url}payout/", typed)
    assert answer.status_code == 422 and answer.context["payout_form"].errors["amount"]
    typed["payout-amount"] = 45_000
    assert treasurer.post(f"{url}payout/", typed).status_code == 302
    assert Payout.objects.get().statement_id == march.pk


def test_an_adjustment_is_entered_on_its_page(cast, login, march, settings):
    settings.TWO_PERSON_SHARE_WON = 10_000
    locked = close(cast, march)
    treasurer, office = login("treasurer"), login("head_office")
    page = "/staff/settlements/adjustments/new/"
    form = treasurer.get(f"{page}?corrects={locked.pk}").context["form"]
    assert (form["branch"].value(), form["corrects"].value()) == ("busan", locked.pk)
    typed = {
        "branch": "daegu",
        "direction": "less",
        "amount": 12_000,
        "corrects": locked.pk,
        "reason": "환불 누락",
        "basis": "주문 확인",
    }
    answer = treasurer.post(page, typed)
    assert answer.status_code == 422 and answer.context["form"].errors["corrects"]
    assert treasurer.post(page, typed | {"branch": "busan"}).status_code == 302
    row = Adjustment.objects.get()
    assert (row.amount, row.status) == (-12_000, "proposed")
    assert treasurer.post(f"{row.get_absolute_url()}confirm/").status_code == 303
    assert office.get("/staff/").content.count(row.get_absolute_url().encode()) == 1
    assert office.post(f"{row.get_absolute_url()}confirm/").status_code == 302
    assert ShareEntry.objects.get(adjustment=row).amount == -12_000
    assert office.get(row.get_absolute_url()).status_code == 200

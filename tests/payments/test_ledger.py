"""The books as a list and as a file: what a period says is what was booked in it, to the won."""

import csv
import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Sum
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from kosna.audit.models import Entry
from kosna.branches.models import Appointment, Scope
from kosna.core import batches, clock
from kosna.core.models import Batch
from kosna.payments import actions, ledger
from kosna.payments.ledger_forms import LedgerFilter
from kosna.payments.models import LedgerEntry, Order, Refund
from tests import factories
from tests.conftest import Cast
from tests.members.test_desk import queries_of
from tests.payments import shop
from tests.payments.statements import deposit

pytestmark = pytest.mark.django_db


def at(day: date, hour: int = 12) -> Any:
    return clock.standing_at(datetime(day.year, day.month, day.day, hour, tzinfo=clock.KST))


def pay(order: Order, amount: int | None = None, provider: str = "bank") -> None:
    actions.record_payment(
        order=order, provider=provider, reference=f"{order.code}:{order.payments.count()}",
        method="bank_transfer", amount=order.total if amount is None else amount,
        received_at=clock.now(),
    )  # fmt: skip


def give_back(cast: Cast, order: Order, amount: int, line: Any = None) -> Refund:
    refund = actions.request_refund(
        order=order, amount=amount, line=line, reason="x", by=cast.head_office
    )
    actions.approve_refund(shop.account_for(refund), by=cast.treasurer)
    actions.send_refund(refund, by=cast.treasurer)
    actions.complete_bank_refund(refund, reference=f"R{refund.pk}", by=cast.treasurer)
    return refund


def entry_of(cause: Any) -> ledger.Split:
    return ledger.split_of(LedgerEntry.objects.with_causes().get(pk=cause.pk))


def splits(order: Order) -> list[ledger.Split]:
    return [entry_of(entry) for entry in order.entries.order_by("pk")]


# What an entry is about ---------------------------------------------------------------------------


def test_the_first_won_pay_for_the_first_line_and_the_rest_is_beyond(cast: Cast) -> None:
    order = actions.place_order(
        payable=shop.KIND, user=cast.account, branch=cast.busan, buyer_name="김하늘",
        title_ko="입회", title_en="Admission", lines=[
            shop.line(20_000, kind="admission_fee", vat_class="none"),
            shop.line(33_000, kind="ticket"),
        ], by=cast.account,
    )  # fmt: skip
    pay(order, 30_000)
    pay(order, 30_000)
    first, second = splits(order)
    assert (first.kinds, first.beyond) == ({"admission_fee": 20_000, "ticket": 10_000}, 0)
    assert (second.kinds, second.beyond) == ({"ticket": 23_000}, 7_000)
    assert (first.vat + second.vat, first.supply + second.supply) == (3_000, 50_000)


def test_whatever_is_sold_has_a_column_of_its_own(cast: Cast) -> None:
    """By the kinds that the rooms freeze on their lines."""
    sold = [
        "ticket", "ticket_change", "addon", "booth", "report",
        "dues", "admission_fee", "tier_change",
    ]  # fmt: skip
    order = actions.place_order(
        payable=shop.KIND, user=cast.account, branch=cast.busan, buyer_name="김하늘",
        title_ko="모두", title_en="All", lines=[shop.line(11_000, kind=kind) for kind in sold],
        by=cast.account,
    )  # fmt: skip
    pay(order)
    [split] = splits(order)
    assert split.kinds == dict.fromkeys(sold, 11_000)
    names = [str(ledger.kind_name(kind)) for kind in sold]
    assert not set(names) & set(sold) and set(names) < set(ledger.headings())


def test_a_refund_of_a_line_takes_from_that_line_with_its_vat(cast: Cast) -> None:
    order = shop.order_of(cast.account, cast.busan, 33_000, 55_000)
    pay(order)
    give_back(cast, order, 33_000, order.lines.first())
    paid, back = splits(order)
    assert (paid.vat, paid.supply, paid.beyond) == (8_000, 80_000, 0)
    assert (back.vat, back.supply, back.beyond) == (-3_000, -30_000, 0)


def test_what_was_paid_too_much_goes_back_as_that(cast: Cast) -> None:
    order = shop.order_of(cast.account, cast.busan)
    pay(order)
    pay(order, 5_000)
    give_back(cast, order, 5_000)
    assert [row.beyond for row in splits(order)] == [0, 5_000, -5_000]
    assert splits(order)[-1].kinds == {}


amounts = st.lists(st.integers(1, 60_000), min_size=1, max_size=4)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(prices=amounts, paid=amounts)
def test_splits_of_an_order_sum_to_what_it_holds(cast: Cast, prices: Any, paid: Any) -> None:
    order = shop.order_of(cast.account, cast.busan, *prices)
    for won in paid:
        pay(order, won)
    rows = splits(order)
    assert [sum(row.kinds.values()) + row.beyond for row in rows] == paid
    assert sum(row.beyond for row in rows) == max(sum(paid) - sum(prices), 0)
    if sum(paid) >= sum(prices):
        assert sum(row.vat for row in rows) == sum(line.vat for line in order.lines.all())


# A period of it -----------------------------------------------------------------------------------


@pytest.fixture
def year(cast: Cast) -> Cast:
    """Money of two branches over some months, some of it back, some of it nobody's."""
    for day, branch, won in (
        (date(2026, 1, 31), cast.busan, 33_000),
        (date(2026, 2, 1), cast.daegu, 55_000),
        (date(2026, 2, 28), cast.busan, 11_000),
        (date(2026, 4, 2), cast.busan, 22_000),
    ):
        with at(day, 23):
            order = shop.order_of(cast.account, branch, won)
            pay(order)
    with at(date(2026, 3, 5)):
        give_back(cast, Order.objects.earliest("pk"), 3_000)
    with at(date(2026, 3, 31), 0):
        deposit(cast, "누군가", 7_000)
    return cast


def told(cast: Cast, format: str = "csv", who: Any = None, **query: str) -> list[dict[str, Any]]:
    """The rows of an export, as the worker writes it."""
    by = who or cast.treasurer
    asked = LedgerFilter(query, scope=Scope.of(by, "payments.view_ledger")).asked()
    batch = actions.start_ledger_file(asked, format=format, reason="결산 보고", by=by)
    batches.run_all()
    batch.refresh_from_db()
    assert batch.status == Batch.Status.DONE, batch.note
    with batch.file.open("rb") as file:
        content = file.read()
    if format == "csv":
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    rows = [
        list(row) for row in load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    ]
    start = next(i for i, row in enumerate(rows) if row[1] is not None)
    return [dict(zip(rows[start], row, strict=True)) for row in rows[start + 1 :]]


def net(rows: list[dict[str, Any]]) -> int:
    return sum(int(row["입금"] or 0) - int(row["출금"] or 0) for row in rows)


days = st.dates(date(2026, 1, 1), date(2026, 5, 1))


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(one=days, other=days)
def test_every_period_says_what_was_booked_in_it(year: Cast, one: date, other: date) -> None:
    first, last = sorted((one, other))
    balances = ledger.balances(LedgerEntry.objects.all(), first, last)
    total = ledger.total_of(balances)
    booked = LedgerEntry.objects.between(first, last).aggregate(sum=Sum("amount"))["sum"] or 0
    by_day = [e for e in LedgerEntry.objects.all() if first <= clock.kst_date(e.booked_at) <= last]
    assert total.came + total.went == booked == sum(entry.amount for entry in by_day)
    earlier = [e for e in LedgerEntry.objects.all() if clock.kst_date(e.booked_at) < first]
    assert total.opening == sum(entry.amount for entry in earlier)
    if by_day:
        rows = told(year, since=f"{first}", until=f"{last}")
        assert (net(rows), len(rows)) == (booked, len(by_day))


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_the_file_says_the_same_as_the_books(year: Cast, format: str) -> None:
    rows = told(year, format, since="2026-01-01", until="2026-12-31")
    assert net(rows) == 33_000 + 55_000 + 11_000 + 22_000 - 3_000 + 7_000
    assert sum(int(row["공급가액"]) + int(row["부가세"]) for row in rows) == net(rows) - 7_000
    assert [str(row["날짜"])[:10] for row in rows] == [
        "2026-01-31", "2026-02-01", "2026-02-28", "2026-03-05", "2026-03-31", "2026-04-02",
    ]  # fmt: skip


def test_a_month_is_a_month_of_seoul(year: Cast) -> None:
    assert [len(told(year, month=month)) for month in ("2026-01", "2026-02", "2026-04")] == [
        1,
        2,
        1,
    ]


def test_no_cell_is_a_formula(cast: Cast) -> None:
    order = shop.order_of(cast.account, cast.busan)
    Order.objects.update(buyer_name="=HYPERLINK(1)")
    pay(order)
    [row] = told(cast)
    assert row["납부자"] == "'=HYPERLINK(1)"
    batch = actions.start_ledger_file(
        LedgerFilter({}, scope=_scope(cast)).asked(),
        format="xlsx",
        reason="결산 보고",
        by=cast.treasurer,
    )
    batches.run_all()
    batch.refresh_from_db()
    with batch.file.open("rb") as file:
        sheet = load_workbook(io.BytesIO(file.read())).active
    assert "f" not in {cell.data_type for line in sheet.iter_rows() for cell in line}


def _scope(cast: Cast) -> Any:
    return Scope.of(cast.treasurer, "payments.view_ledger")


def test_an_export_is_on_record_with_its_reason_and_its_people(year: Cast, login: Any) -> None:
    client = login("treasurer")
    address = "/staff/ledger/export/?month=2026-02&branch=busan"
    assert client.post(address, {"format": "csv", "reason": "결산 보고"}).status_code == 302
    record = Entry.objects.get(verb="payments.export_ledger")
    assert (record.reason, record.subjects) == ("결산 보고", [year.account.pk])
    assert record.facts["rows"] == 1 and record.branch.code == "busan"
    assert client.post(address, {"format": "csv"}).status_code == 422
    assert Entry.objects.filter(verb="payments.export_ledger").count() == 1


def test_the_file_is_of_what_was_there_and_may_still_be_seen(year: Cast) -> None:
    form = LedgerFilter({"since": "2026-01-01", "until": "2026-12-31"}, scope=_scope(year)).asked()
    batch = actions.start_ledger_file(form, format="csv", reason="결산 보고", by=year.treasurer)
    with at(date(2026, 5, 1)):
        pay(shop.order_of(year.account, year.busan))
    Appointment.objects.filter(user=year.treasurer).delete()
    factories.appoint(year.treasurer, Appointment.Role.TREASURER, year.daegu)
    batches.run_all()
    batch.refresh_from_db()
    with batch.file.open("rb") as file:
        lines = file.read().decode("utf-8-sig").splitlines()
    assert len(lines) == 2 and "55000" in lines[1]


# The page -----------------------------------------------------------------------------------------


def context(client: Client, address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200
    return response.context_data  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("query", "won"),
    [
        ("month=2026-01", [33_000]),
        ("since=2026-02-01&until=2026-03-05", [-3_000, 11_000, 55_000]),
        ("month=2026-02&branch=daegu", [55_000]),
        ("since=2026-01-01&until=2026-12-31&account=unidentified:bank", [7_000]),
        ("since=2026-01-01&until=2026-12-31&cause=refund", [-3_000]),
        ("month=2026-02&method=card", []),
        ("month=99", "this month"),
    ],
)
def test_filters_stand_in_the_address(
    year: Cast, login: Callable[[str], Client], query: str, won: Any
) -> None:
    with at(date(2026, 4, 20)):
        page = context(login("treasurer"), f"/staff/ledger/?{query}")
    rows = [row.entry.amount for row in page["page"]]
    assert rows == ([22_000] if won == "this month" else won)
    assert page["total"].came + page["total"].went == sum(rows)


def test_a_branchs_treasurer_sees_that_branch_alone(year: Cast, login: Any) -> None:
    factories.appoint(year.other_officer, Appointment.Role.TREASURER, year.daegu)
    client = login("other_officer")
    address = "/staff/ledger/?since=2026-01-01&until=2026-12-31"
    page = context(client, address)
    assert [row.entry.amount for row in page["page"]] == [55_000]
    assert page["total"].closing == 55_000
    assert [row.entry.amount for row in context(client, f"{address}&branch=busan")["page"]] == [
        55_000
    ]
    assert len(told(year, who=year.other_officer, since="2026-01-01", until="2026-12-31")) == 1


def test_payers_of_unidentified_deposits_are_masked_for_who_matches_none(
    year: Cast, login: Any
) -> None:
    address = "/staff/ledger/?since=2026-01-01&until=2026-12-31&cause=line"
    names = [context(login(who), address)["page"][0].payer for who in ("treasurer", "auditor")]
    assert names == ["누군가", "누*가"]


def test_the_ledger_takes_as_many_statements_for_one_entry_as_for_three(
    cast: Cast, login: Any
) -> None:
    client = login("treasurer")

    def one_more() -> int:
        order = shop.order_of(cast.account, cast.busan, 11_000, 22_000)
        pay(order)
        give_back(cast, order, 1_000, order.lines.first())
        return queries_of(client, "/staff/ledger/")

    assert one_more() == [one_more(), one_more()][-1] < 40


def test_who_was_looked_at_is_on_record(year: Cast, login: Any) -> None:
    login("auditor").get("/staff/ledger/?month=2026-02")
    look = Entry.objects.filter(verb="privacy.view").latest("pk")
    assert look.subjects == [year.account.pk] and look.facts["page"] == "/staff/ledger/"


def test_an_empty_period_says_so_and_exports_nothing(cast: Cast, login: Any) -> None:
    client = login("treasurer")
    assert not context(client, "/staff/ledger/?month=2020-01")["page"].object_list
    answer = client.post(
        "/staff/ledger/export/?month=2020-01", {"format": "csv", "reason": "결산 보고"}
    )
    assert answer.status_code in (302, 303) and not Batch.objects.exists()


def test_a_day_begins_at_midnight_in_seoul(cast: Cast) -> None:
    with clock.standing_at(clock.start_of(date(2026, 3, 1)) - timedelta(microseconds=1)):
        pay(shop.order_of(cast.account, cast.busan, 1_000))
    with clock.standing_at(clock.start_of(date(2026, 3, 1))):
        pay(shop.order_of(cast.account, cast.busan, 2_000))
    february, march = (
        ledger.total_of(ledger.balances(LedgerEntry.objects.all(), day, clock.last_of_month(day)))
        for day in (date(2026, 2, 1), date(2026, 3, 1))
    )
    assert (february.came, march.opening, march.came) == (1_000, 1_000, 2_000)

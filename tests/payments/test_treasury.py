"""The treasurer's page: each figure is what its link shows, and nothing of another branch."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from kosna.branches.models import Appointment
from kosna.core import clock
from kosna.payments import actions, treasury
from kosna.payments.models import Disagreement, Order, ProviderEvent, Refund, Task
from tests import factories
from tests.conftest import Cast
from tests.members.test_desk import queries_of
from tests.payments import shop
from tests.payments import statements as bank
from tests.payments.statements import deposit

pytestmark = pytest.mark.django_db
TODAY = date(2026, 4, 20)


@pytest.fixture(autouse=True)
def standing() -> Iterator[None]:
    with clock.standing_at(datetime(2026, 4, 20, 12, tzinfo=clock.KST)):
        yield


def ordered(cast: Cast, ago: int, won: int, branch: Any = None, pay: str = "") -> Order:
    """Ordered so many days ago; paid at once by the method named."""
    with clock.standing_at(datetime(2026, 4, 20, 11, tzinfo=clock.KST) - timedelta(days=ago)):
        order = shop.order_of(cast.account, branch or cast.busan, won)
        if pay:
            actions.record_payment(
                order=order, provider="bank", reference=order.code, method=pay,
                amount=won, received_at=clock.now(),
            )  # fmt: skip
    return order


@pytest.fixture
def busy(cast: Cast) -> Cast:
    for ago, won in enumerate((1_000, 2_000, 4_000)):
        ordered(cast, ago, won, pay="bank_transfer")
        ordered(cast, 30 + ago, 8 * won, cast.daegu, pay="virtual_account")
    ordered(cast, 20, 100, pay="account_transfer")  # 31 March: after the same days
    for ago in (0, 7, 8, 30, 31, 90, 91, 400):
        ordered(cast, ago, 10_000 + ago)
    ordered(cast, 7, 50_000, cast.daegu)
    part = ordered(cast, 3, 30_000)
    actions.record_payment(
        order=part, provider="bank", reference="part", method="bank_transfer", amount=12_000,
        received_at=clock.now(),
    )  # fmt: skip
    payments = [row.payments.get() for row in Order.objects.filter(status=Order.Status.PAID)]
    for payment, status in zip(payments, Refund.CLAIMS, strict=False):
        if status != Refund.Status.DONE:
            Refund.objects.create(
                order=payment.order, payment=payment, amount=payment.amount // 2, reason="x",
                status=status,
            )  # fmt: skip
    for index, payer in enumerate(("누군가", "아무개", "모름")):
        row = deposit(cast, payer, 5_000 + index)
        if index == 2:
            actions.set_aside(row, note="x", by=cast.treasurer)
    actions.settlement.raise_task(Task.Kind.REFUSED, part, None, "x")
    account = bank.account_of(cast.hq)
    sent = Refund.objects.get(status=Refund.Status.SENT)
    for won in (sent.amount, sent.amount + 1):
        when = clock.now() + timedelta(minutes=5)
        content = bank.kb(("account", -won, when), start=won * 10)
        bank.imported(content, account, by=cast.treasurer)
    for kind, reference in (("missing", "a"), ("missing", "b"), ("amount", "c")):
        Disagreement.objects.create(kind=kind, provider="stripe", reference=reference)
    ProviderEvent.objects.create(
        provider="stripe", event="e", type="x", payload={}, outcome="quarantined"
    )
    return cast


def page_of(client: Client, address: str) -> dict[str, Any]:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.context_data  # type: ignore[attr-defined, no-any-return]


def figures_of(client: Client) -> list[treasury.Figure]:
    page = page_of(client, "/staff/treasury/")
    cash = page["cash"]
    rows = [*cash.by_method, *cash.by_branch, cash.total]
    return [
        *(figure for row in rows for figure in (row.this, row.same, row.last)),
        *page["outstanding"],
        *page["refunds"],
        *page["doubtful"],
    ]


def won_of(row: Any) -> int:
    if isinstance(row, Order):
        return row.total - row.paid + row.refunded  # type: ignore[attr-defined, no-any-return]
    if isinstance(row, tuple):  # a line of the bank with what it may be
        return int(row[0].outgoing)
    for name in ("amount", "left"):
        if hasattr(row, name):
            return int(getattr(row, name))
    return int(row.entry.amount)


def rows_behind(client: Client, url: str) -> list[Any]:
    """All rows of the list, page after page."""
    rows, number = [], 1
    while True:
        page = page_of(client, f"{url}{'&' if '?' in url else '?'}page={number}")["page"]
        rows += list(page.object_list)
        if not page.has_next():
            return rows
        number += 1


@pytest.mark.parametrize("who", ["treasurer", "auditor", "head_office", "other_officer"])
def test_every_figure_is_what_its_link_shows(
    busy: Cast, login: Callable[[str], Client], who: str
) -> None:
    if who == "other_officer":  # Daegu's treasurer
        factories.appoint(busy.other_officer, Appointment.Role.TREASURER, busy.daegu)
    client = login(who)
    figures = figures_of(client)
    for figure in figures:
        rows = rows_behind(client, figure.url)
        if figure.count is not None:
            assert figure.count == len(rows), figure
        if figure.won is not None:
            assert figure.won == sum(map(won_of, rows)), figure
    said = [figure for figure in figures if figure.won or figure.count]
    assert len(said) > (20 if who == "treasurer" else 8)


def test_cash_stands_beside_the_same_days_of_last_month(busy: Cast, login: Any) -> None:
    cash = page_of(login("treasurer"), "/staff/treasury/")["cash"]
    told = {row.label: (row.this.won, row.same.won, row.last.won) for row in cash.by_method}
    assert told == {
        "계좌이체": (0, 0, 100),
        "무통장입금": (7_000 + 12_000, 0, 0),
        "가상계좌": (0, 48_000, 56_000),
    }
    assert cash.total.change == 19_000 - 48_000


def test_what_is_owed_is_told_by_age(busy: Cast, login: Any) -> None:
    owed = page_of(login("treasurer"), "/staff/treasury/")["outstanding"]
    assert [(row.count, row.won) for row in owed] == [
        (4, 10_000 + 10_007 + 50_000 + 18_000),
        (2, 10_008 + 10_030),
        (2, 10_031 + 10_090),
        (2, 10_091 + 10_400),
    ]


def test_a_branchs_treasurer_sees_that_branch_alone(busy: Cast, login: Any) -> None:
    factories.appoint(busy.other_officer, Appointment.Role.TREASURER, busy.daegu)
    page = page_of(login("other_officer"), "/staff/treasury/")
    assert [row.label for row in page["cash"].by_branch] == [busy.daegu.name]
    assert page["cash"].total.last.won == 56_000
    assert [row.won for row in page["outstanding"]] == [50_000, 0, 0, 0]
    assert "reconciliation" not in " ".join(figure.url for figure in page["doubtful"])


@pytest.mark.parametrize(
    ("today", "same", "last"),
    [
        (date(2026, 3, 31), date(2026, 2, 28), date(2026, 2, 28)),
        (date(2026, 1, 15), date(2025, 12, 15), date(2025, 12, 31)),
        (date(2028, 3, 30), date(2028, 2, 29), date(2028, 2, 29)),
    ],
)
def test_short_months_have_fewer_days(today: date, same: date, last: date) -> None:
    months = treasury.Months.of(today)
    assert (months.this.last, months.same.last, months.last.last) == (today, same, last)


def test_the_page_takes_as_many_statements_for_much_as_for_little(
    cast: Cast, login: Any, busy: Cast
) -> None:
    client = login("treasurer")
    few = queries_of(client, "/staff/treasury/")
    for ago in range(12):
        ordered(cast, ago, 1_000, cast.daegu, pay="bank_transfer")
        ordered(cast, ago * 20, 1_000, cast.hq)
    assert queries_of(client, "/staff/treasury/") == few < 30
    assert figures_of(client)


def test_an_empty_treasury_is_a_page(cast: Cast, login: Any) -> None:
    assert all(not (row.won or row.count) for row in figures_of(login("treasurer")))

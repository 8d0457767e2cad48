"""What left us, found in the bank's list: payouts of branches, refunds that were wired; each line
once."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import Error, transaction
from django.test import Client

from kosna.audit.models import Entry
from kosna.branches.models import Appointment
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions, outgoing, statement_figures
from kosna.payments.models import BankLine, DepositReturn, OutgoingMatch, Payout, Refund, Statement
from kosna.verify import outgoing_lines_bear_out_once
from tests import factories
from tests.conftest import Cast
from tests.members.test_desk import queries_of
from tests.payments import division, shop
from tests.payments import statements as bank

pytestmark = pytest.mark.django_db
DUE = 30_000  # of 100,000 won of dues
numbers = iter(range(1, 10_000))


@pytest.fixture(autouse=True)
def standing() -> Iterator[None]:
    with division.at("2027-04-20 12:00"):
        yield


def locked(cast: Cast, branch: Any, *, won: int = 100_000, month: str = "2027-03") -> Statement:
    """A branch's locked statement of a month in which so many won of dues were paid."""
    with division.at(f"{month}-10 12:00"):
        division.pay(division.order_of(cast.account, branch, won))
    row = Statement.objects.latest("pk")
    with division.at("2027-04-05 12:00"):
        actions.prepare_statement(row, by=cast.treasurer)
        actions.approve_statement(row, by=cast.head_office)
        return actions.lock_statement(row, by=cast.treasurer)


def line_of(
    cast: Cast, payer: str, won: int = DUE, at: str = "2027-04-10 11:00", branch: Any = None
) -> BankLine:
    """An outgoing line of the bank's list, as an import writes it."""
    n = next(numbers)
    account = bank.account_of(branch or cast.hq, number=f"000-{(branch or cast.hq).pk}")
    when = datetime.fromisoformat(at).replace(tzinfo=clock.KST)
    content = bank.kb((payer, -won, when), start=10_000_000 + n)
    bank.imported(content, account, by=cast.treasurer)
    return BankLine.objects.outgoing().latest("pk")


def proposed(cast: Cast, line: BankLine) -> list[str]:
    targets = outgoing.targets_of(cast.treasurer)
    return [each.target.value for each in outgoing.proposals([line], targets)[line.pk]]


def typed(cast: Cast, row: Statement, day: str = "2027-04-10", reference: str = "0410") -> Payout:
    return actions.match_payout(
        row, reference=reference, paid_on=datetime.fromisoformat(day).date(), amount=DUE,
        by=cast.treasurer,
    )  # fmt: skip


def wired(cast: Cast, won: int = 5_000) -> Refund:
    """A refund by bank transfer, sent and not yet typed as done."""
    order = shop.order_of(cast.account, cast.busan)
    actions.record_payment(
        order=order, provider="bank", reference=order.code, method="bank_transfer",
        amount=order.total, received_at=clock.now(),
    )  # fmt: skip
    refund = actions.request_refund(order=order, amount=won, reason="x", by=cast.head_office)
    actions.approve_refund(shop.account_for(refund), by=cast.treasurer)
    return actions.send_refund(refund, by=cast.treasurer)


# What is proposed ---------------------------------------------------------------------------------


def test_the_branchs_name_comes_first_then_the_nearest_day(cast: Cast) -> None:
    busan, daegu = locked(cast, cast.busan), locked(cast, cast.daegu)
    line = line_of(cast, "daegu 지부")
    assert proposed(cast, line) == [f"statement:{daegu.pk}", f"statement:{busan.pk}"]


@pytest.mark.parametrize(
    ("won", "at", "fits"),
    [
        (DUE, "2027-04-01 00:00", True),
        (DUE, "2027-03-31 23:59", False),  # the month still ran
        (DUE + 1, "2027-04-10 11:00", False),
        (DUE - 1, "2027-04-10 11:00", False),
    ],
)
def test_a_payout_is_of_the_same_amount_after_its_month(
    cast: Cast, won: int, at: str, fits: bool
) -> None:
    row = locked(cast, cast.busan)
    line = line_of(cast, "busan", won, at)
    assert proposed(cast, line) == ([f"statement:{row.pk}"] if fits else [])


@pytest.mark.parametrize(
    ("day", "fits"), [("2027-04-03", True), ("2027-04-17", True), ("2027-04-18", False)]
)
def test_a_typed_payout_is_looked_for_within_a_week(cast: Cast, day: str, fits: bool) -> None:
    payout = typed(cast, locked(cast, cast.busan))
    line = line_of(cast, "부산", at=f"{day} 09:00")
    assert proposed(cast, line) == ([f"payout:{payout.pk}"] if fits else [])


def test_what_is_due_is_reckoned_as_for_one_statement(cast: Cast) -> None:
    first = locked(cast, cast.busan, month="2027-02")
    second = locked(cast, cast.busan, month="2027-03")
    due = {row.pk: row.due for row in outgoing.due_statements(cast.treasurer)}
    assert due == {row.pk: statement_figures.due_of(row) for row in (first, second)}
    typed(cast, first)
    due = {row.pk: row.due for row in outgoing.due_statements(cast.treasurer)}
    assert due == {second.pk: statement_figures.due_of(second)}


# Matching -----------------------------------------------------------------------------------------


def test_a_line_pays_a_statement_out_with_its_own_day_and_amount(cast: Cast) -> None:
    row, line = locked(cast, cast.busan), line_of(cast, "busan")
    match = actions.pay_out_by_line(line, row, by=cast.treasurer)
    payout = Payout.objects.get()
    assert (payout.statement, payout.amount, f"{payout.paid_on}") == (row, DUE, "2027-04-10")
    assert match.payout == payout and statement_figures.due_of(row) == 0
    assert Entry.objects.filter(verb="payments.match_outgoing").count() == 1


def test_a_line_is_used_once(cast: Cast) -> None:
    busan, daegu = locked(cast, cast.busan), locked(cast, cast.daegu)
    line = line_of(cast, "busan")
    actions.pay_out_by_line(line, busan, by=cast.treasurer)
    with pytest.raises(Refused):
        actions.pay_out_by_line(line, daegu, by=cast.treasurer)
    assert Payout.objects.count() == 1
    payout = typed(cast, daegu)
    with pytest.raises(Refused):
        actions.find_payout(line, payout, by=cast.treasurer)
    with pytest.raises(Error), transaction.atomic():
        OutgoingMatch.objects.create(line=line, payout=payout, matched_by=cast.treasurer)


def test_a_payout_is_borne_out_once(cast: Cast) -> None:
    payout = typed(cast, locked(cast, cast.busan))
    actions.find_payout(line_of(cast, "busan"), payout, by=cast.treasurer)
    other = line_of(cast, "busan", at="2027-04-11 10:00")
    with pytest.raises(Refused):
        actions.find_payout(other, payout, by=cast.treasurer)
    assert proposed(cast, other) == []


def test_a_line_of_another_amount_bears_nothing_out(cast: Cast) -> None:
    payout = typed(cast, locked(cast, cast.busan))
    line = line_of(cast, "busan", DUE + 1)
    with pytest.raises(Refused):
        actions.find_payout(line, payout, by=cast.treasurer)
    with pytest.raises(Error, match="of the amount that it bears out"), transaction.atomic():
        OutgoingMatch.objects.create(line=line, payout=payout, matched_by=cast.treasurer)


def test_branches_are_paid_from_the_head_offices_account(cast: Cast) -> None:
    row, line = locked(cast, cast.busan), line_of(cast, "busan", branch=cast.daegu)
    with pytest.raises(Refused):
        actions.pay_out_by_line(line, row, by=cast.treasurer)
    assert not Payout.objects.exists()


def test_what_is_unmatched_is_free_again_and_stays_recorded(cast: Cast) -> None:
    row, line = locked(cast, cast.busan), line_of(cast, "busan")
    match = actions.pay_out_by_line(line, row, by=cast.treasurer)
    actions.unmatch_outgoing(match, reason="다른 이체", by=cast.treasurer)
    payout = Payout.objects.get()
    assert proposed(cast, line) == [f"payout:{payout.pk}"]
    with pytest.raises(Refused):
        actions.unmatch_outgoing(match, reason="또", by=cast.treasurer)
    actions.find_payout(line, payout, by=cast.treasurer)
    assert [row.unmatched_at is None for row in payout.matches.order_by("pk")] == [False, True]
    assert outgoing_lines_bear_out_once() == []


def test_a_refund_on_its_way_is_done_by_its_line(cast: Cast) -> None:
    refund, line = wired(cast), line_of(cast, "account", 5_000, "2027-04-20 11:30")
    assert proposed(cast, line) == [f"refund:{refund.pk}"]
    actions.find_refund(line, refund, by=cast.treasurer)
    refund.refresh_from_db()
    assert refund.status == Refund.Status.DONE and refund.entries.get().amount == -5_000
    assert proposed(cast, line_of(cast, "account", 5_000)) == []


def test_a_line_shows_a_returned_deposit_or_something_else(cast: Cast) -> None:
    deposit = bank.deposit(cast, "누군가", 50_000, datetime(2027, 4, 1, tzinfo=clock.KST))
    line = line_of(cast, "누군가")
    actions.return_deposit(deposit, amount=DUE, reason="x", evidence=line, by=cast.treasurer)
    row = locked(cast, cast.busan)
    with pytest.raises(Refused):
        actions.pay_out_by_line(line, row, by=cast.treasurer)
    second = line_of(cast, "busan", at="2027-04-11 10:00")
    actions.pay_out_by_line(second, row, by=cast.treasurer)
    other = bank.deposit(cast, "모름", 50_000, datetime(2027, 4, 1, tzinfo=clock.KST))
    with pytest.raises(Refused):
        actions.return_deposit(other, amount=DUE, reason="x", evidence=second, by=cast.treasurer)
    with pytest.raises(Error, match="bears out"), transaction.atomic():
        DepositReturn.objects.create(
            deposit=other, amount=DUE, reason="x", evidence=second, returned_by=cast.treasurer
        )


# The pages ----------------------------------------------------------------------------------------


def shown(client: Client, query: str = "") -> list[int]:
    response = client.get(f"/staff/deposits/outgoing/{query}")
    return [line.pk for line, _match, _found in response.context_data["page"]]  # type: ignore[attr-defined]


def test_lines_of_the_size_of_a_payout_are_shown_until_they_are_matched(
    cast: Cast, login: Callable[[str], Client]
) -> None:
    row, line = locked(cast, cast.busan), line_of(cast, "busan")
    rent = line_of(cast, "임대료", 1_650_000)
    client = login("treasurer")
    assert shown(client) == [line.pk]
    assert shown(client, "?state=open") == [rent.pk, line.pk]
    assert shown(client, "?state=open&q=1,650,000원") == [rent.pk]
    address = f"/staff/deposits/outgoing/{line.pk}/match/"
    assert client.post(address, {"choice": f"statement:{row.pk}"}).status_code == 302
    assert (shown(client), shown(client, "?state=matched")) == ([], [line.pk])
    match = OutgoingMatch.objects.get()
    assert client.post(f"/staff/deposits/outgoing/matches/{match.pk}/undo/").status_code == 302
    assert shown(client) == [line.pk]


def test_only_what_is_proposed_can_be_chosen(cast: Cast, login: Any) -> None:
    row, line = locked(cast, cast.busan), line_of(cast, "busan", DUE + 1)
    client = login("treasurer")
    for choice in (f"statement:{row.pk}", "statement:0", "payout:1", "", "x"):
        client.post(f"/staff/deposits/outgoing/{line.pk}/match/", {"choice": choice})
    assert not Payout.objects.exists() and not OutgoingMatch.objects.exists()


def test_the_statements_page_proposes_and_shows_its_line(cast: Cast, login: Any) -> None:
    row, line = locked(cast, cast.busan), line_of(cast, "busan")
    client = login("treasurer")
    page = client.get(f"/staff/settlements/{row.pk}/")
    assert [found.pk for found, _why in page.context_data["bank"].proposals] == [line.pk]
    answer = client.post(
        f"/staff/deposits/outgoing/{line.pk}/match/",
        {"choice": f"statement:{row.pk}", "back": f"{row.pk}"},
    )
    assert answer.url == f"/staff/settlements/{row.pk}/"
    assert client.get(answer.url).context_data["bank"].match.line == line
    assert login("auditor").get(answer.url).context_data["bank"] is None


def test_a_branchs_treasurer_matches_none_of_the_head_offices_lines(cast: Cast, login: Any) -> None:
    factories.appoint(cast.other_officer, Appointment.Role.TREASURER, cast.daegu)
    line = line_of(cast, "daegu")
    row = locked(cast, cast.daegu)
    client = login("other_officer")
    assert shown(client, "?state=all") == []
    address = f"/staff/deposits/outgoing/{line.pk}/match/"
    assert client.post(address, {"choice": f"statement:{row.pk}"}).status_code == 404


def test_the_list_takes_as_many_statements_for_one_line_as_for_three(
    cast: Cast, login: Any
) -> None:
    client = login("treasurer")

    def one_more(branch: Any) -> int:
        row = locked(cast, branch)
        line_of(cast, f"{branch.code}")
        line = line_of(cast, f"{branch.code}", at="2027-04-11 10:00")
        wired(cast)
        actions.pay_out_by_line(line, row, by=cast.treasurer)
        return queries_of(client, "/staff/deposits/outgoing/?state=all")

    assert (
        one_more(cast.busan) == [one_more(cast.daegu), one_more(factories.make_branch("jeju"))][-1]
    )

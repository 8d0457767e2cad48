"""Refunds that the bank is handed in one file: once, on record, and sent when somebody says so."""

import io

import pytest
from openpyxl import load_workbook

from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions
from kosna.payments.models import LedgerEntry, Refund, RefundAccount, TransferFile
from kosna.payments.transfer_sheets import COLUMNS
from tests import factories
from tests.conftest import PEOPLE
from tests.events.test_rushes import at_once
from tests.members.test_desk import queries_of
from tests.payments import shop

Status = Refund.Status
PAGE = "/staff/refunds/transfers/"


def paid_by_transfer(user, branch, amount: int):
    order = shop.order_of(user, branch, amount)
    actions.record_payment(
        order=order,
        provider="bank",
        reference=f"bank:{order.code}",
        method="bank_transfer",
        amount=amount,
        received_at=clock.now(),
    )
    return order


def approved(cast, amount: int = 33_000, **account: str) -> Refund:
    order = paid_by_transfer(cast.account, cast.busan, amount)
    refund = actions.request_refund(order=order, amount=amount, reason="불참", by=cast.head_office)
    named = {"bank": "088", "number": "0101234567", "holder": "박서준"} | account
    actions.name_account(order, by=cast.account, **named)
    actions.approve_refund(refund, by=cast.treasurer)
    return Refund.objects.get(pk=refund.pk)


def made(cast, *refunds: Refund) -> TransferFile:
    chosen = [refund.pk for refund in refunds]
    return actions.make_transfer_file(Refund.objects.all(), chosen, by=cast.treasurer)


def statuses(*refunds: Refund) -> list[str]:
    return [Refund.objects.get(pk=refund.pk).status for refund in refunds]


def cells(content: bytes) -> list[list]:
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    return [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows()]


def test_a_file_goes_from_the_list_to_the_books(cast, login):
    first, second, left = approved(cast, 10_000), approved(cast, 20_000), approved(cast, 40_000)
    client = login("treasurer")
    shown = client.get(PAGE)
    assert (shown.context["ready"], shown.context["total"]) == ([first, second, left], 70_000)
    answer = client.post(f"{PAGE}make/", {"refund": [first.pk, second.pk]})
    file = TransferFile.objects.get()
    assert (answer.url, file.number, file.total) == (file.get_absolute_url(), 2, 30_000)
    assert client.get(PAGE).context["ready"] == [left]
    download = client.post(f"{answer.url}download/")
    assert download["Cache-Control"] == "private, no-store"
    assert statuses(first, second) == [Status.APPROVED] * 2  # only a file yet
    assert client.post(f"{answer.url}hand-in/").status_code == 303  # not confirmed
    assert statuses(first, second) == [Status.APPROVED] * 2
    assert client.post(f"{answer.url}hand-in/", {"confirm": "30000"}).status_code == 302
    assert statuses(first, second, left) == [Status.SENT, Status.SENT, Status.APPROVED]
    assert client.post(f"{answer.url}done/", {"reference": ""}).status_code == 422
    assert client.post(f"{answer.url}done/", {"reference": "20270101-7"}).status_code == 302
    assert statuses(first, second) == [Status.DONE] * 2
    first.refresh_from_db()
    assert first.reference == f"bank:20270101-7/{first.pk}"
    assert RefundAccount.objects.standing().count() == 1  # of the one that was left
    assert sum(LedgerEntry.objects.values_list("amount", flat=True)) == 40_000


def test_the_file_has_the_banks_columns_and_runs_nothing(cast):
    first = approved(cast, 10_000)
    second = approved(cast, 20_000, bank="004", number="12345678901234", holder="=1+1")
    file = made(cast, first, second)
    name, content = actions.download_transfer_file(file, ip=None, by=cast.treasurer)
    headings, *rows = cells(content)
    assert name == f"대량이체_{file}.xlsx"
    assert [value for value, _type in headings] == [heading for heading, _cell in COLUMNS]
    assert [row[:4] for row in rows] == [
        [("신한은행", "s"), ("0101234567", "s"), (10_000, "n"), ("박서준", "s")],
        [("KB국민은행", "s"), ("12345678901234", "s"), (20_000, "n"), ("=1+1", "s")],
    ]


def test_every_download_says_whose_numbers_left_the_house(cast, login):
    file = made(cast, approved(cast))
    client = login("treasurer")
    assert client.get(f"{file.get_absolute_url()}download/").status_code == 405
    for _ in range(2):
        client.post(f"{file.get_absolute_url()}download/")
    entries = Entry.objects.filter(verb="payments.export_transfer_file")
    assert [(entry.actor_id, entry.subjects) for entry in entries] == [
        (cast.treasurer.pk, [cast.account.pk])
    ] * 2
    assert "0101234567" not in client.get(file.get_absolute_url()).content.decode()


def test_what_was_handed_in_is_not_downloaded_or_handed_in_again(cast):
    file = made(cast, approved(cast))
    actions.hand_in_transfer_file(file, by=cast.treasurer)
    with pytest.raises(Refused):
        actions.download_transfer_file(file, ip=None, by=cast.treasurer)
    with pytest.raises(Refused):
        actions.hand_in_transfer_file(file, by=cast.treasurer)
    with pytest.raises(Refused):
        actions.drop_transfer_file(file, by=cast.treasurer)


def test_only_what_was_approved_and_has_an_account_goes_into_a_file(cast):
    ready, asked, bare = approved(cast), approved(cast), approved(cast)
    Refund.objects.filter(pk=asked.pk).update(status=Status.REQUESTED)
    RefundAccount.objects.filter(refund=bare).update(sealed=None, purged_at=clock.now())
    assert list(actions.ready_to_wire(Refund.objects.all())) == [ready]
    for chosen in ([], [asked], [ready, bare]):
        with pytest.raises(Refused):
            made(cast, *chosen)
    assert not TransferFile.objects.exists()


def test_a_refund_in_a_file_is_not_sent_by_itself(cast):
    refund = approved(cast)
    file = made(cast, refund)
    with pytest.raises(Refused):
        actions.send_refund(refund, by=cast.treasurer)
    with pytest.raises(Refused):
        made(cast, refund)
    actions.drop_transfer_file(file, by=cast.treasurer)
    assert actions.send_refund(refund, by=cast.treasurer).status == Status.SENT


def test_a_file_of_which_a_refund_was_decided_otherwise_is_not_handed_in(cast):
    first, second = approved(cast), approved(cast)
    file = made(cast, first, second)
    first.move_to(Status.REJECTED)
    for deed in (
        lambda: actions.hand_in_transfer_file(file, by=cast.treasurer),
        lambda: actions.download_transfer_file(file, ip=None, by=cast.treasurer),
    ):
        with pytest.raises(Refused):
            deed()
    assert statuses(second) == [Status.APPROVED]
    actions.drop_transfer_file(file, by=cast.treasurer)
    assert list(actions.ready_to_wire(Refund.objects.all())) == [second]


def test_what_came_back_is_not_done_with_the_rest_and_goes_into_another_file(cast):
    good, bad = approved(cast), approved(cast)
    file = made(cast, good, bad)
    actions.hand_in_transfer_file(file, by=cast.treasurer)
    actions.bounce_bank_refund(bad, reason="예금주 불일치", by=cast.treasurer)
    assert actions.complete_transfer_file(file, reference="1", by=cast.treasurer) == 1
    assert statuses(good, bad) == [Status.DONE, Status.FAILED]
    with pytest.raises(Refused):
        actions.complete_transfer_file(file, reference="1", by=cast.treasurer)
    with pytest.raises(Refused):
        made(cast, bad)  # no account yet
    shop.account_for(bad)
    again = made(cast, bad)
    actions.hand_in_transfer_file(again, by=cast.treasurer)
    actions.complete_transfer_file(again, reference="2", by=cast.treasurer)
    assert statuses(bad) == [Status.DONE]


def test_another_branch_treasurer_has_no_such_page(cast, login):
    for who, status in [("auditor", 403), ("head_office", 403), ("account", 403)]:
        assert login(who).get(PAGE).status_code == status


@pytest.mark.parametrize("who", PEOPLE)
def test_a_refund_leads_to_its_file_whom_the_file_opens_to(cast, login, who):
    """The others read its number there."""
    refund = approved(cast)
    url = made(cast, refund).get_absolute_url()
    client = login(who)
    answer = client.get(f"/staff/refunds/{refund.pk}/")
    is_led = f'href="{url}"' in answer.content.decode()
    assert is_led == (client.get(url).status_code == 200)
    assert is_led == (who == "treasurer")


def test_the_list_takes_as_many_statements_for_three_as_for_one(cast, login):
    client = login("treasurer")

    def one_more() -> None:
        made(cast, approved(cast))
        approved(cast)

    one_more()
    once = queries_of(client, PAGE)
    one_more()
    one_more()
    assert queries_of(client, PAGE) == once


def test_a_file_takes_as_many_statements_for_three_as_for_one(cast, login):
    client = login("treasurer")
    one, three = (made(cast, *(approved(cast) for _n in range(count))) for count in (1, 3))
    assert queries_of(client, f"{PAGE}{one.uuid}/") == queries_of(client, f"{PAGE}{three.uuid}/")


@pytest.mark.django_db(transaction=True)
def test_two_treasurers_at_once_make_one_file_and_hand_it_in_once():
    branch, buyer = factories.make_branch("hq"), factories.make_user()
    one, two = factories.make_user(), factories.make_user()
    order = paid_by_transfer(buyer, branch, 33_000)
    refund = actions.request_refund(order=order, amount=33_000, reason="불참", by=None)
    shop.account_for(refund)
    actions.approve_refund(refund, by=one)

    def make(by) -> object:
        return actions.make_transfer_file(Refund.objects.all(), [refund.pk], by=by)

    answers = at_once(lambda: make(one), lambda: make(two), lambda: make(one))
    [file] = [each for each in answers if isinstance(each, TransferFile)]
    assert list(TransferFile.objects.all()) == [file]

    def hand_in() -> object:
        found = TransferFile.objects.get(pk=file.pk)
        return actions.hand_in_transfer_file(found, by=two)

    assert sorted(map(str, at_once(*[hand_in] * 3)))[0] == "1"
    refund.refresh_from_db()
    assert (refund.status, refund.tries) == (Status.SENT, 1)

"""The treasurer's pages: who gets in, what they show, and that long lists cost no more."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kosna.audit.models import Entry
from kosna.core import clock
from kosna.payments import actions
from kosna.payments.models import Order, Proof, Refund, Task
from tests.payments import shop
from tests.payments.proving import invoice_for, issue, order_with
from tests.payments.proving import number as number_of


def stock(cast, number: int) -> None:
    """So many orders in Busan, each waiting, with a partial deposit, a refund and a task."""
    for _ in range(number):
        order = shop.order_of(cast.account, cast.busan, 33_000)
        actions.choose_bank_transfer(order, by=order.user)
        actions.record_payment(
            order=order,
            provider="bank",
            reference=f"bank:{order.code}",
            method="bank_transfer",
            amount=30_000,
            received_at=clock.now(),
        )
        actions.request_refund(order=order, amount=1_000, reason="x", by=cast.head_office)
        Task.objects.create(
            kind=Task.Kind.OVERPAID, order=order, note="1", key=f"overpaid:{order.pk}"
        )


LISTS = ["orders", "deposits/orders", "refunds", "money-tasks"]


@pytest.mark.parametrize("name", LISTS)
def test_long_lists_cost_no_more(cast, login, name):
    client = login("treasurer")
    costs = []
    for number in (1, 2):
        stock(cast, number)
        client.get(f"/staff/{name}/")
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"/staff/{name}/")
        assert answer.status_code == 200
        assert answer.context["page"].paginator.count == Order.objects.count()
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 12


@pytest.mark.parametrize("name", LISTS)
def test_empty_lists_say_so(cast, login, name):
    answer = login("treasurer").get(f"/staff/{name}/")
    assert answer.status_code == 200 and b'class="empty"' in answer.content


def test_another_branch_does_not_exist(cast, login):
    stock(cast, 1)
    order, refund, task = Order.objects.get(), Refund.objects.get(), Task.objects.get()
    pages = [
        f"/staff/orders/{order.code}/",
        f"/staff/refunds/{refund.pk}/",
        f"/staff/money-tasks/{task.pk}/",
    ]
    for page in pages:
        assert login("officer").get(page).status_code == 200, page
        assert login("other_officer").get(page).status_code == 404, page
        assert login("editor").get(page).status_code == 403, page
        assert login("account").get(page).status_code == 403, page
        assert login("visitor").get(page).status_code == 302, page
    seen = login("other_officer").get("/staff/orders/").context["page"]
    assert seen.paginator.count == 0


def test_reading_is_not_deciding(cast, login):
    """A branch officer sees its orders; money is moved by the treasurer."""
    stock(cast, 1)
    order, refund, task = Order.objects.get(), Refund.objects.get(), Task.objects.get()
    client = login("officer")
    for page in (
        f"/staff/deposits/{order.code}/",
        f"/staff/orders/{order.code}/refund/",
        f"/staff/orders/{order.code}/try-again/",
        f"/staff/refunds/{refund.pk}/approve/",
        f"/staff/refunds/{refund.pk}/reject/",
        f"/staff/refunds/{refund.pk}/send/",
        f"/staff/refunds/{refund.pk}/wired/",
    ):
        assert client.post(page).status_code == 403, page
    assert client.post(f"/staff/money-tasks/{task.pk}/", {"resolution": "x"}).status_code == 404
    task.refresh_from_db()
    refund.refresh_from_db()
    assert (task.status, refund.status) == (Task.Status.OPEN, Refund.Status.REQUESTED)


def test_who_saw_an_order_is_written_down(cast, login):
    stock(cast, 1)
    login("treasurer").get(f"/staff/orders/{Order.objects.get().code}/")
    seen = Entry.objects.get(verb="privacy.view")
    assert (seen.actor_id, seen.subjects) == (cast.treasurer.pk, [cast.account.pk])


def test_a_form_that_is_refused_shows_nobody_untold(cast, login):
    """What is sent wrongly comes back with the person's data on the page: that is a look too."""
    stock(cast, 1)
    order, refund, task = Order.objects.get(), Refund.objects.get(), Task.objects.get()
    pages = [
        f"/staff/deposits/{order.code}/",
        f"/staff/orders/{order.code}/refund/",
        f"/staff/refunds/{refund.pk}/reject/",
        f"/staff/money-tasks/{task.pk}/",
    ]
    client = login("treasurer")
    for page in pages:
        assert client.post(page, {}).status_code in (200, 422), page
    looks = Entry.objects.filter(verb="privacy.view", actor_id=cast.treasurer.pk).order_by("pk")
    assert [look.facts["page"] for look in looks] == pages


def hidden(answer) -> dict:
    form = answer.context["form"]
    return {name: form[name].value() for name in ("nonce", "seen")}


def test_a_deposit_is_confirmed_on_its_page(cast, login, order):
    actions.choose_bank_transfer(order, by=order.user)
    client = login("treasurer")
    page = f"/staff/deposits/{order.code}/"
    typed = {
        **hidden(client.get(page)),
        "received_on": clock.today().isoformat(),
        "amount": 33_000,
        "depositor": "김하늘",
    }
    assert client.post(page, typed | {"amount": "-1"}).status_code == 200
    assert client.post(page, typed | {"amount": "33000.5"}).status_code == 200
    for _ in range(2):
        assert client.post(page, typed).status_code == 302
    order.refresh_from_db()
    assert (order.status, order.payments.count()) == (Order.Status.PAID, 1)


def test_a_refund_walks_through_its_queue(cast, login, order):
    actions.record_payment(
        order=order,
        provider="bank",
        reference="bank:1",
        method="bank_transfer",
        amount=33_000,
        received_at=clock.now(),
    )
    desk, treasurer = login("head_office"), login("treasurer")
    line = order.lines.get()
    asked = {"line": line.pk, "amount": 33_000, "reason": "불참"}
    page = f"/staff/orders/{order.code}/refund/"
    assert desk.post(page, asked | {"amount": 33_001}).status_code == 200
    no_line = desk.post(page, asked | {"line": "", "ends_line": "on"})
    assert set(no_line.context["form"].errors) == {"line"}
    assert desk.post(page, asked | {"amount": 3_000, "ends_line": "on"}).status_code == 302
    assert desk.post(page, asked | {"amount": 30_000}).status_code == 302
    said, refund = Refund.objects.order_by("pk")
    assert (said.ends_line, refund.ends_line) == (True, False)
    assert treasurer.get(f"/staff/refunds/{said.pk}/").context["takes_back"]
    assert not treasurer.get(f"/staff/refunds/{refund.pk}/").context["takes_back"]
    said.delete()
    refund.delete()
    assert desk.post(page, asked).status_code == 302
    refund = Refund.objects.get()
    assert desk.post(f"/staff/refunds/{refund.pk}/approve/").status_code == 403
    account = {"bank": "088", "number": "110-123-456789", "holder": "박서준"}
    steps = [("account", account), ("approve", {}), ("send", {}), ("wired", {"reference": "7"})]
    for step, data in steps:
        assert treasurer.get(f"/staff/refunds/{refund.pk}/").status_code == 200
        assert treasurer.post(f"/staff/refunds/{refund.pk}/{step}/", data).status_code == 302
    refund.refresh_from_db()
    order.refresh_from_db()
    assert (refund.status, order.status) == (Refund.Status.DONE, Order.Status.REFUNDED)
    assert treasurer.get(f"/staff/orders/{order.code}/").status_code == 200


def test_a_task_is_done_by_a_name(cast, login):
    stock(cast, 1)
    task = Task.objects.get()
    page = f"/staff/money-tasks/{task.pk}/"
    client = login("treasurer")
    assert client.post(page, {"resolution": ""}).status_code == 200
    assert client.post(page, {"resolution": "환불함"}).status_code == 302
    task.refresh_from_db()
    assert (task.status, task.done_by) == (Task.Status.DONE, cast.treasurer)
    assert client.get(page).status_code == 200


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 2),
        ("status=pending", 1),
        ("status=nonsense", 2),
        ("method=free", 1),
        ("branch=busan", 1),
        ("q=ACCOUNT", 1),
        ("since=2099-01-01", 0),
        ("until=2000-01-01", 0),
        ("since=yesterday", 2),
    ],
)
def test_filters_stand_in_the_address(cast, login, query, number):
    shop.order_of(cast.account, cast.busan)
    free = shop.order_of(cast.regular, cast.daegu, 0)
    actions.settle_free(free, by=free.user)
    answer = login("treasurer").get(f"/staff/orders/?{query}")
    assert answer.context["page"].paginator.count == number


def test_a_deposit_is_offered_where_one_may_come(cast, login):
    client = login("treasurer")

    def offered(order):
        return f"/staff/deposits/{order.code}/" in client.get(
            f"/staff/orders/{order.code}/"
        ).content.decode().replace("&amp;", "&")

    order = shop.order_of(cast.account, cast.busan, 33_000)
    assert offered(order)
    actions.record_payment(
        order=order,
        provider="stripe",
        reference="ch_1",
        method="card",
        amount=33_000,
        received_at=clock.now(),
    )
    assert not offered(order)
    bank = shop.order_of(cast.account, cast.busan, 33_000)
    actions.choose_bank_transfer(bank, by=bank.user)
    assert offered(bank)


# Proofs at the desk --------------------------------------------------------------------------


def proofs_in_stock(cast, number: int) -> None:
    """So many in Busan, each over two lines; every other one issued."""
    for n in range(number):
        order = order_with(cast, shop.line(110_000), shop.line(55_000))
        proof = invoice_for(order.payments.get())
        if n % 2:
            issue(proof, cast, number_of(Proof.objects.count()))
        order_with(cast)  # for which nobody asks


@pytest.mark.parametrize("name", ["proofs/", "proofs/unasked/"])
def test_lists_of_proofs_cost_no_more(cast, login, name):
    client, costs = login("treasurer"), []
    for number in (1, 2):
        proofs_in_stock(cast, number)
        client.get(f"/staff/{name}")
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"/staff/{name}")
        assert answer.context["page"].paginator.count == Proof.objects.count()
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 16


def test_the_queue_is_filtered_by_its_address(cast, login):
    proofs_in_stock(cast, 2)
    mine, issued = Proof.objects.order_by("pk")
    Proof.objects.filter(pk=mine.pk).update(due_on=clock.today() - timedelta(days=1))
    client = login("treasurer")

    def found(**asked: object) -> list[int]:
        page = client.get("/staff/proofs/", asked).context["page"]
        return [proof.pk for proof, _sums, _change in page]

    assert found() == [mine.pk, issued.pk]  # what waits stands first
    assert found(status="waiting") == found(status="requested") == [mine.pk]
    assert found(due="overdue") == found(due="week") == [mine.pk]
    assert found(kind="cash") == found(branch="daegu") == found(q="없는 이름") == []
    assert found(q=issued.last_issue.number) == [issued.pk]
    assert found(q="123-45-67891 가온") == found(status="no such")
    assert "기한" in client.get("/staff/proofs/").content.decode()
    desk = client.get("/staff/")
    waiting = next(one for one in desk.context["queues"] if one["queue"].name == "proofs")
    assert [row.pk for row in waiting["rows"]] == [mine.pk]
    assert f"/staff/proofs/{mine.pk}/" in desk.content.decode()


def test_the_treasurer_issues_and_others_look(cast, login):
    proofs_in_stock(cast, 1)
    proof = Proof.objects.get()
    page = f"/staff/proofs/{proof.pk}/"
    assert login("other_officer").get(page).status_code == 404
    officer = login("officer")
    assert officer.get(page).status_code == 200
    assert b"/issue/" not in officer.get(page).content
    for deed in ("issue", "correct", "take-back", "cancel"):
        assert officer.post(f"{page}{deed}/").status_code == 403, deed
    client = login("treasurer")
    wrong = client.post(f"{page}issue/", {"number": "1", "issued_on": clock.today()})
    assert wrong.status_code == 422
    assert set(wrong.context["issue_form"].errors) == {"number"}
    answer = client.post(f"{page}issue/", {"number": number_of(1), "issued_on": clock.today()})
    assert answer.status_code == 302
    proof.refresh_from_db()
    assert proof.status == Proof.Status.ISSUED
    assert Entry.objects.filter(verb="privacy.view", actor_id=cast.officer.pk).exists()


def test_the_desk_asks_on_behalf_of_a_buyer(cast, login):
    order = order_with(cast)
    page = f"/staff/orders/{order.code}/payments/{order.payments.get().pk}/cash-receipt/"
    client = login("officer")
    assert page in client.get(f"/staff/orders/{order.code}/").content.decode()
    answer = client.post(page, {"purpose": "expense", "identity": "123-45-67891"})
    assert answer["Location"] == f"/staff/orders/{order.code}/"
    proof = Proof.objects.get()
    assert (proof.identity, proof.requested_by) == ("1234567891", cast.officer)
    assert login("other_officer").get(page).status_code == 404
    assert login("auditor").get(page).status_code == 403


def test_the_export_takes_what_the_list_shows(cast, login):
    proofs_in_stock(cast, 1)
    client = login("treasurer")
    page = "/staff/proofs/export/"
    assert client.post(f"{page}?branch=daegu", {"kind": "tax"}).status_code == 303  # none there
    answer = client.post(f"{page}?status=waiting", {"kind": "tax"})
    assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
    assert answer["Cache-Control"] == "private, no-store"
    assert login("officer").post(page, {"kind": "tax"}).status_code == 403

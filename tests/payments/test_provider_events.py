"""What the provider tells us and does not fit: set aside, shown to staff, applied after mending."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kosna.audit.models import Entry
from kosna.core import clock
from kosna.mail import post
from kosna.mail.models import Message
from kosna.payments import actions
from kosna.payments.models import Attempt, Order, Payment, ProviderEvent, Task
from kosna.payments.providers.stripe import facts_of
from tests.payments import shop

Outcome = ProviderEvent.Outcome
LIST = "/staff/provider-events/"


@pytest.fixture
def completed(sandbox, attempt) -> dict:
    """Paid, and the event that tells so not yet delivered."""
    sandbox.pay(attempt.session)
    return sandbox.events("checkout.session.completed")[0]


@pytest.fixture
def aside(completed, attempt, deliver) -> ProviderEvent:
    """33,000 won were paid where the attempt, by mistake, asks for 55,000."""
    Attempt.objects.update(amount=55_000)
    assert deliver(completed).status_code == 200
    return ProviderEvent.objects.get()


def page(row: ProviderEvent, way: str = "") -> str:
    return f"{LIST}{row.pk}/{way}"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"account": "acct_other"}, "acct_other"),
        ({"livemode": True}, ""),
        ({"amount_total": 1}, "33000"),
        ({"currency": "usd"}, "usd"),
    ],
)
def test_what_is_for_another_account_mode_amount_or_currency_is_set_aside(
    completed, deliver, order, changes, why
):
    for name, value in changes.items():
        (completed if name in completed or name == "account" else completed["data"]["object"])[
            name
        ] = value
    deliver(completed)
    row = ProviderEvent.objects.get()
    assert (row.outcome, why in row.note) == (Outcome.QUARANTINED, True)
    assert not Payment.objects.exists()
    mail = Message.objects.get(template="payment_quarantined")
    assert page(row) in post.render(mail)[1]


def test_a_refund_of_another_amount_than_asked_for_is_set_aside(
    sandbox, completed, deliver, order, cast
):
    from_them = sandbox.events("checkout.session.completed")
    deliver(from_them[0])
    deliver(
        {
            **completed,
            "id": "evt_odd",
            "type": "charge.dispute.closed",
            "data": {
                "object": {
                    "id": "du_odd",
                    "amount": 33_001,
                    "currency": "krw",
                    "payment_intent": order.payments.get().reference,
                    "status": "lost",
                }
            },
        }
    )
    row = ProviderEvent.objects.get(event="evt_odd")
    assert row.outcome == Outcome.QUARANTINED
    assert not order.refunds.exists()


def test_it_is_applied_again_after_mending(aside, login, order):
    client = login("treasurer")
    assert client.get(page(aside)).status_code == 200
    refused = client.post(page(aside, "apply/"))
    assert refused.status_code == 200 and refused.context["apply_form"].errors
    Attempt.objects.update(amount=33_000)
    assert client.post(page(aside, "apply/")).status_code == 302
    aside.refresh_from_db()
    order.refresh_from_db()
    assert (aside.outcome, order.status) == (Outcome.APPLIED, Order.Status.PAID)
    assert aside.decided_by.email == "treasurer@example.test"
    assert Entry.objects.filter(verb="payments.apply_event").count() == 1
    assert Task.objects.get().status == Task.Status.DONE
    assert client.post(page(aside, "apply/")).status_code == 200  # done already, and says so
    assert order.payments.count() == 1
    assert client.get(page(aside)).status_code == 200


def test_a_person_may_book_what_was_really_paid(aside, login, order):
    assert login("treasurer").post(page(aside, "apply/"), {"any_amount": "on"}).status_code == 302
    order.refresh_from_db()
    assert (order.sum_paid(), order.status) == (33_000, Order.Status.PAID)


def test_it_is_put_aside_for_good_with_a_reason(aside, login, order):
    client = login("treasurer")
    assert client.post(page(aside, "ignore/"), {"reason": ""}).status_code == 200
    assert client.post(page(aside, "ignore/"), {"reason": "시험 결제"}).status_code == 302
    aside.refresh_from_db()
    assert (aside.outcome, order.payments.count()) == (Outcome.IGNORED, 0)
    assert Entry.objects.get(verb="payments.ignore_event").reason == "시험 결제"
    assert client.post(page(aside, "ignore/"), {"reason": "x"}).status_code == 303  # says why not


def test_looking_is_not_deciding(aside, login):
    client = login("auditor")
    shown = client.get(page(aside))
    assert shown.status_code == 200 and not shown.context["may_decide"]
    for way in ("apply/", "ignore/"):
        assert client.post(page(aside, way), {"reason": "x"}).status_code == 403


def test_nobody_answers_while_it_is_applied(aside, login, sandbox):
    sandbox.fail_next(times=3)
    answer = login("treasurer").post(page(aside, "apply/"))
    assert answer.status_code == 200 and answer.context["apply_form"].non_field_errors()


def make_rows(number: int) -> None:
    ProviderEvent.objects.bulk_create(
        ProviderEvent(
            provider="stripe",
            event=f"evt_{ProviderEvent.objects.count()}_{index}",
            type="checkout.session.completed",
            payload={"object": "cs_1", "order": f"ORDER{index}", "amount": 33_000},
            outcome=Outcome.QUARANTINED,
            note="?",
        )
        for index in range(number)
    )


@pytest.mark.django_db
def test_a_long_list_costs_no_more(login):
    client, costs = login("treasurer"), []
    for number in (1, 2):
        make_rows(number)
        client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(LIST).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 8


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 1),
        ("outcome=all", 3),
        ("outcome=applied", 1),
        ("outcome=nonsense", 1),
        ("q=order0", 1),
        ("outcome=all&q=cs_2", 2),
        ("q=nobody", 0),
    ],
)
def test_filters_stand_in_the_address(login, query, number):
    make_rows(1)
    for index, outcome in enumerate((Outcome.APPLIED, Outcome.IGNORED)):
        ProviderEvent.objects.create(
            provider="stripe",
            event=f"evt_other{index}",
            type="refund.created",
            payload={"object": "cs_2"},
            outcome=outcome,
        )
    answer = login("treasurer").get(f"{LIST}?{query}")
    assert answer.context["page"].paginator.count == number
    assert (b'class="empty"' in answer.content) == (number == 0)


def test_an_event_whose_process_died_is_worked_off_later(completed, deliver, order):
    """It was stored, nothing followed, and the provider gave up after three days."""
    ProviderEvent.objects.create(
        provider="stripe",
        event=completed["id"],
        type=completed["type"],
        payload=facts_of(completed),
        received_at=clock.now() - timedelta(days=3),
    )
    actions.reconcile()
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert ProviderEvent.objects.get().outcome == Outcome.APPLIED
    assert shop.happened("delivered", order) == 1

"""Who may tell us of money, and what they may make us believe."""

import json
import time
from datetime import timedelta

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client

from kosna.core import clock
from kosna.mail.models import Message
from kosna.payments import actions
from kosna.payments.models import Order, Payment, ProviderEvent, Task
from kosna.payments.sandbox.courier import signature
from tests.payments.conftest import SECRET

URL = "/webhooks/stripe/"
Outcome = ProviderEvent.Outcome


def post(payload: bytes, header: str | None):
    headers = {} if header is None else {"Stripe-Signature": header}
    client = Client(enforce_csrf_checks=True)
    return client.post(URL, payload, content_type="application/json", headers=headers)


@pytest.fixture
def paid(sandbox, attempt) -> dict:
    """The event that tells of a payment, not yet delivered."""
    sandbox.pay(attempt.session)
    return sandbox.events("checkout.session.completed")[0]


def test_a_signed_event_is_booked(sandbox, order, paid):
    assert post(*sandbox.signed(paid)).status_code == 200
    order.refresh_from_db()
    assert order.status == Order.Status.PAID


def test_both_secrets_are_valid_while_one_is_rotated_out(settings, sandbox, order, paid):
    payload, _ = sandbox.signed(paid)
    assert post(payload, signature(payload, "whsec_next")).status_code == 200
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_next"]
    assert post(payload, signature(payload, SECRET)).status_code == 400


def forged(payload: bytes) -> str:
    return signature(payload, "whsec_somebody_else")


def stale(payload: bytes) -> str:
    return signature(payload, SECRET, int(time.time()) - 301)


def from_the_future(payload: bytes) -> str:
    return signature(payload, SECRET, int(time.time()) + 3_600)


def of_another_body(payload: bytes) -> str:
    return signature(payload.replace(b"33000", b"1"), SECRET)


@pytest.mark.parametrize(
    "header",
    [
        lambda payload: None,
        lambda payload: "",
        lambda payload: "t=,v1=",
        lambda payload: "v1=00",
        lambda payload: f"t={int(time.time())}",
        forged,
        stale,
        from_the_future,
        of_another_body,
    ],
)
def test_what_is_not_signed_now_by_stripe_is_refused_and_not_kept(order, sandbox, paid, header):
    payload, _ = sandbox.signed(paid)
    assert post(payload, header(payload)).status_code == 400
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING
    assert not ProviderEvent.objects.exists() and not Payment.objects.exists()


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b'{"id": 1}', b'{"id": "a", "type": "b"}']
)
@pytest.mark.django_db
def test_signed_nonsense_is_refused(sandbox, body):
    assert post(body, signature(body, SECRET)).status_code == 400
    assert not ProviderEvent.objects.exists()


@pytest.mark.django_db
def test_only_post():
    assert Client().get(URL).status_code == 405


def test_a_replay_changes_nothing(sandbox, order, paid):
    for _ in range(3):
        assert post(*sandbox.signed(paid)).status_code == 200
    assert ProviderEvent.objects.count() == Payment.objects.count() == 1


def test_events_in_any_order_lead_to_the_same_end(sandbox, order, attempt):
    sandbox.decline(attempt.session)
    sandbox.pay(attempt.session)
    sandbox.refund(sandbox.truth()["payment_intents"][0]["id"], 10_000)
    for event in reversed(sandbox.events()):
        assert post(*sandbox.signed(event)).status_code == 200
    for event in sandbox.events():
        assert post(*sandbox.signed(event)).status_code == 200
    actions.reconcile()
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert (order.sum_paid(), order.sum_refunded()) == (33_000, 10_000)
    assert order.refunds.count() == order.payments.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_total": 1},
        {"amount_total": 3_300_000},
        {"currency": "usd"},
        {"metadata": {"env": "test", "order": "ANOTHERONE"}},
    ],
)
def test_a_signed_event_that_says_something_else_is_quarantined(sandbox, order, paid, changes):
    paid["data"]["object"] |= changes
    assert post(*sandbox.signed(paid)).status_code == 200
    assert ProviderEvent.objects.get().outcome == Outcome.QUARANTINED
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING and not Payment.objects.exists()
    assert Message.objects.filter(template="payment_quarantined").count() == 1


def test_an_amount_that_differs_at_stripe_is_quarantined(sandbox, order, attempt, paid):
    """The order asked for more than the session took."""
    type(attempt).objects.update(amount=55_000)
    assert post(*sandbox.signed(paid)).status_code == 200
    assert ProviderEvent.objects.get().outcome == Outcome.QUARANTINED
    assert not Payment.objects.exists()
    assert Task.objects.get().kind == Task.Kind.AMOUNT_DIFFERS


def test_live_events_are_quarantined_by_a_test_portal(sandbox, order, paid):
    paid["livemode"] = True
    assert post(*sandbox.signed(paid)).status_code == 200
    assert ProviderEvent.objects.get().outcome == Outcome.QUARANTINED
    assert not Payment.objects.exists()


def test_events_of_other_environments_and_kinds_are_left_alone(sandbox, order, paid, settings):
    settings.KOSNA_ENV = "demo"
    assert post(*sandbox.signed(paid)).status_code == 200
    other = {**paid, "id": "evt_other", "type": "customer.created"}
    assert post(*sandbox.signed(other)).status_code == 200
    assert set(ProviderEvent.objects.values_list("outcome", flat=True)) == {Outcome.IGNORED}
    assert not Payment.objects.exists()


def test_stripe_is_asked_to_come_again_when_it_cannot_be_asked(sandbox, order, paid):
    sandbox.fail_next(times=3)
    assert post(*sandbox.signed(paid)).status_code == 503
    assert ProviderEvent.objects.get().outcome == Outcome.RECEIVED
    assert post(*sandbox.signed(paid)).status_code == 200
    order.refresh_from_db()
    assert order.status == Order.Status.PAID


def test_stripe_is_asked_to_come_again_when_a_lock_is_held(sandbox, order, paid, monkeypatch):
    def held(*args: object, **kwargs: object) -> None:
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setattr("kosna.payments.actions.events._apply", held)
    answer = post(*sandbox.signed(paid))
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")


def test_money_after_the_deadline(sandbox, order, attempt, paid):
    """Late by a lost webhook: the thing is still there, so the order is completed after all."""
    with time_machine.travel(order.release_at + timedelta(hours=25), tick=False):
        Order.objects.update(status=Order.Status.EXPIRED, closed_at=clock.now())
    post(*sandbox.signed(paid))
    order.refresh_from_db()
    assert order.status == Order.Status.PAID


def test_a_dispute_is_a_task_and_a_lost_one_is_a_refund_once(sandbox, order, paid):
    post(*sandbox.signed(paid))
    dispute = sandbox.dispute(order.payments.get().reference)
    sandbox.close_dispute(dispute["id"], "lost")
    for event in sandbox.events()[-2:] * 2:
        assert post(*sandbox.signed(event)).status_code == 200
    assert Task.objects.get().kind == Task.Kind.DISPUTE
    order.refresh_from_db()
    assert (order.status, order.sum_refunded()) == (Order.Status.REFUNDED, 33_000)


def test_a_won_dispute_takes_nothing(sandbox, order, paid):
    post(*sandbox.signed(paid))
    dispute = sandbox.dispute(order.payments.get().reference)
    sandbox.close_dispute(dispute["id"], "won")
    for event in sandbox.events()[-2:]:
        post(*sandbox.signed(event))
    order.refresh_from_db()
    assert (order.status, order.sum_refunded()) == (Order.Status.PAID, 0)
    task = Task.objects.get()
    assert (task.status, task.done_by) == (Task.Status.DONE, None)
    assert task.resolution.startswith("승소")


def test_what_is_stored_is_small(sandbox, order, paid):
    post(*sandbox.signed(paid))
    assert len(json.dumps(ProviderEvent.objects.get().payload)) < 400

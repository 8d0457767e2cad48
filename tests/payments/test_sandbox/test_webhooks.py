"""Events: which, in what order, signed, repeated, held back and sent again."""

import json

import pytest
import stripe

from kosna.payments.sandbox import StripeError

from .conftest import PARAMS, SECRET


def intent_of(client, session):
    return client.v1.checkout.sessions.retrieve(session.id).payment_intent


def test_payment_sends_signed_events(sandbox, portal, session):
    sandbox.pay(session.id)
    assert sandbox.wait()
    assert sorted(portal.types) == ["checkout.session.completed", "payment_intent.succeeded"]
    completed = next(event for event in portal.events if "session" in event.type)
    assert completed.data.object.id == session.id
    assert completed.data.object.payment_status == "paid"


def test_signature_covers_the_body_and_the_time(sandbox, session):
    sandbox.pay(session.id)
    event = sandbox.events("checkout.session.completed")[0]
    payload, signature = sandbox.signed(event)
    assert stripe.Webhook.construct_event(payload, signature, SECRET).id == event["id"]
    for body, header, secret in (
        (payload.replace(b"66000", b"66001"), signature, SECRET),
        (payload, signature, "whsec_other"),
        (payload, sandbox.signed(event, at=1)[1], SECRET),
    ):
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(body, header, secret)


def test_every_happening_has_its_events(client, sandbox, session):
    sandbox.decline(session.id)
    sandbox.pay(session.id)
    intent = intent_of(client, session)
    client.v1.refunds.create({"payment_intent": intent, "amount": 1_000})
    refund = sandbox.refund(intent, 2_000)
    sandbox.settle_refund(refund["id"], "failed")
    dispute = sandbox.dispute(intent)
    sandbox.close_dispute(dispute["id"], "won")
    client.v1.checkout.sessions.expire(client.v1.checkout.sessions.create(PARAMS).id)
    assert [event["type"] for event in sandbox.events()] == [
        "payment_intent.payment_failed",
        "payment_intent.succeeded",
        "checkout.session.completed",
        "refund.created",
        "charge.refunded",
        "refund.created",
        "charge.refunded",
        "refund.updated",
        "refund.failed",
        "charge.dispute.created",
        "charge.dispute.closed",
        "checkout.session.expired",
    ]
    assert sandbox.truth()["balance"] == 65_000


@pytest.mark.parametrize(
    ("outcome", "status", "types"),
    [
        ("succeeded", "paid", ("payment_intent.succeeded", "async_payment_succeeded")),
        ("failed", "unpaid", ("payment_intent.payment_failed", "async_payment_failed")),
    ],
)
def test_asynchronous_payment_is_decided_later(client, sandbox, session, outcome, status, types):
    paid = sandbox.pay(session.id, later=outcome)
    assert (paid["status"], paid["payment_status"]) == ("complete", "unpaid")
    assert sandbox.truth()["captured"] == 0
    sandbox.advance(6)
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == status
    assert [event["type"] for event in sandbox.events()] == [
        "checkout.session.completed", types[0], f"checkout.session.{types[1]}",
    ]  # fmt: skip
    with pytest.raises(StripeError, match="Nothing is pending"):
        sandbox.settle(session.id)


def test_asynchronous_payment_can_wait_for_a_word(sandbox, session):
    sandbox.configure(async_delay=None)
    sandbox.pay(session.id, later="succeeded")
    sandbox.advance(72 * 3600)
    assert sandbox.settle(session.id, "failed")["payment_status"] == "unpaid"


def test_expiry_is_announced_without_anybody_asking(sandbox, portal, session):
    sandbox.advance(25 * 3600)
    assert sandbox.wait()
    assert portal.types == ["checkout.session.expired"]


def test_failed_delivery_is_tried_again_then_given_up(sandbox, portal, session):
    portal.statuses = [500, 503]
    sandbox.expire(session.id)
    assert sandbox.wait()
    assert len(portal.received) == 3
    assert len({event.id for event in portal.events}) == 1
    portal.statuses = [500] * 3
    event = portal.events[0].id
    sandbox.send(event)
    assert sandbox.wait()
    assert [(row["state"], row["attempt"]) for row in sandbox.deliveries(event)] == [
        ("delivered", 3), ("failed", 3),
    ]  # fmt: skip


def test_held_events_leave_in_the_order_asked_for(sandbox, portal, session):
    sandbox.hold()
    sandbox.pay(session.id)
    assert sandbox.wait()
    assert portal.received == []
    ids = [event["id"] for event in sandbox.events()]
    released = sandbox.release("newest", copies=2)
    assert [answer["event"] for answer in released] == [ids[1], ids[1], ids[0], ids[0]]
    assert [answer["status"] for answer in released] == [200] * 4
    assert [event.id for event in portal.events] == [ids[1], ids[1], ids[0], ids[0]]
    assert sandbox.release() == []
    portal.statuses = [500]
    assert [answer["status"] for answer in sandbox.release([ids[0], ids[1]])] == [500, 200]


def test_one_event_can_arrive_five_times_at_once(sandbox, portal, session):
    sandbox.hold()
    sandbox.expire(session.id)
    assert len(sandbox.release(copies=5, concurrently=True)) == 5
    assert portal.types == ["checkout.session.expired"] * 5


def test_copies_and_delay(sandbox, portal, session):
    sandbox.configure(copies=3, delay=0.2)
    sandbox.expire(session.id)
    assert portal.received == []
    assert sandbox.wait()
    assert len(portal.received) == 3


def test_events_carry_the_request_that_caused_them(client, sandbox, session):
    client.v1.checkout.sessions.expire(session.id, options={"idempotency_key": "expire:1"})
    assert sandbox.events()[0]["request"]["idempotency_key"] == "expire:1"
    assert json.loads(sandbox.signed(sandbox.events()[0])[0])["livemode"] is False

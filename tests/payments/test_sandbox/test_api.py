"""The real client against the sandbox: what it answers, refuses, repeats and forgets."""

import copy
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from kosna.payments.sandbox import StripeError, running_sandbox

from .conftest import PARAMS


def changed(**changes):
    return copy.deepcopy(PARAMS) | changes


def with_price(**changes):
    params = copy.deepcopy(PARAMS)
    params["line_items"][0]["price_data"].update(changes)
    return params


def test_session_starts_open_and_unpaid(client, sandbox):
    session = client.v1.checkout.sessions.create(PARAMS)
    assert (session.status, session.payment_status, session.amount_total, session.currency) == (
        "open", "unpaid", 66_000, "krw",
    )  # fmt: skip
    assert session.url == f"{sandbox.url}/pay/{session.id}"
    assert session.payment_intent is None
    assert session.metadata.to_dict() == {"order": "A-1"}


def test_paid_session_expands_down_to_the_charge(client, sandbox, session):
    sandbox.pay(session.id, "kakao_pay")
    found = client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge", "line_items"]}
    )
    assert (found.status, found.payment_status) == ("complete", "paid")
    intent = found.payment_intent
    assert (intent.status, intent.amount_received) == ("succeeded", 66_000)
    assert intent.metadata.to_dict() == {"order": "A-1"}
    assert intent.latest_charge.payment_method_details.type == "kakao_pay"
    assert [line.amount_total for line in found.line_items.data] == [66_000]
    assert client.v1.payment_intents.retrieve(intent.id).latest_charge == intent.latest_charge.id


def test_metadata_of_a_session_can_be_changed(client, session):
    updated = client.v1.checkout.sessions.update(session.id, {"metadata": {"seat": "3"}})
    assert updated.metadata.to_dict() == {"order": "A-1", "seat": "3"}


def test_lists_page_newest_first_and_filter(client, sandbox):
    ids = [client.v1.checkout.sessions.create(PARAMS).id for _ in range(3)]
    page = client.v1.checkout.sessions.list({"limit": 2})
    assert ([item.id for item in page.data], page.has_more) == ([ids[2], ids[1]], True)
    assert [item.id for item in page.auto_paging_iter()] == ids[::-1]
    sandbox.expire(ids[0])
    expired = client.v1.checkout.sessions.list({"status": "expired"})
    assert [item.id for item in expired.data] == [ids[0]]
    assert client.v1.checkout.sessions.list({"created": {"lt": 1}}).data == []
    events = client.v1.events.list({"types": ["checkout.session.expired", "refund.created"]})
    assert [event.data.object.id for event in events.data] == [ids[0]]
    assert client.v1.events.retrieve(events.data[0].id).type == "checkout.session.expired"


@pytest.mark.parametrize(
    ("params", "param", "code"),
    [
        (with_price(currency="usd"), "line_items[0][price_data][currency]", None),
        (with_price(unit_amount=40), "line_items", "amount_too_small"),
        (with_price(unit_amount="12.5"), "line_items[0][price_data][unit_amount]",
         "parameter_invalid_integer"),
        (with_price(unit_amount=-1), "line_items[0]", "parameter_invalid_integer"),
        (with_price(colour="red"), "line_items[0][price_data][colour]", "parameter_unknown"),
        (changed(colour="red"), "colour", "parameter_unknown"),
        (changed(mode="gift"), "mode", None),
        (changed(payment_method_types=["ideal"]), "payment_method_types", None),
        (changed(payment_method_types=["cash"]), "payment_method_types[0]", None),
        (changed(expires_at=1), "expires_at", None),
        (changed(expires_at=int(time.time()) + 25 * 3600), "expires_at", None),
        (changed(success_url="portal"), "success_url", "url_invalid"),
        (changed(metadata={"k" * 41: "v"}), "metadata[" + "k" * 41 + "]", None),
        (changed(allow_promotion_codes=True), "allow_promotion_codes", None),
        (with_price(unit_amount=1_000_001) | {"payment_method_types": ["samsung_pay"]},
         "payment_method_types", "amount_too_large"),
        ({"mode": "payment"}, "line_items", "parameter_missing"),
    ],
)  # fmt: skip
def test_bad_session_is_refused_with_the_name_of_the_parameter(client, params, param, code):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.checkout.sessions.create(params)
    assert (refusal.value.http_status, refusal.value.param, refusal.value.code) == (
        400, param, code,
    )  # fmt: skip
    assert client.v1.checkout.sessions.list().data == []


def test_samsung_pay_takes_exactly_two_million_won(client):
    params = with_price(unit_amount=1_000_000) | {"payment_method_types": ["samsung_pay"]}
    assert client.v1.checkout.sessions.create(params).amount_total == 2_000_000


def test_unknown_things_are_not_found(client, sandbox):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.checkout.sessions.retrieve("cs_test_nobody")
    assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.customers.list()
    assert refusal.value.http_status == 404


@pytest.mark.parametrize("key", ["sk_live_x", "rk_test_x", "nonsense"])
def test_only_test_keys_get_in(sandbox, key):
    client = stripe.StripeClient(key, base_addresses={"api": sandbox.url})
    with pytest.raises(stripe.AuthenticationError):
        client.v1.events.list()


def test_another_api_version_is_refused(sandbox):
    client = stripe.StripeClient(
        "sk_test_x", base_addresses={"api": sandbox.url}, stripe_version="2020-08-27"
    )
    with pytest.raises(stripe.InvalidRequestError, match="version"):
        client.v1.events.list()


# Idempotency


def test_same_key_and_parameters_replay_the_same_session(client):
    first = client.v1.checkout.sessions.create(PARAMS, {"idempotency_key": "cs:1"})
    again = client.v1.checkout.sessions.create(PARAMS, {"idempotency_key": "cs:1"})
    other = client.v1.checkout.sessions.create(PARAMS, {"idempotency_key": "cs:2"})
    assert first.id == again.id != other.id
    assert again.last_response.headers["idempotent-replayed"] == "true"


def test_same_key_with_other_parameters_is_an_error(client):
    client.v1.checkout.sessions.create(PARAMS, {"idempotency_key": "cs:1"})
    with pytest.raises(stripe.IdempotencyError) as refusal:
        client.v1.checkout.sessions.create(changed(locale="en"), {"idempotency_key": "cs:1"})
    assert refusal.value.http_status == 400


def test_key_in_use_is_a_conflict(client, sandbox):
    sandbox.fail_next(operation="POST /v1/checkout/sessions", kind="slow", seconds=0.8)
    options = {"idempotency_key": "cs:1"}
    with ThreadPoolExecutor() as pool:
        first = pool.submit(client.v1.checkout.sessions.create, PARAMS, options)
        time.sleep(0.3)
        with pytest.raises(stripe.StripeError) as refusal:
            client.v1.checkout.sessions.create(PARAMS, options)
        assert refusal.value.http_status == 409
        assert refusal.value.json_body["error"]["code"] == "idempotency_key_in_use"
        assert client.v1.checkout.sessions.create(PARAMS, {"idempotency_key": "cs:2"})
        assert first.result().status == "open"


def test_refused_parameters_leave_the_key_free(client):
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.create(changed(mode="gift"), {"idempotency_key": "cs:1"})
    assert client.v1.checkout.sessions.create(PARAMS, {"idempotency_key": "cs:1"})


# Faults


@pytest.mark.parametrize(("moment", "made"), [("before", 0), ("after", 1)])
def test_error_is_replayed_whether_or_not_the_effect_happened(client, sandbox, moment, made):
    sandbox.fail_next(kind="error", moment=moment)
    for _ in range(2):
        with pytest.raises(stripe.APIError) as failure:
            client.v1.checkout.sessions.create(PARAMS, {"idempotency_key": "cs:1"})
        assert failure.value.http_status == 500
    assert len(sandbox.truth()["sessions"]) == made


@pytest.mark.parametrize("moment", ["before", "after"])
def test_call_that_times_out_can_be_repeated_under_its_key(client, sandbox, moment):
    sandbox.fail_next(kind="timeout", moment=moment)
    with pytest.raises(stripe.APIConnectionError):
        client.v1.checkout.sessions.create(PARAMS, {"idempotency_key": "cs:1"})
    assert len(sandbox.truth()["sessions"]) == (moment == "after")
    session = client.v1.checkout.sessions.create(PARAMS, {"idempotency_key": "cs:1"})
    assert [body["id"] for body in sandbox.truth()["sessions"]] == [session.id]


def test_fault_waits_for_its_operation(client, sandbox, session):
    sandbox.fail_next(operation="POST /v1/refunds")
    sandbox.pay(session.id)
    intent = client.v1.checkout.sessions.retrieve(session.id).payment_intent
    with pytest.raises(stripe.APIError):
        client.v1.refunds.create({"payment_intent": intent})
    assert client.v1.refunds.create({"payment_intent": intent}).amount == 66_000


def test_answer_outside_the_contract_is_a_500_that_says_where(client, sandbox, session):
    body = sandbox.store.get("checkout.session", session.id)
    sandbox.store.save(body | {"amount_total": "66000"})
    with pytest.raises(stripe.APIError, match=r"\$\.amount_total"):
        client.v1.checkout.sessions.retrieve(session.id)


# Refunds


@pytest.fixture
def intent(client, sandbox, session):
    sandbox.pay(session.id)
    return client.v1.checkout.sessions.retrieve(session.id).payment_intent


def test_refunds_never_exceed_what_was_captured(client, sandbox, intent):
    client.v1.refunds.create({"payment_intent": intent, "amount": 60_000})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": intent, "amount": 6_001})
    assert refusal.value.param == "amount"
    rest = client.v1.refunds.create({"payment_intent": intent, "reason": "requested_by_customer"})
    assert (rest.amount, rest.status) == (6_000, "succeeded")
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": intent})
    assert refusal.value.code == "charge_already_refunded"
    truth = sandbox.truth()
    assert (truth["captured"], truth["refunded"], truth["balance"]) == (66_000, 66_000, 0)
    found = client.v1.refunds.list({"payment_intent": intent})
    assert [refund.amount for refund in found.data] == [6_000, 60_000]
    assert client.v1.refunds.retrieve(rest.id).charge == rest.charge


def test_refunds_at_once_never_exceed_what_was_captured(client, sandbox, intent):
    def refund(_):
        try:
            return client.v1.refunds.create({"payment_intent": intent, "amount": 20_000}).amount
        except stripe.InvalidRequestError:
            return 0

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(refund, range(8))) == [0] * 5 + [20_000] * 3
    assert sandbox.truth()["refunded"] == 60_000


def test_failed_refund_gives_the_money_back(client, sandbox, intent):
    sandbox.configure(refunds="pending")
    refund = client.v1.refunds.create({"payment_intent": intent})
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    sandbox.settle_refund(refund.id, "failed")
    assert client.v1.refunds.retrieve(refund.id).failure_reason == "expired_or_canceled_card"
    assert sandbox.truth()["balance"] == 66_000
    assert sandbox.settle_refund(client.v1.refunds.create({"payment_intent": intent}).id)[
        "status"
    ] == "succeeded"  # fmt: skip


def test_unpaid_session_has_nothing_to_refund(client, sandbox, session):
    sandbox.decline(session.id)
    intent = client.v1.checkout.sessions.retrieve(session.id).payment_intent
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": intent})
    assert refusal.value.code == "payment_intent_unexpected_state"


# Expiry


def test_session_expires_by_itself(client, sandbox, session):
    sandbox.advance(24 * 3600 - 10)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    sandbox.advance(11)
    found = client.v1.checkout.sessions.retrieve(session.id)
    assert (found.status, found.url) == ("expired", None)
    with pytest.raises(StripeError, match="expired"):
        sandbox.pay(session.id)


def test_only_an_open_session_can_be_expired(client, sandbox, session):
    other = client.v1.checkout.sessions.create(PARAMS)
    assert client.v1.checkout.sessions.expire(other.id).status == "expired"
    sandbox.pay(session.id)
    for id in (session.id, other.id):
        with pytest.raises(stripe.InvalidRequestError, match="can be expired"):
            client.v1.checkout.sessions.expire(id)


def test_restart_forgets_nothing(tmp_path):
    db = str(tmp_path / "sandbox.sqlite3")
    for expected in (1, 2):
        with running_sandbox(db=db) as sandbox:
            client = stripe.StripeClient("sk_test_x", base_addresses={"api": sandbox.url})
            client.v1.checkout.sessions.create(PARAMS)
            client.v1.checkout.sessions.create(PARAMS, {"idempotency_key": "cs:1"})
            assert len(sandbox.truth()["sessions"]) == expected + 1

"""What a provider said, in the words of the desk, and its own below."""

from collections.abc import Callable

import pytest
import stripe
from django.test import Client
from django.utils import translation

from kosna.payments import failures
from kosna.payments.failures import coded, decline_label, failure_label, is_theirs
from kosna.payments.models import Attempt
from kosna.payments.providers.base import ProviderDown, ProviderRefused, over
from kosna.payments.providers.stripe import Stripe, facts_of
from tests.conftest import Cast
from tests.payments.division import order_of

EVERY = [
    *((decline_label, code) for code in failures.DECLINES),
    *((failure_label, code) for code in failures.FAILURES),
]


@pytest.mark.parametrize(
    ("label", "code"), EVERY, ids=lambda each: each if isinstance(each, str) else each.__name__
)
def test_each_code_has_a_sentence_in_either_language(
    label: Callable[[str], object], code: str
) -> None:
    said = f"{code}: Some English words."
    with translation.override("ko"):
        korean = str(label(said))
    with translation.override("en"):
        english = str(label(said))

    assert korean != english
    assert english.endswith(".")
    assert {is_theirs(said), is_theirs(code)} == {True}
    assert (str(label(code)), code in korean) == (str(label(said)), False)


@pytest.mark.parametrize(
    "said", ["중복 결제", "the buyer asked for it", "duplicate", "Fraud: two of them", ""]
)
def test_what_people_wrote_stays_as_it_is(said: str) -> None:
    assert (decline_label(said), failure_label(said), is_theirs(said)) == (said, said, False)


def test_a_code_that_we_do_not_know_is_a_refusal_all_the_same() -> None:
    assert decline_label("brand_new_code: Oh no.") == failures._NO_PAYMENT
    assert failure_label("BRAND_NEW: 이런.") == failures._NO_REFUND
    assert failure_label("UNKNOWN: {}") == failures._NO_REFUND


def test_what_was_answered_and_not_done_is_not_silence() -> None:
    """Nobody asks again for it by itself."""
    problem = ProviderDown("APIError: An error occurred.", answered=True)
    assert failure_label(str(over(problem))) == failures._NO_REFUND
    assert decline_label(str(over(problem))) == failures._NO_PAYMENT


@pytest.mark.parametrize(
    "said",
    [
        "APIConnectionError: no route",
        "ReadTimeout: POST /v1/payments",
        "HTTP 502, no JSON",
        "PROVIDER_ERROR: 잠시 후",
        "the cancellation is not in the answer",
    ],
)
def test_silence_is_told_from_a_refusal(said: str) -> None:
    assert decline_label(said) == failure_label(said) == failures._SILENT


@pytest.mark.parametrize(
    ("code", "words", "kept"),
    [("a_b", "No.", "a_b: No."), ("a_b", None, "a_b"), (None, "No.", "No."), (None, None, "")],
)
def test_both_are_kept(code: str | None, words: str | None, kept: str) -> None:
    assert coded(code, words) == kept


@pytest.mark.parametrize(
    ("declined", "kept"),
    [("insufficient_funds", "insufficient_funds: No."), (None, "card_declined: No.")],
)
def test_what_stripe_refuses_is_kept_with_the_code_that_says_most(
    declined: str | None, kept: str
) -> None:
    def call() -> None:
        told = {"code": "card_declined", "decline_code": declined, "message": "No."}
        raise stripe.CardError("No.", None, "card_declined", json_body={"error": told})

    with pytest.raises(ProviderRefused) as refused:
        Stripe._ask(call)

    assert str(refused.value) == kept


def test_a_declined_card_is_kept_with_its_code() -> None:
    thing = {"id": "pi_1", "last_payment_error": {"code": "expired_card", "message": "No."}}

    assert facts_of({"data": {"object": thing}})["error"] == "expired_card: No."


def test_the_desk_reads_what_to_do_and_finds_the_words_below(
    cast: Cast, login: Callable[[str], Client]
) -> None:
    order = order_of(cast.regular, cast.busan, 55_000)
    Attempt.objects.create(
        order=order, provider="stripe", amount=order.total, status=Attempt.Status.FAILED,
        expires_at=order.expires_at,
        error="insufficient_funds: Your card has insufficient funds.",
    )  # fmt: skip

    page = login("regular").get(order.get_absolute_url()).content.decode()
    desk = login("treasurer").get(f"/staff/orders/{order.code}/").content.decode()

    with translation.override("ko"):
        assert str(failures._TOO_MUCH) in desk
    assert desk.count("Your card has insufficient funds.") == 1
    assert "insufficient funds" not in page

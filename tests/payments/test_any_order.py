"""Whatever happened at the provider, and however its events reach us, in any order, twice or not at
all: afterwards our books say what the provider's money says."""

from contextlib import suppress

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kosna import verify
from kosna.payments import actions
from kosna.payments.models import Order
from kosna.payments.sandbox import StripeError
from tests.payments import shop
from tests.payments.seats import another_page, books, page_of

DEEDS = ["decline", "pay", "pay later", "pay twice", "refund", "refund all", "lose", "win"]


def do(sandbox, order: Order, deed: str, intents: list[str]) -> None:
    """One deed at the provider; what is senseless by then is left out."""
    is_paid = bool(intents)
    if deed == "decline" and not is_paid:
        sandbox.decline(page_of(order).session)
    elif deed.startswith("pay") and not is_paid:
        pages = [page_of(order)]
        if deed == "pay twice":
            pages.append(another_page(order))
        for page in pages:
            later = "succeeded" if deed == "pay later" else None
            intents.append(sandbox.pay(page.session, later=later)["payment_intent"])
            if later:
                sandbox.settle(page.session)
    elif is_paid and not sandbox.engine.get("charge", charge_of(sandbox, intents[0]))["disputed"]:
        match deed:
            case "refund":
                sandbox.refund(intents[0], 5_000)
            case "refund all":
                sandbox.refund(intents[0])
            case "lose" | "win":
                dispute = sandbox.dispute(intents[0])
                sandbox.close_dispute(dispute["id"], "lost" if deed == "lose" else "won")


def charge_of(sandbox, intent: str) -> str:
    return sandbox.engine.get("payment_intent", intent)["latest_charge"]


def money_there(sandbox, intents: list[str]) -> int:
    truth = sandbox.truth()
    charges = [row for row in truth["charges"] if row["payment_intent"] in intents]
    held = sum(row["amount_captured"] - row["amount_refunded"] for row in charges)
    lost = [row for row in truth["disputes"] if row["status"] == "lost"]
    return held - sum(row["amount"] for row in lost if row["payment_intent"] in intents)


@given(
    deeds=st.lists(st.sampled_from(DEEDS), min_size=1, max_size=4),
    shuffle=st.randoms(use_true_random=False),
    copies=st.integers(min_value=0, max_value=2),
)
@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_books_say_what_the_provider_holds(sandbox, cast, deliver, deeds, shuffle, copies):
    order = shop.order_of(cast.account, cast.busan)
    known = {event["id"] for event in sandbox.events()}
    intents: list[str] = []
    for deed in ["pay", *deeds] if deeds[0] in ("refund", "refund all", "lose", "win") else deeds:
        with suppress(StripeError):  # nothing is left to refund or dispute
            do(sandbox, order, deed, intents)
    told = [event for event in sandbox.events() if event["id"] not in known] * copies
    shuffle.shuffle(told)
    for event in told:
        assert deliver(event).status_code == 200
    actions.reconcile()
    order.refresh_from_db()
    assert books(order) == money_there(sandbox, intents)
    assert order.payments.count() == len(intents)
    for check in (
        verify.ledger_matches_money,
        verify.refunds_within_payments,
        verify.paid_orders_are_paid,
        verify.paid_orders_have_one_receipt,
    ):
        assert check() == []
    if intents and books(order) == order.total:
        assert order.status == Order.Status.PAID

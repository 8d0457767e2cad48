from collections.abc import Iterator

import pytest
from django.test import Client

from kosna.core import clock
from kosna.payments import actions
from kosna.payments.models import Attempt, Order
from kosna.payments.sandbox import Sandbox, running_sandbox
from tests.conftest import make_cast
from tests.payments import shop
from tests.payments.gateways import HANDS, STRIPE_SECRET, Hands, TossHands

SECRET = STRIPE_SECRET


@pytest.fixture(scope="session")
def server() -> Iterator[Sandbox]:
    """The sandbox over real HTTP; its events are kept, and posted when a test says so."""
    with running_sandbox(secret=SECRET) as running:
        yield running


@pytest.fixture
def sandbox(server: Sandbox, settings) -> Sandbox:
    """Stripe, with empty books."""
    server.reset()
    settings.STRIPE_SECRET_KEY = "sk_test_sandbox"
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_next", SECRET]
    settings.STRIPE_API_BASE = server.url
    return server


@pytest.fixture(params=HANDS)
def gateway(request: pytest.FixtureRequest, server: Sandbox, settings) -> Hands:
    """Each gateway in turn, with empty books, and the portal set to it."""
    server.reset()
    hands = HANDS[request.param](server)
    hands.settings(settings)
    return hands


@pytest.fixture
def toss(server: Sandbox, settings) -> TossHands:
    server.reset()
    hands = TossHands(server)
    hands.settings(settings)
    return hands


@pytest.fixture
def order(cast) -> Order:
    """33,000 won that the account holder owes to Busan."""
    return shop.order_of(cast.account, cast.busan)


@pytest.fixture
def buyer(login) -> Client:
    return login("account")


@pytest.fixture
def attempt(sandbox: Sandbox, buyer: Client, order: Order) -> Attempt:
    """The buyer stands on the payment page."""
    buyer.post(f"/orders/{order.code}/pay/", {"method": "card"})
    return order.attempts.get()


@pytest.fixture
def deliver(sandbox: Sandbox):
    """``deliver(event)`` posts a sandbox event as Stripe would and returns the answer."""

    def post(event: dict, **changes: object):
        payload, header = sandbox.signed(event)
        return Client().post(
            "/webhooks/stripe/",
            payload,
            content_type="application/json",
            headers={"Stripe-Signature": header},
            **changes,
        )

    return post


@pytest.fixture
def paid_page(sandbox) -> tuple[Order, Attempt, dict]:
    """Paid at Stripe, not yet known here: (order, attempt, the event on its way)."""
    people = make_cast()
    order = shop.order_of(people.account, people.busan)
    attempt = actions.start_card_payment(order, by=people.account, language="ko")
    sandbox.pay(attempt.session)
    return order, attempt, sandbox.events("checkout.session.completed")[0]


@pytest.fixture
def wired() -> Order:
    people = make_cast()
    order = shop.order_of(people.account, people.busan)
    actions.record_payment(
        order=order,
        provider="bank",
        reference="bank:1",
        method="bank_transfer",
        amount=33_000,
        received_at=clock.now(),
    )
    return order

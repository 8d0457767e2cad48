"""A running sandbox, the real Stripe client, and a portal stand-in that notes what reaches it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stripe

from kosna.payments.sandbox import Sandbox, running_sandbox

SECRET = "whsec_sandbox_test"
PARAMS: dict[str, Any] = {
    "mode": "payment",
    "line_items": [
        {
            "price_data": {
                "currency": "krw",
                "unit_amount": 33_000,
                "product_data": {"name": "2026년 정회원 연회비"},
            },
            "quantity": 2,
        }
    ],
    "payment_method_types": ["kr_card", "kakao_pay"],
    "success_url": "http://portal.test/orders/A-1/?sid={CHECKOUT_SESSION_ID}",
    "cancel_url": "http://portal.test/orders/A-1/",
    "client_reference_id": "A-1",
    "locale": "ko",
    "metadata": {"order": "A-1"},
    "payment_intent_data": {"metadata": {"order": "A-1"}},
}


class Portal:
    """Answers webhooks with the scripted statuses, then 200, and keeps what it was sent."""

    def __init__(self) -> None:
        self.url = ""
        self.received: list[tuple[bytes, str]] = []
        self.statuses: list[int] = []

    @property
    def events(self) -> list[stripe.Event]:
        """What arrived, each verified as the portal will verify it."""
        return [
            stripe.Webhook.construct_event(payload, signature, SECRET)
            for payload, signature in list(self.received)
        ]

    @property
    def types(self) -> list[str]:
        return [event.type for event in self.events]


@pytest.fixture
def portal() -> Iterator[Portal]:
    portal = Portal()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            payload = self.rfile.read(int(self.headers["Content-Length"]))
            portal.received.append((payload, self.headers["Stripe-Signature"]))
            self.send_response(portal.statuses.pop(0) if portal.statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    portal.url = f"http://127.0.0.1:{server.server_port}/webhooks/stripe/"
    yield portal
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def sandbox(portal: Portal) -> Iterator[Sandbox]:
    with running_sandbox(
        webhook_url=portal.url, secret=SECRET, retry_after=(0.05, 0.05)
    ) as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> stripe.StripeClient:
    return stripe.StripeClient(
        "sk_test_portal", base_addresses={"api": sandbox.url}, max_network_retries=0
    )


@pytest.fixture
def session(client: stripe.StripeClient) -> stripe.checkout.Session:
    """Open, over 66,000 won."""
    return client.v1.checkout.sessions.create(PARAMS)

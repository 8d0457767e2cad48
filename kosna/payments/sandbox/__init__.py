"""A payment sandbox: two gateways' APIs, payment pages and webhooks, and no money.

The real `stripe` client talks to it over real HTTP:

    with running_sandbox(webhook_url="http://localhost:8000/webhooks/stripe/") as sandbox:
        client = StripeClient("sk_test_sandbox", base_addresses={"api": sandbox.url})

The other gateway, Toss Payments, is under `<sandbox.url>/toss` (see `toss`).

It imports nothing of the portal, so that neither can lean on what the other happens to know.
"""

from .errors import ApiError, StripeError, TossError
from .server import bind, running_sandbox
from .service import LiveKey, Sandbox, refuse_live_keys

__all__ = [
    "ApiError",
    "LiveKey",
    "Sandbox",
    "StripeError",
    "TossError",
    "bind",
    "refuse_live_keys",
    "running_sandbox",
]

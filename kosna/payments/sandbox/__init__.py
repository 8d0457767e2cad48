"""A payment sandbox: Stripe's API, payment page and webhooks, without Stripe and without money.

The real `stripe` client talks to it over real HTTP:

    with running_sandbox(webhook_url="http://localhost:8000/webhooks/stripe/") as sandbox:
        client = StripeClient("sk_test_sandbox", base_addresses={"api": sandbox.url})

It imports nothing of the portal, so that neither can lean on what the other happens to know.
"""

from .errors import StripeError
from .server import bind, running_sandbox
from .service import LiveKey, Sandbox, refuse_live_keys

__all__ = ["LiveKey", "Sandbox", "StripeError", "bind", "refuse_live_keys", "running_sandbox"]

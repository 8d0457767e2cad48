"""Serve the payment sandbox: both gateways for development, demonstration and tests, no money."""

import os
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kosna.payments.sandbox import LiveKey, Sandbox, bind, refuse_live_keys


class Command(BaseCommand):
    help = "Serves the payment sandbox (test keys only) until interrupted."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8001)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        names = [name for name in dir(settings) if name.startswith(("STRIPE", "TOSS"))]
        toss_secret = [*settings.TOSS_WEBHOOK_SECRETS, ""][0]
        try:
            refuse_live_keys({name: getattr(settings, name) for name in names})
            sandbox = Sandbox(
                webhook_url=os.environ.get(
                    "SANDBOX_WEBHOOK_URL", f"{settings.SITE_URL}/webhooks/stripe/"
                ),
                # Two secrets may be set while one is being replaced; the first signs.
                secret=[*settings.STRIPE_WEBHOOK_SECRETS, "whsec_sandbox"][0],
                toss_webhook_url=os.environ.get(
                    "SANDBOX_TOSS_WEBHOOK_URL",
                    f"{settings.SITE_URL}/webhooks/toss/{toss_secret}/" if toss_secret else "",
                ),
                db=os.environ.get("SANDBOX_DB", str(settings.VAR_DIR / "sandbox.sqlite3")),
                public_url=os.environ.get("SANDBOX_PUBLIC_URL", "").rstrip("/"),
                contract=settings.BASE_DIR / "tests" / "contracts" / "stripe-contract.json",
            )
        except LiveKey as danger:
            raise CommandError(str(danger)) from danger
        server = bind(sandbox, host, port)
        # A shell that starts us in the background has interrupts ignored; we mean to hear them.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)
        sandbox.start()
        self.stdout.write(
            f"Payment sandbox on http://{host}:{server.server_port}/sandbox/ (no real money)"
        )
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            self.stdout.write("Payment sandbox stopped")
        finally:
            server.server_close()
            sandbox.stop()

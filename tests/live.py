"""The portal as it runs: a server, the worker's jobs, and the payment sandbox, all on loopback."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core import mail

from kosna.core import jobs
from kosna.payments.sandbox import Sandbox, running_sandbox
from kosna.verify import verify

SECRET = "whsec_test"
TOSS_SECRET = "an-address-that-nobody-guesses"


@dataclass
class Portal:
    """``url`` serves this test's database; ``sandbox`` posts its events there."""

    url: str
    sandbox: Sandbox

    def work(self) -> None:
        """Everything that the sandbox and the worker owe: webhooks, mails, seals, deadlines."""
        assert self.sandbox.wait(), "an event was not delivered"
        jobs.run_due(every_job=True)

    def mails(self, to: str) -> list[Any]:
        """What arrived at an address, oldest first."""
        self.work()
        return [message for message in mail.outbox if message.to == [to]]

    def code_for(self, to: str) -> str:
        """The code in the newest mail to an address."""
        found = re.search(
            r"^([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})$", self.mails(to)[-1].body, re.MULTILINE
        )
        assert found, self.mails(to)[-1].body
        return found[1]

    def problems(self) -> dict[str, list[str]]:
        """What ``manage.py verify`` complains of, by check."""
        self.work()
        return {check: found for check, found in verify().items() if found}


@contextmanager
def running_portal(live_server: Any, settings: Any) -> Iterator[Portal]:
    with running_sandbox(
        webhook_url=f"{live_server.url}/webhooks/stripe/",
        secret=SECRET,
        toss_webhook_url=f"{live_server.url}/webhooks/toss/{TOSS_SECRET}/",
    ) as sandbox:
        settings.SITE_URL = live_server.url
        settings.STRIPE_SECRET_KEY = "sk_test_sandbox"
        settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
        settings.STRIPE_API_BASE = sandbox.url
        settings.TOSS_WEBHOOK_SECRETS = [TOSS_SECRET]
        settings.TOSS_API_BASE = sandbox.toss.url
        policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        settings.CONTENT_SECURITY_POLICY = {
            "DIRECTIVES": {**policy, "form-action": ["'self'", sandbox.url]}
        }
        yield Portal(live_server.url, sandbox)

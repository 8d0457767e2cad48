"""A storm of buyers against the portal as it runs: gunicorn's processes, the worker and the payment
sandbox, of which web and worker are killed with SIGKILL again and again while people pay.

``buyers`` and the test that calls them share the portal's database, and nothing else.
"""

import contextlib
import os
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.db import connections
from django.test import Client

from events.models import Ticket
from kosna.accounts.models import User
from kosna.payments.models import Attempt, Order
from kosna.payments.sandbox import Sandbox
from tests.conftest import BACKEND
from tests.processes import Portal, database_url

PATIENCE = 120  # seconds for which a buyer tries again
CSRF = "c" * 32


@contextlib.contextmanager
def portal_beside(sandbox: Sandbox, var: Path, port: int, secret: str) -> Iterator[Portal]:
    portal = Portal(
        var,
        port,
        {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "kosna.settings",
            "KOSNA_ENV": "development",
            "KOSNA_VAR": str(var),
            "DATABASE_URL": database_url(),
            "SECRET_KEY": settings.SECRET_KEY,
            "SITE_URL": f"http://127.0.0.1:{port}",
            "STRIPE_SECRET_KEY": "sk_test_sandbox",
            "STRIPE_WEBHOOK_SECRET": secret,
            "STRIPE_API_BASE": sandbox.url,
            "CACHE_URL": "locmemcache://",
            "LOG_LEVEL": "ERROR",
        },
    )
    try:
        portal.start("web")
        portal.start("worker")
        portal.wait()
        yield portal
    finally:
        portal.stop()


@contextlib.contextmanager
def lightning(portal: Portal, every: tuple[float, float]) -> Iterator[None]:
    """Kills web or worker, starts it again, and so on after random pauses until the end."""
    over = threading.Event()
    dice = random.Random(7)

    def strike() -> None:
        while True:
            name = dice.choice(["web", "web", "worker"])
            portal.kill(name)
            portal.start(name)
            if name == "web":
                portal.wait()
            if over.wait(dice.uniform(*every)):
                return

    thread = threading.Thread(target=strike)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


class Buyer:
    """Somebody who wants one seat, pays it by card, and tries again when the page does not come."""

    def __init__(self, user: User, portal: Portal, sandbox: Sandbox) -> None:
        client = Client()
        client.force_login(user, backend=BACKEND)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.cookie = (
            f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF}"
        )
        self.user, self.portal, self.sandbox = user, portal, sandbox

    def buy(self, ticket: Ticket, form: str, *, comes_back: bool) -> str:
        """``paid``, ``refused`` (sold out), or ``lost``: patience ran out."""
        until = time.monotonic() + PATIENCE
        order = None
        while order is None and time.monotonic() < until:
            # An answer that got lost is no order that got lost: the page is opened again.
            status, _place = self.send("POST", form, {"ticket": ticket.pk, "myself": "on"})
            order = Order.objects.filter(user=self.user, lines__registration__ticket=ticket).first()
            if order is None and status == 422:
                return "refused"
        session = None
        while order and session is None and time.monotonic() < until:
            self.send("POST", f"{order.get_absolute_url()}pay/", {"method": Order.Method.CARD})
            opened = Attempt.objects.filter(order=order).exclude(session=None).last()
            session = opened.session if opened else None
        if order is None or session is None:
            return "lost"
        self.sandbox.pay(session)
        if comes_back:
            self.send("GET", f"{order.get_absolute_url()}?sid={session}")
        return "paid"

    def send(self, method: str, path: str, data: dict[str, object] | None = None) -> tuple:
        """(status, where to), or (0, "") when the server died over it."""
        body = urlencode({**(data or {}), "csrfmiddlewaretoken": CSRF}) if data else None
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        ask = HTTPConnection("127.0.0.1", self.portal.port, timeout=30)
        try:
            ask.request(method, path, body, headers)
            answer = ask.getresponse()
            answer.read()
        except (OSError, HTTPException):
            time.sleep(0.3)
            return 0, ""
        finally:
            ask.close()
        return answer.status, answer.headers.get("Location", "")


def rage(buyers: list[Buyer], ticket: Ticket, form: str, *, at_once: int) -> list[str]:
    """What became of each buyer; every third closes the payment page and never comes back."""

    def buy(number: int) -> str:
        try:
            return buyers[number].buy(ticket, form, comes_back=bool(number % 3))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(buy, range(len(buyers))))

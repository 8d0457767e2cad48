"""Webhooks: signed notices through the real handler. Each asks the provider back over HTTP, played
by a stub in this very process: it answers at once, and shares the processor with the portal."""

import json
import statistics
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.conf import settings
from django.db import close_old_connections

from events.actions import Attendee, register
from events.models import Registration, Ticket
from kosna.accounts.models import User
from kosna.core import clock
from kosna.payments.models import Attempt, LedgerEntry, Order, Payment
from kosna.payments.providers import hosted
from kosna.payments.sandbox import shapes
from kosna.payments.sandbox.courier import signature
from tests.bench.browser import Browser
from tests.bench.data import make_conference, world
from tests.bench.measures import Row, measure
from tests.bench.timing import in_turns, rush

SECRET = "whsec_bench"
AT_ONCE = 8
ONE_BY_ONE, CROWD = 200, 400


class Provider(ThreadingHTTPServer):
    """Answers with the session that is asked for, paid and with its charge."""

    daemon_threads = True

    def __init__(self) -> None:
        self.sessions: dict[str, dict[str, Any]] = {}
        super().__init__(("127.0.0.1", 0), Answering)


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Provider

    def do_GET(self) -> None:
        name = self.path.partition("?")[0].rpartition("/")[2]
        body = json.dumps(self.server.sessions[name]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@contextmanager
def _provider() -> Iterator[Provider]:
    provider = Provider()
    thread = threading.Thread(target=provider.serve_forever, daemon=True)
    thread.start()
    before = settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE, settings.STRIPE_WEBHOOK_SECRETS
    settings.STRIPE_SECRET_KEY = "sk_test_bench"
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{provider.server_port}"
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_next", SECRET]
    try:
        yield provider
    finally:
        (settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE, settings.STRIPE_WEBHOOK_SECRETS) = (
            before
        )
        provider.shutdown()
        provider.server_close()
        thread.join()


def _paid(provider: Provider, ticket: Ticket, buyer: User) -> dict[str, Any]:
    """A place held by a buyer who has just paid at the provider; the notice that tells so."""
    attendee = Attendee(name=buyer.name, email=buyer.email, is_buyer=True)
    order = register(ticket=ticket, attendees=[attendee], by=buyer)
    order.change(method=Order.Method.CARD)
    attempt = Attempt.objects.create(
        order=order,
        provider="stripe",
        amount=order.total,
        status=Attempt.Status.OPEN,
        expires_at=order.expires_at,
    )
    now = int(clock.now().timestamp())
    metadata = {"order": order.code, "attempt": str(attempt.uuid), "env": settings.KOSNA_ENV}
    price = {
        "currency": "krw",
        "unit_amount": order.total,
        "product_data": {"name": order.title_ko},
    }
    params = {
        "line_items": [{"price_data": price, "quantity": 1}],
        "payment_method_types": ["kakao_pay"],
        "success_url": settings.SITE_URL,
        "metadata": metadata,
    }
    session = shapes.checkout_session(params, now=now, public_url="")
    session |= {"status": "complete", "payment_status": "paid"}
    intent = shapes.payment_intent(session, {"metadata": metadata}, now=now)
    charge = shapes.charge(intent, method="kakao_pay", email=None, status="succeeded", now=now)
    Attempt.objects.filter(pk=attempt.pk).update(session=session["id"])
    whole = session | {"payment_intent": intent | {"status": "succeeded", "latest_charge": charge}}
    provider.sessions[session["id"]] = whole
    return shapes.event(
        "checkout.session.completed",
        session | {"payment_intent": intent["id"]},
        version="2026-08-26.dahlia",
        now=now,
        request=None,
        key=None,
    )


def _delivery(event: dict[str, Any]) -> Callable[[], bool]:
    """Signed as it leaves, and answered with 200."""
    payload = json.dumps(event).encode()
    stripe = Browser()

    def deliver() -> bool:
        stripe.send(
            "POST",
            "/webhooks/stripe/",
            payload,
            200,
            CONTENT_TYPE="application/json",
            HTTP_STRIPE_SIGNATURE=signature(payload, SECRET),
        )
        close_old_connections()
        return True

    return deliver


@measure
def webhooks() -> Iterator[Row]:
    with _provider() as provider:
        event = make_conference("webhooks", world().hq, world().tier, capacity=10_000)
        ticket, buyers = event.tickets.first(), world().buyers
        told = [_paid(provider, ticket, buyer) for buyer in buyers[: ONE_BY_ONE + CROWD]]
        first = map(_delivery, told[:ONE_BY_ONE])
        again = _delivery(told[0])
        session = told[-1]["data"]["object"]["id"]
        booked, duplicate, asked = in_turns(
            lambda: next(first)(),
            again,
            lambda: hosted().fetch(session),
            seconds=3,
            most=ONE_BY_ONE - 10,
        )
        crowd = rush([_delivery(event) for event in told[ONE_BY_ONE:]], at_once=AT_ONCE)
    orders = Order.objects.filter(attempts__session__in=provider.sessions)
    paid = orders.filter(status=Order.Status.PAID)
    seats = Registration.objects.filter(event=event, status=Registration.Status.CONFIRMED)
    numbers = {
        rows.count()
        for rows in (
            paid,
            seats,
            Payment.objects.filter(order__in=orders),
            LedgerEntry.objects.filter(order__in=orders),
        )
    }
    limit = statistics.median(asked.seconds)
    yield Row.of("asking the provider's stub about a session, the real client", asked)
    yield Row.of(
        "webhook: a payment booked, its seat, receipt and mails",
        booked,
        reference="asking the stub",
        ratio=limit / booked.median,
        note=f"{booked.cpu * 1000:.1f} ms CPU with the stub's",
    )
    yield Row.of("webhook: the same notice again", duplicate)
    yield Row(
        f"webhooks of {CROWD} payments, {AT_ONCE} at a time",
        per_second=crowd.per_second,
        target="each booked once",
        is_met=crowd.successes == CROWD and len(numbers) == 1,
        note=f"{paid.count()} paid",
    )

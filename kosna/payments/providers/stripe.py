"""Stripe Checkout, in whole won, through the official client.

Stripe opens no accounts for Korean corporations, as far as its pages say; the README says so too.
Sources: docs.stripe.com (kakao-pay, naver-pay, payco, samsung-pay, checkout/fulfillment,
api/idempotent_requests); won is a zero-decimal currency there, so no amount is ever multiplied.
"""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property, partial
from typing import Any, ClassVar, TypeVar

import stripe
from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise

from kosna.payments.failures import coded
from kosna.payments.models import Attempt, Order, Refund
from kosna.payments.providers.base import (
    BadNotice,
    DisputeState,
    Notice,
    PageLife,
    PayoutAccount,
    ProviderDown,
    ProviderRefused,
    ProviderState,
    RefundState,
    Returned,
    Started,
    over,
    skew,
)

METHODS = ("card", "kr_card", "kakao_pay", "naver_pay", "payco", "samsung_pay")
# Whole won. Korean methods start at 100; an international card at about half a US dollar.
MINIMUM = dict.fromkeys(METHODS, 100) | {"card": 1_000}
MAXIMUM = {"samsung_pay": 2_000_000}
TOLERANCE = 300  # seconds, Stripe's own; a replay is caught by the event's id, not by its age
TIMEOUT = 15
PAGE = 100
DISPUTES = ["charge.dispute.created", "charge.dispute.closed"]
Answer = TypeVar("Answer")


def methods_for(amount: int) -> list[str]:
    """The payment methods that take an amount in won, in the order in which they are offered."""
    return [
        method for method in METHODS if MINIMUM[method] <= amount <= MAXIMUM.get(method, amount)
    ]


class Stripe:
    name: ClassVar = "stripe"
    title: ClassVar[str | Promise] = "Stripe"
    # Sessions live 30 minutes to 24 hours; a minute of slack for the way there.
    page: ClassVar = PageLife(timedelta(minutes=31), timedelta(hours=23), timedelta(minutes=5))

    @classmethod
    def from_settings(cls) -> "Stripe | None":
        key = settings.STRIPE_SECRET_KEY
        return _made(key, settings.STRIPE_API_BASE) if key else None

    def __init__(self, key: str, api_base: str = "") -> None:
        self.key = key
        self.api_base = api_base
        self.is_live = key.startswith(("sk_live_", "rk_live_"))

    @cached_property
    def client(self) -> stripe.StripeClient:
        return stripe.StripeClient(
            self.key,
            base_addresses={"api": self.api_base} if self.api_base else {},
            max_network_retries=2,
            http_client=stripe.RequestsClient(timeout=TIMEOUT),
        )

    def methods(self, amount: int) -> list[Order.Method]:
        return [Order.Method.CARD] if methods_for(amount) else []

    # Sessions

    def start(self, attempt: Attempt, order: Order) -> Started:
        try:
            session = self._ask(
                lambda: self.client.v1.checkout.sessions.create(
                    self.session_params(attempt, order),
                    {"idempotency_key": f"cs:{attempt.uuid}"},
                )
            )
        except (ProviderDown, ProviderRefused) as problem:
            # Under this key Stripe repeats its first answer, a 500 included, and an answer that
            # got lost may have opened a session: look before anybody makes another.
            if found := self.find(attempt):
                return found
            raise over(problem) from problem
        return Started(session.id, session.url or "")

    def session_params(self, attempt: Attempt, order: Order) -> Any:
        """The same for the same attempt, or Stripe would refuse its idempotency key."""
        metadata = {
            "order": order.code,
            "attempt": str(attempt.uuid),
            "env": settings.KOSNA_ENV,
        }
        page = settings.SITE_URL + reverse("payments:order", args=[order.code])
        return {
            "mode": "payment",
            "line_items": self.line_items(attempt, order),
            "payment_method_types": methods_for(attempt.amount),
            "locale": attempt.language,
            "client_reference_id": order.code,
            "customer_email": order.user.mailbox,
            "metadata": metadata,
            "payment_intent_data": {"metadata": metadata, "description": f"KOSNA {order.code}"},
            "expires_at": int(attempt.expires_at.timestamp()) - skew(),
            "success_url": page + "?sid={CHECKOUT_SESSION_ID}",
            "cancel_url": page,
        }

    @staticmethod
    def line_items(attempt: Attempt, order: Order) -> list[dict[str, Any]]:
        """The order's lines; one line for the balance when something has been paid already."""

        def item(thing: Any, amount: int) -> dict[str, Any]:
            english = attempt.language == "en" and thing.title_en
            name = english or thing.title_ko
            return {
                "quantity": 1,
                "price_data": {
                    "currency": "krw",
                    "unit_amount": amount,
                    "product_data": {"name": name},
                },
            }

        if attempt.amount != order.total:
            return [item(order, attempt.amount)]
        return [item(line, line.amount) for line in order.lines.all() if line.amount]

    def find(self, attempt: Attempt) -> Started | None:
        since = attempt.created_at - timedelta(minutes=1)
        for session in self._pages(self.client.v1.checkout.sessions.list, since):
            if _metadata(session).get("attempt") == str(attempt.uuid):
                return Started(session.id, session.url or "")
        return None

    def returned(self, query: Mapping[str, str]) -> Returned | None:
        """Its page returns to the address that we gave it, which names the session as we do."""
        return None

    def fetch(self, session: str) -> ProviderState:
        return self._state(
            self._ask(
                lambda: self.client.v1.checkout.sessions.retrieve(
                    session, {"expand": ["payment_intent.latest_charge"]}
                )
            )
        )

    def approve(self, attempt: Attempt, state: ProviderState) -> ProviderState:
        """Nothing to do: whoever agrees on Stripe's page has paid there."""
        return state

    def expire(self, session: str) -> bool:
        try:
            self._ask(lambda: self.client.v1.checkout.sessions.expire(session))
        except ProviderRefused:
            return False
        return True

    def sessions_since(self, since: datetime) -> Iterator[ProviderState]:
        """What was opened since then, as a list tells it: without the charge's method and time."""
        for session in self._pages(self.client.v1.checkout.sessions.list, since):
            yield self._state(session)

    # Refunds

    def needs_account(self, refund: Refund) -> bool:
        return False

    def refund(self, refund: Refund, account: PayoutAccount | None = None) -> RefundState:
        uuid = str(refund.uuid)
        try:
            made = self._ask(
                lambda: self.client.v1.refunds.create(
                    {
                        "payment_intent": refund.payment.reference,
                        "amount": refund.amount,
                        "metadata": {"refund": uuid, "env": settings.KOSNA_ENV},
                    },
                    {"idempotency_key": f"re:{uuid}:{refund.tries}"},
                )
            )
        except (ProviderDown, ProviderRefused) as problem:
            for state in self.refunds_of(refund.payment.reference):
                if state.refund == uuid and state.status != "failed":
                    return state
            raise over(problem) from problem
        return self._refund_state(made)

    def refunds_of(self, charge: str) -> list[RefundState]:
        found = self._ask(
            lambda: self.client.v1.refunds.list({"payment_intent": charge, "limit": PAGE})
        )
        return [self._refund_state(refund) for refund in found.data]

    def refunds_since(self, since: datetime) -> Iterator[RefundState]:
        for refund in self._pages(self.client.v1.refunds.list, since):
            yield self._refund_state(refund)

    def disputes_since(self, since: datetime) -> Iterator[Notice]:
        """Newest first; Stripe keeps its events for thirty days."""
        for event in self._pages(self.client.v1.events.list, since, types=DISPUTES):
            yield notice_of(event.to_dict())

    # Stripe's words in ours

    def _state(self, session: Any) -> ProviderState:
        metadata = _metadata(session)
        intent = session.payment_intent
        charge = getattr(intent, "latest_charge", None) if intent else None
        reference = getattr(intent, "id", intent) or ""
        status: Any = session.status
        if status == "complete":
            decided = session.payment_status in ("paid", "no_payment_required")
            lost = getattr(intent, "status", "") in ("requires_payment_method", "canceled")
            status = "paid" if decided else "failed" if lost else "processing"
        details = getattr(charge, "payment_method_details", None)
        created = getattr(charge, "created", None)
        return ProviderState(
            provider=self.name,
            session=session.id,
            status=status,
            order=metadata.get("order", ""),
            attempt=metadata.get("attempt", ""),
            environment=metadata.get("env", ""),
            amount=session.amount_total,
            currency=session.currency,
            is_live=session.livemode,
            reference=reference,
            method=getattr(details, "type", "") or "card",
            paid_at=datetime.fromtimestamp(created + skew(), UTC) if created else None,
            refunded=getattr(charge, "amount_refunded", 0) or 0,
        )

    @staticmethod
    def _refund_state(refund: Any) -> RefundState:
        status: Any = {"succeeded": "done", "failed": "failed", "canceled": "failed"}
        return RefundState(
            reference=refund.id,
            status=status.get(refund.status, "pending"),
            amount=refund.amount,
            charge=refund.payment_intent,
            refund=_metadata(refund).get("refund", ""),
            error=getattr(refund, "failure_reason", "") or "",
            currency=refund.currency,
        )

    def notice(self, body: bytes, headers: Mapping[str, str], secret: str) -> Notice:
        header = headers.get("Stripe-Signature", "")
        return notice_of(verified_event(body, header, settings.STRIPE_WEBHOOK_SECRETS))

    def reread(self, event: str, kind: str, kept: dict[str, Any]) -> Notice:
        return _notice(event, kind, kept)

    def _pages(self, read: Callable[..., Any], since: datetime, **filters: Any) -> Iterator[Any]:
        created = {"gte": int(since.timestamp()) - skew()}
        params: dict[str, Any] = {"created": created, "limit": PAGE, **filters}
        while True:
            page = self._ask(partial(read, params))
            yield from page.data
            if not page.has_more:
                return
            params = {**params, "starting_after": page.data[-1].id}

    @staticmethod
    def _ask(call: Callable[[], Answer]) -> Answer:
        """Sorts Stripe's errors into the two that matter: unknown, and no."""
        try:
            return call()
        except (stripe.InvalidRequestError, stripe.CardError) as error:
            words = error.user_message or str(error)
            code = getattr(error.error, "decline_code", None) or error.code
            raise ProviderRefused(coded(code or "request_refused", words)) from error
        except stripe.StripeError as error:
            # Connection, 500, rate limit, key in use by a call that still runs, bad credentials.
            answered = (error.http_status or 0) >= 500
            raise ProviderDown(f"{type(error).__name__}: {error}", answered=answered) from error


@cache
def _made(key: str, api_base: str) -> Stripe:
    """One for the same settings: it keeps its connections open."""
    return Stripe(key, api_base)


def _metadata(thing: Any) -> dict[str, str]:
    return thing.metadata.to_dict() if thing.metadata else {}


# Deliveries

_STAMP = re.compile(r"(?:^|,)\s*t=(\d{1,12})(?:,|$)", re.ASCII)


def verified_event(payload: bytes, header: str, secrets: list[str]) -> dict[str, Any]:
    """The event that a delivery holds. Several secrets are valid while one is rotated out.

    Raises BadNotice before anything of it is looked at: missing, forged, older than five
    minutes or, what Stripe's own library lets through, from the future.
    """
    stamp = _STAMP.search(header)
    if not stamp or abs(time.time() - int(stamp[1])) > TOLERANCE:
        raise BadNotice
    for secret in secrets:
        try:
            stripe.WebhookSignature.verify_header(payload, header, secret, TOLERANCE)
        except (stripe.SignatureVerificationError, UnicodeDecodeError):
            continue
        break
    else:
        raise BadNotice
    try:
        event = json.loads(payload)
        if isinstance(event["id"], str) and isinstance(event["type"], str):
            event["data"]["object"]["id"]
            return event
    except (ValueError, KeyError, TypeError):
        pass
    raise BadNotice


def notice_of(event: dict[str, Any]) -> Notice:
    """A verified event in our words."""
    return _notice(event["id"], event["type"], facts_of(event))


def facts_of(event: dict[str, Any]) -> dict[str, Any]:
    """What an event speaks of and says of it, and no personal data: the object itself is fetched
    whenever it is needed."""
    thing = event["data"]["object"]
    metadata = thing.get("metadata") or {}
    evidence = thing.get("evidence_details") or {}
    error = thing.get("last_payment_error") or {}
    facts = {
        "object": thing["id"],
        "created": event.get("created"),
        "livemode": event.get("livemode"),
        "account": event.get("account"),  # only on events of accounts connected to ours
        "amount": thing.get("amount_total", thing.get("amount")),
        "currency": thing.get("currency"),
        "charge": thing.get("payment_intent"),
        "status": thing.get("status"),
        "reason": thing.get("reason"),
        "due_by": evidence.get("due_by"),
        "error": coded(error.get("decline_code") or error.get("code"), error.get("message"))
        or None,
        "env": metadata.get("env", ""),
        "order": metadata.get("order"),
        "attempt": metadata.get("attempt"),
    }
    return {name: value for name, value in facts.items() if value is not None}


def _notice(event: str, kind: str, facts: dict[str, Any]) -> Notice:
    about: Any = "nothing"
    dispute = None
    if kind.startswith("checkout.session."):
        about = "payment"
    elif kind.startswith("charge.dispute."):
        about, dispute = "dispute", _dispute_state(facts)
    elif kind.startswith("refund.") or kind == "charge.refunded":
        about = "refunds"
    elif kind == "payment_intent.payment_failed":
        about = "decline"
    return Notice(
        provider=Stripe.name,
        event=event,
        type=kind,
        about=about,
        kept=facts,
        is_live=facts.get("livemode"),
        account=str(facts.get("account", "")),
        environment=str(facts.get("env", "")),
        order=str(facts.get("order", "")),
        attempt=str(facts.get("attempt", "")),
        session=str(facts["object"]) if about == "payment" else "",
        charge=str(facts.get("charge", "")) if about in ("refunds", "dispute") else "",
        told={name: facts.get(name) for name in ("amount", "currency", "order")},
        error=str(facts.get("error", "")),
        dispute=dispute,
    )


# How a dispute may end: "warning_closed" is an inquiry that took nothing.
ENDS: dict[str, Any] = {"lost": "lost", "won": "won", "warning_closed": "won"}


def _dispute_state(facts: dict[str, Any]) -> DisputeState:
    due = facts.get("due_by")
    return DisputeState(
        reference=facts["object"],
        amount=facts.get("amount", 0),
        reason=str(facts.get("reason", "")),
        outcome=ENDS.get(facts.get("status", ""), ""),
        currency=facts.get("currency", "krw"),
        due_at=datetime.fromtimestamp(due, UTC) if due else None,
    )

"""What a provider tells us. An event is only a reason to look: its object is asked for again."""

import logging
from typing import Any

from django.conf import settings
from django.db import transaction

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.payments.actions import card, refunds
from kosna.payments.actions.settlement import raise_task
from kosna.payments.models import Attempt, Payment, ProviderEvent, Task
from kosna.payments.providers.base import ProviderRefused, RefundState

logger = logging.getLogger(__name__)
Outcome = ProviderEvent.Outcome


def receive(event: dict[str, Any]) -> ProviderEvent:
    """Stores a verified Stripe event once and applies it. A replay of an applied one changes
    nothing; one that was cut off is applied again, which every step bears.

    Raises ProviderDown when Stripe cannot be asked: it will deliver the event again.
    """
    thing = event["data"]["object"]
    row, _is_new = ProviderEvent.objects.get_or_create(
        provider="stripe",
        event=event["id"],
        defaults={
            "type": event["type"][:80],
            # What it speaks of, and no personal data: the object itself is fetched when needed.
            "payload": {
                "object": thing["id"],
                "created": event.get("created"),
                "livemode": event.get("livemode"),
                "amount": thing.get("amount_total", thing.get("amount")),
                "currency": thing.get("currency"),
            },
        },
    )
    if row.outcome != Outcome.RECEIVED:
        return row
    try:
        outcome, note = _apply(event, thing), ""
    except (card.Quarantined, ProviderRefused, Refused) as problem:
        outcome, note = Outcome.QUARANTINED, str(problem)[:500]
    with transaction.atomic():
        changed = ProviderEvent.objects.filter(pk=row.pk, outcome=Outcome.RECEIVED).update(
            outcome=outcome, note=note
        )
        if changed and outcome == Outcome.QUARANTINED:
            _tell_staff(event, thing, note)
    row.refresh_from_db()
    return row


def _apply(event: dict[str, Any], thing: dict[str, Any]) -> Outcome:
    kind = event["type"]
    if not kind.startswith(("checkout.session.", "refund.", "charge.", "payment_intent.payment_")):
        return Outcome.IGNORED
    if event.get("livemode") is not card.provider().is_live:
        raise card.Quarantined(f"livemode: {event.get('livemode')}")
    if kind.startswith("checkout.session."):
        return _session(thing)
    if kind.startswith("charge.dispute."):
        return _dispute(kind, thing)
    if kind.startswith("refund.") or kind == "charge.refunded":
        charge = thing.get("payment_intent") or ""
        found = refunds.sync_refunds(charge, card.provider().refunds_of(charge))
        return Outcome.APPLIED if found else Outcome.IGNORED
    if kind == "payment_intent.payment_failed":
        _note_decline(thing)
        return Outcome.APPLIED
    return Outcome.IGNORED


def _session(thing: dict[str, Any]) -> Outcome:
    """Other environments may share the Stripe account: a session that we never gave is theirs."""
    metadata = thing.get("metadata") or {}
    if metadata.get("env") != settings.KOSNA_ENV:
        return Outcome.IGNORED
    state = card.provider().fetch(thing["id"])
    told = (thing.get("amount_total"), thing.get("currency"), metadata.get("order"))
    if told != (state.amount, state.currency, state.order):
        raise card.Quarantined(f"the event says {told}, Stripe {state.amount} {state.currency}")
    if card.apply_state(state) is None:
        raise card.Quarantined("no attempt of ours")
    return Outcome.APPLIED


def _note_decline(thing: dict[str, Any]) -> None:
    """For whoever answers the phone: the payer's bank said no, the page is still open."""
    metadata = thing.get("metadata") or {}
    error = thing.get("last_payment_error") or {}
    if metadata.get("env") == settings.KOSNA_ENV and "attempt" in metadata:
        Attempt.objects.filter(uuid=metadata["attempt"], status__in=Attempt.UNDECIDED).update(
            error=str(error.get("message", ""))[:500]
        )


def _dispute(kind: str, thing: dict[str, Any]) -> Outcome:
    """The payer asks their bank for the money back. Rights are kept until it decides; what is
    lost is recorded once, like a refund that others made."""
    charge = thing.get("payment_intent") or ""
    payment = Payment.objects.select_related("order").filter(reference=charge).first()
    if payment is None:
        return Outcome.IGNORED
    task = raise_task(
        Task.Kind.DISPUTE, payment.order, payment, f"{thing['id']} {thing.get('reason', '')}"
    )
    if kind == "charge.dispute.closed":
        Task.objects.filter(pk=task.pk).update(note=f"{thing['id']} {thing.get('status', '')}")
        if thing.get("status") == "lost":
            refunds.apply_state(
                RefundState(
                    reference=thing["id"],
                    status="done",
                    amount=thing["amount"],
                    charge=charge,
                )
            )
    return Outcome.APPLIED


def _tell_staff(event: dict[str, Any], thing: dict[str, Any], note: str) -> None:
    logger.error("payment event %s quarantined: %s", event["id"], note)
    metadata = thing.get("metadata") or {}
    attempt = (
        Attempt.objects.select_related("order")
        .filter(order__code=str(metadata.get("order", ""))[:10])
        .first()
    )
    if attempt:
        raise_task(Task.Kind.AMOUNT_DIFFERS, attempt.order, None, f"{event['id']}: {note}")
    post.send(
        "payment_quarantined",
        [settings.ASSOCIATION["email"]],
        key=f"quarantine:{event['id']}"[:90],
        context={
            "event": event["id"],
            "type": event["type"],
            "note": note,
            "at": f"{clock.now().astimezone(clock.KST):%Y-%m-%d %H:%M}",
        },
    )

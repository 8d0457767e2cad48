"""What a provider tells us. An event is only a reason to look: its object is asked for again."""

import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.payments.actions import card, disputes, refunds
from kosna.payments.actions.settlement import raise_task, resolve_task
from kosna.payments.models import Attempt, Order, Payment, ProviderEvent, Task
from kosna.payments.providers.base import ProviderRefused, Quarantined

logger = logging.getLogger(__name__)
Outcome = ProviderEvent.Outcome
DOES_NOT_FIT = (Quarantined, ProviderRefused, Refused)


def receive(event: dict[str, Any]) -> ProviderEvent:
    """Stores a verified Stripe event once and applies it. A replay of an applied one changes
    nothing; one that was cut off is applied again, which every step bears.

    Raises ProviderDown when Stripe cannot be asked: it will deliver the event again.
    """
    row, _is_new = ProviderEvent.objects.get_or_create(
        provider="stripe",
        event=event["id"],
        defaults={"type": event["type"][:80], "payload": facts_of(event)},
    )
    return work_off(row) if row.outcome == Outcome.RECEIVED else row


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
        "error": error.get("message"),
        "env": metadata.get("env", ""),
        "order": metadata.get("order"),
        "attempt": metadata.get("attempt"),
    }
    return {name: value for name, value in facts.items() if value is not None}


def work_off(row: ProviderEvent) -> ProviderEvent:
    """Applies an event that was received; what does not fit is set aside and staff are told."""
    try:
        outcome, note = _apply(row), ""
    except DOES_NOT_FIT as problem:
        outcome, note = Outcome.QUARANTINED, str(problem)[:500]
    with transaction.atomic():
        changed = ProviderEvent.objects.filter(pk=row.pk, outcome=Outcome.RECEIVED).update(
            outcome=outcome, note=note
        )
        if changed and outcome == Outcome.QUARANTINED:
            _tell_staff(row, note)
    row.refresh_from_db()
    return row


def _apply(row: ProviderEvent, *, any_amount: bool = False) -> Outcome:
    kind, facts = row.type, row.payload
    if not kind.startswith(("checkout.session.", "refund.", "charge.", "payment_intent.payment_")):
        return Outcome.IGNORED
    if "account" in facts:
        raise Quarantined(_("Another account: %(account)s") % {"account": facts["account"]})
    if facts.get("livemode") is not card.provider().is_live:
        raise Quarantined(_("Another mode: test money instead of real money, or the reverse."))
    if kind.startswith("checkout.session."):
        return _session(row, any_amount=any_amount)
    if kind.startswith("charge.dispute."):
        return Outcome.APPLIED if disputes.hear(facts) else Outcome.IGNORED
    if kind.startswith("refund.") or kind == "charge.refunded":
        return _refunds(facts.get("charge", ""))
    if kind == "payment_intent.payment_failed":
        _note_decline(facts)
        return Outcome.APPLIED
    return Outcome.IGNORED


def _session(row: ProviderEvent, *, any_amount: bool) -> Outcome:
    """Other environments may share the Stripe account: a session that we never gave is theirs."""
    facts = row.payload
    if facts.get("env", settings.KOSNA_ENV) != settings.KOSNA_ENV:
        return Outcome.IGNORED
    state = card.provider().fetch(facts["object"])
    told = (facts.get("amount"), facts.get("currency"), facts.get("order"))
    now = (state.amount, state.currency, state.order)
    if row.outcome == Outcome.RECEIVED and told != now:
        raise Quarantined(
            _("The notice says %(told)s, the provider says %(now)s.")
            % {name: " ".join(map(str, value)) for name, value in (("told", told), ("now", now))}
        )
    if card.apply_state(state, any_amount=any_amount) is None:
        raise Quarantined(_("No payment of this kind was begun here."))
    return Outcome.APPLIED


def _refunds(charge: str) -> Outcome:
    """All of a charge, as its event does not tell which one. A charge that we have not heard of yet
    brings its refunds along when it is booked."""
    if not Payment.objects.filter(reference=charge).exists():
        return Outcome.IGNORED
    refunds.sync_refunds(charge, card.provider().refunds_of(charge))
    return Outcome.APPLIED


def _note_decline(facts: dict[str, Any]) -> None:
    """For whoever answers the phone: the payer's bank said no, the page is still open."""
    if facts.get("env") == settings.KOSNA_ENV and "attempt" in facts:
        Attempt.objects.filter(uuid=facts["attempt"], status__in=Attempt.UNDECIDED).update(
            error=str(facts.get("error", ""))[:500]
        )


def _tell_staff(row: ProviderEvent, note: str) -> None:
    logger.error("payment event %s quarantined: %s", row.event, note)
    order = Order.objects.filter(code=str(row.payload.get("order", ""))[:10]).first()
    if order:
        raise_task(Task.Kind.AMOUNT_DIFFERS, order, None, f"{row.event}: {note}")
    post.send(
        "payment_quarantined",
        [settings.ASSOCIATION["email"]],
        key=f"quarantine:{row.event}"[:90],
        context={
            "event": row.event,
            "type": row.type,
            "note": note,
            "at": f"{clock.now().astimezone(clock.KST):%Y-%m-%d %H:%M}",
            "url": settings.SITE_URL + reverse("payments_staff:provider-event", args=[row.pk]),
        },
    )


# A person has looked ------------------------------------------------------------------------------


def apply_again(row: ProviderEvent, *, any_amount: bool = False, by: User) -> ProviderEvent:
    """Applies an event that was set aside, after somebody has mended what did not fit: what the
    provider says now counts, not what the event said. ``any_amount`` books what was really paid.

    Raises Refused with the reason while it still does not fit, ProviderDown when nobody answers.
    """
    if row.outcome == Outcome.APPLIED:
        raise Refused(_("This notice has been applied already."))
    try:
        outcome = _apply(row, any_amount=any_amount)
    except (Quarantined, ProviderRefused) as problem:
        raise Refused(str(problem)) from problem
    _decide(row, outcome, "payments.apply_event", by=by, any_amount=any_amount)
    return row


def ignore(row: ProviderEvent, *, reason: str, by: User) -> ProviderEvent:
    """Nothing is to be done about an event that was set aside, and why."""
    if row.outcome not in (Outcome.QUARANTINED, Outcome.RECEIVED):
        raise Refused(_("Only a notice that waits can be put aside for good."))
    _decide(row, Outcome.IGNORED, "payments.ignore_event", by=by, reason=reason)
    return row


@transaction.atomic
def _decide(
    row: ProviderEvent, outcome: Outcome, verb: str, *, by: User, reason: str = "", **facts: Any
) -> None:
    changes = {"outcome": outcome, "decided_at": clock.now(), "decided_by": by}
    if not ProviderEvent.objects.filter(pk=row.pk, outcome=row.outcome).update(**changes):
        raise Refused(_("Somebody else has just changed this. Reload the page and look again."))
    for name, value in changes.items():
        setattr(row, name, value)
    audit.record(verb, row, by=by, reason=reason, outcome=outcome, **facts)
    waiting = Task.objects.filter(kind=Task.Kind.AMOUNT_DIFFERS, status=Task.Status.OPEN)
    for task in waiting.filter(note__startswith=f"{row.event}: ").select_related("order"):
        resolution = reason or _("The notice was applied.")
        resolve_task(task, resolution=resolution[:300], by=by)

"""What a provider tells us. An event is only a reason to look: its object is asked for again."""

import hmac
import logging

from django.conf import settings
from django.db import transaction

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.payments.actions import card, refunds
from kosna.payments.actions.settlement import raise_task
from kosna.payments.models import Attempt, Payment, ProviderEvent, Task
from kosna.payments.providers import gateway
from kosna.payments.providers.base import Notice, ProviderRefused, ProviderState, RefundState

logger = logging.getLogger(__name__)
Outcome = ProviderEvent.Outcome


def receive(notice: Notice) -> ProviderEvent:
    """Stores a verified notice once and applies it. A replay of an applied one changes nothing;
    one that was cut off is applied again, which every step bears.

    Raises ProviderDown when the provider cannot be asked: it will deliver the notice again.
    """
    row, _is_new = ProviderEvent.objects.get_or_create(
        provider=notice.provider,
        event=notice.event,
        defaults={"type": notice.type[:80], "payload": notice.kept},
    )
    if row.outcome != Outcome.RECEIVED:
        return row
    try:
        outcome, note = _apply(notice), ""
    except (card.Quarantined, ProviderRefused, Refused) as problem:
        outcome, note = Outcome.QUARANTINED, str(problem)[:500]
    with transaction.atomic():
        changed = ProviderEvent.objects.filter(pk=row.pk, outcome=Outcome.RECEIVED).update(
            outcome=outcome, note=note
        )
        if changed and outcome == Outcome.QUARANTINED:
            _tell_staff(notice, note)
    row.refresh_from_db()
    return row


def _apply(notice: Notice) -> Outcome:
    if notice.about == "nothing":
        return Outcome.IGNORED
    asked = gateway(notice.provider)
    if notice.is_live is not asked.is_live:
        raise card.Quarantined(f"livemode: {notice.is_live}")
    match notice.about:
        case "payment":
            return _payment(notice)
        case "dispute":
            return _dispute(notice)
        case "refunds":
            return _refunds(notice)
    _note_decline(notice)
    return Outcome.APPLIED


def _payment(notice: Notice) -> Outcome:
    """Other environments may share the account: a session that we never gave is theirs."""
    if notice.environment != settings.KOSNA_ENV:
        return Outcome.IGNORED
    state = gateway(notice.provider).fetch(notice.session)
    _must_agree(notice, state)
    if card.apply_state(state) is None:
        raise card.Quarantined("no attempt of ours")
    if notice.charge:
        _refunds(notice)
    return Outcome.APPLIED


def _must_agree(notice: Notice, state: ProviderState) -> None:
    """What a notice says of itself must be what the provider says when asked."""
    told = notice.told or {}
    if any(getattr(state, name) != value for name, value in told.items()):
        known = {name: getattr(state, name) for name in told}
        raise card.Quarantined(f"the notice says {told}, the provider {known}")
    if notice.secret is not None and not hmac.compare_digest(
        notice.secret.encode(), state.secret.encode()
    ):
        raise card.Quarantined("the notice does not bring the secret of its payment")


def _refunds(notice: Notice) -> Outcome:
    states = gateway(notice.provider).refunds_of(notice.charge)
    found = refunds.sync_refunds(notice.charge, states)
    return Outcome.APPLIED if found else Outcome.IGNORED


def _note_decline(notice: Notice) -> None:
    """For whoever answers the phone: the payer's bank said no, the page is still open."""
    if notice.environment == settings.KOSNA_ENV and notice.attempt:
        Attempt.objects.filter(uuid=notice.attempt, status__in=Attempt.UNDECIDED).update(
            error=notice.error[:500]
        )


def _dispute(notice: Notice) -> Outcome:
    """The payer asks their bank for the money back. Rights are kept until it decides; what is
    lost is recorded once, like a refund that others made."""
    payment = Payment.objects.select_related("order").filter(reference=notice.charge).first()
    dispute = notice.dispute
    if payment is None or dispute is None:
        return Outcome.IGNORED
    task = raise_task(
        Task.Kind.DISPUTE, payment.order, payment, f"{dispute.reference} {dispute.reason}"
    )
    if dispute.is_closed:
        Task.objects.filter(pk=task.pk).update(note=f"{dispute.reference} {dispute.outcome}")
        if dispute.outcome == "lost":
            refunds.apply_state(
                RefundState(
                    reference=dispute.reference,
                    status="done",
                    amount=dispute.amount,
                    charge=notice.charge,
                )
            )
    return Outcome.APPLIED


def _tell_staff(notice: Notice, note: str) -> None:
    logger.error("payment event %s quarantined: %s", notice.event, note)
    attempt = Attempt.objects.select_related("order").filter(order__code=notice.order[:10]).first()
    if attempt:
        raise_task(Task.Kind.AMOUNT_DIFFERS, attempt.order, None, f"{notice.event}: {note}")
    post.send(
        "payment_quarantined",
        [settings.ASSOCIATION["email"]],
        key=f"quarantine:{notice.event}"[:90],
        context={
            "event": notice.event,
            "type": notice.type,
            "note": note,
            "at": f"{clock.now().astimezone(clock.KST):%Y-%m-%d %H:%M}",
        },
    )

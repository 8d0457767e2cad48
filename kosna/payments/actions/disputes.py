"""The payer asks their bank for the money back. What they bought stays theirs until the bank has
decided; what is lost is booked once, like a refund that others made."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from kosna.audit import actions as audit
from kosna.payments.actions import refunds
from kosna.payments.actions.settlement import resolve_task
from kosna.payments.models import Payment, Task
from kosna.payments.providers.base import RefundState

LOST = "lost"
# How a dispute of Stripe's may end: "warning_closed" is an inquiry that took nothing.
ENDS = {LOST, "won", "warning_closed"}


def hear(facts: dict[str, Any]) -> bool:
    """Applies what a provider's event tells of a dispute, whatever came before; False when it is
    about no payment of ours."""
    payments = Payment.objects.select_related("order__user")
    payment = payments.filter(reference=facts.get("charge", "")).first()
    if payment is None:
        return False
    with translation.override(settings.LANGUAGE_CODE):
        task = _task(payment, facts)
        if facts["status"] == LOST:
            state = RefundState(
                reference=facts["object"],
                status="done",
                amount=facts["amount"],
                charge=payment.reference,
                currency=facts["currency"],
            )
            refunds.apply_state(state)
        if facts["status"] in ENDS:
            _close(task, facts)
    return True


@transaction.atomic
def _task(payment: Payment, facts: dict[str, Any]) -> Task:
    """One for each dispute: what to answer, and until when the bank waits for it."""
    due = facts.get("due_by")
    task, is_new = Task.objects.get_or_create(
        key=key_of(facts["object"]),
        defaults={
            "kind": Task.Kind.DISPUTE,
            "order": payment.order,
            "payment": payment,
            "due_at": datetime.fromtimestamp(due, UTC) if due else None,
            "note": _("%(won)s won, %(reason)s. Send the evidence in the provider's dashboard.")
            % {"won": f"{facts['amount']:,}", "reason": facts.get("reason") or "?"},
        },
    )
    if is_new:
        audit.record("payments.raise_task", payment.order, task=task.kind, note=task.note)
    return task


def key_of(dispute: str) -> str:
    return f"dispute:{dispute}"


@transaction.atomic
def _close(task: Task, facts: dict[str, Any]) -> None:
    """The bank has decided: nothing is left to answer, and the order is not in dispute any more."""
    task = Task.objects.select_for_update().select_related("order").get(pk=task.pk)
    if task.status == Task.Status.OPEN:
        won = f"{facts['amount']:,}"
        resolution = (
            _("Lost: %(won)s won were booked as returned.") % {"won": won}
            if facts["status"] == LOST
            else _("Won: the money stays here.")
        )
        resolve_task(task, resolution=resolution, by=None)

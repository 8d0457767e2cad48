"""The payer asks their bank for the money back. What they bought stays theirs until the bank has
decided; what is lost is booked once, like a refund that others made."""

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from kosna.audit import actions as audit
from kosna.payments.actions import refunds
from kosna.payments.actions.settlement import resolve_task
from kosna.payments.models import Payment, Task
from kosna.payments.providers.base import DisputeState, Notice, RefundState


def hear(notice: Notice) -> bool:
    """Applies what a provider tells of a dispute, whatever came before; False when it is about no
    payment of ours."""
    payments = Payment.objects.select_related("order__user").filter(provider=notice.provider)
    payment = payments.filter(reference=notice.charge).first()
    dispute = notice.dispute
    if payment is None or dispute is None:
        return False
    with translation.override(settings.LANGUAGE_CODE):
        task = _task(payment, dispute)
        if dispute.outcome == "lost":
            state = RefundState(
                reference=dispute.reference,
                status="done",
                amount=dispute.amount,
                charge=payment.reference,
                currency=dispute.currency,
            )
            refunds.apply_state(state)
        if dispute.outcome:
            _close(task, dispute)
    return True


@transaction.atomic
def _task(payment: Payment, dispute: DisputeState) -> Task:
    """One for each dispute: what to answer, and until when the bank waits for it."""
    task, is_new = Task.objects.get_or_create(
        key=key_of(dispute.reference),
        defaults={
            "kind": Task.Kind.DISPUTE,
            "order": payment.order,
            "payment": payment,
            "due_at": dispute.due_at,
            "note": _("%(won)s won, %(reason)s. Send the evidence in the provider's dashboard.")
            % {"won": f"{dispute.amount:,}", "reason": dispute.reason or "?"},
        },
    )
    if is_new:
        audit.record("payments.raise_task", payment.order, task=task.kind, note=task.note)
    return task


def key_of(dispute: str) -> str:
    return f"dispute:{dispute}"


@transaction.atomic
def _close(task: Task, dispute: DisputeState) -> None:
    """The bank has decided: nothing is left to answer, and the order is not in dispute any more."""
    task = Task.objects.select_for_update().select_related("order").get(pk=task.pk)
    if task.status == Task.Status.OPEN:
        won = f"{dispute.amount:,}"
        resolution = (
            _("Lost: %(won)s won were booked as returned.") % {"won": won}
            if dispute.outcome == "lost"
            else _("Won: the money stays here.")
        )
        resolve_task(task, resolution=resolution, by=None)

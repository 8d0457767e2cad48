"""Money that no order needs, and that can go back the way it came, is returned by itself: the
second of two payments, and, where the association has decided so, what came after the deadline."""

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.actions.claims import refundable, request_refund
from kosna.payments.actions.refunds import send_refund
from kosna.payments.actions.settlement import locked, net_paid, resolve_task
from kosna.payments.models import MoneyRule, Order, Payment, Refund, Task
from kosna.payments.providers import returns_by_itself

KINDS = (Task.Kind.OVERPAID, Task.Kind.PAID_AFTER_EXPIRY)


def give_back(order: Order) -> list[Refund]:
    """Returns what an order holds too much, as its open money tasks say; outside transactions.

    Each payment goes back once and whole, and never what the order still needs: a payment that is
    too large by a part, or came by bank transfer, keeps its task. Safe to call at any time.
    """
    if not order.tasks.filter(kind__in=KINDS, status=Task.Status.OPEN).exists():
        return []
    with translation.override(settings.LANGUAGE_CODE):
        refunds = _claim(order)
    return [send_refund(refund) for refund in refunds]


@transaction.atomic
def _claim(order: Order) -> list[Refund]:
    """The intents, with the tasks that they answer closed; each is sent by its own key later."""
    order = locked(order)
    tasks = list(order.tasks.filter(kind__in=KINDS, status=Task.Status.OPEN))
    needs_nothing = order.status == Order.Status.REFUNDED or _is_returned_late(order, tasks)
    too_much = net_paid(order) - (0 if needs_nothing else order.total)
    reason = _("Paid after the deadline") if needs_nothing else _("Paid twice")
    claimed = []
    for payment in order.payments.standing().order_by("-pk"):
        if not returns_by_itself(payment):
            break  # too much came this way, and a person knows where it goes
        free = refundable(payment)
        if 0 < free <= too_much:
            claimed.append(_approved(order, payment, free, reason))
            too_much -= free
    if claimed and not too_much:
        for task in tasks:
            if needs_nothing or task.kind == Task.Kind.OVERPAID:
                resolve_task(task, resolution=_("Returned by the portal itself."), by=None)
    return claimed


def _is_returned_late(order: Order, tasks: list[Task]) -> bool:
    late = any(task.kind == Task.Kind.PAID_AFTER_EXPIRY for task in tasks)
    is_out = order.status in (Order.Status.EXPIRED, Order.Status.REVIEW)
    return late and is_out and MoneyRule.objects.in_force().returns_late_money


def _approved(order: Order, payment: Payment, amount: int, reason: str) -> Refund:
    """Approved by the portal's rules: no person gains by it, as it goes back where it came from."""
    refund = request_refund(order=order, amount=amount, reason=reason, payment=payment, by=None)
    refund.move_to(Refund.Status.APPROVED, approved_at=clock.now())
    audit.record(
        "payments.approve_refund",
        order,
        reason=reason,
        subjects=[order.user_id],
        amount=amount,
        refund=refund.pk,
    )
    return refund


def give_back_all() -> int:
    """What a killed process left: tasks whose money was not claimed yet, and claims not yet sent.
    Returns how many went."""
    number = 0
    waiting = Order.objects.filter(tasks__kind__in=KINDS, tasks__status=Task.Status.OPEN)
    for order in waiting.distinct():
        number += len(give_back(order))
    unsent = Refund.objects.filter(status=Refund.Status.APPROVED, approved_by=None)
    for refund in unsent.select_related("order", "payment"):
        try:
            send_refund(refund)
        except Refused:
            continue  # somebody else has just sent it
        number += 1
    return number

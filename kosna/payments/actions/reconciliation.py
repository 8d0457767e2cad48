"""What no webhook told us: asks the provider about everything recent and books what is missing."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.actions import card
from kosna.payments.actions.card import Quarantined
from kosna.payments.actions.refunds import apply_state as apply_refund
from kosna.payments.actions.refunds import send_refund
from kosna.payments.actions.settlement import net_paid, settle
from kosna.payments.models import Attempt, Order, Payment, Refund
from kosna.payments.providers import configured
from kosna.payments.providers.base import HostedProvider, ProviderDown, ProviderRefused

WINDOW = timedelta(days=4)  # Stripe delivers an event for three days
IN_FLIGHT = timedelta(minutes=5)


@dataclass
class Report:
    looked_at: int = 0
    booked: int = 0
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"looked at {self.looked_at}, booked {self.booked}", *self.problems]
        return "\n".join(lines)


def reconcile(since: datetime | None = None) -> Report:
    """Compares sessions and refunds since then (four days) with our books, and mends what can be
    mended. Safe to run at any time and in parallel; raises ProviderDown."""
    since = since or clock.now() - WINDOW
    report = Report()
    _settle_recorded(report)
    providers = configured()
    if providers:
        _ask_about_attempts(report)
    for provider in providers:
        _read_sessions(provider, since, report)
        _read_refunds(provider, since, report)
    if providers:
        _resend_refunds(report)
    return report


def _settle_recorded(report: Report) -> None:
    """Money was written down, and the process died before the consequences."""
    unsettled = (Order.Status.PENDING, Order.Status.EXPIRED, Order.Status.CANCELLED)
    orders = Order.objects.filter(status__in=unsettled, payments__isnull=False)
    for order in orders.distinct():
        if net_paid(order) >= order.total:
            settle(order)
            report.booked += 1


def _ask_about_attempts(report: Report) -> None:
    """Attempts that should have ended, those whose session we never heard of, and those that are
    being decided."""
    now = clock.now()
    unknown = (Attempt.Status.CREATED, Attempt.Status.PROCESSING)
    lost = Q(status__in=unknown, created_at__lt=now - IN_FLIGHT)
    ended = Q(status__in=Attempt.UNDECIDED, expires_at__lt=now)
    for attempt in Attempt.objects.filter(lost | ended).select_related("order"):
        report.looked_at += 1
        card.look_up(attempt.order)


def _read_sessions(provider: HostedProvider, since: datetime, report: Report) -> None:
    for state in provider.sessions_since(since):
        report.looked_at += 1
        if state.status != "paid":
            continue
        if Payment.objects.filter(provider=provider.name, reference=state.reference).exists():
            continue
        try:
            if card.fulfil(state.session, of=provider.name):
                report.booked += 1
        except (Quarantined, ProviderRefused, Refused) as problem:
            report.problems.append(f"{state.session} ({state.order}): {problem}")


def _read_refunds(provider: HostedProvider, since: datetime, report: Report) -> None:
    settled = {"done": Refund.Status.DONE, "failed": Refund.Status.FAILED}
    for state in provider.refunds_since(since):
        report.looked_at += 1
        known = Refund.objects.filter(reference=state.reference).first()
        if known and known.status == settled.get(state.status, Refund.Status.SENT):
            continue
        refund = apply_refund(state)
        if refund:
            report.booked += 1


def _resend_refunds(report: Report) -> None:
    """Sent, but no answer: asks again under the same key, after a look at what is there."""
    silent = Refund.objects.filter(
        status=Refund.Status.SENT, reference=None, approved_at__lt=clock.now() - IN_FLIGHT
    ).exclude(payment__provider="bank")
    for refund in silent.select_related("order", "payment"):
        try:
            if send_refund(refund).status == Refund.Status.DONE:
                report.booked += 1
        except (ProviderDown, Refused) as problem:
            report.problems.append(f"refund {refund.uuid}: {problem}")

"""One thing at a time: what the provider says of it, what our books say, and what cannot be mended
between the two. Every look books what is missing before it says that something disagrees."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.actions import card, disputes
from kosna.payments.actions.refunds import apply_state as apply_refund
from kosna.payments.models import Attempt, Disagreement, Order, Payment, Refund, Task
from kosna.payments.providers.base import (
    HostedProvider,
    ProviderRefused,
    ProviderState,
    Quarantined,
    RefundState,
)

Kind = Disagreement.Kind
SILENT_FOR = timedelta(hours=1)
CHUNK = 200


@dataclass(frozen=True)
class Finding:
    """What disagrees: ``ours`` and ``theirs`` in won, None where nothing of the kind is there."""

    kind: Disagreement.Kind
    provider: str
    reference: str
    order: Order | None = None
    ours: int | None = None
    theirs: int | None = None
    detail: str = ""

    @property
    def subject(self) -> tuple[str, ...]:
        return (self.provider, self.kind, self.reference)


def in_chunks(states: Iterable[ProviderState]) -> Iterator[list[ProviderState]]:
    chunk: list[ProviderState] = []
    for state in states:
        chunk.append(state)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    yield chunk


def payments_of(provider: str, references: Iterable[str]) -> dict[str, Payment]:
    rows = Payment.objects.filter(provider=provider, reference__in=list(references))
    return {row.reference: row for row in rows.select_related("order")}


def look_at_session(
    name: str, state: ProviderState, payment: Payment | None
) -> tuple[bool, Finding | None]:
    """(whether something was booked, what disagrees); ``payment`` is what we have of the charge."""
    if state.status != "paid":
        return False, None
    if payment:
        if payment.amount == state.amount:
            return False, None
        return False, Finding(
            Kind.AMOUNT, name, state.session, payment.order, payment.amount, state.amount
        )
    if state.environment != settings.KOSNA_ENV:
        return False, None
    try:
        if card.fulfil(state.session, of=name):
            return True, None
        problem = _("No payment of this kind was begun here.")
    except (Quarantined, ProviderRefused, Refused) as no:
        problem = str(no)
    return False, Finding(
        Kind.UNBOOKED,
        name,
        state.session,
        Order.objects.filter(code=state.order[:10]).first(),
        theirs=state.amount,
        detail=problem,
    )


def look_at_payment(provider: HostedProvider, payment: Payment) -> Finding | None:
    """A payment of ours that no list of the provider's names."""
    attempt = payment.attempt
    if attempt is None or attempt.session is None:
        return None
    detail = ""
    try:
        state = provider.fetch(attempt.session)
    except ProviderRefused as no:
        theirs, detail = None, str(no)
    else:
        if state.status == "paid" and state.reference == payment.reference:
            return None
        theirs = state.amount if state.status == "paid" else None
    return Finding(
        Kind.MISSING,
        provider.name,
        payment.reference,
        payment.order,
        payment.amount,
        theirs,
        detail,
    )


def look_at_refund(name: str, state: RefundState) -> tuple[bool, Finding | None]:
    """A refund of the provider's: booked as it says, or why it cannot be."""
    settled = {"done": Refund.Status.DONE, "failed": Refund.Status.FAILED}
    rows = Refund.objects.select_related("order")
    known = rows.filter(reference=state.reference).first()
    if known is None and state.refund:
        known = rows.filter(uuid=state.refund).first()
    due = settled.get(state.status, Refund.Status.SENT)
    gave_up = known and known.status == Refund.Status.REJECTED and state.status == "failed"
    if known and (known.status == due or gave_up) and known.amount == state.amount:
        return False, None
    try:
        return bool(apply_refund(state)), None
    except (Quarantined, Refused) as problem:
        payment = Payment.objects.filter(reference=state.charge).select_related("order").first()
        return False, Finding(
            Kind.REFUND_UNBOOKED,
            name,
            state.reference,
            payment.order if payment else None,
            known.amount if known else None,
            state.amount,
            str(problem),
        )


def look_at_own_refund(provider: HostedProvider, refund: Refund) -> Finding | None:
    """A refund that we booked as done and that no list of the provider's names."""
    if Task.objects.filter(key=disputes.key_of(str(refund.reference))).exists():
        return None  # a lost dispute: the bank took it, nobody refunded
    made = {state.reference: state for state in provider.refunds_of(refund.payment.reference)}
    state = made.get(str(refund.reference))
    if state and state.status != "failed":
        return None
    return Finding(
        Kind.REFUND_MISSING,
        provider.name,
        str(refund.reference),
        refund.order,
        refund.amount,
        detail=state.error if state else "",
    )


def unsettled() -> Iterator[Finding]:
    """Orders that hold their whole price and stand as if they did not."""
    rows = Order.objects.filter(status__in=Order.UNSETTLED, payments__isnull=False)
    for order in rows.with_balance().distinct():
        held = order.paid - order.refunded
        if held >= order.total > 0:
            yield Finding(
                Kind.UNSETTLED,
                "",
                order.code,
                order,
                order.total,
                held,
                str(order.get_status_display()),
            )


def silent(name: str) -> Iterator[Finding]:
    """What we asked and nobody has answered for an hour."""
    before = clock.now() - SILENT_FOR
    asked = (Attempt.Status.CREATED, Attempt.Status.OPEN)
    attempts = Attempt.objects.filter(provider=name, status__in=asked, expires_at__lt=before)
    for attempt in attempts.select_related("order"):
        yield Finding(
            Kind.SILENT, name, str(attempt.uuid), attempt.order, attempt.amount, None, attempt.error
        )
    refunds = Refund.objects.filter(
        payment__provider=name,
        status=Refund.Status.SENT,
        reference=None,
        approved_at__lt=before,
    )
    for refund in refunds.select_related("order"):
        yield Finding(
            Kind.SILENT, name, str(refund.uuid), refund.order, refund.amount, None, refund.error
        )

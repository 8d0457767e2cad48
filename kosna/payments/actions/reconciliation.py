"""What no webhook told us: asks the provider about everything recent, books what is missing, and
keeps what still disagrees where the treasurer sees it."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import batches, clock
from kosna.core.errors import Refused
from kosna.core.models import Batch
from kosna.payments.actions import card, comparison, events, returns
from kosna.payments.actions.comparison import Finding
from kosna.payments.actions.refunds import send_refund
from kosna.payments.actions.settlement import net_paid, settle
from kosna.payments.models import (
    Attempt,
    Disagreement,
    Order,
    Payment,
    ProviderEvent,
    Reconciliation,
    Refund,
)
from kosna.payments.models.money import BY_HAND
from kosna.payments.providers import configured
from kosna.payments.providers.base import (
    HostedProvider,
    ProviderRefused,
    Recalls,
)

logger = logging.getLogger(__name__)
Kind = Disagreement.Kind
WINDOW = timedelta(days=4)  # Stripe delivers an event for three days
RECENT = timedelta(hours=25)  # a session lives for a day
IN_FLIGHT = timedelta(minutes=5)
KEPT = timedelta(days=30)  # looks that found nothing


@dataclass
class Report:
    """What a look came to. ``asked`` are the subjects that were looked at, or (provider, kind)
    where all of a kind were: what stood out among them and does no more is mended."""

    looked_at: int = 0
    booked: int = 0
    findings: dict[tuple[str, ...], Finding] = field(default_factory=dict)
    asked: set[tuple[str, ...]] = field(default_factory=set)

    @property
    def problems(self) -> list[str]:
        return [
            f"{finding.kind} {finding.reference} {finding.order or ''} {finding.detail}".strip()
            for finding in self.findings.values()
        ]

    def look(self, provider: str, reference: str, finding: Finding | None, *kinds: Kind) -> None:
        """At one thing, which might have disagreed in these ways."""
        self.looked_at += 1
        self.asked.update((provider, kind, reference) for kind in kinds)
        if finding:
            self.findings[finding.subject] = finding

    def look_at_all(self, provider: str, kind: Kind, findings: Iterable[Finding]) -> None:
        self.findings.update((finding.subject, finding) for finding in findings)
        self.asked.add((provider, kind))

    def __str__(self) -> str:
        lines = [f"looked at {self.looked_at}, booked {self.booked}", *self.problems]
        return "\n".join(lines)


def reconcile_recent() -> Report:
    """Every ten minutes: what can still be open."""
    return reconcile(clock.now() - RECENT, kind=Reconciliation.Kind.RECENT)


def reconcile(
    since: datetime | None = None,
    *,
    kind: Reconciliation.Kind = Reconciliation.Kind.NIGHTLY,
    by: User | None = None,
) -> Report:
    """Compares sessions, refunds and disputes since then (four days) with our books, mends what can
    be mended and keeps the rest as rows. Safe to run at any time and in parallel; raises
    ProviderDown, and what it had found by then stands."""
    since = since or clock.now() - WINDOW
    run = Reconciliation.objects.create(kind=kind, since=since, by=by)
    if by:
        audit.record("payments.reconcile", run, by=by)
    report = Report()
    try:
        with translation.override(settings.LANGUAGE_CODE):
            _look(report, since)
    except Exception as problem:
        run.error = f"{type(problem).__name__}: {problem}"[:500]
        raise
    finally:
        keep(report)
        run.looked_at, run.booked = report.looked_at, report.booked
        run.disagreeing = Disagreement.objects.standing().count()
        run.finished_at = clock.now()
        run.save()
    _forget_quiet_runs()
    return report


RECONCILE = "payments.reconcile"


@transaction.atomic
def start_reconciliation(*, by: User) -> Batch:
    """Somebody pressed the button: the worker looks, four days back."""
    return batches.start(RECONCILE, by=by, title=_("Comparison with the payment provider"))


def reconcile_by_hand(work: batches.Work) -> None:
    report = reconcile(kind=Reconciliation.Kind.BY_HAND, by=work.batch.by)
    work.tell(
        **{
            _("Looked at"): report.looked_at,
            _("Booked by it"): report.booked,
            _("Disagreeing"): len(report.findings),
        }
    )


def url_of_reconciliation(batch: Batch) -> str:
    return reverse("payments_staff:reconciliation")


def _look(report: Report, since: datetime) -> None:
    _settle_recorded(report)
    providers = configured()
    if providers:
        _work_off_received([provider.name for provider in providers], report)
        _ask_about_attempts(report)
    for provider in providers:
        seen = _read_sessions(provider, since, report)
        _look_for_payments(provider, since, seen, report)
        refunds = _read_refunds(provider, since, report)
        _look_for_refunds(provider, since, refunds, report)
        _read_disputes(provider, since, report)
    if providers:
        _resend_refunds(report)
        report.booked += returns.give_back_all()
    for provider in providers:
        report.look_at_all(provider.name, Kind.SILENT, comparison.silent(provider.name))
        _look_again(provider, report)
    report.look_at_all("", Kind.UNSETTLED, comparison.unsettled())


# What we know and have not finished ---------------------------------------------------------------


def _settle_recorded(report: Report) -> None:
    """Money was written down, and the process died before the consequences."""
    orders = Order.objects.filter(status__in=Order.UNSETTLED, payments__isnull=False)
    for order in orders.distinct():
        if net_paid(order) >= order.total:
            settle(order)
            report.booked += 1


def _work_off_received(providers: list[str], report: Report) -> None:
    """Notices that were stored when a process died, and that the provider has not sent again."""
    before = clock.now() - IN_FLIGHT
    rows = ProviderEvent.objects.filter(
        provider__in=providers, outcome=ProviderEvent.Outcome.RECEIVED
    )
    for row in rows.filter(received_at__lt=before).order_by("pk"):
        report.looked_at += 1
        events.work_off(row)


def _ask_about_attempts(report: Report) -> None:
    """Attempts that should have ended, those whose session we never heard of, those that are being
    decided, and pages that stay open though their order needs no payment any more."""
    now = clock.now()
    unknown = (Attempt.Status.CREATED, Attempt.Status.PROCESSING)
    lost = Q(status__in=unknown, created_at__lt=now - IN_FLIGHT)
    ended = Q(status__in=Attempt.UNDECIDED, expires_at__lt=now)
    needless = Q(status=Attempt.Status.OPEN) & ~Q(order__status=Order.Status.PENDING)
    for attempt in Attempt.objects.filter(lost | ended | needless).select_related("order"):
        report.looked_at += 1
        if attempt.order.status == Order.Status.PENDING:
            card.look_up(attempt.order)
            continue
        try:
            card.close_sessions(attempt.order)
        except Refused as paid:
            logger.warning("order %s: %s", attempt.order.code, paid)


def _resend_refunds(report: Report) -> None:
    """Sent, but no answer: asks again under the same key, after a look at what is there."""
    silent = Refund.objects.filter(
        status=Refund.Status.SENT, reference=None, approved_at__lt=clock.now() - IN_FLIGHT
    ).exclude(payment__provider__in=BY_HAND)
    for refund in silent.select_related("order", "payment"):
        try:
            if send_refund(refund).status == Refund.Status.DONE:
                report.booked += 1
        except Refused as problem:
            logger.warning("refund %s: %s", refund.uuid, problem)


# What the provider knows, and we should -----------------------------------------------------------


def _read_sessions(provider: HostedProvider, since: datetime, report: Report) -> set[str]:
    """Returns the charges that the provider's list names as paid."""
    seen = set()
    for chunk in comparison.in_chunks(provider.sessions_since(since)):
        paid = [state for state in chunk if state.status == "paid"]
        known = comparison.payments_of(provider.name, (state.reference for state in paid))
        seen.update(state.reference for state in paid)
        closed = [state.session for state in chunk if state.status not in ("open", "paid")]
        open_here = Attempt.objects.filter(status=Attempt.Status.OPEN, session__in=closed)
        for attempt in open_here.select_related("order"):
            card.look_up(attempt.order)
        for state in chunk:
            booked, finding = comparison.look_at_session(
                provider.name, state, known.get(state.reference)
            )
            report.booked += booked
            report.look(provider.name, state.session, finding, Kind.UNBOOKED, Kind.AMOUNT)
    return seen


def _look_for_payments(
    provider: HostedProvider, since: datetime, seen: set[str], report: Report
) -> None:
    written = Payment.objects.filter(
        provider=provider.name, recorded_at__gte=since, recorded_at__lt=clock.now() - IN_FLIGHT
    )
    for payment in written.exclude(attempt=None).select_related("attempt", "order"):
        if payment.reference not in seen:
            finding = comparison.look_at_payment(provider, payment)
            report.look(provider.name, payment.reference, finding, Kind.MISSING)


def _read_refunds(provider: HostedProvider, since: datetime, report: Report) -> set[str]:
    seen = set()
    for state in provider.refunds_since(since):
        booked, finding = comparison.look_at_refund(provider.name, state)
        report.booked += booked
        report.look(provider.name, state.reference, finding, Kind.REFUND_UNBOOKED)
        if state.status != "failed":
            seen.add(state.reference)
    return seen


def _look_for_refunds(
    provider: HostedProvider, since: datetime, seen: set[str], report: Report
) -> None:
    done = Refund.objects.filter(
        payment__provider=provider.name,
        status=Refund.Status.DONE,
        done_at__gte=since,
        done_at__lt=clock.now() - IN_FLIGHT,
    )
    for refund in done.exclude(reference__in=seen).select_related("order", "payment"):
        finding = comparison.look_at_own_refund(provider, refund)
        report.look(provider.name, str(refund.reference), finding, Kind.REFUND_MISSING)


def _read_disputes(provider: HostedProvider, since: datetime, report: Report) -> None:
    """Those whose event never came, and those whose event came before we knew of the payment."""
    if isinstance(provider, Recalls):
        for notice in provider.disputes_since(since):
            report.looked_at += 1
            events.receive(notice)
    early = ProviderEvent.objects.filter(
        provider=provider.name,
        outcome=ProviderEvent.Outcome.IGNORED,
        decided_at=None,
        type__contains="dispute",
        received_at__gte=since,
    )
    rows = list(early.order_by("pk"))
    known = comparison.payments_of(provider.name, {row.payload.get("charge", "") for row in rows})
    for row in rows:
        if row.payload.get("charge") not in known:
            continue
        early.filter(pk=row.pk).update(outcome=ProviderEvent.Outcome.RECEIVED)
        row.outcome = ProviderEvent.Outcome.RECEIVED
        report.booked += events.work_off(row).outcome == ProviderEvent.Outcome.APPLIED


def _look_again(provider: HostedProvider, report: Report) -> None:
    """Whatever stood out before and was not among the recent: does it still?"""
    for row in Disagreement.objects.standing().filter(provider=provider.name):
        if row.subject in report.asked or row.kind == Kind.SILENT:
            continue
        try:
            finding = _again(provider, row)
        except ProviderRefused:
            continue  # nobody knows it any more: it stays until a person has looked
        report.look(provider.name, row.reference, finding, Kind(row.kind))


def _again(provider: HostedProvider, row: Disagreement) -> Finding | None:
    match row.kind:
        case Kind.UNBOOKED | Kind.AMOUNT:
            state = provider.fetch(row.reference)
            known = comparison.payments_of(provider.name, [state.reference])
            return comparison.look_at_session(provider.name, state, known.get(state.reference))[1]
        case Kind.MISSING:
            payments = Payment.objects.select_related("attempt", "order")
            return comparison.look_at_payment(provider, payments.get(reference=row.reference))
        case Kind.REFUND_MISSING:
            refund = Refund.objects.filter(reference=row.reference, status=Refund.Status.DONE)
            found = refund.select_related("order", "payment").first()
            return comparison.look_at_own_refund(provider, found) if found else None
        case Kind.REFUND_UNBOOKED:
            return _refund_again(provider, row)
    return None


def _refund_again(provider: HostedProvider, row: Disagreement) -> Finding | None:
    for payment in Payment.objects.filter(order=row.order, provider=provider.name):
        for state in provider.refunds_of(payment.reference):
            if state.reference == row.reference:
                return comparison.look_at_refund(provider.name, state)[1]
    return None


# What stands out is kept --------------------------------------------------------------------------


def keep(report: Report) -> None:
    """Writes down what disagrees; what was looked at and agrees now is mended. A look that was cut
    short calls nothing mended that it has not come to."""
    now = clock.now()
    for finding in report.findings.values():
        _note(finding, now)
    for row in Disagreement.objects.standing():
        was_asked = row.subject in report.asked or row.subject[:2] in report.asked
        if was_asked and row.subject not in report.findings:
            Disagreement.objects.standing().filter(pk=row.pk).update(
                status=Disagreement.Status.MENDED, mended_at=now
            )


def _note(finding: Finding, now: datetime) -> None:
    provider, kind, reference = finding.subject
    said = {
        "order": finding.order,
        "ours": finding.ours,
        "theirs": finding.theirs,
        "detail": finding.detail[:500],
        "last_seen_at": now,
    }
    standing = Disagreement.objects.standing().filter(
        provider=provider, kind=kind, reference=reference
    )
    if standing.update(**said):
        return
    try:
        with transaction.atomic():
            Disagreement.objects.create(
                provider=provider, kind=kind, reference=reference, first_seen_at=now, **said
            )
    except IntegrityError:
        standing.update(**said)  # another look found it in the same moment


def _forget_quiet_runs() -> None:
    old = Reconciliation.objects.filter(started_at__lt=clock.now() - KEPT)
    old.filter(kind=Reconciliation.Kind.RECENT, booked=0, disagreeing=0, error="").delete()

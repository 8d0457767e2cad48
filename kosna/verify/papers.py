"""Recounts what was written down: papers, proofs, stored files, figures and the audit chain."""

from collections import Counter
from datetime import timedelta

from django.db.models import Count, F, Max, Min, Q

from kosna.audit.actions import broken_seals
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.documents.models import Document
from kosna.payments.coverage import NOTHING, to_correct
from kosna.payments.models import Order, Proof
from research.actions import index_faults
from research.models import Edition, Observation, Report, SamplePage


def paid_orders_have_one_receipt() -> list[str]:
    """One valid receipt each; a partial refund voids the first and issues the next."""
    valid = Counter(
        key.split(":")[1]
        for key in Document.objects.filter(
            kind=Document.Kind.RECEIPT, status=Document.Status.VALID
        ).values_list("key", flat=True)
    )
    paid = Order.objects.filter(status=Order.Status.PAID, total__gt=0)
    return [
        f"order {order.code} has {valid[str(order.pk)]} valid receipts"
        for order in paid
        if valid[str(order.pk)] != 1
    ]


def document_numbers_are_gapless() -> list[str]:
    series = (
        Document.objects.order_by()
        .values("kind", "year")
        .annotate(first=Min("number"), last=Max("number"), count=Count("pk"))
    )
    return [
        f"{row['kind']} {row['year']}: {row['count']} papers, numbers 1..{row['last']}"
        for row in series
        if row["first"] != 1 or row["last"] != row["count"]
    ]


def proofs_say_what_is_kept() -> list[str]:
    """What the tax office has is what was paid and kept, or waits for its correction; money that
    came by card has no proof."""
    problems = []
    live = Proof.objects.live().with_grounds()
    for proof in live.exclude(status__in=Proof.WAITING).iterator(chunk_size=500):
        if to_correct(proof) != NOTHING:
            problems.append(f"proof {proof.pk} differs by {to_correct(proof).amount}")
    by_card = Proof.objects.exclude(method=F("payment__method")).count()
    if by_card:
        problems.append(f"{by_card} proofs name another method than their payment")
    strange = live.exclude(beside=None).exclude(beside__payment=F("payment")).count()
    return problems + ([f"{strange} proofs stand beside one of another payment"] if strange else [])


def files_are_there() -> list[str]:
    problems = []
    for model in (Report, Edition, SamplePage, Document):
        name = "picture" if model is SamplePage else "file"
        for row in model._base_manager.exclude(**{name: ""}).iterator():
            stored = getattr(row, name)
            if not stored.storage.exists(str(stored.name)):
                problems.append(f"{row._meta.label} {row.pk}: {stored.name} is missing")
    return problems


def values_replace_their_own() -> list[str]:
    """A value of a statistic replaces one of the same cell that was told before it."""
    cell = ("series", "period", "region", "first", "second")
    same = Q(**{name: F(f"replaces__{name}") for name in cell})
    changes = Observation.objects.exclude(replaces=None)
    rows = changes.exclude(same, known_at__gte=F("replaces__known_at"))
    return [f"value {row.pk} replaces one of another cell or time" for row in rows]


def audit_chain_holds() -> list[str]:
    problems = broken_seals()
    late = Entry.objects.unsealed().filter(at__lt=clock.now() - timedelta(minutes=10)).count()
    if late:
        problems.append(f"{late} audit entries wait for their seal: is the worker running?")
    return problems


def library_is_indexed() -> list[str]:
    """What the library's search finds is what its reports say."""
    return index_faults()

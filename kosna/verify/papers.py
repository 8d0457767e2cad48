"""Recounts what was written down: papers, proofs, stored files, figures and the audit chain."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import cache

from django.apps import apps
from django.core.files.storage import FileSystemStorage, Storage
from django.db.models import Count, F, FileField, Max, Min, Model, Q

from kosna.audit.actions import broken_seals
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.documents.models import Document
from kosna.payments.coverage import NOTHING, to_correct
from kosna.payments.models import Order, Proof
from research.actions import index_faults
from research.models import Observation


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


def _file_fields() -> Iterator[tuple[type[Model], FileField]]:
    """Of every room, so that none is forgotten."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, FileField):
                yield model, field


def files_are_there() -> list[str]:
    """Whatever destroys a file empties the name of it in its row, too."""
    problems = []
    for model, field in _file_fields():
        named = model._base_manager.exclude(**{field.name: ""}).order_by("pk")
        problems += [
            f"{model._meta.label} {key}: {name} is missing"
            for key, name in named.values_list("pk", field.name).iterator()
            if name and not field.storage.exists(name)
        ]
    return problems


def files_are_as_they_were_stored() -> list[str]:
    """Where a row says the SHA-256 of its file. Only on a disk: from S3 each would be fetched."""

    @cache  # several rows may share one file
    def digest(storage: Storage, name: str) -> str:
        try:
            with storage.open(name, "rb") as stored:
                return hashlib.file_digest(stored, "sha256").hexdigest()
        except FileNotFoundError:  # told by ``files_are_there``
            return ""

    problems = []
    for model, field in _file_fields():
        has_sum = any(column.name == "sha256" for column in model._meta.local_fields)
        if not has_sum or not isinstance(field.storage, FileSystemStorage):
            continue
        named = model._base_manager.exclude(**{field.name: ""}).exclude(sha256="").order_by("pk")
        problems += [
            f"{model._meta.label} {key}: {name} is not the file that was stored"
            for key, name, sha256 in named.values_list("pk", field.name, "sha256").iterator()
            if digest(field.storage, name) not in ("", sha256)
        ]
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

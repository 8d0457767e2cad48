"""Papers of a closed account are kept as long as the tax office may ask for them. Then the file and
what it said go; the number stays, so that no series has a gap."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kosna.accounts.retention import NOBODY, PAYMENT, Fate, destroys, rule
from kosna.core.uploads import discard
from kosna.documents.models import Document


def tell() -> None:
    rule(Fate.STAYS, PAYMENT, "documents")
    destroys("documents", _("Papers of closed accounts"), PAYMENT, _due, _destroy)


def _due(at: datetime) -> QuerySet[Document]:
    of_closed = Document.objects.filter(subject__closed_at__isnull=False).exclude(facts={})
    return of_closed.filter(issued_at__lt=PAYMENT.cutoff(at))


def _destroy(keys: Collection[int]) -> None:
    rows = Document.objects.filter(pk__in=keys)
    for document in rows.exclude(file=""):
        discard(document.file)
    _discard_former(rows.exclude(reissues=0))
    rows.update(name=NOBODY, facts={}, file="", sha256="")


def _discard_former(rows: QuerySet[Document]) -> None:
    """Copies from before a paper was issued again lie beside the last one, under its code."""
    storage = Document._meta.get_field("file").storage
    codes: dict[int, set[str]] = defaultdict(set)
    for year, code in rows.values_list("year", "code"):
        codes[year].add(code)
    for year, mine in codes.items():
        folder = f"documents/{year}"
        try:
            names = storage.listdir(folder)[1]
        except FileNotFoundError:  # nothing was drawn that year
            continue
        for name in names:
            if any(name.startswith(code) for code in mine):
                transaction.on_commit(partial(storage.delete, f"{folder}/{name}"))

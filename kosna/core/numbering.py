"""Gapless numbers: the counter's row is locked until the caller's transaction ends, so a rolled
back caller gives its number back."""

from django.db import connection, transaction
from django.db.models import F

from kosna.core.models import Counter


def next_number(kind: str, year: int) -> int:
    """The next number, from 1, of a kind in a year. Call it as late in a transaction as you can."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a number belongs to a transaction")
    row = Counter.objects.filter(kind=kind, year=year)
    if not row.update(value=F("value") + 1):
        Counter.objects.bulk_create([Counter(kind=kind, year=year)], ignore_conflicts=True)
        row.update(value=F("value") + 1)
    return row.values_list("value", flat=True).get()

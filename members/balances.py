"""The balances of charges, counted anew for members about whom something changed: dues booked,
paid, given back or paid elsewhere. Call it in the transaction of the change, after it."""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import transaction
from django.db.models import Q, QuerySet

from kosna.payments.models import Refund
from members.models import Application, Balance, Charge, ChargeQuerySet, Member, Renewal
from members.models.charges import DUES

AT_ONCE = 1_000  # members


def recount(members: Iterable[int]) -> None:
    """Of these members (ids), every year; as many statements for one as for a thousand."""
    ids = iter(members)
    while some := list(islice(ids, AT_ONCE)):
        gone = Balance.objects.filter(member__in=some, charge__reversal__isnull=False)
        gone.delete()
        Balance.objects.bulk_create(
            counted(Charge.objects.filter(member__in=some)),
            update_conflicts=True,
            unique_fields=["charge"],
            update_fields=["paid", "open"],
        )


def recount_among(members: QuerySet[Member]) -> None:
    """Of many members those who are charged at all."""
    rows = Balance.objects.filter(member__in=members.order_by().values("pk"))
    recount(list(rows.order_by().values_list("member", flat=True).distinct()))


def recount_returned() -> str:
    """The job: members whose refund came back after it had left, which payments tells nobody."""
    failed = Refund.objects.filter(status=Refund.Status.FAILED, line__kind=DUES).values("order")
    renewed = Renewal.objects.filter(order__in=failed).values("member")
    joined = Application.objects.filter(order__in=failed).values("member")
    rows = Member.objects.filter(Q(pk__in=renewed) | Q(pk__in=joined))
    with transaction.atomic():
        recount_among(rows)
    return f"{rows.count()} members"


def counted(charges: ChargeQuerySet) -> Iterator[Balance]:
    """The balances that standing charges should have, from the facts; nothing is written."""
    for charge in charges.standing().with_open():
        yield Balance(
            charge=charge,
            member_id=charge.member_id,
            tier_id=charge.tier_id,
            year=charge.year,
            due_on=charge.due_on,
            amount=charge.amount,
            paid=charge.paid,
            open=charge.open,
        )


def wrong() -> list[int]:
    """Charges whose kept balance is not what the facts say (ids). For ``verify``."""
    kept = {row.pk: (row.paid, row.open) for row in Balance.objects.iterator()}
    found = []
    for row in counted(Charge.objects.all()):
        if kept.pop(row.charge_id, None) != (row.paid, row.open):
            found.append(row.charge_id)
    return found + sorted(kept)

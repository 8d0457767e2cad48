"""파기: a dry run, a proposal, the approval of another person, and the work itself in slices."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.accounts import retention
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import batches, clock
from kosna.core.batches import Work
from kosna.core.errors import Refused
from kosna.core.models import Batch
from kosna.retention.models import Destruction, DestructionItem

DESTROY = "retention.destroy"
SLICE = 200  # rows in one transaction: nobody waits long for one


class Found(NamedTuple):
    """One kind of the dry run."""

    due: retention.Due
    cutoff: datetime
    number: int


def dry_run(at: datetime) -> list[Found]:
    """How much of each kind is due; one statement a kind, and no name."""
    return [Found(due, due.basis.cutoff(at), due.due(at).count()) for due in retention.dues()]


@transaction.atomic
def propose(*, note: str, by: User) -> Destruction:
    """Writes down what is due now. Raises Refused when nothing is, and while another destruction
    waits or runs."""
    if Destruction.objects.open().exists():
        raise _another_waits()
    at = clock.now()
    found = [(due, list(due.due(at).order_by("pk").values_list("pk", flat=True)))
             for due in retention.dues()]  # fmt: skip
    if not any(keys for _due, keys in found):
        raise Refused(_("Nothing is due."))
    try:
        with transaction.atomic():
            destruction = Destruction.objects.create(as_of=at, note=note, proposed_by=by)
    except IntegrityError:
        raise _another_waits() from None
    DestructionItem.objects.bulk_create(
        DestructionItem(
            destruction=destruction,
            kind=due.code,
            basis=due.basis.code,
            years=due.basis.years or 0,
            cutoff=due.basis.cutoff(at),
            number=len(keys),
            keys=keys,
        )
        for due, keys in found
        if keys
    )
    audit.record("retention.propose", destruction, by=by, reason=note, due=_numbers(found))
    return destruction


def _another_waits() -> Refused:
    return Refused(_("Another destruction waits or is under way. It has to end first."))


def _numbers(found: list[tuple[retention.Due, list[int]]]) -> dict[str, int]:
    return {due.code: len(keys) for due, keys in found if keys}


@transaction.atomic
def approve(destruction: Destruction, *, by: User) -> Batch:
    """The second person's word: the worker destroys from now on, and nothing brings it back.

    Raises Refused to whoever proposed it, and when somebody else decided first.
    """
    _not_ones_own(destruction, by)
    try:
        with transaction.atomic():
            destruction.move_to(Destruction.Status.APPROVED, decided_at=clock.now(), decided_by=by)
    except IntegrityError:
        raise _another_waits() from None
    batch = _start(destruction, by)
    audit.record("retention.approve", destruction, by=by, rows=batch.total)
    return batch


def _start(destruction: Destruction, by: User) -> Batch:
    total = sum(destruction.items.values_list("number", flat=True))
    title = _("Destruction %(number)s") % {"number": destruction}
    return batches.start(DESTROY, by=by, title=title, total=total, destruction=destruction.pk)


def rests(destruction: Destruction) -> bool:
    """Whether it was approved, and its long work was stopped or failed since."""
    running = Batch.objects.filter(
        kind=DESTROY,
        params__destruction=destruction.pk,
        status__in=[Batch.Status.QUEUED, Batch.Status.RUNNING],
    )
    return destruction.status == Destruction.Status.APPROVED and not running.exists()


@transaction.atomic
def resume(destruction: Destruction, *, by: User) -> Batch:
    """Goes on with what was approved. Raises Refused where it is under way, or over."""
    row = Destruction.objects.select_for_update(of=("self",)).get(pk=destruction.pk)
    if not rests(row):
        raise Refused(_("This destruction is under way, or it is over."))
    audit.record("retention.resume", row, by=by)
    return _start(row, by)


@transaction.atomic
def refuse(destruction: Destruction, *, reason: str, by: User) -> None:
    _not_ones_own(destruction, by)
    destruction.move_to(
        Destruction.Status.REFUSED, decided_at=clock.now(), decided_by=by, reason=reason
    )
    audit.record("retention.refuse", destruction, by=by, reason=reason)


@transaction.atomic
def withdraw(destruction: Destruction, *, by: User) -> None:
    """Whoever proposed it takes it back, before anybody has decided."""
    if destruction.proposed_by_id != by.pk:
        raise Refused(_("Only whoever proposed it takes it back."))
    destruction.move_to(Destruction.Status.WITHDRAWN, decided_at=clock.now(), decided_by=by)
    audit.record("retention.withdraw", destruction, by=by)


def _not_ones_own(destruction: Destruction, by: User) -> None:
    if destruction.proposed_by_id == by.pk:
        raise Refused(_("You proposed this destruction: another person decides about it."))


def url_of_destruction(batch: Batch) -> str:
    return reverse("retention_staff:destruction", args=[batch.params["destruction"]])


def carry_out(work: Work) -> None:
    """Long work: slice after slice, each in a transaction of its own. Whoever takes over goes on
    where the last slice ended; done twice, it destroys nothing more."""
    destruction = Destruction.objects.get(pk=work.params["destruction"])
    dealt_with = 0
    for item in destruction.items.all():
        for number in _slices(item, destruction.as_of):
            dealt_with += number
            work.progress(dealt_with)
    finish(destruction, by=work.batch.by)


def _slices(item: DestructionItem, as_of: datetime) -> Iterator[int]:
    while number := destroy_slice(item, as_of):
        yield number


@transaction.atomic
def destroy_slice(item: DestructionItem, as_of: datetime) -> int:
    """Destroys the next rows of a kind that are still due; how many of its keys it dealt with. The
    item's row is held meanwhile: of two workers one waits, and then goes on behind the other."""
    row = DestructionItem.objects.select_for_update().get(pk=item.pk)
    keys = row.keys[row.position : row.position + SLICE]
    if keys:
        due = retention.due_of(row.kind)
        still = list(due.due(as_of).filter(pk__in=keys).values_list("pk", flat=True))
        due.destroy(still)
        DestructionItem.objects.filter(pk=row.pk).update(
            position=row.position + len(keys), destroyed=row.destroyed + len(still)
        )
    return len(keys)


@transaction.atomic
def finish(destruction: Destruction, *, by: User) -> None:
    """The record of it, which stays: kinds, numbers, ground and who. A second time says nothing."""
    row = Destruction.objects.select_for_update(of=("self",)).get(pk=destruction.pk)
    if row.status == Destruction.Status.DONE:
        return
    row.move_to(Destruction.Status.DONE, done_at=clock.now())
    destroyed = dict(row.items.values_list("kind", "destroyed"))
    audit.record("retention.destroy", row, by=by, destroyed=destroyed)

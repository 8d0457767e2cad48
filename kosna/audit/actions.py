"""Writing the record, sealing it, and checking the seals."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Model, QuerySet
from django.utils import translation

from kosna.accounts.models import User
from kosna.accounts.requests import client_ip
from kosna.audit.models import Entry, Look, Seal
from kosna.branches.models import Branch
from kosna.core.models import Counter
from kosna.core.prepared import insert

GENESIS = "0" * 64
_through: ContextVar[dict[str, Any] | None] = ContextVar("through", default=None)


def record(
    verb: str,
    target: Model,
    *,
    by: User | None = None,
    branch: Branch | int | None = None,
    reason: str = "",
    subjects: Iterable[User | int] = (),
    ip: str | None = None,
    **facts: Any,
) -> Entry:
    """Writes one entry in the caller's transaction; ``by=None`` is the portal itself."""
    if branch is None:
        branch = getattr(target, "branch_id", None)
    entry = Entry(
        actor_id=by.pk if by else None,
        actor=by.name if by else "",
        verb=verb,
        target_type=target._meta.label_lower,
        target_id=str(target.pk or ""),
        target=_named(target),
        branch_id=getattr(branch, "pk", branch),
        reason=reason,
        subjects=sorted({getattr(person, "pk", person) for person in subjects}),
        facts=facts | (_through.get() or {}),
        ip=ip,
    )
    if _pile.entries is not None and _pile.savepoints == _savepoints():
        _pile.entries.append(entry)
    else:
        insert([entry])
    return entry


def _named(target: Model) -> str:
    """In the portal's own language, whoever looks: the people it is of read it, too. What is no
    row stands for all of its kind."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(target if target.pk else target._meta.verbose_name_plural)[:200]


@contextmanager
def through(**facts: Any) -> Iterator[None]:
    """Inside, every entry says by what its person acted: a program's key, say."""
    before = _through.set(facts)
    try:
        yield
    finally:
        _through.reset(before)


class _Pile(threading.local):
    entries: list[Entry] | None = None
    savepoints = 0


_pile = _Pile()


def _savepoints() -> int:
    return sum(name is not None for name in connection.savepoint_ids)


@contextmanager
def together() -> Iterator[None]:
    """Entries recorded inside are written by one statement at the end; for an action that many
    people wait for. A transaction is open, and ends if this raises. What a savepoint inside could
    still undo is written at once."""
    _pile.entries, _pile.savepoints = [], _savepoints()
    try:
        yield
        insert(_pile.entries)
    finally:
        _pile.entries = None


def viewed(
    request: Any,
    target: Model,
    *,
    subjects: Iterable[User | int],
    by: User | None = None,
    branch: Branch | int | None = None,
    reason: str = "",
    **facts: Any,
) -> None:
    """The access log of personal data (안전성 확보조치 기준 §8): who saw whose data, from where."""
    request.looks_are_noted = True
    record_seen(
        "privacy.view",
        target,
        by=by or request.user,
        branch=branch,
        reason=reason,
        subjects=subjects,
        ip=client_ip(request),
        page=request.path,
        **facts,
    )


def listed(
    request: Any, kind: type[Model], *, subjects: Iterable[int], branch: int | None
) -> Entry:
    """The same of a page of rows of one kind. One statement: whose data it was is told to them
    (``Look``) when the entry is sealed, moments later."""
    filters = {key: value for key, value in request.GET.items() if value and key != "page"}
    return record(
        "privacy.list",
        kind(),
        by=request.user,
        branch=branch,
        subjects=subjects,
        ip=client_ip(request),
        page=request.path,
        filters=filters,
    )


@transaction.atomic(savepoint=False)
def record_seen(verb: str, target: Model, *, subjects: Iterable[User | int], **facts: Any) -> Entry:
    """``record`` of whose data somebody saw, or took out of the house as a file: each of them is
    shown it on ``/me/looks/``."""
    entry = record(verb, target, subjects=subjects, **facts)
    Look.objects.bulk_create(
        (Look(entry=entry, user_id=pk) for pk in entry.subjects), batch_size=2000
    )
    return entry


def looks_at(user: User) -> QuerySet[Entry]:
    """Who opened this person's data, the latest first."""
    return Entry.objects.filter(looks__user_id=user.pk).order_by("-pk")


@transaction.atomic
def seal() -> int:
    """Chains all entries that have no seal yet, oldest first. Returns how many."""
    _take_turns()
    last = Seal.objects.order_by("-position").first()
    position, previous = (last.position, last.hash) if last else (0, GENESIS)
    seals, looks = [], []
    for entry in Entry.objects.unsealed().order_by("pk")[:5000]:
        position += 1
        digest = entry.digest(previous)
        seals.append(Seal(entry=entry, position=position, previous=previous, hash=digest))
        previous = digest
        if entry.verb == "privacy.list":
            looks += [Look(entry=entry, user_id=pk) for pk in entry.subjects]
    Seal.objects.bulk_create(seals)
    if looks:
        Look.objects.bulk_create(looks)
    return len(seals)


def _take_turns() -> None:
    """One worker at a time: the next one waits here and then reads the chain as it has become."""
    Counter.objects.select_for_update().get_or_create(kind="audit.seal", year=0)


def broken_seals() -> list[str]:
    """Walks the chain; says where an entry was changed, a seal is missing, or the order is off."""
    problems = []
    expected, previous = 1, GENESIS
    for link in Seal.objects.select_related("entry").order_by("position").iterator():
        if link.position != expected:
            problems.append(f"seal {expected} is missing")
            expected = link.position
        if link.previous != previous or link.hash != link.entry.digest(previous):
            problems.append(f"entry {link.entry_id} does not match its seal")
        previous = link.hash
        expected += 1
    last_sealed = Seal.objects.aggregate(last=Max("entry_id"))["last"] or 0
    skipped = Entry.objects.unsealed().filter(pk__lt=last_sealed - 10_000).count()
    if skipped:
        problems.append(f"{skipped} old entries carry no seal")
    return problems

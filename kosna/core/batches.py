"""Long work with progress. An app names its kinds once, in ``AppConfig.ready()``; an action starts
a batch in its own transaction; the worker runs it, one at a time, and takes over what a killed
worker left. So a kind must bear being run again from the start, or keep how far it came.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.models import Batch

logger = logging.getLogger(__name__)
SILENT_FOR = timedelta(
    minutes=2
)  # a running batch that gave no sign of life for so long is taken over
MOST_TRIES = 3
BEAT_SECONDS = 0.5


class Stopped(Exception):
    """The batch was stopped by its owner, or another worker took it over."""


@dataclass(frozen=True)
class Kind:
    run: "Callable[[Work], None]"
    # Where its owner goes on from the finished batch.
    url: Callable[[Batch], str] = lambda batch: ""
    # A member asks for it, on their own pages; all other kinds are work of the desk.
    is_members: bool = False


_kinds: dict[str, Kind] = {}
_rules: list[Callable[[Any], list[int]]] = []


def register(
    kind: str,
    *,
    run: "Callable[[Work], None]",
    url: Callable[[Batch], str] = Kind.url,
    is_members: bool = False,
) -> None:
    if kind in _kinds:
        raise ValueError(f"{kind} is registered twice")
    _kinds[kind] = Kind(run, url, is_members)


def offices_by(function: Callable[[Any], list[int]]) -> None:
    """Says how to find the offices that somebody holds today."""
    _rules.append(function)


def _offices_of(user: Any) -> list[int]:
    return [office for rule in _rules for office in rule(user)]


def may_have(batch: Batch, user: Any) -> bool:
    """Whether what ``user`` asked for is still theirs: of work of the desk, while they hold every
    office that they held when they asked."""
    if batch.by_id != user.pk:
        return False
    if _kinds[batch.kind].is_members:
        return True
    return bool(batch.offices) and set(batch.offices) <= set(_offices_of(user))


def is_members(batch: Batch) -> bool:
    return _kinds[batch.kind].is_members


def start(kind: str, *, by: Any, title: str, total: int = 0, **params: Any) -> Batch:
    """Queues a batch in the caller's transaction; ``params`` are plain JSON facts."""
    if kind not in _kinds:
        raise LookupError(f"no kind of batch is called {kind}")
    return Batch.objects.create(
        kind=kind, by=by, offices=_offices_of(by), title=title, total=total, params=params
    )


def next_url(batch: Batch) -> str:
    return _kinds[batch.kind].url(batch)


class Work:
    """What a running batch gives its kind: its parameters, and a way to say how far it is.

    ``progress`` writes a row, so call it outside transactions: inside one nobody would see it.
    """

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.params: dict[str, Any] = batch.params
        self._beat = 0.0

    def progress(self, done: int, *, total: int | None = None, note: str = "") -> None:
        """Says how far it is, at most twice a second. Raises Stopped when it is to end here."""
        now = time.monotonic()
        if now - self._beat < BEAT_SECONDS and total is None and not note:
            return
        self._beat = now
        changes: dict[str, Any] = {"done": done, "beat_at": clock.now()}
        if total is not None:
            changes["total"] = total
        if note:
            changes["note"] = note[:200]
        self._write(**changes)

    def keep(self, **params: Any) -> None:
        """Remembers how far it came, for whoever has to take over."""
        self.params.update(params)
        self._write(params=self.params, beat_at=clock.now())

    def deliver(self, name: str, content: bytes) -> None:
        """The file that its owner gets; only they can fetch it."""
        stored = self.batch.file.storage.save(
            f"batches/{self.batch.uuid}-{self.batch.tries}", ContentFile(content)
        )
        self._write(file=stored, file_name=name[:150])

    def tell(self, **facts: Any) -> None:
        """Figures of the result, for the page."""
        self.batch.result.update(facts)
        self._write(result=self.batch.result)

    def _write(self, **changes: Any) -> None:
        mine = Batch.objects.filter(
            pk=self.batch.pk, status=Batch.Status.RUNNING, tries=self.batch.tries
        )
        if not mine.update(**changes):
            raise Stopped


def run_next() -> bool:
    """Runs the oldest batch that waits, or that a dead worker left. False when there is none."""
    _give_up_the_lost()
    batch = Batch.objects.filter(_free()).select_related("by").order_by("created_at", "pk").first()
    if batch is None:
        return False
    claimed = Batch.objects.filter(_free(), pk=batch.pk, tries=batch.tries).update(
        status=Batch.Status.RUNNING, tries=batch.tries + 1, beat_at=clock.now(), note=""
    )
    if claimed:
        batch.refresh_from_db()
        _run(batch)
    return True


def run_all() -> int:
    """Runs batches until none waits. Returns how many there were."""
    count = 0
    while run_next():
        count += 1
    return count


def are_left_since(at: datetime) -> bool:
    """Whether one has waited since then for a worker, or for one in place of a dead worker."""
    waits = Q(status=Batch.Status.QUEUED, created_at__lt=at)
    lost = Q(status=Batch.Status.RUNNING, beat_at__lt=at)
    return Batch.objects.filter(waits | lost).exists()


def _free() -> Q:
    silent = clock.now() - SILENT_FOR
    left = Q(status=Batch.Status.RUNNING, beat_at__lt=silent, tries__lt=MOST_TRIES)
    return Q(status=Batch.Status.QUEUED) | left


def _give_up_the_lost() -> None:
    lost = Batch.objects.filter(
        status=Batch.Status.RUNNING, beat_at__lt=clock.now() - SILENT_FOR, tries__gte=MOST_TRIES
    )
    lost.update(status=Batch.Status.FAILED, finished_at=clock.now())


def _run(batch: Batch) -> None:
    with translation.override(batch.by.language):
        try:
            _kinds[batch.kind].run(Work(batch))
        except Stopped:
            return
        except Refused as refusal:
            _finish(batch, Batch.Status.FAILED, note=" ".join(refusal.reasons)[:200])
        except Exception:
            logger.exception("batch %s (%s) failed", batch.uuid, batch.kind)
            _finish(batch, Batch.Status.FAILED, note=_("Something went wrong. Nothing was lost."))
        else:
            _finish(batch, Batch.Status.DONE)


def _finish(batch: Batch, status: str, **changes: Any) -> None:
    mine = Batch.objects.filter(pk=batch.pk, status=Batch.Status.RUNNING, tries=batch.tries)
    mine.update(status=status, finished_at=clock.now(), **changes)


def cancel(batch: Batch) -> None:
    """Stops a batch at its next sign of life. Raises Refused when it is over."""
    batch.move_to(Batch.Status.CANCELLED, finished_at=clock.now())


def run_again(batch: Batch) -> None:
    """Queues a failed batch once more. Raises Refused when it did not fail."""
    batch.move_to(Batch.Status.QUEUED, tries=0, finished_at=None, note="", done=0)

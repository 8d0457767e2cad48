"""Scheduled work. An app names its jobs once, in ``AppConfig.ready()``; ``manage.py worker`` and
``manage.py run_due`` run what is due, each job once in each slot of time, however many workers
there are. A job is safe to run twice: a killed worker's slot is simply followed by the next."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, transaction

from kosna.core import clock
from kosna.core.models import JobRun

logger = logging.getLogger(__name__)
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
FAILED = "failed"


@dataclass(frozen=True)
class Job:
    name: str
    every: timedelta | None  # None: at every tick; such a job takes care of its own rivals
    run: Callable[[], object]
    at: timedelta = timedelta()


_jobs: dict[str, Job] = {}


def register(
    name: str,
    *,
    every: timedelta | None,
    run: Callable[[], object],
    at: timedelta = timedelta(),
) -> None:
    """``at``: how long after midnight (UTC) the slots of a daily job begin."""
    if name in _jobs:
        raise ValueError(f"{name} is registered twice")
    _jobs[name] = Job(name, every, run, at)


def names() -> list[str]:
    return sorted(_jobs)


def run_due(at: datetime | None = None, *, every_job: bool = False) -> list[str]:
    """Runs each job whose slot nobody has taken; with ``every_job``, all of them once."""
    return list(outcomes_of_due(at, every_job=every_job))


def outcomes_of_due(at: datetime | None = None, *, every_job: bool = False) -> dict[str, str]:
    """Runs what ``run_due`` does, and says what became of each: FAILED, or a word of its own."""
    at = at or clock.now()
    ran = {}
    for job in _jobs.values():
        if job.every is None:
            ran[job.name] = _run(job)
            continue
        first = EPOCH + job.at
        slot = at if every_job else first + (at - first) // job.every * job.every
        try:
            with transaction.atomic():
                run = JobRun.objects.create(name=job.name, slot=slot, started_at=clock.now())
        except IntegrityError:
            continue
        outcome = _run(job)
        JobRun.objects.filter(pk=run.pk).update(finished_at=clock.now(), outcome=outcome[:500])
        ran[job.name] = outcome
    return ran


def _run(job: Job) -> str:
    try:
        return str(job.run() or "")
    except Exception:
        logger.exception("job %s failed", job.name)
        return FAILED


def forget_old_runs() -> int:
    """Keeps a week of runs; the table is a lock and a log, not an archive."""
    return JobRun.objects.filter(slot__lt=clock.now() - timedelta(days=7)).delete()[0]

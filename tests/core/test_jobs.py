"""Scheduled jobs: each slot once, whoever runs them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from kosna.core import clock, jobs
from kosna.core.models import JobRun

AT = datetime(2026, 11, 24, 0, 3, tzinfo=UTC)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[datetime]]:
    """One job, every ten minutes, that notes when it ran."""
    noted: list[datetime] = []
    monkeypatch.setattr(jobs, "_jobs", {})
    jobs.register("test.note", every=timedelta(minutes=10), run=lambda: noted.append(clock.now()))
    return noted


@pytest.mark.django_db
def test_slot_runs_once(runs: list) -> None:
    assert jobs.run_due(AT) == ["test.note"]
    assert jobs.run_due(AT + timedelta(minutes=6)) == []
    assert jobs.run_due(AT + timedelta(minutes=7)) == ["test.note"]
    assert len(runs) == 2
    assert JobRun.objects.filter(finished_at=None).count() == 0


@pytest.mark.django_db
def test_failing_job_holds_up_no_other(runs: list) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    jobs.register("test.fail", every=timedelta(minutes=10), run=fail)
    jobs.register("test.last", every=None, run=lambda: None)
    assert jobs.run_due(AT) == ["test.note", "test.fail", "test.last"]
    assert JobRun.objects.get(name="test.fail").outcome == "failed"


def eight_workers() -> list[list[str]]:
    def worker(_number: int) -> list[str]:
        try:
            return jobs.run_due(AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(worker, range(8)))


@pytest.mark.django_db(transaction=True)
def test_eight_workers_share_the_slots(runs: list) -> None:
    assert sorted(eight_workers()) == [[]] * 7 + [["test.note"]]
    assert len(runs) == 1


@contextmanager
def slots_not_unique() -> Iterator[None]:
    constraints = JobRun._meta.constraints
    [once] = constraints
    constraints.remove(once)  # SQLite makes the table anew from what the model says
    with connection.schema_editor() as schema:
        schema.remove_constraint(JobRun, once)
    try:
        yield
    finally:
        JobRun.objects.all().delete()
        constraints.append(once)
        with connection.schema_editor() as schema:
            schema.add_constraint(JobRun, once)


@pytest.mark.django_db(transaction=True)
def test_twin_where_slots_are_not_unique_each_worker_runs_the_job(runs: list) -> None:
    with slots_not_unique():
        assert eight_workers() == [["test.note"]] * 8
    assert len(runs) == 8


def test_name_is_registered_once(runs: list) -> None:
    with pytest.raises(ValueError, match="twice"):
        jobs.register("test.note", every=None, run=lambda: None)


@pytest.mark.django_db
def test_run_due_command_stands_at_an_instant(runs: list) -> None:
    call_command("run_due", "--now", "2027-01-01T00:00:00+09:00")
    assert runs == [datetime(2026, 12, 31, 15, tzinfo=UTC)]


@pytest.mark.django_db
def test_run_due_command_says_which_jobs_failed(
    runs: list, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    jobs.register("test.fail", every=timedelta(minutes=10), run=fail)
    jobs.register("test.fail_again", every=None, run=fail)
    jobs.register("test.last", every=None, run=lambda: None)
    with pytest.raises(CommandError, match="2 of 4"):
        call_command("run_due")
    told = capsys.readouterr()
    assert told.out.splitlines() == ["test.note", "test.last"]
    assert told.err.splitlines() == ["test.fail: failed", "test.fail_again: failed"]


@pytest.mark.django_db
def test_run_due_command_moves_no_clock_in_production(runs: list, settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        call_command("run_due", "--now", "2027-01-01T00:00:00+09:00")
    assert runs == []


@pytest.mark.django_db
def test_every_registered_job_runs_on_an_empty_portal() -> None:
    assert sorted(jobs.run_due(every_job=True)) == jobs.names()
    assert not JobRun.objects.filter(outcome="failed").exists()

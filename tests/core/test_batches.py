"""Long work: done once, whoever runs it; shown while it runs; taken over when its worker dies."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.urls import reverse

from kosna.branches.models import Appointment
from kosna.core import batches, clock
from kosna.core.errors import Refused
from kosna.core.models import Batch
from tests import factories


@pytest.fixture
def kinds(monkeypatch):
    monkeypatch.setattr(batches, "_kinds", {})
    return batches.register


def start(**params) -> Batch:
    return batches.start("test", by=factories.make_user(), title="일", total=3, **params)


@pytest.mark.django_db
def test_batch_runs_with_its_parameters_and_delivers(kinds):
    def run(work):
        for number in range(3):
            work.progress(number + 1, note=f"{number}")
        work.tell(rows=3)
        work.deliver("a.txt", work.params["text"].encode())

    kinds("test", run=run)
    batch = start(text="내용")

    assert batches.run_all() == 1

    batch.refresh_from_db()
    assert (batch.status, batch.done, batch.result) == ("done", 3, {"rows": 3})
    assert batch.file.read().decode() == "내용"
    batch.file.close()
    assert batches.run_all() == 0


@pytest.mark.django_db
def test_refusal_is_told_and_a_fault_is_not(kinds):
    def refuse(work):
        raise Refused("첫째 이유", "둘째 이유")

    def fail(work):
        raise ZeroDivisionError("a secret of ours")

    kinds("test", run=refuse)
    kinds("fault", run=fail)
    refused = start()
    failed = batches.start("fault", by=refused.by, title="일")

    batches.run_all()

    refused.refresh_from_db()
    failed.refresh_from_db()
    assert (refused.status, refused.note) == ("failed", "첫째 이유 둘째 이유")
    assert failed.status == "failed"
    assert "secret" not in failed.note


@pytest.mark.django_db
def test_stopped_batch_ends_at_its_next_sign_of_life(kinds):
    def run(work):
        batches.cancel(Batch.objects.get(pk=work.batch.pk))
        work.progress(1, note="x")
        raise AssertionError("went on")

    kinds("test", run=run)
    batch = start()

    batches.run_all()

    batch.refresh_from_db()
    assert (batch.status, batch.done) == ("cancelled", 0)


@pytest.mark.django_db
def test_batch_of_a_dead_worker_is_taken_over_three_times_at_most(kinds):
    runs = []
    kinds("test", run=lambda work: runs.append(work.batch.tries))
    batch = start()
    silent = {"status": "running", "beat_at": clock.now() - timedelta(minutes=3)}

    Batch.objects.update(**silent, tries=2)
    batches.run_all()
    Batch.objects.update(**silent, tries=3)
    batches.run_all()

    batch.refresh_from_db()
    assert (runs, batch.status) == ([3], "failed")


@pytest.mark.django_db
def test_worker_that_was_taken_for_dead_writes_nothing_more(kinds):
    def run(work):
        Batch.objects.update(tries=2)  # another worker has it now
        work.progress(3, note="x")

    kinds("test", run=run)
    batch = start()

    batches.run_next()

    batch.refresh_from_db()
    assert (batch.status, batch.done, batch.tries) == ("running", 0, 2)


def race(monkeypatch) -> int:
    """Eight workers at one batch; returns how often it ran."""
    runs: list[int] = []
    monkeypatch.setattr(batches, "_kinds", {})
    batches.register("test", run=lambda work: runs.append(1))
    start()

    def work(_number):
        try:
            batches.run_next()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    return len(runs)


@pytest.mark.django_db(transaction=True)
def test_one_of_many_workers_runs_a_batch(monkeypatch):
    assert race(monkeypatch) == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_claim_many_workers_run_a_batch(monkeypatch):
    """The negative twin: where the claim always succeeds, the batch runs more than once."""
    update = type(Batch.objects.all()).update
    rivals = threading.Barrier(2, timeout=10)

    def claims_all(rows, **changes):
        if changes.get("status") == Batch.Status.RUNNING:
            rivals.wait()
            update(rows, **changes)
            return 1
        return update(rows, **changes)

    monkeypatch.setattr(type(Batch.objects.all()), "update", claims_all)
    runs: list[int] = []
    monkeypatch.setattr(batches, "_kinds", {})
    batches.register("test", run=lambda work: runs.append(1))
    start()

    def work(_number):
        try:
            batches.run_next()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    assert connection.vendor in ("sqlite", "postgresql")
    assert len(runs) == 2


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.django_db
def test_list_takes_a_constant_number_of_queries(
    cast, login, django_assert_num_queries, kinds, count
):
    kinds("test", run=lambda work: None)
    for _ in range(count):
        batches.start("test", by=cast.officer, title="일")
    client = login("officer")
    client.get(reverse("batches:batches"))

    with django_assert_num_queries(4):
        client.get(reverse("batches:batches"))


@pytest.mark.django_db
def test_page_follows_a_running_batch_and_rests_when_it_is_over(cast, login, kinds):
    kinds("test", run=lambda work: work.progress(3, note="다 됐습니다"))
    batch = batches.start("test", by=cast.officer, title="일", total=3)
    url = reverse("batches:batch", args=[batch.uuid])
    client = login("officer")

    assert 'http-equiv="refresh"' in client.get(url).content.decode()
    batches.run_all()
    page = client.get(url).content.decode()

    assert 'http-equiv="refresh"' not in page
    assert "다 됐습니다" in page


@pytest.mark.django_db
def test_failed_batch_can_be_run_again(kinds):
    answers = iter([Refused("아직"), None])

    def run(work):
        if refusal := next(answers):
            raise refusal

    kinds("test", run=run)
    batch = start()
    batches.run_all()
    batch.refresh_from_db()

    batches.run_again(batch)
    batches.run_all()

    batch.refresh_from_db()
    assert batch.status == "done"
    with pytest.raises(Refused):
        batches.run_again(batch)


@pytest.mark.django_db
def test_what_was_made_at_the_desk_goes_with_the_office(cast, login, kinds):
    """Neither at the desk nor on one's own pages, where nobody asks for a second factor."""
    kinds("test", run=lambda work: work.deliver("명부.csv", b"x"))
    batch = batches.start("test", by=cast.officer, title="일", total=3)
    batches.run_all()
    client, rows = login("officer"), Appointment.objects.filter(user=cast.officer)
    at_desk, own = (
        reverse("batches:file", args=[batch.uuid]),
        reverse("me:work-file", args=[batch.uuid]),
    )
    assert client.get(at_desk).getvalue() == b"x"
    assert client.get(own).status_code == 404

    factories.appoint(cast.officer, Appointment.Role.BRANCH_OFFICER, cast.daegu)
    assert client.get(at_desk).getvalue() == b"x"
    rows.filter(branch=cast.busan).delete()
    assert client.get(at_desk).status_code == 404
    assert client.get(reverse("batches:batch", args=[batch.uuid])).status_code == 404

"""Programs at once, with real threads and commits; the twins take the guard away."""

from collections import Counter
from contextlib import suppress
from datetime import datetime
from threading import Barrier, BrokenBarrierError
from typing import Any
from uuid import uuid4

import pytest

from events.actions import drafting
from events.models import Event
from kosna.api import actions, operations
from kosna.api.models import Allowance, KeptAnswer
from kosna.audit.models import Entry
from tests.api.programs import NEW, Program, issue
from tests.conftest import make_cast
from tests.events.test_rushes import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def secret() -> str:
    return issue(make_cast())


def sending(secret: str, *sent: Any, **headers: str) -> Any:
    return lambda: Program(secret)(*sent, **headers).status_code


def test_of_those_who_saw_one_version_one_goes_on(secret):
    etag = Program(secret)("POST", "events", NEW)["ETag"]
    change = ("PATCH", "events/spring-seminar", {"summary_ko": "새 요약"})
    publish = ("POST", "events/spring-seminar/publish")
    calls = [sending(secret, *sent, If_Match=etag) for sent in (change, publish) * 2]
    assert Counter(at_once(*calls)) == {200: 1, 412: 3}
    done = Entry.objects.filter(verb__in=["events.change", "events.publish"])
    assert done.count() == 1


def test_twin_that_looks_and_then_acts_lets_both_go_on(secret, monkeypatch):
    both = Barrier(2)

    def looks(event: Event, version: int) -> None:
        assert Event.objects.get(pk=event.pk).version == version

    unguarded = drafting.change_draft.__wrapped__

    def looked(**facts: Any) -> None:
        with suppress(BrokenBarrierError):
            both.wait(10)
        unguarded(**facts)

    monkeypatch.setattr(drafting, "_move_on", looks)
    monkeypatch.setattr("events.actions.change_draft", looked)
    etag = Program(secret)("POST", "events", NEW)["ETag"]
    call = sending(secret, "PATCH", "events/spring-seminar", {"summary_ko": "요약"}, If_Match=etag)
    assert at_once(call, call) == [200, 200]
    assert Entry.objects.filter(verb="events.change").count() == 2


def test_a_request_sent_four_times_at_once_makes_one_event(secret):
    call = sending(secret, "POST", "events", NEW, Idempotency_Key="a")
    assert at_once(*[call] * 4) == [201] * 4
    assert (Event.objects.count(), KeptAnswer.objects.count()) == (1, 1)


def test_twin_without_the_kept_answer_and_the_address_two_events_come_out(secret, monkeypatch):
    """The answer is not kept, and what holds besides is taken away, too: both meet before either
    has the address, which is then another one each time."""
    both = Barrier(2)
    create = drafting.create_draft

    def unkept(operation, call, found, key):
        answer = operation.run(call, **found)
        return operations._written(operation.answer.write(answer.data), 201, answer.headers)

    def elsewhere(*, event: Event, **facts: Any) -> None:
        both.wait(20)
        event.slug = f"seminar-{uuid4().hex[:8]}"
        create(event=event, **facts)

    monkeypatch.setattr(operations, "_once", unkept)
    monkeypatch.setattr("events.actions.create_draft", elsewhere)
    call = sending(secret, "POST", "events", NEW, Idempotency_Key="b")
    assert at_once(call, call) == [201, 201]
    assert Event.objects.count() == 2


def test_no_more_requests_than_allowed_get_through_at_once(secret, monkeypatch):
    monkeypatch.setattr(actions, "MOST_A_MINUTE", 3)
    call = sending(secret, "GET", "events")
    assert Counter(at_once(*[call] * 8)) == {200: 3, 429: 5}
    assert Allowance.objects.get().used == 3


def test_twin_that_reads_and_then_counts_lets_more_through(secret, monkeypatch):
    """All have read that two of three are left before one of them counts."""
    monkeypatch.setattr(actions, "MOST_A_MINUTE", 3)
    call = sending(secret, "GET", "events")
    assert call() == 200
    together = Barrier(8)

    def counts_what_it_read(holder: str, now: datetime) -> bool:
        seen = Allowance.objects.get(holder=holder)
        together.wait(20)
        Allowance.objects.filter(pk=seen.pk).update(used=seen.used + 1)
        return seen.used < actions.MOST_A_MINUTE

    monkeypatch.setattr(actions, "_spent", counts_what_it_read)
    assert at_once(*[call] * 8) == [200] * 8

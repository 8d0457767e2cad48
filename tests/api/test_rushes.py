"""Programs at once, with real threads and commits; the twins take the guard away."""

from collections import Counter
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

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


def test_of_those_who_saw_one_version_one_goes_on(secret, monkeypatch):
    etag = Program(secret)("POST", "events", NEW)["ETag"]
    change = ("PATCH", "events/spring-seminar", {"summary_ko": "새 요약"})
    publish = ("POST", "events/spring-seminar/publish")
    calls = [sending(secret, *sent, If_Match=etag) for sent in (change, publish) * 2]
    assert Counter(at_once(*calls)) == {200: 1, 412: 3}
    done = Entry.objects.filter(verb__in=["events.change", "events.publish"])
    assert done.count() == 1

    # The twin looks and then acts.
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
    etag = Program(secret)("POST", "events", NEW | {"slug": "other"})["ETag"]
    call = sending(secret, "PATCH", "events/other", {"summary_ko": "요약"}, If_Match=etag)
    assert at_once(call, call) == [200, 200]


def test_a_request_sent_four_times_at_once_makes_one_event(secret, monkeypatch):
    call = sending(secret, "POST", "events", NEW, Idempotency_Key="a")
    assert at_once(*[call] * 4) == [201] * 4
    assert (Event.objects.count(), KeptAnswer.objects.count()) == (1, 1)

    def unkept(operation, call, found, key):
        answer = operation.run(call, **found)
        return operations._written(operation.answer.write(answer.data), 201, answer.headers)

    monkeypatch.setattr(operations, "_once", unkept)
    call = sending(secret, "POST", "events", NEW | {"slug": "b"}, Idempotency_Key="b")
    first, second = sorted(at_once(call, call))
    assert first == 201
    assert second in (409, 422)  # the address was free when it looked, or was not


def test_no_more_requests_than_allowed_get_through_at_once(secret, monkeypatch):
    monkeypatch.setattr(actions, "MOST_A_MINUTE", 3)
    call = sending(secret, "GET", "events")
    assert Counter(at_once(*[call] * 8)) == {200: 3, 429: 5}
    assert Allowance.objects.get().used == 3

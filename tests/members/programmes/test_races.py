"""The last place of a round and of a call, with real threads and real commits; and the twins
without the lock, which give it away twice."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from kosna.core import clock
from members.programmes import actions
from members.programmes.actions import giving, projects
from members.programmes.models import (
    Consultant,
    ConsultingRequest,
    ConsultingRequestQuerySet,
    ConsultingRound,
    Project,
    ProjectApplication,
    ProjectApplicationQuerySet,
)
from tests import factories
from tests.members.programmes.consulting import make_consultant, make_request, make_round
from tests.members.programmes.projects import make_application, make_project, open_call
from tests.members.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def members(count: int) -> list[Any]:
    return [factories.make_member(factories.make_user(f"회원{n}")) for n in range(count)]


def counting_together(monkeypatch: Any, rows: type, name: str, meet: int) -> None:
    """All meet between counting and taking on."""
    meeting = threading.Barrier(meet)
    narrowed = getattr(rows, name)

    def met(self: Any) -> Any:
        found = list(narrowed(self))
        meeting.wait(timeout=20)

        class Counted:
            def count(self) -> int:
                return len(found)

        return Counted()

    monkeypatch.setattr(rows, name, met)


@pytest.fixture
def office() -> Any:
    return factories.make_user("사무국")


@pytest.fixture
def asked(office: Any) -> list[Any]:
    """Requests in a round of one place."""
    branch = factories.make_branch("hq")
    entry = make_round(branch, by=office, places=1)
    return [make_request(each, by=each.user, round=entry) for each in members(3)]


def assigning(asked: list[Any], office: Any, assign: Callable[..., Any]) -> list[Any]:
    pool = [make_consultant(factories.make_branch("hq"), by=office) for _each in asked]
    return [
        lambda row=row, one=one: assign(
            ConsultingRequest.objects.get(pk=row.pk), consultant=one, by=office
        )
        for row, one in zip(asked, pool, strict=True)
    ]


def test_the_last_place_of_a_round_goes_to_one(asked: list[Any], office: Any) -> None:
    endings = at_once(assigning(asked, office, actions.assign_consulting))
    assert endings == ["done", "refused", "refused"]
    assert ConsultingRequest.objects.taken().count() == ConsultingRound.objects.get().places


def test_twin_without_the_lock_the_round_takes_too_many(
    asked: list[Any], office: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(giving, "lock_round", lambda key: ConsultingRound.objects.get(pk=key))
    monkeypatch.setattr(giving, "lock_consultant", lambda key: Consultant.objects.get(pk=key))
    calls = assigning(asked[:2], office, actions.assign_consulting.__wrapped__)
    with monkeypatch.context() as patch:
        counting_together(patch, ConsultingRequestQuerySet, "taken", 2)
        assert at_once(calls) == ["done", "done"]
    assert ConsultingRequest.objects.taken().count() == 2


@pytest.fixture
def applied(office: Any) -> list[Any]:
    """Applications to a project of one place."""
    project = make_project(factories.make_branch("hq"), by=office)
    open_call(project, opens_at=clock.now(), places=1)
    return [make_application(project, each, by=each.user) for each in members(3)]


def accepting(applied: list[Any], office: Any, accept: Callable[..., Any]) -> list[Any]:
    return [
        lambda row=row: accept(ProjectApplication.objects.get(pk=row.pk), by=office)
        for row in applied
    ]


def test_the_last_place_of_a_call_goes_to_one(applied: list[Any], office: Any) -> None:
    endings = at_once(accepting(applied, office, actions.accept_application))
    assert endings == ["done", "refused", "refused"]
    assert ProjectApplication.objects.accepted().count() == 1


def test_twin_without_the_lock_the_call_takes_too_many(
    applied: list[Any], office: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(projects, "lock_project", lambda key: Project.objects.get(pk=key))
    calls = accepting(applied[:2], office, actions.accept_application.__wrapped__)
    with monkeypatch.context() as patch:
        counting_together(patch, ProjectApplicationQuerySet, "accepted", 2)
        assert at_once(calls) == ["done", "done"]
    assert ProjectApplication.objects.accepted().count() == 2

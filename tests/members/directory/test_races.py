"""The daily cap of requests, with real threads and real commits; and the twin without the lock,
which lets more through."""

import threading

import pytest

from members.directory import actions
from members.directory.actions import introductions
from members.directory.models import Introduction, Profile
from tests import factories
from tests.members.directory.entries import make_entry
from tests.members.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
LEFT = 1


@pytest.fixture
def people() -> tuple[Profile, list[Profile]]:
    """Who has asked all but one of those whom they may ask today, and whom they could ask."""
    asker, *others = (
        make_entry(factories.make_member(factories.make_user(f"회원{n}"))) for n in range(10)
    )
    asked = actions.DAILY_CAP - LEFT
    for other in others[:asked]:
        actions.ask(asker=asker, asked=other, message="x", by=asker.member.user)
    return asker, others[asked:]


def asking(asker: Profile, others: list[Profile], ask=actions.ask) -> list:
    by = asker.member.user
    return [
        lambda other=other: ask(asker=asker, asked=other, message="x", by=by) for other in others
    ]


def test_the_last_request_of_a_day_is_one(people):
    asker, others = people

    endings = at_once(asking(asker, others))

    assert endings == ["done"] + ["refused"] * (len(others) - 1)
    assert introductions.asked_today(asker) == actions.DAILY_CAP


def test_twin_without_the_lock_more_get_through(people, monkeypatch):
    asker, others = people
    meeting, count = threading.Barrier(2), introductions.asked_today

    def count_together(profile: Profile) -> int:
        number = count(profile)
        meeting.wait(timeout=20)
        return number

    monkeypatch.setattr(introductions, "asked_today", count_together)
    monkeypatch.setattr(
        introductions,
        "locked",
        lambda *keys: list(Profile.objects.filter(pk__in=keys).with_member().order_by("pk")),
    )

    endings = at_once(asking(asker, others[:2], actions.ask.__wrapped__))

    assert endings == ["done", "done"]
    assert count(asker) == actions.DAILY_CAP + 1


def test_two_who_ask_each_other_are_one_request():
    one, other = (make_entry(factories.make_member(factories.make_user(n))) for n in "가나")

    endings = at_once(asking(one, [other]) + asking(other, [one]))

    assert endings == ["done", "refused"]
    assert Introduction.objects.count() == 1

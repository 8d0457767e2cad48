"""Two delegates, two appointers, proxy and door at the same moment, with real commits; and the
twins without the lock."""

import threading

import pytest

from members import actions, quorum
from members.actions import ballots
from members.models import Meeting, Presence, Proxy, Voter
from tests import factories
from tests.members.assembly import called, on
from tests.members.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def meeting() -> Meeting:
    for n in range(4):
        factories.make_member(factories.make_user(f"회원{n}"))
    return called(factories.make_user("송이레"))


@pytest.fixture
def votes(meeting) -> list[Voter]:
    return list(meeting.voters.select_related("meeting", "user").order_by("number"))


def handing(voter: Voter, delegate: Voter, deed=actions.appoint_proxy):
    def hand() -> None:
        with on(3, 10):
            deed(voter, delegate=delegate, by=voter.user)

    return hand


def unlocked(row: Meeting) -> Meeting:
    return Meeting.objects.select_related("branch").get(pk=row.pk)


def test_two_delegates_at_once_get_one_vote(votes):
    calls = [handing(votes[0], votes[1]), handing(votes[0], votes[2])]

    assert at_once(calls) == ["done", "refused"]
    assert Proxy.objects.standing().count() == Presence.objects.count() == 1


def test_two_delegates_without_the_lock_crash(votes, monkeypatch):
    """The twin: both read that the vote is free and meet before they write. Only the unique index
    is left standing, and it answers with a crash, not a refusal."""
    meet_before_writing(monkeypatch)
    deed = actions.appoint_proxy.__wrapped__
    calls = [handing(votes[0], votes[n], deed) for n in (1, 2)]

    assert at_once(calls) == ["crashed", "done"]


def meet_before_writing(monkeypatch) -> None:
    """Nothing is locked, and both have judged the delegate before either writes."""
    meeting_point = threading.Barrier(2)
    judge = ballots._against_delegate

    def judge_together(*args) -> list[str]:
        reasons = judge(*args)
        meeting_point.wait(timeout=20)
        return reasons

    monkeypatch.setattr(ballots, "locked", unlocked)
    monkeypatch.setattr(ballots, "_against_delegate", judge_together)


def test_the_last_proxy_of_a_delegate_goes_to_one(meeting, votes):
    Meeting.objects.filter(pk=meeting.pk).update(max_proxies=1)
    calls = [handing(votes[n], votes[3]) for n in range(3)]

    assert at_once(calls) == ["done", "refused", "refused"]


def test_the_last_proxy_without_the_lock_goes_to_two(meeting, votes, monkeypatch):
    Meeting.objects.filter(pk=meeting.pk).update(max_proxies=1)
    meet_before_writing(monkeypatch)
    deed = actions.appoint_proxy.__wrapped__

    assert at_once([handing(votes[n], votes[3], deed) for n in (0, 1)]) == ["done", "done"]
    assert votes[3].carried.standing().count() == 2  # one too many


def test_chains_do_not_form_at_the_same_moment(votes):
    calls = [handing(votes[0], votes[1]), handing(votes[1], votes[2])]

    assert at_once(calls) == ["done", "refused"]


def test_door_and_proxy_at_once_count_once(meeting, votes):
    def come() -> None:
        with on(3, 20):
            actions.mark_present(votes[0], by=votes[0].user)

    def hand() -> None:
        with on(3, 20):
            actions.appoint_proxy(votes[0], delegate=None, by=votes[0].user)

    endings = at_once([come, hand])

    # Whoever is at the door takes a proxy back by that; a proxy never takes the door's place.
    assert endings in (["done", "done"], ["done", "refused"])
    assert quorum.attendance(meeting).present == 1
    assert Presence.objects.get().mode == "person"


def test_at_the_door_two_desks_mark_one_person_once(meeting, votes):
    def come() -> None:
        with on(3, 20):
            actions.mark_present(votes[0], by=votes[0].user)

    assert at_once([come] * 3) == ["done", "refused", "refused"]
    assert quorum.attendance(meeting).in_person == 1

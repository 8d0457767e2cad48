"""The last seat of a company, with real threads and real commits; and the twins without the lock,
which give it away twice."""

import threading

import pytest

from members import actions
from members.actions import periods, seats
from members.models import Member, Seat, Tier
from tests import factories
from tests.members.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
Role = Seat.Role


@pytest.fixture
def company() -> Member:
    """Two seats in all, one of them taken by the contact."""
    company = factories.make_member(
        organisation=factories.make_organisation(),
        tier=factories.make_tier("company", seats=2, holder="organisation"),
        branch=factories.make_branch("hq"),
    )
    factories.make_seat(company, factories.make_user("담당"), Role.CONTACT)
    return company


def contact_of(company: Member):
    return Seat.objects.get(member=company, role=Role.CONTACT).user


def taken(company: Member) -> int:
    return Seat.objects.current().filter(member=company).count()


def invited(company: Member, count: int) -> list:
    """So many invitations, each with the account that may accept it; they were sent while the tier
    had a seat for each."""
    tiers, pairs = Tier.objects.filter(pk=company.tier_id), []
    tiers.update(seats=company.tier.seats + count)
    for n in range(count):
        invitation = actions.invite(
            company, name=f"새{n}", email=f"new{n}@example.test", by=contact_of(company)
        )
        pairs.append((invitation, factories.make_user(f"새{n}", email=invitation.email)))
    tiers.update(seats=company.tier.seats)
    return pairs


def accepting(pairs: list, accept=actions.accept_invitation) -> list:
    return [lambda pair=pair: accept(pair[0], by=pair[1]) for pair in pairs]


def without_lock(monkeypatch, meet: int) -> None:
    """Nothing is locked, no transaction orders them, and all meet between counting and sitting."""
    meeting = threading.Barrier(meet)
    count = seats.held_seats

    def count_together(member: Member) -> int:
        held = count(member)
        meeting.wait(timeout=20)
        return held

    monkeypatch.setattr(periods, "lock", lambda rows: rows)
    monkeypatch.setattr(seats, "held_seats", count_together)


def test_the_last_seat_goes_to_one_of_many_who_accept_at_once(company):
    endings = at_once(accepting(invited(company, 8)))

    assert endings == ["done"] + ["refused"] * 7
    assert taken(company) == company.seat_limit == 2


def test_twin_without_the_lock_the_last_seat_goes_to_two(company, monkeypatch):
    pairs = invited(company, 2)
    without_lock(monkeypatch, meet=2)

    endings = at_once(accepting(pairs, actions.accept_invitation.__wrapped__))

    assert endings == ["done", "done"]
    assert taken(company) == 3


def ended_seats(company: Member, count: int) -> list[Seat]:
    rows = []
    for n in range(count):
        seat = factories.make_seat(company, factories.make_user(f"전{n}"))
        actions.end_seat(seat, by=contact_of(company))
        rows.append(seat)
    return rows


def test_the_last_seat_is_given_again_to_one(company):
    by = contact_of(company)
    calls = [
        lambda seat=seat: actions.restore_seat(seat, by=by) for seat in ended_seats(company, 6)
    ]

    assert at_once(calls) == ["done"] + ["refused"] * 5
    assert taken(company) == 2


def test_twin_without_the_lock_the_last_seat_is_given_again_to_two(company, monkeypatch):
    by, rows = contact_of(company), ended_seats(company, 2)
    without_lock(monkeypatch, meet=2)
    careless = actions.restore_seat.__wrapped__

    endings = at_once([lambda seat=seat: careless(seat, by=by) for seat in rows])

    assert endings == ["done", "done"]
    assert taken(company) == 3


def test_invited_restored_and_requested_meet_at_the_last_seat(company):
    """Whatever the way in, it is the same last seat."""
    by = contact_of(company)
    (seat,) = ended_seats(company, 1)
    calls = [
        *accepting(invited(company, 3)),
        lambda: actions.restore_seat(seat, by=by),
    ]

    assert at_once(calls) == ["done", "refused", "refused", "refused"]
    assert taken(company) == 2


def test_the_same_person_accepts_twice_at_once_and_sits_once(company):
    ((invitation, person),) = invited(company, 1)
    calls = [lambda: actions.accept_invitation(invitation, by=person)] * 4

    assert at_once(calls) == ["done", "refused", "refused", "refused"]
    assert taken(company) == 2


def test_two_contacts_who_leave_at_once_leave_one_behind(company):
    second = factories.make_seat(company, factories.make_user("둘째"), Role.CONTACT)
    first = Seat.objects.get(member=company, user__name="담당")
    calls = [lambda seat=seat: actions.end_seat(seat, by=seat.user) for seat in (first, second)]

    assert at_once(calls) == ["done", "refused"]
    assert Seat.objects.current().running().filter(member=company).count() == 1


def test_two_proposals_make_one_representative(company):
    sitting = factories.make_seat(company, factories.make_user("대표"), Role.REPRESENTATIVE)
    Member.objects.filter(pk=company.pk).update(seats_agreed=9, seats_reason="시험")
    pairs = []
    for n in range(2):
        invitation = actions.invite(
            company,
            name=f"새{n}",
            email=f"new{n}@example.test",
            role=Role.REPRESENTATIVE,
            by=sitting.user,
        )
        pairs.append((invitation, factories.make_user(f"새{n}", email=invitation.email)))

    assert at_once(accepting(pairs)) == ["done", "refused"]
    assert Seat.objects.current().filter(role=Role.REPRESENTATIVE).count() == 1

"""Many at once for the places of a session, on whichever database; each guard with its twin."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Event as Signal

import pytest
from django.db import connection

from events import actions
from events.actions import publish_programme, sign_up, signing_up
from events.models import DraftSession, Registration, Session, SignUp, Ticket
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.verify import sessions_match_sign_ups
from tests import factories
from tests.events.test_rushes import at_once, paid_place

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def event():
    noon = clock.start_of(clock.today() + timedelta(days=30)) + timedelta(hours=12)
    event = factories.make_event("rush", starts_at=noon)  # its sessions are on one day
    factories.make_ticket(event, capacity=50)
    for hours, title in ((1, "실습"), (1.5, "다른 실습")):
        factories.make_draft(event, hours=hours, title_ko=title, capacity=3)
    publish_programme(event, by=None)
    return event


def places(event, count: int) -> list[Registration]:
    return [factories.make_place(event.tickets.get(), factories.make_user()) for _n in range(count)]


def signing(session: Session, place: Registration) -> Callable[[], object]:
    return lambda: sign_up(session, place, by=None)


def test_twelve_people_for_three_places(event):
    session = event.sessions.first()
    answers = at_once(*[signing(session, place) for place in places(event, 12)])
    assert sum(isinstance(answer, SignUp) for answer in answers) == 3
    assert sum(isinstance(answer, Refused) for answer in answers) == 9
    session.refresh_from_db()
    assert session.taken == session.sign_ups.count() == 3


@pytest.mark.miscounts
def test_twin_a_guard_that_reads_and_then_writes_overbooks(event, monkeypatch):
    def reads_then_writes(seen: Session) -> bool:
        if seen.taken >= seen.capacity:
            return False
        Session.objects.filter(pk=seen.pk).update(taken=seen.taken + 1)
        return True

    monkeypatch.setattr(signing_up, "_lock_session", lambda session: session)
    monkeypatch.setattr(signing_up, "take_session", reads_then_writes)
    sessions = [Session.objects.get(pk=event.sessions.first().pk) for _n in range(5)]
    at_once(*[signing(*pair) for pair in zip(sessions, places(event, 5), strict=True)])
    assert sessions[0].sign_ups.count() > 3
    assert sessions_match_sign_ups()


def test_one_person_in_two_sessions_at_the_same_time(event):
    (place,) = places(event, 1)
    answers = at_once(*[signing(session, place) for session in event.sessions.all()] * 3)
    assert sum(isinstance(answer, Refused) for answer in answers) == 3
    assert SignUp.objects.count() == 1
    assert sessions_match_sign_ups() == []


def test_signing_up_against_giving_the_place_up(event):
    """Whoever comes first: nobody sits in a session without a place at the event."""
    session = event.sessions.first()
    for _n in range(3):
        place = paid_place(event.tickets.get())
        at_once(
            signing(session, place),
            lambda place=place: actions.cancel_registration(registration=place, by=place.user),
        )
    assert not SignUp.objects.exists()
    assert sessions_match_sign_ups() == []


def test_twin_without_the_places_lock_somebody_sits_there_without_a_ticket(event, monkeypatch):
    session, place = event.sessions.first(), paid_place(event.tickets.get())
    takes = signing_up.take_session

    def is_cancelled_meanwhile(seen: Session) -> bool:
        actions.cancel_registration(registration=place, by=place.user)
        return takes(seen)

    monkeypatch.setattr(signing_up, "_lock", lambda place, session: place)
    monkeypatch.setattr(signing_up, "take_session", is_cancelled_meanwhile)
    sign_up(session, place, by=None)
    assert SignUp.objects.filter(registration__released_at__isnull=False).exists()


def test_a_session_that_is_dropped_while_people_sign_up(event):
    session = event.sessions.first()
    DraftSession.objects.filter(session=session).update(is_dropped=True)
    people = places(event, 4)
    at_once(
        *[signing(Session.objects.get(pk=session.pk), place) for place in people],
        lambda: publish_programme(event, by=None),
    )
    assert event.sessions.count() == 1
    assert not SignUp.objects.exists()


def test_a_session_that_moves_while_tickets_of_its_day_are_given_up(event):
    """Each place in it returns once, by either."""
    session, draft = event.sessions.first(), event.drafts.first()
    Ticket.objects.update(day=event.first_day)
    for _n in range(3):
        places = [paid_place(event.tickets.get()) for _n in range(3)]
        for place in places:
            sign_up(Session.objects.get(pk=session.pk), place, by=None)
        days = timedelta(days=1 if clock.kst_date(draft.starts_at) == event.first_day else -1)
        draft.starts_at, draft.ends_at = draft.starts_at + days, draft.ends_at + days
        draft.save()
        at_once(
            lambda: publish_programme(event, by=None),
            *[
                partial(actions.cancel_registration, registration=row, by=row.user)
                for row in places
            ],
        )
        draft.refresh_from_db()
        assert not SignUp.objects.exists()
        assert sessions_match_sign_ups() == []
        Ticket.objects.update(day=clock.kst_date(draft.starts_at))


def moves_by_a_day(session: Session) -> None:
    draft = DraftSession.objects.get(session=session)
    draft.starts_at += timedelta(days=1)
    draft.ends_at += timedelta(days=1)
    draft.save()


def sitting_on_another_day() -> list[SignUp]:
    rows = SignUp.objects.select_related("session", "registration__ticket")
    return [
        row for row in rows if clock.kst_date(row.session.starts_at) != row.registration.ticket.day
    ]


def test_a_session_that_moves_while_tickets_of_its_day_sign_up(event):
    """Whoever comes first: nobody sits in a session of another day than their ticket's."""
    Ticket.objects.update(day=event.first_day)
    for session in event.sessions.all():
        moves_by_a_day(session)
        answers = at_once(
            *[signing(session, place) for place in places(event, 3)],
            lambda: publish_programme(event, by=None),
            *[signing(session, place) for place in places(event, 3)],
        )
        assert sum(isinstance(answer, SignUp | Refused) for answer in answers) == 6
        assert sitting_on_another_day() == []
        assert sessions_match_sign_ups() == []


def published_meanwhile(event, session: Session, place: Registration, monkeypatch) -> object:
    """The version goes out while somebody signs up, after they were found to have a place."""
    moves_by_a_day(session)
    locks, begun = signing_up._lock, Signal()

    def locks_and_waits(*told) -> Registration:
        row = locks(*told)
        begun.set()
        # Of SQLite's writers one waits for the other: then nobody publishes meanwhile.
        published.wait(0.5 if connection.vendor == "sqlite" else 20)
        return row

    published = Signal()

    def publishes() -> None:
        begun.wait(20)
        publish_programme(event, by=None)
        published.set()

    monkeypatch.setattr(signing_up, "_lock", locks_and_waits)
    return at_once(signing(session, place), publishes)[0]


@pytest.mark.parametrize("moved_first", [True, False])
def test_a_session_that_has_moved_since_it_was_looked_at(event, monkeypatch, moved_first):
    """By another version in that very moment, or by one before the press."""
    Ticket.objects.update(day=event.first_day)
    session, (place,) = event.sessions.first(), places(event, 1)
    if moved_first:
        moves_by_a_day(session)
        publish_programme(event, by=None)
        with pytest.raises(Refused, match="다른 날"):
            sign_up(session, place, by=None)
    else:
        published_meanwhile(event, session, place, monkeypatch)
    assert not SignUp.objects.exists()
    assert sessions_match_sign_ups() == []


def test_twin_without_the_sessions_lock_somebody_sits_on_another_day(event, monkeypatch):
    Ticket.objects.update(day=event.first_day)
    session, (place,) = event.sessions.first(), places(event, 1)
    monkeypatch.setattr(signing_up, "_lock_session", lambda session: session)
    if connection.vendor == "sqlite":  # its writers take turns; what was read before is as old
        moves_by_a_day(session)
        publish_programme(event, by=None)
        sign_up(session, place, by=None)
    else:
        published_meanwhile(event, session, place, monkeypatch)
    assert [row.registration for row in sitting_on_another_day()] == [place]


def test_two_desks_publish_one_version(event):
    factories.make_draft(event, hours=4, title_ko="새 강연")
    answers = at_once(*[lambda: publish_programme(event, by=None)] * 2)
    assert sum(isinstance(answer, Refused) for answer in answers) == 1
    assert [version.number for version in event.programme_versions.all()] == [2, 1]
    assert event.sessions.count() == 3

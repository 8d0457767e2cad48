"""Many at once for the places of a session, on whichever database; each guard with its twin."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

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
    event = factories.make_event("rush")
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


def test_two_desks_publish_one_version(event):
    factories.make_draft(event, hours=4, title_ko="새 강연")
    answers = at_once(*[lambda: publish_programme(event, by=None)] * 2)
    assert sum(isinstance(answer, Refused) for answer in answers) == 1
    assert [version.number for version in event.programme_versions.all()] == [2, 1]
    assert event.sessions.count() == 3

"""Places in single sessions, taken and given back: one conditional UPDATE of the session each, as
``seats`` counts those of an event."""

from collections.abc import Collection
from datetime import date

from django.db.models import F

from events.models import Registration, Session, SignUp
from kosna.core import clock


def take_session(session: Session) -> bool:
    """Takes a place in a session if there is one; the database's own CHECK stands behind it."""
    free = Session.objects.filter(pk=session.pk, taken__lt=F("capacity"))
    return bool(free.update(taken=F("taken") + 1))


def leave_sessions(sign_ups: Collection[SignUp]) -> None:
    """Gives places back: each session is locked, by ascending key, before what hangs on it. A place
    in it returns once, be it given up by whoever sits there or lost as the session moves."""
    for sign_up in sorted(sign_ups, key=lambda row: row.session_id):
        session = Session.objects.filter(pk=sign_up.session_id)
        list(session.select_for_update().values("pk"))
        if sign_up.delete()[0]:
            session.update(taken=F("taken") - 1)


def sign_ups_of(places: Collection[Registration]) -> list[SignUp]:
    return list(SignUp.objects.filter(registration__in=[place.pk for place in places]))


def leave_other_days(place: Registration) -> list[Session]:
    """A place whose ticket is of one day by now sits in no session of another; it is locked, and no
    session moves meanwhile. Returns those that it left, by time."""
    day = place.ticket.day
    if day is None:
        return []
    mine = SignUp.objects.of_place(place).select_related("session").order_by("session_id")
    rows = mine.select_for_update(of=("session",))
    lost = [row for row in rows if clock.kst_date(row.session.starts_at) != day]
    leave_sessions(lost)
    return sorted((row.session for row in lost), key=lambda session: session.starts_at)


def leave_all(session: Session) -> set[int]:
    """Nobody signs up for a session any more; it is locked. Returns the keys of the places that
    left it."""
    lost = list(SignUp.objects.filter(session=session))
    leave_sessions(lost)
    return {sign_up.registration_id for sign_up in lost}


def leave_by_other_days(session: Session, day: date) -> set[int]:
    """Nor does a session that moves to a day keep those whose ticket is of another; it is locked.
    Returns the keys of the places that left it."""
    others = SignUp.objects.filter(session=session, registration__ticket__day__isnull=False)
    lost = list(others.exclude(registration__ticket__day=day))
    leave_sessions(lost)
    return {sign_up.registration_id for sign_up in lost}

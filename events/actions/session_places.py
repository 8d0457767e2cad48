"""Places in single sessions, taken and given back: one conditional UPDATE of the session each, as
``seats`` counts those of an event."""

from collections.abc import Collection

from django.db.models import F

from events.models import Registration, Session, SignUp
from kosna.core import clock


def take_session(session: Session) -> bool:
    """Takes a place in a session if there is one; the database's own CHECK stands behind it."""
    free = Session.objects.filter(pk=session.pk, taken__lt=F("capacity"))
    return bool(free.update(taken=F("taken") + 1))


def leave_sessions(sign_ups: Collection[SignUp]) -> None:
    """Gives places back. The rows of who sits in them are locked, so nobody else ends the same;
    the sessions come next, by ascending key, and then what hangs on them."""
    for sign_up in sorted(sign_ups, key=lambda row: row.session_id):
        Session.objects.filter(pk=sign_up.session_id).update(taken=F("taken") - 1)
        sign_up.delete()


def sign_ups_of(places: Collection[Registration]) -> list[SignUp]:
    return list(SignUp.objects.filter(registration__in=[place.pk for place in places]))


def leave_other_days(place: Registration) -> None:
    """A place whose ticket is of one day by now sits in no session of another; it is locked."""
    if day := place.ticket.day:
        mine = SignUp.objects.of_place(place).select_related("session")
        leave_sessions([row for row in mine if clock.kst_date(row.session.starts_at) != day])

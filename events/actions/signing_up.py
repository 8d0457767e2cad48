"""A place at an event signs up for single sessions, and leaves them."""

from django.db import transaction
from django.utils.translation import gettext as _

from events.actions.session_places import leave_sessions, take_session
from events.models import Registration, Session, SignUp
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused


@transaction.atomic
def sign_up(session: Session, place: Registration, *, by: User | None) -> SignUp:
    """Takes one of a session's places; the same again changes nothing. ``by`` is nobody where only
    the ticket is known. Raises Refused: no confirmed place, of another day, begun, full, or
    elsewhere by then."""
    day = _lock(place, session).ticket.day
    mine = SignUp.objects.of_place(place)
    if known := mine.filter(session=session).first():
        return known
    session = _lock_session(session)
    if not session.takes_sign_ups:
        raise Refused(_("Everyone may come to this session: nobody signs up for it."))
    if clock.now() >= session.starts_at:
        raise Refused(_("This session has begun."))
    if day and day != clock.kst_date(session.starts_at):
        raise Refused(_("This ticket is valid on another day of the event."))
    if other := mine.at_the_time_of(session).select_related("session").first():
        raise Refused(
            _("You signed up for “%(title)s” at that time. Leave it first.")
            % {"title": other.session.title}
        )
    if not take_session(session):
        raise Refused(_("This session is full."))
    _record("events.sign_up", session, place, by)
    return SignUp.objects.create(session=session, registration=place)


@transaction.atomic
def leave_sign_up(session: Session, place: Registration, *, by: User | None) -> None:
    """Gives the place in a session back, until it begins; the same again changes nothing."""
    _lock(place, session)
    if clock.now() >= session.starts_at:
        raise Refused(_("This session has begun."))
    mine = list(SignUp.objects.of_place(place).filter(session=session))
    if mine:
        leave_sessions(mine)
        _record("events.leave_session", session, place, by)


def _lock(place: Registration, session: Session) -> Registration:
    """One deed of a place at a time: two sessions at the same time would else both be free of the
    other, and a place that is being cancelled would come to sit in one."""
    rows = Registration.objects.select_for_update(of=("self",)).select_related("ticket")
    row = rows.get(pk=place.pk)
    if row.status != Registration.Status.CONFIRMED or row.event_id != session.event_id:
        raise Refused(_("Only a confirmed place at this event can sign up for its sessions."))
    return row


def _lock_session(session: Session) -> Session:
    """As it is published now. Before the row that hangs on it: publishing locks sessions, and then
    whoever sits in them. Of a session that moves meanwhile either sees the other: who signs up its
    new day, or the version who came to sit there."""
    rows = Session.objects.select_for_update(no_key=True, of=("self",)).select_related("event")
    row = rows.filter(pk=session.pk).first()
    if row is None:
        raise Refused(_("This session is no longer in the programme."))
    return row


def _record(verb: str, session: Session, place: Registration, by: User | None) -> None:
    audit.record(
        verb,
        session.event,
        by=by,
        subjects=[place.user_id] if place.user_id else [],
        session=session.title_ko,
        place=place.pk,
    )

"""What single sessions offer to one place at an event: sign up, leave, or why not."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from events.models import Event, Registration, Session, SignUp, Ticket
from kosna.core import clock


class State(TextChoices):
    MINE = "mine", gettext_lazy("Signed up")
    OPEN = "open", pgettext_lazy("of a session", "Places left")
    ELSEWHERE = "elsewhere", gettext_lazy("Another session at that time")
    OTHER_DAY = "day", gettext_lazy("Ticket of another day")
    FULL = "full", pgettext_lazy("of a session", "Full")
    BEGUN = "begun", pgettext_lazy("of a session", "Begun")


TONES = {State.MINE: "good", State.OPEN: "info", State.FULL: "warning"}


@dataclass(frozen=True)
class Choice:
    session: Session
    state: State
    reason: str = ""
    may_leave: bool = False

    @property
    def label(self) -> str | Promise:
        return self.state.label

    @property
    def tone(self) -> str:
        return TONES.get(self.state, "plain")


def offered(event: Event) -> QuerySet[Session]:
    """The sessions of an event for which people sign up, by time."""
    return (
        event.sessions.filter(is_break=False)
        .exclude(capacity=None)
        .select_related("room", "track")
        .prefetch_related("speakers")
    )


def lost_with(place: Registration, ticket: Ticket) -> list[Session]:
    """What a place signed up for and could not come to by this ticket, which is of another day, by
    time."""
    if ticket.day is None:
        return []
    mine = SignUp.objects.of_place(place).of_other_days(ticket.day).select_related("session")
    return [row.session for row in mine.order_by("session__starts_at", "session")]


def sessions_of(place: Registration) -> QuerySet[Session]:
    """Those that a place signed up for, by time."""
    return (
        Session.objects.filter(sign_ups__registration=place)
        .select_related("room", "track", "event")
        .prefetch_related("speakers")
    )


def choices(place: Registration, at: datetime) -> list[Choice]:
    """What this place can do about each session, in three statements."""
    mine = {row.session_id: row for row in SignUp.objects.of_place(place)}
    sessions = list(offered(place.event))
    taken = [session for session in sessions if session.pk in mine]
    return [_choice(session, taken, at, place.ticket.day) for session in sessions]


def choice(session: Session, place: Registration, at: datetime) -> Choice:
    """What it can do about one session."""
    return _choice(session, list(sessions_of(place)), at, place.ticket.day)


def _choice(session: Session, taken: list[Session], at: datetime, day: date | None) -> Choice:
    has_begun = session.starts_at <= at
    if session in taken:
        return Choice(session, State.MINE, may_leave=not has_begun)
    if has_begun:
        return Choice(session, State.BEGUN)
    if day and day != clock.kst_date(session.starts_at):
        return Choice(session, State.OTHER_DAY)
    for other in taken:
        if other.starts_at < session.ends_at and other.ends_at > session.starts_at:
            reason = _("You are in “%(title)s” then.") % {"title": other.title}
            return Choice(session, State.ELSEWHERE, reason)
    return Choice(session, State.OPEN if session.places_left else State.FULL)


def place_of(user: Any, event: Event) -> Registration | None:
    """A person's own confirmed place at an event."""
    if not user.is_authenticated:
        return None
    mine = Registration.objects.confirmed().select_related("ticket")
    return mine.filter(event=event, user=user).first()

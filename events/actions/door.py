"""Who comes in: a ticket is found by what was scanned or typed, and admits once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise

from events.actions.passing import Walk, tell_record, walk_through, why_not
from events.models import HINTS, TONES, CheckIn, Direction, Event, Extra, Outcome, Registration
from kosna.accounts.models import User
from kosna.core import clock
from kosna.core.prepared import Prepared, insert_if_new

HAS_EXTRAS = Exists(Extra.objects.standing().filter(registration=OuterRef("pk")))


@dataclass(frozen=True)
class Scan:
    """What the door says. ``at`` is when the person came, first time."""

    outcome: Outcome
    registration: Registration | None = None
    at: datetime | None = None

    @property
    def tone(self) -> str:
        return TONES.get(self.outcome, "danger")

    @property
    def hint(self) -> str | Promise:
        return HINTS.get(self.outcome, "")


def read_code(typed: str) -> tuple[str, str]:
    """A ticket's secret (from the address in its QR) and a door code, as scanned or typed."""
    text = typed.strip()
    secret = text.rstrip("/").rsplit("/", 1)[-1].removesuffix(".pdf")
    return secret, text.replace("-", "").replace(" ", "").upper()


def _holders(slug: str, secret: str, code: str) -> QuerySet[Registration]:
    event = Subquery(Event.objects.filter(slug=slug).values("pk")[:1])
    return (
        Registration.objects.filter(Q(secret=secret) | Q(event=event, code=code))
        .annotate(has_extras=HAS_EXTRAS)
        .select_related("event", "ticket", "check_in")
        .select_for_update(of=("self",))
    )


_found: Prepared[Registration] = Prepared(_holders, slug=str, secret=str, code=str)


def find_place(slug: str, typed: str) -> Registration | None:
    """Whose ticket this is: by its secret, of any event, or by the door code of this one. Its row
    is locked, so that nobody is admitted on a place that is being given up: a transaction is open.
    """
    secret, code = read_code(typed)
    return next(iter(_found(slug=slug, secret=secret, code=code)), None)


@transaction.atomic
def check_in(
    *,
    event: Event,
    typed: str,
    by: User,
    direction: str = Direction.IN,
    is_early: bool = False,
) -> Scan:
    """Lets whoever holds the ticket that was scanned or typed in, or out; see ``admit``."""
    found = find_place(event.slug, typed)
    return admit(found, event=event, by=by, direction=direction, is_early=is_early)


def _is_inside(came: CheckIn, at: datetime) -> bool:
    """By a door: whoever the roll alone has seen shows their ticket for the first time."""
    return came.is_inside(at) and not came.is_from_roll


def admit(
    found: Registration | None,
    *,
    event: Event,
    by: User,
    direction: str = Direction.IN,
    is_early: bool = False,
) -> Scan:
    """Admits a person, once, from the desk's own page. Two doors may scan the same code at the same
    instant: the unique row of ``CheckIn`` lets one of them win. Goings out, and whoever comes back,
    take the longer way on which every scan is kept. ``is_early``: before the first day of the event
    too, as the desk was asked and said so."""
    at = clock.now()
    has_come = found is not None and found.has_come
    may_be_early = is_early or has_come or direction == Direction.OUT
    reason = why_not(found, event, at, may_be_early=may_be_early)
    if found is None or reason:
        return Scan(reason or Outcome.UNKNOWN, found if reason != Outcome.OTHER_EVENT else None)
    if direction == Direction.OUT or (has_come and not _is_inside(found.check_in, at)):
        walk = walk_through(found, Walk(uuid4(), at, by, direction), event=event)
        return Scan(Outcome(walk.outcome), found, at)
    if has_come:
        return Scan(Outcome.ALREADY, found, found.check_in.at)
    if not insert_if_new(CheckIn(registration=found, at=at, by=by, inside_since=at)):
        first = CheckIn.objects.get(registration=found)
        return Scan(Outcome.ALREADY, found, first.at)
    tell_record(found, by=by)
    return Scan(Outcome.ADMITTED, found, at)

"""Who comes in: a ticket is found by what was scanned or typed, and admits once."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, TextChoices
from django.utils.translation import gettext_lazy

from events.models import CheckIn, Event, Extra, Registration
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core.prepared import Prepared, insert

Status = Registration.Status


class Outcome(TextChoices):
    ADMITTED = "admitted", gettext_lazy("Welcome")
    ALREADY = "already", gettext_lazy("Already checked in")
    UNPAID = "unpaid", gettext_lazy("Not paid")
    CANCELLED = "cancelled", gettext_lazy("Cancelled ticket")
    NAMELESS = "nameless", gettext_lazy("Not named yet")
    OTHER_EVENT = "other", gettext_lazy("Ticket of another event")
    UNKNOWN = "unknown", gettext_lazy("Unknown code")


@dataclass(frozen=True)
class Scan:
    """What the door says. ``at`` is when the person came, first time."""

    outcome: Outcome
    registration: Registration | None = None
    at: datetime | None = None

    @property
    def tone(self) -> str:
        if self.outcome == Outcome.ADMITTED:
            return "good"
        return "warning" if self.outcome == Outcome.ALREADY else "danger"


def read_code(typed: str) -> tuple[str, str]:
    """A ticket's secret (from the address in its QR) and a door code, as scanned or typed."""
    text = typed.strip()
    secret = text.rstrip("/").rsplit("/", 1)[-1].removesuffix(".pdf")
    return secret, text.replace("-", "").replace(" ", "").upper()


def _holders(slug: str, secret: str, code: str) -> QuerySet[Registration]:
    event = Subquery(Event.objects.filter(slug=slug).values("pk")[:1])
    return (
        Registration.objects.filter(Q(secret=secret) | Q(event=event, code=code))
        .annotate(has_extras=Exists(Extra.objects.standing().filter(registration=OuterRef("pk"))))
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
def check_in(*, event: Event, typed: str, by: User) -> Scan:
    """Admits whoever holds the ticket that was scanned or typed; see ``admit``."""
    return admit(find_place(event.slug, typed), event=event, by=by)


def admit(found: Registration | None, *, event: Event, by: User) -> Scan:
    """Admits a person, once. Two doors may scan the same code at the same instant: the unique row
    of ``CheckIn`` lets one of them win."""
    if found is None:
        return Scan(Outcome.UNKNOWN)
    if found.event_id != event.pk:
        return Scan(Outcome.OTHER_EVENT)
    if found.has_come:
        return Scan(Outcome.ALREADY, found, found.check_in.at)
    if found.status in (Status.HELD, Status.EXPIRED):
        return Scan(Outcome.UNPAID, found)
    if found.status == Status.CANCELLED:
        return Scan(Outcome.CANCELLED, found)
    if not found.name:
        return Scan(Outcome.NAMELESS, found)
    try:
        with transaction.atomic():
            row = CheckIn(registration=found, by=by)
            insert([row])
            audit.record(
                "events.check_in",
                found,
                by=by,
                branch=event.branch_id,
                subjects=[found.user_id] if found.user_id else [],
            )
    except IntegrityError:
        first = CheckIn.objects.get(registration=found)
        return Scan(Outcome.ALREADY, found, first.at)
    return Scan(Outcome.ADMITTED, found, row.at)

"""Who has earned the certificate of an event. The rule is data of the event: to have come, or to
have sat in so many of its sessions; and its first day has come, as a door may let somebody in who
is early. It is said twice, of a row and of a queryset; a test pins that the two agree."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext as _

from events.models import Attendance, Event, Registration, RegistrationQuerySet, Session
from kosna.core import clock
from kosna.documents.models import Document, DocumentQuerySet
from members.models import Member, Seat, Tier

ATTENDANCE, COMPLETION = "attendance", "completion"


@dataclass(frozen=True)
class Verdict:
    """Whether a certificate is earned, and why not; ``attended`` of ``held`` sessions."""

    allowed: bool
    reason: str = ""
    attended: int = 0
    held: int = 0


def _number(rows: QuerySet[Any], key: str) -> Coalesce:
    counted = rows.order_by().values(key).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def with_attendance(places: RegistrationQuerySet) -> RegistrationQuerySet:
    """Annotates ``attended`` and ``held``: sessions, breaks not counted."""
    sat = Attendance.objects.filter(registration=OuterRef("pk"), session__is_break=False)
    held = Session.objects.filter(event=OuterRef("event"), is_break=False)
    return places.annotate(attended=_number(sat, "registration"), held=_number(held, "event"))


def earned(places: RegistrationQuerySet) -> RegistrationQuerySet:
    """Those that have earned it: ``verdict`` says the same of a row."""
    came = Q(event__attendance_percent=0, check_in__isnull=False)
    sat = Q(event__attendance_percent__gt=0, held__gt=0, share__gte=F("bar"))
    has_begun = Q(event__starts_at__lt=clock.start_of(clock.today() + timedelta(days=1)))
    return (
        with_attendance(places)
        .annotate(share=F("attended") * 100, bar=F("held") * F("event__attendance_percent"))
        .confirmed()
        .named()
        .filter(came | sat, has_begun, event__gives_certificate=True)
    )


def verdict(place: Registration) -> Verdict:
    """Of a row with its event and check-in. ``with_attendance`` spares it two statements."""
    event = place.event
    if not event.gives_certificate:
        return Verdict(False, _("This event gives no certificate."))
    if place.status != Registration.Status.CONFIRMED:
        return Verdict(False, _("The place is not confirmed, or was given up."))
    if not place.name:
        return Verdict(False, _("This place has no name yet."))
    if clock.today() < event.first_day:
        return Verdict(False, _("The certificate is there from the first day of the event."))
    if not event.attendance_percent:
        return Verdict(place.has_come, "" if place.has_come else _("For those who came."))
    attended, held = _sessions_of(place)
    is_enough = held > 0 and attended * 100 >= held * event.attendance_percent
    reason = _("%(n)s of %(all)s sessions attended; the certificate needs %(needed)s.") % {
        "n": attended,
        "all": held,
        "needed": needed(event, held),
    }
    return Verdict(is_enough, "" if is_enough else reason, attended, held)


def needed(event: Event, held: int) -> int:
    """Sessions that the rule asks for, rounded up."""
    return -(-held * event.attendance_percent // 100)


def _sessions_of(place: Registration) -> tuple[int, int]:
    if hasattr(place, "attended") and hasattr(place, "held"):
        return place.attended, place.held
    row = with_attendance(Registration.objects.filter(pk=place.pk)).values_list("attended", "held")
    return row[0]


# --- papers ---


def key_of(series: str, place: int, language: str) -> str:
    """Of the one certificate of a series that a place has in a language."""
    return f"{series}:{place}:{language}"


def place_of(key: str) -> int:
    return int(key.split(":")[1])


def papers_of(places: Iterable[Registration]) -> DocumentQuerySet:
    """All certificates of these places, the void ones too."""
    keys = [
        key_of(series, place.pk, language)
        for place in places
        for series in (ATTENDANCE, COMPLETION)
        for language, _name in settings.LANGUAGES
    ]
    papers: DocumentQuerySet = Document.objects.filter(key__in=keys)
    return papers


# --- one's own progress ---


@dataclass(frozen=True)
class Step:
    """A session of a course as one learner has it: ``present``, ``absent``, or still ``ahead``."""

    session: Session
    state: str


def progress(place: Registration, at: datetime) -> list[Step]:
    """Every session but breaks; empty where the event asks for no attendance."""
    if not place.event.attendance_percent or not place.is_ticket:
        return []
    sat = set(place.attendances.values_list("session", flat=True))
    return [
        Step(
            session,
            "present" if session.pk in sat else "ahead" if at < session.starts_at else "absent",
        )
        for session in place.event.sessions.all()
        if not session.is_break
    ]


# --- a company's people ---


def of_company(member: Member) -> RegistrationQuerySet:
    """The places that those who sat in a company took then, for themselves or for colleagues, on
    the terms of its membership. What they take on a personal membership is their own, and what
    they take for a company stays its own when they leave."""
    ours = Registration.objects.filter(member=member)
    tiers = Tier.objects.filter(Q(pk=member.tier_id) | Q(period__member=member))
    sat_then = Seat.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=OuterRef("day")),
        Q(ended_at=None) | Q(ended_at__gt=OuterRef("line__order__created_at")),
        member=member,
        user=OuterRef("line__order__user"),
        valid_from__lte=OuterRef("day"),
    )
    older = (
        Registration.objects.filter(member=None, line__tier__in=tiers.values("code"))
        .annotate(day=TruncDate("line__order__created_at", tzinfo=clock.KST))
        .filter(Exists(sat_then))
    )
    # A UNION finds both by index.
    return Registration.objects.filter(pk__in=ours.values("pk").union(older.values("pk")))


@dataclass(frozen=True)
class Attended:
    """An event at which people of a company earned certificates."""

    event: Event
    people: int


def events_of(member: Member) -> list[Attended]:
    """The latest first, in two statements."""
    rows = earned(of_company(member)).order_by().values_list("event", "pk")
    counts: dict[int, int] = {}
    for event, _pk in rows:
        counts[event] = counts.get(event, 0) + 1
    events: Iterable[Event] = Event.objects.filter(pk__in=counts).order_by("-starts_at")
    return [Attended(event, counts[event.pk]) for event in events]

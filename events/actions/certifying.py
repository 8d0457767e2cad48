"""Who sat in which session, and the certificates that follow from it, one or a company's all."""

import io
from collections.abc import Collection

import pikepdf
from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext as _

from events import certificates
from events.actions.telling import ticket_facts
from events.actions.unearned import void_unearned
from events.models import Attendance, CheckIn, Event, Registration, Session
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import batches, clock
from kosna.core.batches import Work
from kosna.core.errors import Refused
from kosna.core.models import Batch
from kosna.documents import actions as documents
from kosna.documents.models import Document
from members.models import Member

CERTIFICATES = "events.certificates"


@transaction.atomic
def mark_attendance(
    session: Session, *, shown: Collection[int], present: Collection[int], by: User
) -> int:
    """The roll of a session: of the places ``shown`` (ids), these were ``present``. Who is seen for
    the first time has come, and whose last mark is taken back has not, unless a door has seen them.
    A certificate that is no longer earned is void. Returns how many marks changed; the same roll
    sent twice changes nothing."""
    event, now = session.event, clock.now()
    if session.is_break or now < session.starts_at:
        raise Refused(_("The roll of a session is called once it has begun."))
    places = list(
        event.registrations.confirmed()
        .named()
        .filter(pk__in=shown)
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    known = set(
        Attendance.objects.filter(session=session, registration__in=places).values_list(
            "registration", flat=True
        )
    )
    came = [place for place in places if place.pk in present and place.pk not in known]
    gone = [place for place in places if place.pk in known and place.pk not in present]
    if not came and not gone:
        return 0
    Attendance.objects.bulk_create(
        Attendance(session=session, registration=place, by=by) for place in came
    )
    inside_since = now if now < session.ends_at else None
    seen = {"at": session.starts_at, "inside_since": inside_since, "is_from_roll": True, "by": by}
    CheckIn.objects.bulk_create(
        (CheckIn(registration=place, **seen) for place in came), ignore_conflicts=True
    )
    Attendance.objects.filter(session=session, registration__in=gone).delete()
    _settle([*came, *gone])
    void_unearned(gone, reason="출석 정정")
    audit.record(
        "events.mark_attendance",
        event,
        by=by,
        subjects=[place.user_id for place in [*came, *gone] if place.user_id],
        session=session.title_ko,
        present=[place.pk for place in came],
        absent=[place.pk for place in gone],
    )
    return len(came) + len(gone)


def _settle(places: Collection[Registration]) -> None:
    """Whoever is known by the roll alone came when the first session began in which they sat; in
    none, they did not come."""
    first = Min("registration__attendances__session__starts_at")
    rows = CheckIn.objects.filter(registration__in=places, is_from_roll=True).annotate(first=first)
    wrong = [row for row in rows if row.at != row.first]
    CheckIn.objects.filter(pk__in=[row.pk for row in wrong if row.first is None]).delete()
    late = [row for row in wrong if row.first is not None]
    for row in late:
        row.at = row.first
    CheckIn.objects.bulk_update(late, ["at"])


@transaction.atomic
def issue_certificate(place: Registration, language: str) -> Document:
    """참가확인서 of somebody who came, 수료증 of somebody who sat in enough sessions: the one paper
    of this place in this language. Raises Refused with the reason where it is not earned."""
    # Locked, so that none is issued on a place that is being given up.
    rows = Registration.objects.with_event().select_for_update(of=("self",))
    place = rows.get(pk=place.pk)
    verdict = certificates.verdict(place)
    if not verdict.allowed:
        raise Refused(verdict.reason)
    facts = ticket_facts(place, language)
    shown = ("name", "organisation", "event_title", "venue", "starts_at", "ends_at")
    by_sessions = place.event.attendance_percent > 0
    kind, series = (
        (Document.Kind.COMPLETION, certificates.COMPLETION)
        if by_sessions
        else (Document.Kind.ATTENDANCE, certificates.ATTENDANCE)
    )
    own: dict[str, object] = (
        {"attended": verdict.attended, "held": verdict.held}
        if by_sessions
        else {"checked_in_at": place.check_in.at.astimezone(clock.KST).isoformat()}
    )
    return documents.issue(
        kind,
        key=certificates.key_of(series, place.pk, language),
        subject=place.user,
        branch=place.event.branch,
        language=language,
        facts={name: facts[name] for name in shown} | own,
    )


@transaction.atomic
def issue_certificates(member: Member, event: Event, *, language: str, by: User) -> Batch:
    """Starts the work over all people of a company who earned the certificate of an event. ``by``
    runs the company. Raises Refused when there are none."""
    places = certificates.earned(certificates.of_company(member).filter(event=event))
    people = list(places.order_by("name", "pk").values_list("pk", "user"))
    if not people:
        raise Refused(_("Nobody of your company has earned the certificate of this event."))
    batch = batches.start(
        CERTIFICATES,
        by=by,
        title=event.title_ko if language == "ko" else event.title_en or event.title_ko,
        total=len(people),
        slug=event.slug,
        language=language,
        places=[pk for pk, _user in people],
    )
    audit.record(
        "events.issue_certificates",
        event,
        by=by,
        subjects=[user for _pk, user in people if user],
        company=member.name,
        places=len(people),
    )
    return batch


def run_certificates(work: Work) -> None:
    """Issues, draws and collects, one by one; run again it issues nothing twice. Whoever has lost
    the claim since is left out and counted."""
    pages, done, without = pikepdf.new(), 0, 0
    for pk in work.params["places"]:
        place = Registration.objects.with_event().get(pk=pk)
        try:
            document = issue_certificate(place, work.params["language"])
        except Refused:
            without += 1
        else:
            with pikepdf.open(io.BytesIO(documents.pdf_of(document))) as pdf:
                pages.pages.extend(pdf.pages)
        done += 1
        work.progress(done)
    if pages.pages:
        file = io.BytesIO()
        pages.save(file)
        work.deliver(f"{work.params['slug']}.pdf", file.getvalue())
    work.progress(done, total=done)
    work.tell(**{_("Certificates"): done - without, _("No longer earned"): without})

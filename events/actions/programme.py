"""A draft is changed by staff, and published as a version; whoever it concerns is told."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max, ProtectedError
from django.utils.translation import gettext as _

from events import past_programme, programme
from events.actions.announcing import Losers, Reader, tell_concerned
from events.actions.reaching import follow_class
from events.actions.running import touch
from events.actions.session_places import leave_all, leave_by_other_days
from events.models import (
    DraftSession,
    Event,
    ProgrammeVersion,
    Registration,
    Session,
    SignUp,
    Speaker,
)
from events.models.programme import Slot
from events.programme import DROPPED, Change, Step
from events.reach import MADE_OF_SESSIONS
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.pictures import portrait
from kosna.core.uploads import Checked


@transaction.atomic
def publish_programme(
    event: Event, *, note_ko: str = "", note_en: str = "", by: User | None
) -> ProgrammeVersion:
    """Carries the draft over to what readers see, as one version, and tells those concerned, or has
    them told once the event is published. Raises Refused where nothing differs, or where two things
    are in one place at once."""
    now = _taking_turns(event)
    is_told = now.status == Event.Status.PUBLISHED
    drafts = programme.draft_of(event)
    _lock_sessions(drafts)
    steps = programme.steps(drafts)
    if not steps:
        raise Refused(_("The draft says what readers already see: there is nothing to publish."))
    if impossible := programme.clashes(drafts):
        raise Refused(*impossible)
    # Before what is dropped goes, with those who sit in it, and what moved forgets where it was.
    concerned = _concerned(now, steps) if is_told else []
    losers = [_leave_by(step.draft) for step in steps]
    changes = [_carry_over(step) for step in steps]
    last = event.programme_versions.aggregate(last=Max("number"))["last"] or 0
    version = ProgrammeVersion.objects.create(
        event=event,
        number=last + 1,
        note_ko=note_ko,
        note_en=note_en,
        changes=[change.as_dict() for change in changes],
        published_by=by,
        is_told=is_told,
    )
    touch(event)
    audit.record(
        "events.publish_programme", event, by=by, version=version.number, changes=len(changes)
    )
    follow_class(now, by=by)
    if is_told:
        tell_concerned(version, zip(changes, concerned, losers, strict=True))
    return version


def _taking_turns(event: Event) -> Event:
    """As it stands: one version of an event at a time; registrations go on meanwhile."""
    return Event.objects.select_for_update(no_key=True, of=("self",)).get(pk=event.pk)


def _lock_sessions(drafts: Iterable[DraftSession]) -> None:
    """In one order, as whoever gives up their place leaves sessions; nobody signs up meanwhile."""
    published = [draft.session_id for draft in drafts if draft.session_id]
    list(Session.objects.filter(pk__in=published).select_for_update().order_by("pk").values("pk"))


def _leave_by(draft: DraftSession) -> Losers:
    """Whom a published session loses that stays: it takes no sign-ups any more, or its day is none
    of their ticket's."""
    if draft.session is None or draft.is_dropped or draft.starts_at is None:
        return Losers()
    if not draft.takes_sign_ups:
        return Losers(leave_all(draft.session), "break" if draft.is_break else "open")
    return Losers(leave_by_other_days(draft.session, clock.kst_date(draft.starts_at)), "day")


def _carry_over(step: Step) -> Change:
    draft = step.draft
    change = replace(
        step.change,
        session=step.was_session,
        people=sorted(speaker.pk for speaker in step.people),
        was=past_programme.kept(draft.session) if draft.session else None,
    )
    if change.kind == DROPPED:
        _drop(draft)
        return change
    session = draft.session or Session(event_id=draft.event_id)
    for name in DraftSession.FIELDS:
        setattr(session, name, getattr(draft, name))
    if session.pk:
        _refuse_to_evict(session)
        session.save(update_fields=DraftSession.FIELDS)
    else:
        session.save()
        draft.session = session
        draft.save(update_fields=["session"])
    session.speakers.set(step.after)
    return replace(change, session=session.pk)


def _refuse_to_evict(session: Session) -> None:
    seated = Session.objects.filter(pk=session.pk).values_list("taken", flat=True).get()
    if session.capacity is not None and seated > session.capacity:
        raise Refused(
            _("%(n)s people signed up for “%(title)s”: it cannot have fewer places.")
            % {"n": seated, "title": session.title}
        )


def _drop(draft: DraftSession) -> None:
    try:
        Session.objects.get(draft=draft).delete()
    except ProtectedError:
        raise Refused(
            _("The roll of “%(title)s” was called: it stays in the programme.")
            % {"title": draft.title}
        ) from None


def _concerned(event: Event, steps: Iterable[Step]) -> list[list[Reader]]:
    """By step: who speaks, who signed up and, where one learns, who is expected without that."""
    seated = _signed_up(steps)
    teaching, learning = _class_of(event)
    found = []
    for step in steps:
        readers = [Reader.speaking(speaker) for speaker in step.people]
        readers += [Reader.at(place) for place in seated.get(step.was_session or 0, [])]
        both: tuple[Slot | None, Slot] = (step.draft.session, step.draft)
        slots = [slot for slot in both if slot and slot.is_for_all]
        if slots:
            days = {None, *(clock.kst_date(slot.starts_at) for slot in slots)}
            readers += teaching
            readers += [reader for day, reader in learning if day in days]
        found.append(readers)
    return found


def _class_of(event: Event) -> tuple[list[Reader], list[tuple[date | None, Reader]]]:
    """Who teaches a course or a class, and who learns there, on which day where it is one alone."""
    if event.kind not in MADE_OF_SESSIONS:
        return [], []
    teaching = event.instructors.current().select_related("user").order_by("pk")
    places = event.registrations.confirmed().order_by("pk")
    places = places.select_related("ticket", "line__order__user__guest", "user")
    return (
        [Reader.of(instructor.user) for instructor in teaching],
        [(place.ticket.day, Reader.at(place)) for place in places],
    )


def _signed_up(steps: Iterable[Step]) -> dict[int, list[Registration]]:
    """Whose places hang on each session that changes."""
    changing = [step.draft.session_id for step in steps if step.change.is_told]
    places: dict[int, list[Registration]] = {}
    rows = SignUp.objects.filter(session__in=[pk for pk in changing if pk]).order_by("pk")
    for row in rows.select_related("registration__line__order__user__guest", "registration__user"):
        places.setdefault(row.session_id, []).append(row.registration)
    return places


# --- the draft ---


@transaction.atomic
def drop_session(draft: DraftSession, *, by: User) -> None:
    """Out of the draft; what is published stays so until the next version."""
    if draft.session is None:
        draft.delete()
    elif draft.session.attendances.exists():
        raise Refused(_("Its roll was called: it stays in the programme."))
    else:
        draft.is_dropped = True
        draft.save(update_fields=["is_dropped"])
    audit.record("events.change_programme", draft.event, by=by, dropped=draft.title_ko)


@transaction.atomic
def restore_session(draft: DraftSession, *, by: User) -> None:
    """Back to what is published."""
    if draft.session is None:
        raise Refused(_("This session is not published yet: drop it instead."))
    draft.take_over(draft.session)
    draft.is_dropped = False
    draft.save()
    draft.speakers.set(draft.session.speakers.all())
    audit.record("events.change_programme", draft.event, by=by, restored=draft.title_ko)


# --- speakers ---


@transaction.atomic
def save_speaker(
    speaker: Speaker, *, photo: Checked | None, without_photo: bool = False, by: User
) -> Speaker:
    """A speaker as typed; their photo is cut to a square and drawn anew."""
    storage, old = speaker.photo.storage, str(speaker.photo.name or "")
    if photo:
        speaker.photo.save("photo.jpg", portrait(photo).file(), save=False)
    elif without_photo:
        speaker.photo = ""
    speaker.save()
    if old and old != speaker.photo.name:
        transaction.on_commit(lambda: storage.delete(old))
    _told_of_speaker(speaker, by)
    return speaker


@transaction.atomic
def remove_speaker(speaker: Speaker, *, by: User) -> None:
    """Raises Refused while they stand in the programme or its draft."""
    if speaker.sessions.exists() or speaker.drafts.exists():
        raise Refused(
            _("%(name)s still speaks in a session: take them out there first.")
            % {"name": speaker.name}
        )
    storage, photo = speaker.photo.storage, str(speaker.photo.name or "")
    _told_of_speaker(speaker, by, removed=True)
    speaker.delete()
    if photo:
        transaction.on_commit(lambda: storage.delete(photo))


def _told_of_speaker(speaker: Speaker, by: User, **facts: Any) -> None:
    touch(speaker.event)
    audit.record(
        "events.change_speaker",
        speaker.event,
        by=by,
        subjects=[speaker.user_id] if speaker.user_id else [],
        speaker=speaker.name_ko,
        **facts,
    )

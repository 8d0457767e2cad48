"""A general meeting from its preparation to its minutes (민법 §69–76)."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branches.models import Branch
from kosna.core import batches, clock
from kosna.core.errors import Refused
from kosna.core.numbering import next_number
from kosna.core.templatetags.ui import kdate, kdatetime
from kosna.documents import actions as documents
from kosna.documents.models import Document
from kosna.mail import post
from kosna.mail.models import Message
from members import quorum, rolls
from members.models import AgendaItem, Meeting, MeetingTerms, Notice, Seat, Voter

NOTICES = "members.meeting_notices"
CALLED, CALLED_OFF = "meeting_called", "meeting_cancelled"  # mails
AT_A_TIME = 500


def lock(meetings: Any) -> Any:
    """What happens to the votes of a meeting happens one at a time. On SQLite the transaction
    itself, begun IMMEDIATE, is the lock."""
    return meetings.select_for_update(of=("self",))


def locked(meeting: Meeting) -> Meeting:
    return lock(Meeting.objects.select_related("branch")).get(pk=meeting.pk)


def terms_of(kind: str) -> MeetingTerms:
    return MeetingTerms.objects.filter(kind=kind).first() or MeetingTerms(kind=kind)


@transaction.atomic
def prepare_meeting(meeting: Meeting, *, by: User) -> Meeting:
    """Keeps a new meeting, with its number and the terms of its kind as they are today."""
    year = clock.today().year
    terms = terms_of(meeting.kind)
    meeting.number = f"{year}-{next_number('meeting', year)}"
    meeting.branch = Branch.objects.get(is_head_office=True)
    for name in ("notice_days", "max_proxies", "allows_written"):
        setattr(meeting, name, getattr(terms, name))
    meeting.save()
    audit.record("members.prepare_meeting", meeting, by=by)
    return meeting


@transaction.atomic
def change_meeting(meeting: Meeting, *, by: User) -> None:
    """Keeps what was typed. Raises Refused once the meeting is called, or for another record date
    once the roll is there."""
    stored = locked(meeting)
    refuse_unless(stored, Meeting.Status.DRAFT)
    if stored.roll_frozen_at and stored.record_on != meeting.record_on:
        raise Refused(_("The roll of the record date is there; the date stays."), field="record_on")
    meeting.save()
    audit.record("members.change_meeting", meeting, by=by)


@transaction.atomic
def set_agenda(meeting: Meeting, items: Sequence[AgendaItem], *, by: User) -> None:
    """The agenda in its order, instead of the one before. Raises Refused once it was announced."""
    meeting = locked(meeting)
    refuse_unless(meeting, Meeting.Status.DRAFT)
    meeting.items.all().delete()
    for position, item in enumerate(items, 1):
        item.pk, item.meeting, item.position = None, meeting, position
        item._state.adding = True
        item.save()
    audit.record("members.set_agenda", meeting, by=by, items=len(items))


@transaction.atomic
def freeze_roll(meeting: Meeting, *, by: User | None = None) -> Meeting:
    """Writes down who votes: the register, the paid days and the representatives as they stood at
    the end of the record date. Once.

    Raises Refused while that day lasts, and when the roll is there.
    """
    meeting = locked(meeting)
    if meeting.roll_frozen_at:
        raise Refused(_("The roll is there already; it does not change."))
    refuse_unless(meeting, Meeting.Status.DRAFT)
    if clock.today() <= meeting.record_on:
        raise Refused(
            _("The roll is taken when the record date is over: after %(day)s.")
            % {"day": kdate(meeting.record_on)}
        )
    lines = list(rolls.voters_on(meeting.record_on))
    casters = rolls.casters_on(meeting.record_on)
    Voter.objects.bulk_create(
        (
            Voter(
                meeting=meeting,
                member_id=line.member_id,
                user_id=casters.get(line.member_id),
                number=line.number,
                name=line.name,
                representative=line.representative,
                tier_id=line.tier_id,
                branch_id=line.branch_id,
            )
            for line in lines
        ),
        batch_size=AT_A_TIME,
    )
    meeting.roll_frozen_at = clock.now()
    meeting.roll_size = len(lines)
    meeting.roll_sha256 = rolls.fingerprint(lines)
    meeting.save(update_fields=["roll_frozen_at", "roll_size", "roll_sha256"])
    audit.record(
        "members.freeze_roll",
        meeting,
        by=by,
        voters=meeting.roll_size,
        sha256=meeting.roll_sha256,
    )
    return meeting


def freeze_due() -> int:
    """The job: takes the roll of each meeting whose record date is over. Returns how many."""
    due = list(Meeting.objects.to_freeze(clock.today()))
    for meeting in due:
        freeze_roll(meeting)
    return len(due)


@transaction.atomic
def call_meeting(meeting: Meeting, *, late_reason: str = "", by: User) -> Meeting:
    """소집: fixes the agenda and sends the notice to everyone on the roll.

    Raises Refused with every reason at once; too short a notice (민법 §71) needs a written reason.
    """
    meeting = locked(meeting)
    refuse_unless(meeting, Meeting.Status.DRAFT)
    reasons = []
    if not meeting.roll_frozen_at:
        reasons.append(_("The roll of voters is taken first, when the record date is over."))
    elif not meeting.roll_size:
        reasons.append(_("Nobody is on the roll."))
    if not meeting.items.exists():
        reasons.append(_("The notice names what the meeting is about: add the agenda first."))
    if not (meeting.place_ko or meeting.online_url):
        reasons.append(_("Say where the meeting takes place, or its online address."))
    if meeting.starts_at <= clock.now():
        reasons.append(_("The time of the meeting has passed."))
    elif clock.today() > meeting.last_notice_on and not late_reason:
        reasons.append(
            _("The notice had to go out by %(day)s. A shorter notice needs a written reason.")
            % {"day": kdate(meeting.last_notice_on)}
        )
    if reasons:
        raise Refused(*reasons)
    is_late = clock.today() > meeting.last_notice_on
    meeting.move_to(
        Meeting.Status.CALLED,
        called_at=clock.now(),
        called_by=by,
        late_reason=late_reason if is_late else "",
    )
    audit.record(
        "members.call_meeting",
        meeting,
        by=by,
        reason=meeting.late_reason,
        voters=meeting.roll_size,
        late=is_late,
    )
    _start_notices(meeting, CALLED, by=by)
    return meeting


@transaction.atomic
def cancel_meeting(meeting: Meeting, *, reason: str, by: User) -> None:
    """소집 취소; whoever was called is told."""
    meeting = locked(meeting)
    was_called = meeting.status == Meeting.Status.CALLED
    meeting.move_to(Meeting.Status.CANCELLED, cancel_reason=reason)
    audit.record("members.cancel_meeting", meeting, by=by, reason=reason)
    if was_called:
        _start_notices(meeting, CALLED_OFF, by=by)


def _start_notices(meeting: Meeting, template: str, *, by: User) -> None:
    batches.start(
        NOTICES,
        by=by,
        title=_("Notices: %(meeting)s") % {"meeting": meeting.title},
        total=meeting.roll_size,
        meeting=meeting.pk,
        template=template,
    )


def post_notices(work: batches.Work) -> None:
    """The batch: one mail to each voter, some hundreds at a time. Run again, it goes on where it
    was: a mail is posted once for a voter, and the proof is a row."""
    meeting = Meeting.objects.get(pk=work.params["meeting"])
    template, done, unreached = work.params["template"], 0, 0
    voters = meeting.voters.select_related("user", "member__organisation").order_by("pk")
    last = 0
    while group := list(voters.filter(pk__gt=last)[:AT_A_TIME]):
        with transaction.atomic():
            unreached += _post_to(meeting, group, template)
        last, done = group[-1].pk, done + len(group)
        work.progress(done)
    work.progress(done, total=done)
    work.tell(**{_("Notices posted"): done - unreached, _("Without an e-mail address"): unreached})


def _post_to(meeting: Meeting, voters: list[Voter], template: str) -> int:
    contacts = _contacts(voters)
    keys: dict[str, Voter] = {}
    for voter in voters:
        person = voter.user or contacts.get(voter.member_id)
        organisation = voter.member.organisation
        address = person.email if person else organisation.tax_email if organisation else ""
        if not address:
            continue
        key = f"{template}:{meeting.pk}:{voter.pk}"
        keys[f"{key}:{address}"] = voter
        post.send(
            template,
            [address],
            language=person.language if person else "ko",
            key=key,
            context=_notice(meeting, voter),
            user=person,
            branch=meeting.branch,
        )
    if template == CALLED:
        rows = Message.objects.filter(key__in=keys)
        Notice.objects.bulk_create(
            (Notice(voter=keys[str(row.key)], message=row) for row in rows), ignore_conflicts=True
        )
    return len(voters) - len(keys)


def _contacts(voters: list[Voter]) -> dict[int, User]:
    """For organisations whose representative has no account: who runs their membership."""
    without = [voter.member_id for voter in voters if voter.user_id is None]
    seats = Seat.objects.filter(member__in=without, role=Seat.Role.CONTACT, valid_to=None)
    return {seat.member_id: seat.user for seat in seats.select_related("user").order_by("pk")}


def _notice(meeting: Meeting, voter: Voter) -> dict[str, Any]:
    return {
        "name": voter.representative or voter.name,
        "member": voter.name,
        "number": voter.number,
        "title_ko": meeting.title_ko,
        "title_en": meeting.title_en or meeting.title_ko,
        "starts_at": meeting.starts_at.isoformat(),
        "place_ko": meeting.place_ko,
        "place_en": meeting.place_en or meeting.place_ko,
        "online_url": meeting.online_url,
        "record_on": meeting.record_on.isoformat(),
        "agenda_ko": [f"{row.position}. {row.title_ko}" for row in meeting.items.all()],
        "agenda_en": [
            f"{row.position}. {row.title_en or row.title_ko}" for row in meeting.items.all()
        ],
        "reason": meeting.cancel_reason,
        "url": settings.SITE_URL + meeting.get_absolute_url(),
    }


@transaction.atomic
def open_meeting(meeting: Meeting, *, chair: str, by: User) -> None:
    """개회: from now on no proxy is given or taken back. Raises Refused before the day."""
    meeting = locked(meeting)
    if clock.today() < clock.kst_date(meeting.starts_at):
        raise Refused(_("The meeting opens on %(day)s.") % {"day": kdate(meeting.starts_at)})
    meeting.move_to(Meeting.Status.OPEN, chair=chair, opened_at=clock.now(), opened_by=by)
    counted = quorum.attendance(meeting)
    audit.record(
        "members.open_meeting", meeting, by=by, present=counted.present, quorum=counted.quorum
    )


@transaction.atomic
def close_meeting(meeting: Meeting, *, course: str, signatories: str, by: User) -> Document:
    """폐회: what was decided is final, and the minutes are issued with the next number.

    Raises Refused while an item has neither been decided nor taken off.
    """
    meeting = locked(meeting)
    refuse_unless(meeting, Meeting.Status.OPEN)
    items = list(meeting.items.all())
    left = [item for item in items if item.is_resolution and item.status == item.Status.PROPOSED]
    if left:
        raise Refused(
            *(
                _("Item %(n)s has neither been decided nor taken off.") % {"n": item.position}
                for item in left
            )
        )
    for item in items:
        if not item.is_resolution and item.status == item.Status.PROPOSED:
            item.move_to(item.Status.DECIDED)
    closed_at = clock.now()
    meeting.course, meeting.signatories, meeting.closed_at = course, signatories, closed_at
    document = documents.issue(
        Document.Kind.MINUTES,
        key=f"minutes:{meeting.pk}",
        subject=None,
        facts=minutes_facts(meeting, items),
        branch=meeting.branch,
    )
    meeting.move_to(
        Meeting.Status.CLOSED,
        course=course,
        signatories=signatories,
        closed_at=closed_at,
        closed_by=by,
        minutes=document,
    )
    audit.record("members.close_meeting", meeting, by=by, minutes=document.serial)
    return document


def minutes_facts(meeting: Meeting, items: list[AgendaItem]) -> dict[str, Any]:
    """What the minutes freeze (민법 §76: course, summary and result), in Korean."""
    counted = quorum.attendance(meeting)
    with translation.override("ko"):
        return {
            "title": meeting.title_ko,
            "kind": str(meeting.get_kind_display()),
            "starts_at": meeting.starts_at.isoformat(),
            "opened_at": meeting.opened_at and meeting.opened_at.isoformat(),
            "closed_at": meeting.closed_at and meeting.closed_at.isoformat(),
            "place": meeting.place_ko or meeting.online_url,
            "record_on": meeting.record_on.isoformat(),
            "called_at": meeting.called_at and meeting.called_at.isoformat(),
            "late_reason": meeting.late_reason,
            "voters": counted.voters,
            "in_person": counted.in_person,
            "by_proxy": counted.by_proxy,
            "in_writing": counted.in_writing,
            "present": counted.present,
            "quorum": counted.quorum,
            "roll_sha256": meeting.roll_sha256,
            "chair": meeting.chair,
            "signatories": [
                line for line in map(str.strip, meeting.signatories.split("\n")) if line
            ],
            "course": meeting.course,
            "items": [_item_facts(item) for item in items],
        }


def _item_facts(item: AgendaItem) -> dict[str, Any]:
    return {
        "position": item.position,
        "title": item.title_ko,
        "text": item.text_ko,
        "rule": str(item.get_rule_display()),
        "is_resolution": item.is_resolution,
        "status": item.status,
        "votes_for": item.votes_for,
        "votes_against": item.votes_against,
        "votes_abstain": item.votes_abstain,
        "present": item.present,
        "excluded": item.excluded,
        "needed": item.votes_needed,
        "is_passed": item.is_passed,
        "reason": item.reason,
    }


def refuse_unless(meeting: Meeting, *statuses: str) -> None:
    """Raises Refused, saying how the meeting stands, unless it stands in one of these."""
    if meeting.status not in statuses:
        raise Refused(
            _("This meeting is “%(status)s” (%(when)s).")
            % {"status": meeting.get_status_display(), "when": kdatetime(meeting.starts_at)}
        )

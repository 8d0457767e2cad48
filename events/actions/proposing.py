"""Somebody offers to speak, reviewers judge it, the organiser decides."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from events.actions.telling import tell_proposal, tell_reviewer
from events.models import Call, DraftSession, Event, Proposal, Review, Speaker
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused

MOST_PROPOSALS = 5
Status = Proposal.Status


@transaction.atomic
def propose(call: Call, *, form_key: UUID | None = None, by: User, **typed: Any) -> Proposal:
    """Hands a proposal in, or finds the one that this very form has handed in. Raises Refused
    outside the times of the call, and beyond what one person may have under review at once."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    sent = by.proposals.filter(form_key=form_key).first() if form_key else None
    if sent:
        return sent
    _refuse_unless_open(call)
    waiting = call.proposals.filter(user=by, status=Status.SUBMITTED).count()
    if waiting >= MOST_PROPOSALS:
        raise Refused(
            _("One person has at most %(n)s proposals under review: withdraw one first.")
            % {"n": MOST_PROPOSALS}
        )
    proposal = Proposal.objects.create(call=call, user=by, form_key=form_key, **typed)
    _record("events.propose", proposal, by)
    tell_proposal("proposal_received", proposal)
    return proposal


@transaction.atomic
def change_proposal(proposal: Proposal, *, by: User, **typed: Any) -> None:
    """Until the call closes, and as long as nobody has decided."""
    row = _waiting(proposal)
    _refuse_unless_open(row.call)
    for name, value in typed.items():
        setattr(row, name, value)
    row.save(update_fields=list(typed))
    _record("events.change_proposal", row, by)


@transaction.atomic
def withdraw_proposal(proposal: Proposal, *, by: User) -> None:
    """As long as nobody has decided."""
    proposal.move_to(Status.WITHDRAWN)
    _record("events.withdraw_proposal", proposal, by)


@transaction.atomic
def review(proposal: Proposal, *, score: int, comment: str, by: User) -> Review:
    """A reviewer's opinion, or their second thoughts. Nobody reviews what is their own."""
    row = _waiting(proposal)
    _refuse_own(row, by)
    if not row.call.reviewers.filter(pk=by.pk).exists():
        raise Refused(_("You are not a reviewer of this call."))
    opinion, _made = Review.objects.update_or_create(
        proposal=row,
        reviewer=by,
        defaults={"score": score, "comment": comment, "at": clock.now()},
    )
    _record("events.review_proposal", row, by, score=score)
    return opinion


def remind_reviewers() -> int:
    """One mail to each reviewer who has not read everything, once something has come in since the
    last one. Safe to run twice. Returns how many have something to read."""
    waiting = Proposal.objects.filter(status=Status.SUBMITTED)
    calls = Call.objects.filter(event__status=Event.Status.PUBLISHED, proposals__in=waiting)
    count = 0
    for call in calls.distinct().select_related("event__branch").prefetch_related("reviewers"):
        for reviewer in call.reviewers.all():
            unread = list(call.proposals.unread_by(reviewer).order_by("pk"))
            if unread:
                tell_reviewer(call, reviewer, unread)
                count += 1
    return count


@transaction.atomic
def accept_proposal(proposal: Proposal, *, answer: str, by: User) -> DraftSession:
    """Makes it a session of the draft, which still needs a time and a room, and tells its
    proposer, who becomes a speaker of the event."""
    row = _decided(proposal, Status.ACCEPTED, answer, by)
    event = row.call.event
    draft = DraftSession.objects.create(
        event=event,
        title_ko=row.title_ko,
        title_en=row.title_en,
        abstract_ko=row.abstract_ko,
        abstract_en=row.abstract_en,
        track=row.track,
    )
    draft.speakers.add(_speaker(event, row))
    row.draft = draft
    row.save(update_fields=["draft"])
    _record("events.accept_proposal", row, by)
    tell_proposal("proposal_accepted", row)
    return draft


@transaction.atomic
def decline_proposal(proposal: Proposal, *, answer: str, by: User) -> None:
    row = _decided(proposal, Status.DECLINED, answer, by)
    _record("events.decline_proposal", row, by)
    tell_proposal("proposal_declined", row)


def _speaker(event: Event, proposal: Proposal) -> Speaker:
    """The proposer as a speaker, once at an event however many of their proposals are accepted."""
    person = proposal.user
    known = Speaker.objects.filter(event=event, user=person).order_by("pk").first()
    return known or Speaker.objects.create(
        event=event, user=person, name_ko=person.name, role_ko=proposal.role
    )


def _decided(proposal: Proposal, status: str, answer: str, by: User) -> Proposal:
    row = Proposal.objects.select_related("call__event__branch", "user", "track").get(
        pk=proposal.pk
    )
    _refuse_own(row, by)
    row.move_to(status, decided_at=clock.now(), decided_by=by, answer=answer)
    return row


def _waiting(proposal: Proposal) -> Proposal:
    """Its row, locked, if nobody has decided yet."""
    rows = Proposal.objects.select_for_update(of=("self",)).select_related("call__event")
    row = rows.get(pk=proposal.pk)
    if row.status != Status.SUBMITTED:
        raise Refused(_("This proposal is no longer under review."))
    return row


def _refuse_unless_open(call: Call) -> None:
    if call.event.status != Event.Status.PUBLISHED or not call.is_open:
        raise Refused(_("This call for proposals is not open now."))


def _refuse_own(proposal: Proposal, by: User) -> None:
    if proposal.user_id == by.pk:
        raise Refused(_("Nobody judges their own proposal."))


def _record(verb: str, proposal: Proposal, by: User, **facts: Any) -> None:
    audit.record(
        verb,
        proposal.call.event,
        by=by,
        subjects=[proposal.user_id],
        proposal=proposal.pk,
        title=proposal.title_ko,
        **facts,
    )

"""What a general meeting decides: counts, who has no say, and items taken off the agenda."""

from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from members import quorum
from members.actions.meetings import locked, refuse_unless
from members.models import AgendaItem, Exclusion, Meeting, Voter, WrittenVote


@transaction.atomic
def count_votes(
    item: AgendaItem, *, votes_for: int, votes_against: int, votes_abstain: int, by: User
) -> AgendaItem:
    """The result of one item; the numbers include the votes in writing.

    Raises Refused without a quorum, for more votes than are present, or for fewer than were cast
    in writing.
    """
    item = _locked_item(item)
    if not item.is_resolution:
        raise Refused(_("This item is for information; there is no vote on it."))
    counted = quorum.attendance(item.meeting)
    excluded = quorum.excluded(item)
    reasons = []
    if not counted.is_quorate:
        reasons.append(
            _("There is no quorum: %(present)s present, %(quorum)s needed.")
            % {"present": counted.present, "quorum": counted.quorum}
        )
    total, say = votes_for + votes_against + votes_abstain, counted.present - excluded
    if total > say:
        reasons.append(
            _("%(total)s votes are more than the %(present)s that have a say.")
            % {"total": total, "present": say}
        )
    reasons += _fewer_than_written(
        item, {"for": votes_for, "against": votes_against, "abstain": votes_abstain}
    )
    if reasons:
        raise Refused(*reasons)
    item.move_to(
        item.Status.DECIDED,
        votes_for=votes_for,
        votes_against=votes_against,
        votes_abstain=votes_abstain,
        present=counted.present,
        excluded=excluded,
        counted_at=clock.now(),
        counted_by=by,
    )
    audit.record(
        "members.count_votes",
        item,
        by=by,
        branch=item.meeting.branch_id,
        votes_for=votes_for,
        votes_against=votes_against,
        votes_abstain=votes_abstain,
        passed=item.is_passed,
    )
    return item


def _fewer_than_written(item: AgendaItem, counts: dict[str, int]) -> list[str]:
    return [
        _("“%(choice)s” is at least %(n)s: so many were cast in writing.")
        % {"choice": WrittenVote.Choice(choice).label, "n": number}
        for choice, number in quorum.written(item).items()
        if counts[choice] < number
    ]


@transaction.atomic
def count_again(item: AgendaItem, *, reason: str, by: User) -> None:
    """Takes a count back, while the meeting is open, to enter it anew."""
    item = _locked_item(item)
    item.move_to(
        item.Status.PROPOSED,
        votes_for=None,
        votes_against=None,
        votes_abstain=None,
        present=None,
        excluded=None,
        counted_at=None,
        counted_by=None,
    )
    audit.record("members.count_again", item, by=by, branch=item.meeting.branch_id, reason=reason)


@transaction.atomic
def take_off_agenda(item: AgendaItem, *, reason: str, by: User) -> None:
    """An announced item is not put to the vote; the minutes say why."""
    item = _locked_item(item)
    item.move_to(item.Status.WITHDRAWN, reason=reason)
    audit.record(
        "members.take_off_agenda", item, by=by, branch=item.meeting.branch_id, reason=reason
    )


@transaction.atomic
def exclude_voter(item: AgendaItem, voter: Voter, *, reason: str, by: User) -> Exclusion:
    """민법 §74: no say on one's own affair. The vote still counts as present."""
    item = _locked_item(item)
    if item.status != item.Status.PROPOSED:
        raise Refused(_("This item has been decided. Take the count back first."))
    if voter.meeting_id != item.meeting_id:
        raise Refused(_("This voter is not on the roll of this meeting."))
    exclusion, created = Exclusion.objects.get_or_create(
        item=item, voter=voter, defaults={"reason": reason, "by": by}
    )
    if not created:
        raise Refused(_("This voter has no say on this item already."))
    audit.record(
        "members.exclude_voter",
        item,
        by=by,
        branch=item.meeting.branch_id,
        reason=reason,
        subjects=[voter.user_id] if voter.user_id else [],
        voter=voter.number,
    )
    return exclusion


def _locked_item(item: AgendaItem) -> AgendaItem:
    meeting = locked(item.meeting)
    refuse_unless(meeting, Meeting.Status.OPEN)
    item = AgendaItem.objects.get(pk=item.pk)
    item.meeting = meeting
    return item

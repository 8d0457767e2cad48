"""How a vote is present at a general meeting: by proxy, in writing, or at the door.

Every deed locks the meeting first, so a vote is counted once, and a delegate never carries more
than the terms allow.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.templatetags.ui import kdate
from kosna.mail import post
from members.actions.meetings import locked, refuse_unless
from members.models import Meeting, Presence, Proxy, Voter, WrittenVote

Mode = Presence.Mode


@transaction.atomic
def appoint_proxy(
    voter: Voter, *, delegate: Voter | None, is_paper: bool = False, by: User
) -> Proxy:
    """위임: hands a vote to another voter, or (no delegate) to the chair, until the meeting opens.

    Raises Refused with every reason at once: already present in some way, a delegate who is not on
    the roll, who has handed on their own vote or carries as many as the terms allow; no chains.
    """
    meeting = locked(voter.meeting)
    refuse_unless(meeting, Meeting.Status.CALLED)
    reasons = []
    if mode := _mode_of(voter):
        reasons.append(_already(mode))
    if voter.carried.standing().exists():
        reasons.append(_("You carry proxies of others; a proxy cannot be handed on."))
    if delegate:
        reasons += _against_delegate(meeting, voter, delegate)
    if reasons:
        raise Refused(*reasons)
    proxy = Proxy.objects.create(
        voter=voter, delegate=delegate, to_chair=delegate is None, is_paper=is_paper, given_by=by
    )
    Presence.objects.create(voter=voter, mode=Mode.PROXY, proxy=proxy, by=by)
    _record("members.appoint_proxy", proxy, by=by)
    _mail("proxy_given", proxy, voter.user)
    if delegate:
        _mail("proxy_received", proxy, delegate.user)
    return proxy


def _against_delegate(meeting: Meeting, voter: Voter, delegate: Voter) -> list[str]:
    if delegate.meeting_id != meeting.pk:
        return [_("The delegate is not on the roll of this meeting.")]
    reasons = []
    if delegate.pk == voter.pk:
        reasons.append(_("Nobody is their own delegate."))
    mode = _mode_of(delegate)
    if mode == Mode.PROXY:
        reasons.append(_("The delegate has handed on their own vote; choose somebody else."))
    if mode == Mode.WRITTEN:
        reasons.append(_("The delegate votes in writing and will not be there."))
    if delegate.carried.standing().count() >= meeting.max_proxies:
        reasons.append(
            _("The delegate carries %(n)s proxies already, the most that is allowed.")
            % {"n": meeting.max_proxies}
        )
    return reasons


@transaction.atomic
def revoke_proxy(proxy: Proxy, *, by: User) -> None:
    """Takes a proxy back, until the meeting opens."""
    meeting = locked(proxy.voter.meeting)
    refuse_unless(meeting, Meeting.Status.CALLED)
    _revoke(proxy, by=by)


def _revoke(proxy: Proxy, *, by: User) -> None:
    revoked = Proxy.objects.standing().filter(pk=proxy.pk)
    Presence.objects.filter(proxy=proxy).delete()
    if not revoked.update(revoked_at=clock.now(), revoked_by=by):
        raise Refused(_("This proxy was taken back before."))
    _record("members.revoke_proxy", proxy, by=by)
    if proxy.delegate:
        _mail("proxy_revoked", proxy, proxy.delegate.user)


@transaction.atomic
def vote_in_writing(voter: Voter, choices: Mapping[int, str], *, by: User) -> None:
    """서면결의: a choice on every item that is voted on; sent again, it takes the place of the one
    before. It counts as present (민법 §75②)."""
    meeting = locked(voter.meeting)
    refuse_unless(meeting, Meeting.Status.CALLED)
    items = [item for item in meeting.items.all() if item.is_resolution]
    reasons = []
    if not meeting.allows_written:
        reasons.append(_("This meeting takes no votes in writing."))
    if voter.carried.standing().exists():
        reasons.append(
            _("You carry proxies of others: please attend, or ask them to choose again.")
        )
    mode = _mode_of(voter)
    if mode and mode != Mode.WRITTEN:
        reasons.append(_already(mode))
    if {item.pk for item in items} != set(choices):
        reasons.append(_("Choose for, against or abstain on every item."))
    if reasons:
        raise Refused(*reasons)
    for item in items:
        WrittenVote.objects.update_or_create(
            voter=voter,
            item=item,
            defaults={"choice": choices[item.pk], "at": clock.now(), "by": by},
        )
    Presence.objects.update_or_create(
        voter=voter, defaults={"mode": Mode.WRITTEN, "proxy": None, "by": by, "at": clock.now()}
    )
    _record_of("members.vote_in_writing", voter, by=by, items=len(items))


@transaction.atomic
def take_back_written_vote(voter: Voter, *, by: User) -> None:
    """Until the meeting opens."""
    meeting = locked(voter.meeting)
    refuse_unless(meeting, Meeting.Status.CALLED)
    if _mode_of(voter) != Mode.WRITTEN:
        raise Refused(_("There is no vote in writing to take back."))
    _forget_written(voter)
    _record_of("members.take_back_written_vote", voter, by=by)


def _forget_written(voter: Voter) -> None:
    WrittenVote.objects.filter(voter=voter).delete()
    Presence.objects.filter(voter=voter, mode=Mode.WRITTEN).delete()


@transaction.atomic
def mark_present(voter: Voter, *, by: User) -> None:
    """출석: at the door. Whoever comes before the opening takes back proxy or written vote by that;
    afterwards they stand as they were given."""
    meeting = locked(voter.meeting)
    refuse_unless(meeting, Meeting.Status.CALLED, Meeting.Status.OPEN)
    if clock.today() < clock.kst_date(meeting.starts_at):
        raise Refused(_("The door opens on %(day)s.") % {"day": kdate(meeting.starts_at)})
    mode = _mode_of(voter)
    if mode == Mode.PERSON or (mode and meeting.status == Meeting.Status.OPEN):
        raise Refused(_already(mode))
    if mode == Mode.PROXY:
        _revoke(
            Proxy.objects.standing()
            .select_related("voter__meeting", "delegate__user")
            .get(voter=voter),
            by=by,
        )
    if mode == Mode.WRITTEN:
        _forget_written(voter)
    Presence.objects.create(voter=voter, mode=Mode.PERSON, by=by)
    _record_of("members.mark_present", voter, by=by, instead_of=mode or "")


@transaction.atomic
def mark_absent(voter: Voter, *, by: User) -> None:
    """A slip at the door, put right while the meeting is not closed."""
    meeting = locked(voter.meeting)
    refuse_unless(meeting, Meeting.Status.CALLED, Meeting.Status.OPEN)
    if _mode_of(voter) != Mode.PERSON:
        raise Refused(_("This voter is not marked as present."))
    Presence.objects.filter(voter=voter, mode=Mode.PERSON).delete()
    _record_of("members.mark_absent", voter, by=by)


def _mode_of(voter: Voter) -> str:
    return Presence.objects.filter(voter=voter).values_list("mode", flat=True).first() or ""


def _already(mode: str) -> str:
    return {
        Mode.PERSON: _("This vote is present in person already."),
        Mode.PROXY: _("This vote has been handed to a delegate. Take that back first."),
        Mode.WRITTEN: _("This vote has been cast in writing. Take that back first."),
    }[Mode(mode)]


def _record(verb: str, proxy: Proxy, *, by: User) -> None:
    delegate = proxy.delegate.number if proxy.delegate else "chair"
    _record_of(verb, proxy.voter, by=by, delegate=delegate, paper=proxy.is_paper)


def _record_of(verb: str, voter: Voter, *, by: User, **facts: Any) -> None:
    audit.record(
        verb,
        voter,
        by=by,
        branch=voter.meeting.branch_id,
        subjects=[voter.user_id] if voter.user_id else [],
        meeting=voter.meeting.number,
        **facts,
    )


def _mail(template: str, proxy: Proxy, user: User | None) -> None:
    """To who gave or carries a proxy; a vote whose caster has no account gets no mail."""
    if user is None:
        return
    meeting, delegate = proxy.voter.meeting, proxy.delegate
    post.send(
        template,
        [user.email],
        language=user.language,
        key=f"{template}:{proxy.pk}",
        context={
            "name": user.name,
            "voter": proxy.voter.name,
            "delegate": delegate.name if delegate else "",
            "title_ko": meeting.title_ko,
            "title_en": meeting.title_en or meeting.title_ko,
            "starts_at": meeting.starts_at.isoformat(),
            "url": settings.SITE_URL + meeting.get_absolute_url(),
        },
        user=user,
        branch=meeting.branch,
    )

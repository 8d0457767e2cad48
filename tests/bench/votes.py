"""A general meeting of 100,000 votes."""

from datetime import timedelta

from kosna.core import clock
from kosna.mail.models import Message
from members.models import Meeting, MeetingKind, Member, Notice, Presence, Proxy, Voter
from tests.bench.crowd import branches
from tests.bench.data import make, world


def meeting_of(members: list[tuple[int, int | None]]) -> Meeting:
    """A meeting whose roll has a line for each of these."""
    meeting = prepare()
    place, tier, rows = branches(), world().tier, Member.objects.in_bulk()
    voters = make(
        Voter(
            meeting=meeting,
            member_id=pk,
            user_id=user,
            number=rows[pk].number,
            name=rows[pk].name,
            tier=tier,
            branch=next(place),
        )
        for pk, user in members
    )
    _notices(voters)
    _presences(voters[::2])
    meeting.called_at = meeting.roll_frozen_at = clock.now()
    meeting.called_by, meeting.status = world().head_office, Meeting.Status.CALLED
    meeting.roll_size = len(members)
    meeting.save()
    return meeting


def _notices(voters: list[Voter]) -> None:
    messages = make(
        Message(
            template="meeting_called",
            to="a@example.test",
            subject="총회 소집",
            text="총회를 소집합니다.",
            language="ko",
            key=f"bench:{voter.pk}",
            message_id=f"<bench-{voter.pk}@example.test>",
            user_id=voter.user_id,
            status=Message.Status.SENT,
        )
        for voter in voters
    )
    make(
        Notice(voter=voter, message=message)
        for voter, message in zip(voters, messages, strict=True)
    )


def _presences(voters: list[Voter]) -> None:
    """In person, in writing, and a fifth by a proxy whom the chair carries."""
    by = world().head_office
    carried = make(
        Proxy(voter=voter, to_chair=True, is_paper=True, given_by=by) for voter in voters[::5]
    )
    proxies = {proxy.voter_id: proxy for proxy in carried}
    modes = Presence.Mode
    make(
        Presence(
            voter=voter,
            meeting_id=voter.meeting_id,
            mode=modes.PROXY if voter.pk in proxies else modes.PERSON if n % 2 else modes.WRITTEN,
            proxy=proxies.get(voter.pk),
            by=by,
        )
        for n, voter in enumerate(voters)
    )


def prepare() -> Meeting:
    """A meeting whose record date is over, and whose roll is not there yet."""
    number = Meeting.objects.count() + 1
    return Meeting.objects.create(
        number=f"2026-{number}",
        branch=world().hq,
        kind=MeetingKind.REGULAR,
        title_ko="정기총회",
        starts_at=clock.now() + timedelta(days=30),
        record_on=clock.today() - timedelta(days=1),
        notice_days=7,
        max_proxies=3,
        allows_written=True,
    )

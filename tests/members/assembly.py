"""A general meeting of 2026, as its secretary would bring it about."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from kosna.accounts.models import User
from kosna.core import batches, clock
from members import actions
from members.models import AgendaItem, Meeting, Member, Voter
from tests import factories

RECORD_ON = date(2026, 3, 1)
STARTS_AT = datetime(2026, 3, 20, 14, tzinfo=clock.KST)
Rule = AgendaItem.Rule


@contextmanager
def on(month: int, day: int, hour: int = 10, minute: int = 0, second: int = 0) -> Iterator[None]:
    with clock.standing_at(datetime(2026, month, day, hour, minute, second, tzinfo=clock.KST)):
        yield


def prepared(by: User, *rules: str, **fields: object) -> Meeting:
    """A meeting in preparation, with an item for each rule."""
    factories.make_branch("hq")
    facts = {
        "kind": Meeting.Kind.REGULAR,
        "title_ko": "2026년 정기총회",
        "title_en": "Regular general meeting 2026",
        "starts_at": STARTS_AT,
        "place_ko": "가산동 대강당",
        "record_on": RECORD_ON,
        **fields,
    }
    with on(2, 20):
        meeting = actions.prepare_meeting(Meeting(**facts), by=by)
        items = [
            AgendaItem(title_ko=f"제{n}호 안건", title_en=f"Item {n}", rule=rule)
            for n, rule in enumerate(rules or (Rule.MAJORITY,), 1)
        ]
        actions.set_agenda(meeting, items, by=by)
    return meeting


def called(by: User, *rules: str, **fields: object) -> Meeting:
    meeting = prepared(by, *rules, **fields)
    with on(3, 2):
        actions.freeze_roll(meeting, by=by)
        actions.call_meeting(meeting, by=by)
        batches.run_all()
    meeting.refresh_from_db()
    return meeting


def opened(meeting: Meeting, by: User) -> Meeting:
    with on(3, 20, 14):
        actions.open_meeting(meeting, chair="강학주", by=by)
    meeting.refresh_from_db()
    return meeting


def vote_of(meeting: Meeting, member: Member) -> Voter:
    return meeting.voters.select_related("meeting").get(member=member)

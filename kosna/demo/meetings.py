"""This year's regular general meeting with its minutes, an extraordinary one that is called, the
next that is in preparation; and who asked to inspect the register."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from kosna.accounts.models import User
from kosna.core import batches, clock
from kosna.demo.people import account
from kosna.demo.story import Story
from members import actions, quorum
from members.models import AgendaItem, Inspection, Meeting, MeetingKind, Member, Voter

Rule = AgendaItem.Rule
PLACE = "서울 금천구 가산디지털단지 공동회의실(시연용)"
PLACE_EN = "Shared hall, Gasan Digital Complex, Geumcheon-gu, Seoul (fictional)"
CHAIR = "강학주"
# Titles and texts in Korean and English, and the rule.
REGULAR_AGENDA = (
    ("전년도 사업보고", "Report on the past year", "", "", Rule.REPORT),
    (
        "전년도 결산 승인",
        "Approval of last year’s accounts",
        "감사보고서와 함께 전년도 결산서를 승인한다.",
        "The accounts of last year are approved, with the auditor’s report.",
        Rule.MAJORITY,
    ),
    (
        "올해 사업계획과 예산 승인",
        "Plan and budget of this year",
        "사업계획서와 예산안을 원안대로 승인한다.",
        "The plan and the budget are approved as proposed.",
        Rule.MAJORITY,
    ),
    (
        "정관 일부 변경",
        "Change of the articles",
        "지부 설치에 관한 제12조를 변경한다.",
        "Article 12, on opening branches, is changed.",
        Rule.TWO_THIRDS,
    ),
)
EXTRA_AGENDA = (
    (
        "지부 설치 승인(인천)",
        "Opening of the Incheon branch",
        "인천지부를 설치한다.",
        "The Incheon branch is opened.",
        Rule.MAJORITY,
    ),
    (
        "정관 제12조 변경",
        "Change of article 12",
        "지난 총회에서 부결된 제12조 변경안을 다시 상정한다.",
        "The change of article 12 that did not pass last time is proposed again.",
        Rule.TWO_THIRDS,
    ),
)
COURSE = (
    "의장이 의결권자 수와 출석 의결권 수를 보고하고 성원을 확인한 뒤 개회를 선언하다.\n"
    "사무국장이 전년도 사업을 보고하고 감사가 감사 결과를 보고하다.\n"
    "결산 승인의 건은 원안대로 가결하고, 사업계획과 예산 승인의 건은 토론을 거쳐 가결하다.\n"
    "정관 일부 변경의 건은 총사원 3분의 2에 이르지 못하여 부결하다.\n"
    "의장이 폐회를 선언하다."
)


def tell(story: Story) -> None:
    _the_regular_one(story)
    _the_extraordinary_one(story)
    _the_next_one(story)
    _inspections(story)
    story.at(story.ago(40, 15), _new_address)


def _at(starts_at: datetime, days: int, hour: int = 10) -> datetime:
    day = starts_at.astimezone(clock.KST).replace(hour=hour, minute=0)
    return day - timedelta(days=days)


def _the_regular_one(story: Story) -> None:
    starts_at = story.past(0, 3, 26, 14)
    year = starts_at.year
    record_on = clock.kst_date(_at(starts_at, 21))
    story.at(
        _at(starts_at, 28),
        _preparer(MeetingKind.REGULAR, f"{year}년 정기총회", f"Regular general meeting {year}",
                  starts_at, record_on, REGULAR_AGENDA),
    )  # fmt: skip
    story.at(_at(starts_at, 20), lambda: _call(f"{year}년 정기총회"))
    story.at(_at(starts_at, 6), lambda: _ballots(_meeting(f"{year}년 정기총회")))
    story.at(starts_at - timedelta(minutes=30), lambda: _arrivals(_meeting(f"{year}년 정기총회")))
    story.at(starts_at, lambda: _open(_meeting(f"{year}년 정기총회")))
    story.at(starts_at + timedelta(hours=2), lambda: _decide(_meeting(f"{year}년 정기총회")))


def _the_extraordinary_one(story: Story) -> None:
    starts_at = story.ahead(16, 14)
    record_on = story.today - timedelta(days=8)
    title = f"{starts_at.year}년 임시총회"
    story.at(
        story.ago(12),
        _preparer(MeetingKind.EXTRAORDINARY, title,
                  f"Extraordinary general meeting {starts_at.year}",
                  starts_at, record_on, EXTRA_AGENDA),
    )  # fmt: skip
    story.at(story.ago(6), lambda: _call(title))
    story.at(story.ago(2), lambda: _ballots(_meeting(title)))


def _the_next_one(story: Story) -> None:
    year = story.today.year + 1
    starts_at = datetime(year, 3, 25, 14, tzinfo=clock.KST)
    story.at(
        story.ago(1, 16),
        _preparer(MeetingKind.REGULAR, f"{year}년 정기총회", f"Regular general meeting {year}",
                  starts_at, date(year, 3, 4), REGULAR_AGENDA[:3]),
    )  # fmt: skip


def _preparer(
    kind: str,
    title_ko: str,
    title_en: str,
    starts_at: datetime,
    record_on: date,
    agenda: tuple[tuple[str, str, str, str, str], ...],
) -> Callable[[], object]:
    def prepare() -> None:
        secretary = account("hq")
        meeting = actions.prepare_meeting(
            Meeting(
                kind=kind,
                title_ko=title_ko,
                title_en=title_en,
                starts_at=starts_at,
                place_ko=PLACE,
                place_en=PLACE_EN,
                record_on=record_on,
            ),
            by=secretary,
        )
        items = [
            AgendaItem(title_ko=ko, title_en=en, text_ko=text_ko, text_en=text_en, rule=rule)
            for ko, en, text_ko, text_en, rule in agenda
        ]
        actions.set_agenda(meeting, items, by=secretary)

    return prepare


def _meeting(title: str) -> Meeting:
    return Meeting.objects.get(title_ko=title)


def _call(title: str) -> None:
    meeting, secretary = _meeting(title), account("hq")
    actions.freeze_roll(meeting, by=secretary)
    actions.call_meeting(meeting, by=secretary)
    batches.run_all()


def _votes(meeting: Meeting) -> Iterator[tuple[Voter, User]]:
    """Votes with who casts them, in the order of the roll."""
    rows = meeting.voters.exclude(user=None).select_related("meeting", "user")
    for voter in rows.order_by("number"):
        assert voter.user
        yield voter, voter.user


def _ballots(meeting: Meeting) -> None:
    """Of every eight: one hands on to the next, one to the chair, one votes in writing. The two
    whom visitors play keep their votes."""
    played = {"regular@example.test", "maria@example.test"}
    votes = [(voter, user) for voter, user in _votes(meeting) if user.email not in played]
    items = [item for item in meeting.items.all() if item.is_resolution]
    for index, (voter, user) in enumerate(votes):
        if index % 8 == 0 and index + 1 < len(votes):
            actions.appoint_proxy(voter, delegate=votes[index + 1][0], by=user)
        elif index % 8 == 3:
            actions.appoint_proxy(voter, delegate=None, by=user)
        elif index % 8 == 5:
            choices = {
                item.pk: "against" if item.rule == Rule.TWO_THIRDS else "for" for item in items
            }
            actions.vote_in_writing(voter, choices, by=user)


def _arrivals(meeting: Meeting) -> None:
    door = account("door")
    for index, (voter, _user) in enumerate(_votes(meeting)):
        if index % 8 in (1, 2, 4, 7):
            actions.mark_present(voter, by=door)


def _open(meeting: Meeting) -> None:
    actions.open_meeting(meeting, chair=CHAIR, by=account("hq"))


def _decide(meeting: Meeting) -> None:
    secretary = account("hq")
    for item in meeting.items.all():
        if not item.is_resolution:
            continue
        present, written = quorum.attendance(meeting).present, quorum.written(item)
        against = max(written["against"], present // 5)
        abstain = max(written["abstain"], present // 12)
        actions.count_votes(
            item,
            votes_for=present - against - abstain,
            votes_against=against,
            votes_abstain=abstain,
            by=secretary,
        )
    actions.close_meeting(
        meeting,
        course=COURSE,
        signatories=f"의장 {CHAIR}\n이사 석하진\n이사 표나래",
        by=secretary,
    )


def _inspections(story: Story) -> None:
    """One that is open to its requester, one refused, and a letter that waits."""

    def ask(key: str, purpose: str) -> Callable[[], object]:
        def request() -> None:
            user = account(key)
            actions.request_inspection(
                name=user.name, email=user.email, requester=user, purpose=purpose, by=user
            )

        return request

    def grant() -> None:
        row = Inspection.objects.get(requester=account("regular"))
        actions.grant_inspection(
            row,
            fields=["number", "name", "branch"],
            as_of=clock.today(),
            expires_on=clock.today() + timedelta(days=14),
            reason="임시총회 소집 청구에 필요한 범위로 한정하여 허용합니다.",
            by=account("hq"),
        )

    def look() -> None:
        user = account("regular")
        row = Inspection.objects.get(requester=user)
        actions.record_look(row, page=1, query="", by=user, ip="192.0.2.7", rows=20)

    def refuse() -> None:
        row = Inspection.objects.get(requester=account("jeju"))
        actions.refuse_inspection(
            row, reason="영업 목적의 연락처 수집은 열람 목적이 될 수 없습니다.", by=account("hq")
        )

    def enter() -> None:
        actions.request_inspection(
            name="나도윤",
            email="counsel@example.test",
            affiliation="가상법률사무소",
            purpose="의뢰인인 회원의 총회결의 효력 다툼에 관한 사원 확인",
            by=account("hq"),
        )

    story.at(story.ago(9, 11), ask("regular", "임시총회 소집 청구를 위한 부산지부 사원 확인"))
    story.at(story.ago(7, 14), grant)
    story.at(story.ago(5, 20), look)
    story.at(story.ago(20, 9), ask("jeju", "신규 서비스 홍보를 위한 회원 연락처 확보"))
    story.at(story.ago(18, 16), refuse)
    story.at(story.ago(1, 13), enter)


def _new_address() -> None:
    user = account("maria")
    actions.change_details(
        Member.objects.active().get(user=user),
        postcode="04001",
        address="서울특별시 가온구 새시연로 21",
        address_detail="305호",
        reason="이사",
        by=user,
    )

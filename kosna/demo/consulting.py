"""The pool of consultants, a round for G-Valley, and requests at every step. All of it invented."""

from collections.abc import Callable
from datetime import datetime, timedelta

from kosna.branches.models import Branch
from kosna.core import clock
from kosna.demo.people import account
from kosna.demo.story import Story
from members.models import Member
from members.programmes import actions
from members.programmes.entitled import is_paid, members_asking
from members.programmes.models import (
    Consultant,
    ConsultingField,
    ConsultingRequest,
    ConsultingRound,
)

F = ConsultingField
# key, branch, by whom, fields, affiliation, experience
POOL = (
    ("lifetime", "daejeon", "hq", (F.DATA, F.POLICY), "",
     "소셜 데이터 분석 15년. 지자체와 공공기관의 여론 조사 체계를 여러 차례 설계하였습니다."),
    ("maria", "hq", "hq", (F.MARKETING, F.COMMERCE), "Santos Research",
     "Ten years of brand strategy for exporters; advises in English and Korean."),
    ("regular", "busan", "busan", (F.CONTENT, F.STARTUP), "바다디자인",
     "소상공인 채널 운영과 짧은 영상 제작을 돕습니다."),
    ("jeju", "hq", "hq", (F.CRISIS,), "", "기업 위기관리 교육과 모의 훈련을 맡아 왔습니다."),
)  # fmt: skip
ROUND = "G밸리 소셜 컨설팅 1기"
REPORT = (
    "현황\n채널 세 곳을 따로 운영하고 있어 같은 내용을 세 번 만들고, 반응은 한곳에서만 확인하고 있습니다.\n\n"
    "조언\n매주 하나의 주제를 정해 한 번 만들고 채널에 맞게 나누어 싣습니다. 댓글과 문의는 하루 두 번, 한 사람이"
    " 모아 봅니다. 리뷰에서 되풀이되는 낱말 열 개를 골라 상품 설명에 반영합니다.\n\n"
    "다음 단계\n4주 동안 주제 달력을 써 보시고, 저장 수와 문의 수를 기록해 주십시오. 6주 뒤에 결과를 함께 보겠습니다."
)
# who, asked how many days ago, field, topic, question, consultant, how far, in the round
REQUESTS = (
    ("jeju", 64, F.CONTENT, "관광 비수기의 채널 운영",
     "비수기에는 올릴 내용이 없어 채널이 멈춥니다. 무엇으로 이어 가면 좋겠습니까?", "regular",
     "closed", False),
    ("solo", 47, F.MARKETING, "1인 창조기업의 첫 광고",
     "한 달에 20만 원으로 광고를 시작하려 합니다. 어디에 먼저 쓰는 것이 좋겠습니까?", "maria",
     "closed", False),
    ("regular", 30, F.DATA, "고객 리뷰를 상품 기획에 쓰는 방법",
     "리뷰 3천 건이 쌓였습니다. 어떤 순서로 읽고 무엇을 세어야 합니까?", "lifetime", "reported",
     False),
    ("corp", 21, F.CRISIS, "잘못 퍼진 소문에 대응하는 절차",
     "SNS에서 사실과 다른 이야기가 퍼졌을 때의 승인 절차와 답변 시간을 정하려 합니다.", "jeju",
     "scheduled", False),
    ("contact", 12, F.DATA, "공공 데이터와 소셜 데이터를 함께 쓰는 서비스",
     "두 자료를 지역 단위로 묶어 보여 주려 합니다. 표본의 치우침을 어떻게 다루어야 합니까?",
     "lifetime", "scheduled", True),
    ("member10", 9, F.COMMERCE, "게임 안 선물하기의 해외 판매",
     "동남아시아 이용자에게 선물하기를 열려 합니다. 결제와 홍보를 무엇부터 준비해야 합니까?", "maria",
     "assigned", True),
    ("member20", 6, F.CONTENT, "촬영 한 번으로 여러 채널에 쓰는 방법",
     "납품 영상을 우리 채널의 짧은 영상으로도 쓰고 싶습니다. 계약과 편집에서 챙길 점은 무엇입니까?", "",
     "received", True),
    ("maria", 5, F.STARTUP, "Support programmes for a foreign founder",
     "Which programmes of the city are open to a company whose founder is not Korean?", "",
     "received", False),
    ("solo", 3, F.CONTENT, "구독형 콘텐츠의 첫 석 달",
     "월 구독을 준비하고 있습니다. 첫 석 달에 무엇을 보여 주어야 구독이 이어집니까?", "", "received",
     False),
    ("jeju", 20, F.POLICY, "지역 축제 홍보의 심의",
     "축제 홍보물의 심의를 대신 받아 주실 수 있습니까?", "", "declined", False),
)  # fmt: skip
# Members of the background: how satisfied they were, and what they said.
ANSWERS = (
    (5, "질문을 미리 읽고 오셔서 한 시간이 알찼습니다."), (4, ""),
    (5, "보고서대로 4주를 해 보았고 문의가 늘었습니다."), (3, "시간이 조금 더 길었으면 합니다."),
    (4, ""), (5, "바로 쓸 수 있는 조언이었습니다."),
)  # fmt: skip


def tell(story: Story) -> None:
    for key, branch, by, fields, affiliation, about in POOL:
        story.at(story.ago(150, 11), _take_in(key, branch, by, fields, affiliation, about))
    story.at(story.ago(20, 9), _announce)
    for number, (rating, words) in enumerate(ANSWERS):
        story.at(story.ago(120 - 9 * number, 14), _advised(number, rating, words))
    for who, ago, field, topic, question, consultant, until, in_round in REQUESTS:
        case: list[ConsultingRequest] = []
        steps = _steps(case, until, consultant)
        story.at(story.ago(ago, 10), _ask(case, who, field, topic, question, in_round))
        for step, instant in zip(steps, _instants(story, ago), strict=False):
            story.at(instant, step)


def _instants(story: Story, ago: int) -> list[datetime]:
    """A day or two between the steps; nothing lies ahead."""
    return [story.ago(max(ago - days, 0), 15) for days in (1, 3, 9, 12)]


def _take_in(
    key: str, branch: str, by: str, fields: tuple[str, ...], affiliation: str, about: str
) -> Callable[[], object]:
    return lambda: actions.add_consultant(
        account(key), branch=Branch.objects.get(code=branch), fields=fields,
        affiliation=affiliation, about=about, by=account(by),
    )  # fmt: skip


def _announce() -> None:
    today = clock.today()
    entry = ConsultingRound(
        branch=Branch.objects.get(is_head_office=True),
        name_ko=ROUND,
        name_en="G-Valley social consulting, round 1",
        about_ko="서울디지털산업단지 입주기업의 SNS 활용을 돕습니다. 10개사를 선정하여 두 차례 상담하고 보고서를 드립니다.",
        about_en="For tenants of the Seoul Digital Industrial Complex: ten companies are taken on,"
        " with two meetings and a report each.",
        opens_on=today,
        closes_on=today + timedelta(days=45),
        places=10,
        is_for_g_valley=True,
    )
    actions.write_round(entry, fields=[], by=account("hq"))


def _ask(
    case: list[ConsultingRequest], who: str, field: str, topic: str, question: str, in_round: bool
) -> Callable[[], None]:
    def ask() -> None:
        user = account(who)
        members = members_asking(user, clock.now())
        if not members:
            return  # in arrears on the day of this demonstration
        today = clock.today()
        case.append(
            actions.ask_consulting(
                members[0],
                field=field,
                topic=topic,
                question=question,
                first_on=today + timedelta(days=5),
                second_on=today + timedelta(days=7),
                is_in_g_valley=in_round,
                round=ConsultingRound.objects.get(name_ko=ROUND) if in_round else None,
                by=user,
            )
        )

    return ask


def _steps(case: list[ConsultingRequest], until: str, consultant: str) -> list[Callable[[], None]]:
    if until == "declined":
        return [lambda: _decline(case)]
    way = ["assigned", "scheduled", "reported", "closed"]
    done = way[: way.index(until) + 1] if until in way else []
    deeds: dict[str, Callable[[], None]] = {
        "assigned": lambda: _assign(case, consultant),
        "scheduled": lambda: _agree(case, days=3 if until != "scheduled" else 30),
        "reported": lambda: _report(case),
        "closed": lambda: _answer(case, 5, "궁금하던 점이 풀렸습니다."),
    }
    return [deeds[name] for name in done]


def _current(case: list[ConsultingRequest]) -> ConsultingRequest:
    return ConsultingRequest.objects.select_related(
        "member__branch", "branch", "asked_by", "consultant__user"
    ).get(pk=case[0].pk)


def _decline(case: list[ConsultingRequest]) -> None:
    if case:
        reason = "심의 대행은 컨설팅에 들어 있지 않습니다. 해당 지자체의 홍보 담당 부서에 문의해 주십시오."
        actions.decline_consulting(_current(case), reason=reason, by=account("hq"))


def _assign(case: list[ConsultingRequest], key: str) -> None:
    if case and is_paid(case[0].member, clock.now()):
        request = _current(case)
        by = account("busan" if request.branch.code == "busan" else "hq")
        consultant = Consultant.objects.select_related("user").get(user__email=account(key).email)
        actions.assign_consulting(request, consultant=consultant, by=by)


def _agree(case: list[ConsultingRequest], *, days: int) -> None:
    if case and (request := _current(case)).consultant:
        at = clock.start_of(clock.today() + timedelta(days=days)) + timedelta(hours=14)
        actions.schedule_consulting(
            request, meets_at=at, place="협회 회의실(가산동)", by=request.consultant.user
        )


def _report(case: list[ConsultingRequest]) -> None:
    if case and (request := _current(case)).meets_at and request.consultant:
        actions.report_consulting(request, report=REPORT, by=request.consultant.user)


def _answer(case: list[ConsultingRequest], rating: int, words: str) -> None:
    if case and (request := _current(case)).report:
        actions.rate_consulting(request, rating=rating, words=words, by=request.asked_by)


def _advised(number: int, rating: int, words: str) -> Callable[[], None]:
    """One of the background, whose consulting is over: all of it told at once."""

    def happen() -> None:
        rows = Member.objects.active().filter(
            branch__code="busan", tier__code="regular", user__email__startswith="member"
        )
        busy = ConsultingRequest.objects.values("member")
        for member in rows.exclude(pk__in=busy).select_related("user", "tier").order_by("pk"):
            if members_asking(member.user, clock.now()) and is_paid(member, clock.now()):
                break
        else:
            return
        case: list[ConsultingRequest] = []
        _ask(case, member.user.email.partition("@")[0], F.MARKETING, f"매장 채널 점검 {number + 1}",
             "매장 소식을 올리는 채널을 함께 보아 주십시오.", False)()  # fmt: skip
        began = clock.now()
        for days, step in (
            (1, lambda: _assign(case, "maria")),
            (2, lambda: _agree(case, days=2)),
            (6, lambda: _report(case)),
            (7, lambda: _answer(case, rating, words)),
        ):
            with clock.standing_at(began + timedelta(days=days)):
                step()

    return happen

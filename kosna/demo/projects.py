"""Projects: the citizens' policy portal is from our source, with its two figures; the others are
invented."""

from collections.abc import Callable
from datetime import date, timedelta

from kosna.branches.models import Branch
from kosna.core import clock
from kosna.demo.people import account
from kosna.demo.story import Story
from members.programmes import actions
from members.programmes.entitled import is_paid, members_applying
from members.programmes.models import Partner, Project, ProjectApplication, ProjectFigure

Area = Project.Area
KOSNA = ("한국소셜네트워크협회", "Korea Social Network Association")
SOURCE = (
    "협회장 언론 인터뷰를 바탕으로 정리",
    "An interview of the association's president with the press, restated",
)
SAMPLE = ("시연용 생성자료", "Made up for the demonstration")
# slug, branch, by whom, area, title, text, those who take part, partner, first and last day from
# today (None: without an end)
PROJECTS = (
    ("citizen-sns-class", "hq", "hq", Area.EDUCATION,
     ("시민 SNS 교실", "SNS classes for citizens"),
     ("누리시 시민이 한 달에 한 번 모여 SNS를 배우고, 배운 것을 마을 소식으로 나눕니다. 강의와 실습, 질문 시간으로 이루어집니다.",
      "Once a month citizens of Nuri learn to use social networks, and share what they learnt as"
      " news of their neighbourhood: lecture, practice, and time for questions."),
     ("누리시\n시민 강사단", "City of Nuri\nCitizen instructors"), "누리시", -400, None),
    ("local-commerce-data", "busan", "busan", Area.INDUSTRY,
     ("바다 상권 소셜 데이터 실증", "Social data for shops by the sea"),
     ("해안 상권의 방문 후기와 검색어를 모아 가게가 바로 쓸 수 있는 주간 지표로 만듭니다. 참여사는 자기 업종의 지표를 함께 설계합니다.",
      "Reviews and searches about shops on the coast become weekly indicators that a shop can use."
      " Those who take part help to design the indicators of their trade."),
     ("해솔해양진흥원", "Haesol Marine Promotion Agency"), "해솔해양진흥원", -20, 320),
    ("opinion-panel", "hq", "hq", Area.OPINION,
     ("지역 의견 패널", "Regional opinion panel"),
     ("지역 주민 500명이 계절마다 생활 의제에 답하고, 결과를 누구나 볼 수 있게 공개합니다.",
      "Five hundred residents answer questions of daily life each season; everybody may see the"
      " results."),
     ("지부 6곳", "Six branches"), "", 45, 410),
    ("culture-archive", "daegu", "daegu", Area.CULTURE,
     ("골목 기록 아카이브", "Archive of the alleys"),
     ("전통시장 골목의 사진과 이야기를 상인과 함께 모아 온라인 전시로 남겼습니다.",
      "Pictures and stories of the alleys of traditional markets, gathered with the merchants and"
      " kept as an exhibition online."),
     ("달구름소상공인연합회", "Dalgureum Merchants' Union"), "달구름소상공인연합회", -380, -40),
)  # fmt: skip
FIGURES = (
    ("citizen-sns-class", "수료 시민", "Citizens who completed it", 128, "명", "people", 200),
    ("citizen-sns-class", "수료 시민", "Citizens who completed it", 214, "명", "people", 20),
    ("culture-archive", "모은 사진", "Pictures gathered", 1_840, "장", "pictures", 50),
    ("local-commerce-data", "분석한 후기", "Reviews analysed", 36_500, "건", "reviews", 4),
)  # fmt: skip
APPLICANTS = (
    (
        "contact",
        6,
        "소셜 데이터 분석 도구와 분석가 두 명이 참여합니다. 음식 업종의 지표를 맡겠습니다.",
    ),
    ("solo", 5, "가게 열 곳의 콘텐츠를 운영하고 있습니다. 지표를 현장에서 시험해 보겠습니다."),
    ("corp", 5, "지역별 검색 자료를 내어 놓고, 지표의 안정성을 검증하겠습니다."),
)


def tell(story: Story) -> None:
    story.at(story.past(4, 3, 4), _portal)
    for slug, *facts in PROJECTS:
        story.at(story.ago(9, 11), _enter(slug, *facts))
    for slug, name_ko, name_en, value, unit_ko, unit_en, ago in FIGURES:
        on = story.today - timedelta(days=ago)
        story.at(story.ago(3, 13), _count(slug, name_ko, name_en, value, unit_ko, unit_en, on))
    story.at(story.ago(8, 9), lambda: _call(story))
    cases: list[ProjectApplication] = []
    for who, ago, plan in APPLICANTS:
        story.at(story.ago(ago, 10), _apply(cases, who, plan))
    story.at(story.ago(2, 15), lambda: _take_on(cases))


def _portal() -> None:
    project = _write(
        "vivid-policy-portal", "hq", "hq", Area.POLICY,
        ("정책포털 ‘생동감’", "The policy portal “Saengdonggam”"),
        ("공무원이 관여하지 않고 시민끼리 정책을 이야기하는 포털입니다. 시민 블로그 필진이 글을 쓰고, 협회는 정책의 연구와 홍보를"
         " 자문합니다. 광명시 업무협약의 네 분야를 잇는 사업입니다.",
         "A portal on which citizens speak of policy among themselves, without officials: citizen"
         " bloggers write, the association advises on research and public relations. It joins the"
         " four fields of the MOU with the City of Gwangmyeong."),
        ("광명시\n시민 블로그 필진", "City of Gwangmyeong\nCitizen bloggers"), "광명시",
        date(2011, 10, 1), None,
    )  # fmt: skip
    for name_ko, name_en, value, unit_ko, unit_en in (
        ("시민 블로그 필진", "Citizen bloggers", 115, "명", "people"),
        ("방문", "Visitors, about", 22_000, "여 명", "people"),
    ):
        figure = ProjectFigure(
            name_ko=name_ko, name_en=name_en, value=value, unit_ko=unit_ko, unit_en=unit_en,
            on=date(2011, 11, 28), source_ko=SOURCE[0], source_en=SOURCE[1],
        )  # fmt: skip
        actions.add_figure(project, figure, by=account("hq"))


def _enter(
    slug: str, branch: str, by: str, area: str, title: tuple[str, str], text: tuple[str, str],
    others: tuple[str, str], partner: str, first: int, last: int | None,
) -> Callable[[], object]:  # fmt: skip
    def enter() -> None:
        today = clock.today() + timedelta(days=9)
        starts_on = today + timedelta(days=first)
        ends_on = None if last is None else today + timedelta(days=last)
        _write(slug, branch, by, area, title, text, others, partner, starts_on, ends_on)

    return enter


def _write(
    slug: str, branch: str, by: str, area: str, title: tuple[str, str], text: tuple[str, str],
    others: tuple[str, str], partner: str, starts_on: date, ends_on: date | None,
) -> Project:  # fmt: skip
    project = Project(
        slug=slug,
        branch=Branch.objects.get(code=branch),
        area=area,
        title_ko=title[0],
        title_en=title[1],
        text_ko=text[0],
        text_en=text[1],
        lead_ko=KOSNA[0],
        lead_en=KOSNA[1],
        others_ko=others[0],
        others_en=others[1],
        partner=Partner.objects.filter(name_ko=partner).first(),
        starts_on=starts_on,
        ends_on=ends_on,
        is_public=True,
    )
    return actions.write_project(project, fields=[], by=account(by))


def _count(
    slug: str, name_ko: str, name_en: str, value: int, unit_ko: str, unit_en: str, on: date
) -> Callable[[], object]:
    def add() -> None:
        project = Project.objects.get(slug=slug)
        by = project.written_by
        figure = ProjectFigure(
            name_ko=name_ko, name_en=name_en, value=value, unit_ko=unit_ko, unit_en=unit_en, on=on,
            source_ko=SAMPLE[0], source_en=SAMPLE[1],
        )  # fmt: skip
        actions.add_figure(project, figure, by=by)

    return add


def _call(story: Story) -> None:
    """Regular members apply; everybody does from the day after tomorrow."""
    actions.call_for_participants(
        Project.objects.get(slug="local-commerce-data"),
        first_at=story.ago(7, 9),
        opens_at=story.ahead(2, 9),
        ends_on=story.today + timedelta(days=16),
        places=5,
        by=account("busan"),
    )


def _apply(cases: list[ProjectApplication], who: str, plan: str) -> Callable[[], object]:
    def apply() -> None:
        user = account(who)
        project = Project.objects.get(slug="local-commerce-data")
        for member in members_applying(user, clock.now())[:1]:
            cases.append(actions.apply_to_project(project, member=member, plan=plan, by=user))

    return apply


def _take_on(cases: list[ProjectApplication]) -> None:
    rows = ProjectApplication.objects.for_lists().filter(pk__in=[case.pk for case in cases[:1]])
    for row in rows:
        if is_paid(row.member, clock.now()):
            actions.accept_application(row, by=account("busan"))

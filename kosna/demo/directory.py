"""The member directory: a dozen entries, one that rests with its membership, one that its branch has
hidden, requests in every state, and a report that waits for Busan."""

from collections.abc import Callable
from functools import partial
from typing import Any

from kosna.core import clock
from kosna.demo.people import BACKGROUND, account
from kosna.demo.story import Story
from members.directory import actions, consent
from members.directory.forms import ProfileForm
from members.directory.models import AbuseReport, Audience, Introduction, Profile
from members.models import Member

MEMBERS, INTRODUCED, NOBODY = Audience.MEMBERS, Audience.INTRODUCED, Audience.NOBODY
# Who, how many days ago, headline, introduction in both languages, organisation, position, fields.
ENTRIES = (
    ("regular", 300, "바다와 골목의 이야기를 디자인합니다",
     "부산에서 소상공인의 브랜드와 짧은 영상을 만듭니다. 시장 상인과 함께하는 지역 콘텐츠에 관심이 많습니다.",
     "I make brands and short videos for small shops in Busan, and like to work with market traders.",
     "바다디자인", "대표", ["art", "work"]),
    ("maria", 280, "Cross-cultural social research, Seoul and Manila",
     "서울과 마닐라를 오가며 이주민 공동체의 소셜 미디어 이용을 연구합니다.",
     "I study how migrant communities use social media, between Seoul and Manila. Looking for partners"
     " in surveys.",
     "Santos Research", "Researcher", ["computing", "management"]),
    ("jeju", 260, "제주에서 여행 콘텐츠를 기획합니다",
     "마을 여행과 소셜 미디어를 잇는 일을 합니다. 뭍의 지부와 함께할 행사를 찾습니다.",
     "I plan village tourism with social media on Jeju.", "섬바람기획", "기획자", ["sports", "art"]),
    ("lifetime", 240, "데이터로 보는 시민 참여",
     "대전에서 시민 설문과 여론 자료를 분석합니다.", "Surveys and civic data, in Daejeon.",
     "한밭데이터연구소", "수석연구원", ["computing"]),
    ("contact", 230, "소셜 데이터 분석, 함께 풀 문제를 찾습니다",
     "G밸리의 소셜 데이터 분석 기업입니다. 여론 분석, 챗봇, 대시보드를 만듭니다.",
     "A company in G-Valley that analyses social data: opinion, chatbots, dashboards.",
     "㈜가온소셜랩", "", ["computing", "management"]),
    ("solo", 220, "1인 창조기업의 콘텐츠 제작소",
     "글과 그림으로 작은 가게의 이야기를 전합니다.", "Stories of small shops, written and drawn.",
     "달빛콘텐츠", "", ["art"]),
    ("corp", 200, "공공 데이터 플랫폼",
     "지자체와 공공기관의 데이터 플랫폼을 구축합니다.", "Data platforms for public bodies.",
     "한빛데이터㈜", "", ["computing", "work"]),
    ("city", 190, "시민 소통 정책을 함께 만들 분을 찾습니다",
     "누리시의 SNS 소통과 시민 기자단을 운영합니다.", "Nuri's social channels and citizen reporters.",
     "누리시청", "", ["management"]),
    ("", 150, "게임 커뮤니티 운영 9년", "소셜 게임의 운영과 이용자 문화를 다룹니다.", "", "온새게임즈", "팀장", ["games"]),
    ("", 140, "크라우드펀딩으로 동네를 바꿉니다", "동네 서점과 카페의 펀딩을 돕습니다.", "", "마을펀딩", "대표", ["fund"]),
    ("", 120, "생활체육 동호회의 소셜 활용", "동호회 운영자를 위한 교육을 합니다.", "", "", "강사", ["sports"]),
    ("", 100, "사회복지와 SNS", "복지관의 소통 담당자 모임을 꾸립니다.", "", "다솜복지관", "사회복지사", ["work"]),
)  # fmt: skip
LAPSED = ("lapsed", 950, "대구 섬유와 소셜 커머스", "지역 섬유 브랜드의 온라인 판매를 돕습니다.", "",
          "달구벌상회", "대표", ["management"])  # fmt: skip
SELLING = ("", 60, "월 천만 원 수익, 지금 문의하세요", "지금 가입하시면 특별 혜택을 드립니다.", "",
           "", "", ["fund"])  # fmt: skip
MENDED = (
    "",
    80,
    "영상 편집을 가르칩니다",
    "짧은 영상 편집 강좌를 엽니다.",
    "",
    "",
    "강사",
    ["art"],
)
REACHED = {"regular": (INTRODUCED, MEMBERS), "contact": (MEMBERS, INTRODUCED)}


def tell(story: Story) -> None:
    lapsed_at = story.past(3, 5, 8)
    story.at(lapsed_at, partial(_open, *_facts(LAPSED)))
    for entry in ENTRIES:
        story.at(story.ago(entry[1], 10, 30), partial(_open, *_facts(entry)))
    for entry, place in ((SELLING, "busan"), (MENDED, "busan")):
        story.at(story.ago(entry[1], 11), partial(_open, *_facts(entry), branch=place))
    asks = (
        (90, "maria", "contact", "Hello! I would like to talk about a joint survey of migrants."),
        (45, "solo", "city", "시민 기자단과 함께할 그림 연재를 제안드리고 싶습니다."),
        (40, "city", "jeju", "마을 여행 사례를 듣고 싶습니다."),
        (4, "jeju", "regular", "부산의 골목 브랜드와 제주 마을 여행을 잇는 행사를 함께 기획하고 싶습니다."),
        (2, "regular", "lifetime", "소상공인 설문 자료를 어떻게 모으시는지 여쭙고 싶습니다."),
    )  # fmt: skip
    for days, asker, asked, message in asks:
        story.at(story.ago(days, 14), partial(_ask, asker, asked, message))
    story.at(story.ago(88, 9), partial(_answer, "maria", "contact", actions.accept, "ceo"))
    story.at(story.ago(43, 9), partial(_answer, "solo", "city", actions.decline, "city"))
    story.at(story.ago(25, 9), actions.expire_due)
    story.at(story.ago(20, 10), _hide)
    story.at(story.ago(3, 16), _plead)
    story.at(story.ago(1, 10), _report)
    story.at(story.ago(0, 0), actions.refold)


def _facts(entry: tuple[Any, ...]) -> tuple[Any, ...]:
    return entry[0], *entry[2:]


def _member(key: str) -> Member:
    return Member.objects.active().run_by(account(key)).select_related("tier", "branch").get()


def _someone(branch: str = "") -> str:
    """The next of the many who could open an entry and has none."""
    for number in range(1, BACKGROUND + 1):
        key = f"member{number:02d}"
        members = Member.objects.active().filter(user__email=f"{key}@example.test")
        if branch:
            members = members.filter(branch__code=branch)
        member = members.filter(directory_profile=None).first()
        if member and Profile(member=member).holds_right(clock.today()):
            return key
    raise LookupError("everybody has an entry")


def _open(
    key: str, headline: str, intro_ko: str, intro_en: str, affiliation: str, position: str,
    topics: list[str], branch: str = "",
) -> None:  # fmt: skip
    key = key or _someone(branch)
    by, member = account(key), _member(key)
    email_for, phone_for = REACHED.get(key, (INTRODUCED, NOBODY))
    site = f"https://{by.email.partition('@')[0]}.example.test/"
    data = {
        **{f"{name}_for": MEMBERS for name in Profile.FIELDS},
        "headline": headline,
        "intro_ko": intro_ko,
        "intro_en": intro_en,
        "affiliation": affiliation,
        "position": position,
        "topics": topics,
        "website": site,
        "links": f"https://sns.example.test/{key}",
        "email": by.email,
        "email_for": email_for,
        "phone": by.phone,
        "phone_for": phone_for,
        "takes_requests": "on",
    }
    form = ProfileForm(data, instance=Profile(member=member))
    if not form.is_valid():
        raise ValueError(form.errors)
    profile = actions.write_entry(form.save(commit=False), fields=form.changed_data, by=by)
    actions.open_entry(profile, version=consent.VERSION, by=by, ip=None)


def _profile(key: str) -> Profile:
    return Profile.objects.with_member().get(member=_member(key))


def _headed(entry: tuple[Any, ...]) -> Profile:
    return Profile.objects.with_member().get(headline=entry[2])


def _ask(asker: str, asked: str, message: str) -> None:
    actions.ask(asker=_profile(asker), asked=_profile(asked), message=message, by=account(asker))


def _answer(asker: str, asked: str, act: Callable[..., None], by: str) -> None:
    rows = Introduction.objects.with_sides()
    act(rows.get(asker=_profile(asker), asked=_profile(asked)), by=account(by))


def _hide() -> None:
    reason = "강좌 판매 문구가 디렉터리의 목적과 맞지 않습니다."
    actions.hide_entry(_headed(MENDED), reason=reason, by=account("busan"))


def _plead() -> None:
    profile = _headed(MENDED)
    assert profile.member.user
    actions.plead(profile, plea="판매 문구를 지우고 소개만 남겼습니다.", by=profile.member.user)


def _report() -> AbuseReport:
    reason = "교류가 아니라 상품 판매를 위한 등록으로 보입니다."
    return actions.report_abuse(_headed(SELLING), reason=reason, by=account("regular"))

"""With whom the association and its branches work together; one MOU is from our source, the other
partners are invented."""

from collections.abc import Callable
from datetime import date, timedelta

from kosna.branches.models import Branch
from kosna.core import clock
from kosna.demo.people import account
from kosna.demo.story import Story
from members.programmes.actions import end_partner, write_partner
from members.programmes.forms import PartnerForm
from members.programmes.models import Partner

Kind = Partner.Kind
GWANGMYEONG_ON = date(2011, 11, 28)
# branch, by whom, signed how many days ago, kind, name and what it is about in both languages
PARTNERS = (
    ("hq", "hq", 900, Kind.CITY, "누리시", "City of Nuri",
     "시민 SNS 교육과 정책 홍보를 함께합니다. 협회는 강사를 보내고, 누리시는 장소와 참가자 모집을 맡습니다.",
     "SNS classes for citizens and public relations: the association sends instructors, the city"
     " provides rooms and invites its citizens."),
    ("busan", "busan", 640, Kind.PUBLIC, "해솔해양진흥원", "Haesol Marine Promotion Agency",
     "해양·관광 분야 소상공인의 SNS 활용 교육과 상담을 함께합니다.",
     "Courses and advice on SNS for small merchants of the coast and of tourism."),
    ("busan", "busan", 210, Kind.COMPANY, "㈜물결미디어", "Mulgyeol Media",
     "부산지부의 세미나를 중계하고, 회원의 짧은 영상 제작 실습을 돕습니다.",
     "Broadcasts the seminars of the Busan branch and helps members make short videos."),
    ("daegu", "daegu", 430, Kind.ASSOCIATION, "달구름소상공인연합회", "Dalgureum Merchants' Union",
     "전통시장 상인을 위한 SNS 교실을 열고, 지역 사례를 함께 모읍니다.",
     "SNS classes for merchants of traditional markets, and cases gathered from the region."),
    ("daejeon", "hq", 320, Kind.ASSOCIATION, "한밭가상대학교", "Hanbat Gasang University",
     "소셜 데이터 분석 공동연구와 학생 현장실습을 진행합니다.",
     "Joint research on the analysis of social data, and internships for students."),
    ("hq", "hq", 1500, Kind.COMPANY, "㈜온새콘텐츠랩", "Onsae Content Lab",
     "협회 연구자료의 온라인 배포 시험을 함께했습니다.",
     "A trial of publishing the association's research online."),
    ("daegu", "daegu", 1200, Kind.PUBLIC, "달구름디자인지원센터", "Dalgureum Design Support Centre",
     "1인 창조기업의 SNS 브랜드 상담을 함께했습니다.",
     "Advice on brands in social networks for one-person creative companies."),
)  # fmt: skip
# name, by whom, entered how many days ago, last day from today, why
ENDS = (
    ("㈜온새콘텐츠랩", "hq", 400, -401, "협약 기간 만료"),
    ("달구름디자인지원센터", "daegu", 90, -91, "기관 통합에 따른 합의 종료"),
    ("한밭가상대학교", "hq", 12, 170, "협약 기간 만료 예정"),
)


def tell(story: Story) -> None:
    story.at(story.past(5, 3, 4), _gwangmyeong)
    for branch, writer, ago, *facts in PARTNERS:
        story.at(story.ago(ago, 15), _signed(branch, writer, *facts))
    for name, writer, ago, last, reason in ENDS:
        on = story.today + timedelta(days=last)
        story.at(story.ago(ago, 16), _ended(name, writer, on, reason))


def _gwangmyeong() -> Partner:
    return _signed(
        "hq", "hq", Kind.CITY, "광명시", "City of Gwangmyeong",
        "교육, 정책연구, 여론수집, 문화조성 네 분야에서 협력합니다. 광명시는 정책을 수립하고 시행하며,"
        " 협회는 정책의 연구·수립·시행·홍보를 자문하고 제안합니다.",
        "Education, policy research, public opinion and culture: the city makes and carries out"
        " policy, the association researches, advises and proposes.",
        GWANGMYEONG_ON,
    )()  # fmt: skip


def _signed(
    branch: str, writer: str, kind: str, name_ko: str, name_en: str, about_ko: str, about_en: str,
    on: date | None = None,
) -> Callable[[], Partner]:  # fmt: skip
    def write() -> Partner:
        signing = Branch.objects.filter(code=branch)
        data = {
            "branch": signing.get().pk,
            "kind": kind,
            "name_ko": name_ko,
            "name_en": name_en,
            "about_ko": about_ko,
            "about_en": about_en,
            "signed_on": on or clock.today(),
        }
        form = PartnerForm(data, branches=signing)
        if not form.is_valid():
            raise ValueError(form.errors)
        fields = form.changed_data
        return write_partner(form.save(commit=False), fields=fields, by=account(writer))

    return write


def _ended(name: str, writer: str, on: date, reason: str) -> Callable[[], None]:
    return lambda: end_partner(
        Partner.objects.get(name_ko=name), on=on, reason=reason, by=account(writer)
    )

"""Who there is: the people whom the README names, their colleagues, and sixty more members.

Every name is invented; every address ends in ``example.test``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random

from django.contrib.auth.hashers import make_password

from kosna.accounts.actions import current_policy, give_consent
from kosna.accounts.models import Policy, User
from kosna.branch_actions import appoint
from kosna.branches.models import Appointment, Branch
from kosna.demo.association import OPEN_SINCE
from kosna.founding import REGIONS

PASSWORD = "kosna-demo"
Role = Appointment.Role


@dataclass(frozen=True)
class Person:
    key: str  # the part of the e-mail address before the @
    name: str
    note: str = ""  # who this is, for the table of logins
    name_en: str = ""
    language: str = "ko"
    region: str = "seoul"
    affiliation: str = ""
    position: str = ""

    @property
    def email(self) -> str:
        return f"{self.key}@example.test"


MEMBERS = (
    Person("regular", "김하늘", "정회원, 부산", "Kim Ha-neul", region="busan",
           affiliation="바다디자인", position="대표"),
    Person("lapsed", "이도윤", "정회원, 대구, 회비 미납(권리정지)", "Lee Do-yun", region="daegu"),
    Person("account", "박서준", "계정만 있음, 입회 전", "Park Seo-jun"),
    Person("associate", "최유나", "준회원", "Choi Yu-na"),
    Person("student", "정민재", "학생회원, 대전", "Jeong Min-jae", region="daejeon",
           affiliation="한밭가상대학교"),
    Person("jeju", "남궁현", "정회원, 제주", "Namgung Hyeon", region="jeju"),
    Person("maria", "Maria Santos", "정회원, 영어", "Maria Santos", "en",
           affiliation="Santos Research"),
    Person("ceo", "오세린", "㈜가온소셜랩 대표(의결권)", "Oh Se-rin", affiliation="㈜가온소셜랩",
           position="대표이사"),
    Person("contact", "한지호", "㈜가온소셜랩 담당자", "Han Ji-ho", affiliation="㈜가온소셜랩",
           position="마케팅팀장"),
    Person("seat", "문보라", "㈜가온소셜랩 좌석 이용자", "Moon Bo-ra", affiliation="㈜가온소셜랩",
           position="연구원"),
    Person("solo", "윤다온", "달빛콘텐츠 대표(1인 창조기업)", "Yoon Da-on", region="busan",
           affiliation="달빛콘텐츠", position="대표"),
    Person("corp", "차은결", "한빛데이터㈜ 담당자", "Cha Eun-gyeol", affiliation="한빛데이터㈜",
           position="대외협력부장"),
    Person("city", "하서윤", "누리시청 담당자(특별회원)", "Ha Seo-yun", region="gyeonggi",
           affiliation="누리시청", position="홍보담당관"),
    Person("leaver", "도하람", "㈜가온소셜랩에서 좌석이 회수됨", "Do Ha-ram"),
    Person("colleague", "기다솜", "㈜가온소셜랩 도메인으로 좌석 신청 중", "Gi Da-som",
           affiliation="㈜가온소셜랩"),
)  # fmt: skip
# With the offices: role, branch, title in Korean and English where the branch page names it.
STAFF = (
    (Person("hq", "송이레", "본부 사무국", "Song I-re"),
     [(Role.SECRETARIAT, "hq", "사무국장", "Secretary general"),
      (Role.PRIVACY_OFFICER, "hq", "", "")]),
    (Person("reviewer", "권태오", "심사위원", "Kwon Tae-o"), [(Role.REVIEWER, "hq", "", "")]),
    (Person("treasurer", "문가람", "회계", "Moon Ga-ram"), [(Role.TREASURER, "hq", "", "")]),
    (Person("treasurer2", "함도윤", "회계, 고액 입금의 두 번째 확인", "Ham Do-yun"),
     [(Role.TREASURER, "hq", "", "")]),
    (Person("busan", "배시우", "부산지부 사무국, 지부장 직무대행(승인)", "Bae Si-u", region="busan"),
     [(Role.BRANCH_OFFICER, "busan", "사무국장", "Branch secretary"),
      (Role.BRANCH_PRESIDENT, "busan", "", "")]),
    (Person("daegu", "노은결", "대구지부 사무국", "Noh Eun-gyeol", region="daegu"),
     [(Role.BRANCH_OFFICER, "daegu", "사무국장", "Branch secretary")]),
    (Person("daegu-president", "표나래", "대구지부장(승인)", "Pyo Na-rae", region="daegu"),
     [(Role.BRANCH_PRESIDENT, "daegu", "", "")]),
    (Person("daejeon-president", "석하진", "대전지부장(승인)", "Seok Ha-jin", region="daejeon"),
     [(Role.BRANCH_PRESIDENT, "daejeon", "", "")]),
    (Person("editor", "연우진", "연구편집", "Yeon U-jin"), [(Role.EDITOR, "hq", "", "")]),
    (Person("door", "천유리", "접수요원", "Cheon Yu-ri"), [(Role.DOORKEEPER, "hq", "", "")]),
    (Person("auditor", "함주아", "감사(조회만)", "Ham Ju-a"), [(Role.AUDITOR, "hq", "감사", "Auditor")]),
    (Person("admin", "우시온", "시스템관리자(/admin/)", "U Si-on"),
     [(Role.SYSTEM_ADMIN, "hq", "", "")]),
)  # fmt: skip
# Their applications stand where the notes say.
APPLICANTS = (
    Person("applicant", "서이안", "입회신청 접수, 부산", "Seo I-an", region="busan"),
    Person("applicant2", "장하람", "입회신청 접수, 대구", "Jang Ha-ram", region="daegu"),
    Person("applicant3", "구예린", "입회신청 접수(㈜온담), 본부", "Gu Ye-rin",
           affiliation="㈜온담", position="경영지원팀장"),
    Person("draft", "임도하", "입회신청 작성 중", "Im Do-ha"),
    Person("revision", "민채원", "입회신청 보완요청", "Min Chae-won", region="busan"),
    Person("rejected", "유강산", "입회신청 반려", "Yu Gang-san"),
    Person("cancelled", "신가을", "입회신청 취하", "Sin Ga-eul"),
    Person("waiting", "고은새", "승인, 납부대기", "Go Eun-sae", region="busan"),
    Person("minjun1", "김민준", "동명이인, 승인, 무통장입금 대기", "Kim Min-jun"),
    Person("minjun2", "김민준", "동명이인, 승인, 무통장입금 대기", "Kim Min-jun", region="daegu"),
    Person("left", "백로아", "탈퇴한 회원", "Baek Ro-a"),
    Person("expelled", "도경민", "제명된 회원", "Do Gyeong-min", region="daegu"),
    Person("suspended", "설아람", "의결에 따라 권리가 정지된 회원", "Seol A-ram"),
    Person("accused", "탁무진", "제명 발의, 확정 대기", "Tak Mu-jin"),
    Person("lifetime", "심온유", "평생회원, 컨설턴트", "Sim On-yu", region="daejeon"),
    Person("applicant4", "채이안", "입회신청 접수, 대전", "Chae I-an", region="daejeon"),
)  # fmt: skip
# Nobody signs in as these: one has closed the account, the others were declined long ago.
FORMER = (
    Person("farewell", "나루비", "계정을 닫은 회원", "Na Ru-bi", region="daejeon"),
    Person("declined1", "문겨울", "예전에 반려된 신청인", "Moon Gyeo-ul"),
    Person("declined2", "마이루", "예전에 반려된 신청인", "Ma I-ru"),
)
NAMED = (*MEMBERS, *(person for person, _offices in STAFF), *APPLICANTS)

SURNAMES = (
    "강고곽권김나남노류문박방배변서성손송신안양오우원유윤이임장전정조주지진차채최추하한허홍황"
)
GIVEN = [
    "가람",
    "가온",
    "나래",
    "나린",
    "다솜",
    "다온",
    "단비",
    "도담",
    "라온",
    "로운",
    "루다",
    "마루",
    "미르",
    "별하",
    "보담",
    "보람",
    "봄이",
    "빛나",
    "새론",
    "새봄",
    "샛별",
    "서림",
    "세찬",
    "소담",
    "솔비",
    "슬기",
    "슬아",
    "아라",
    "아름",
    "여울",
    "연두",
    "예솔",
    "온새",
    "우람",
    "은솔",
    "이든",
    "이솔",
    "잔디",
    "재이",
    "지수",
    "진솔",
    "초롱",
    "콩새",
    "태양",
    "하늬",
    "하람",
    "한결",
    "한들",
    "한별",
    "해솔",
    "햇살",
    "효빈",
    "휘찬",
    "힘찬",
    "가빈",
    "노을",
    "다름",
    "바다",
    "윤슬",
    "초아",
]
BACKGROUND = 60
SHARE = ("hq",) * 5 + ("busan",) * 3 + ("daegu",) * 2 + ("daejeon",) * 2


def background() -> Iterator[tuple[Person, str]]:
    """Sixty more members, always the same, with the branch of each."""
    rng = Random(2011)
    given = rng.sample(GIVEN, BACKGROUND)
    for index in range(BACKGROUND):
        branch = SHARE[index % len(SHARE)]
        yield (
            Person(
                f"member{index + 1:02d}",
                rng.choice(SURNAMES) + given[index],
                region="seoul" if branch == "hq" else branch,
            ),
            branch,
        )


@cache
def _password() -> str:
    """Hashed once: a hundred accounts share it, and a good hash is slow."""
    return make_password(PASSWORD)


def open_account(person: Person) -> User:
    """A verified account that agreed to the terms."""
    user = User(
        email=person.email,
        name=person.name,
        name_en=person.name_en,
        language=person.language,
        phone=phone_of(person),
        is_superuser=person.key == "admin",
        password=_password(),
    )
    user.save()
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    terms = current_policy(Policy.Kind.TERMS)
    give_consent(user=user, policy=terms, ip=None, channel="demo")
    return user


def account(key: str) -> User:
    """Fresh from the database: what is cached on a user object belongs to one moment."""
    return User.objects.get(email=f"{key}@example.test")


@cache
def _keys() -> list[str]:
    """Those who came later stand last, so that nobody's number changes."""
    known = [person.key for person in NAMED] + [person.key for person, _b in background()]
    return known + [person.key for person in FORMER]


def phone_of(person: Person) -> str:
    """010-0000-0001 and so on, as nobody has them."""
    return f"+82100000{_keys().index(person.key) + 1:04d}"


def address_of(person: Person) -> tuple[str, str, str]:
    """Postcode, road address and detail; roads that do not exist."""
    region = next(row for row in REGIONS if row[0] == person.region)
    number = _keys().index(person.key) + 1
    postcode = f"{1000 + 3000 * REGIONS.index(region) + number:05d}"
    return postcode, f"{region[1]} 가온구 시연로 {number}", f"{100 + number}호"


def appoint_staff() -> None:
    """Everyone's offices; the administrator's own was given when the portal was set up."""
    for person, _offices in STAFF:
        open_account(person)
    admin = account("admin")
    head_office = Branch.objects.get(code="hq")
    for person, offices in STAFF:
        for role, branch, title_ko, title_en in offices:
            facts = {"user": account(person.key), "role": role, "valid_from": _since(branch)}
            if person.key == "admin":
                Appointment.objects.create(branch=head_office, **facts)
                continue
            office = appoint(
                branch=Branch.objects.get(code=branch), valid_to=None, by=admin, **facts
            )
            if title_ko:
                Appointment.objects.filter(pk=office.pk).update(
                    title_ko=title_ko, title_en=title_en, is_public=True
                )


def _since(branch: str) -> date:
    return OPEN_SINCE[branch]


def approver_of(branch: str) -> User:
    """Who decides about the applications of a branch."""
    keys = {"busan": "busan", "daegu": "daegu-president", "daejeon": "daejeon-president"}
    return account(keys.get(branch, "reviewer"))


def logins() -> list[tuple[str, str, str]]:
    """E-mail, name and who this is, as ``manage.py demo --logins`` prints them."""
    return [(person.email, person.name, person.note) for person in NAMED]

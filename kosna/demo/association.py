"""Where the association is and what membership means: rows that the secretariat could edit."""

from datetime import date

from kosna.accounts.models import Policy
from kosna.accounts.policies import TEXTS
from kosna.branches.models import Branch, Region
from members.models import DuesCalendar, DuesRate, Right, ShareRule, Tier, TierRight

LONG_AGO = date(1995, 1, 1)
SINCE = 2012
# code, Korean, English, valid from
REGIONS = (
    ("seoul", "서울특별시", "Seoul", LONG_AGO),
    ("busan", "부산광역시", "Busan", LONG_AGO),
    ("daegu", "대구광역시", "Daegu", LONG_AGO),
    ("incheon", "인천광역시", "Incheon", LONG_AGO),
    ("gwangju", "광주광역시", "Gwangju", LONG_AGO),
    ("daejeon", "대전광역시", "Daejeon", LONG_AGO),
    ("ulsan", "울산광역시", "Ulsan", date(1997, 7, 15)),
    ("sejong", "세종특별자치시", "Sejong", date(2012, 7, 1)),
    ("gyeonggi", "경기도", "Gyeonggi", LONG_AGO),
    ("gangwon", "강원특별자치도", "Gangwon", date(2023, 6, 11)),
    ("chungbuk", "충청북도", "Chungbuk", LONG_AGO),
    ("chungnam", "충청남도", "Chungnam", LONG_AGO),
    ("jeonbuk", "전북특별자치도", "Jeonbuk", date(2024, 1, 18)),
    ("jeonnam", "전라남도", "Jeonnam", LONG_AGO),
    ("gyeongbuk", "경상북도", "Gyeongbuk", LONG_AGO),
    ("gyeongnam", "경상남도", "Gyeongnam", LONG_AGO),
    ("jeju", "제주특별자치도", "Jeju", date(2006, 7, 1)),
)
# A province that was renamed: its old row ended the day before the new one began.
SUPERSEDED = (
    ("gangwon", "강원도", "Gangwon", LONG_AGO, date(2023, 6, 10)),
    ("jeonbuk", "전라북도", "Jeonbuk", LONG_AGO, date(2024, 1, 17)),
)
OPEN_SINCE = {
    "hq": date(2011, 9, 20),
    "busan": date(2012, 4, 2),
    "daegu": date(2012, 5, 7),
    "daejeon": date(2012, 6, 4),
}
PREPARING = ("incheon", "gwangju", "ulsan")
# Address and telephone of the open branches.
OFFICES = {
    "busan": (
        "부산광역시 해운대구 센텀시연로 100, 7층",
        "7F, 100 Centum-siyeon-ro, Haeundae-gu, Busan",
        "+82510000000",
    ),
    "daegu": (
        "대구광역시 동구 동대구시연로 200, 5층",
        "5F, 200 Dongdaegu-siyeon-ro, Dong-gu, Daegu",
        "+82530000000",
    ),
    "daejeon": (
        "대전광역시 유성구 대덕시연로 300, 3층",
        "3F, 300 Daedeok-siyeon-ro, Yuseong-gu, Daejeon",
        "+82420000000",
    ),
}
INTROS = {
    Branch.Status.OPEN: (
        "{name} 지부는 지역의 기업, 소상공인, 시민과 함께 세미나와 교육을 열고 회원의 입회와 활동을"
        " 돕습니다.",
        "The {name} branch holds seminars and courses with companies, merchants and citizens of the"
        " region, and helps its members.",
    ),
    Branch.Status.PREPARING: (
        "{name} 지부는 설립을 준비하고 있습니다. 그동안 회원 업무는 본부가 맡습니다.",
        "The {name} branch is being set up. Until it opens, the head office serves its members.",
    ),
    Branch.Status.PLANNED: (
        "{name} 지부는 설립이 예정되어 있습니다. 그동안 회원 업무는 본부가 맡습니다.",
        "The {name} branch is planned. Until it opens, the head office serves its members.",
    ),
}

PERSON, ORGANISATION = Tier.Holder.PERSON, Tier.Holder.ORGANISATION
FULL = tuple(Right)
PARTNER = (Right.READ_REPORTS, Right.MEMBER_PRICE, Right.DIRECTORY)
# code, Korean, English, holder, admission fee, annual dues, seats, rights, flags
TIERS = (
    ("regular", "정회원", "Regular member", PERSON, 100_000, 100_000, 1, FULL, {"is_sawon"}),
    ("lifetime", "평생회원", "Lifetime member", PERSON, 0, 1_000_000, 1, FULL,
     {"is_sawon", "is_for_life"}),
    ("micro", "법인 정회원(소상공인·1인창조)", "Corporate member (micro)", ORGANISATION,
     100_000, 200_000, 3, FULL, {"is_sawon", "needs_proof"}),
    ("company", "법인 정회원(중소)", "Corporate member (SME)", ORGANISATION,
     300_000, 1_000_000, 5, FULL, {"is_sawon", "needs_proof"}),
    ("large", "법인 정회원(중견·대)", "Corporate member (large)", ORGANISATION,
     500_000, 3_000_000, 10, FULL, {"is_sawon", "needs_proof"}),
    ("special", "특별회원", "Special member", ORGANISATION, 0, 1_000_000, 5, PARTNER,
     {"needs_proof"}),
    ("honorary", "명예회원", "Honorary member", PERSON, 0, 0, 1, PARTNER,
     {"is_for_life", "is_closed"}),
    ("associate", "준회원", "Associate member", PERSON, 0, 30_000, 1, PARTNER, set()),
    ("student", "학생회원", "Student member", PERSON, 0, 20_000, 1, PARTNER, {"needs_proof"}),
)  # fmt: skip
SUMMARIES = {
    "regular": (
        "모든 연구자료, 회원가, 우선접수, 의결권",
        "All reports, member price, priority, vote",
    ),
    "lifetime": ("한 번 납부로 정회원의 모든 권리", "Every right of a regular member, paid once"),
    "micro": ("소상공인과 1인 창조기업, 좌석 3개", "Micro and one-person businesses, 3 seats"),
    "company": ("중소기업, 좌석 5개", "Small and medium-sized companies, 5 seats"),
    "large": ("중견기업과 대기업, 좌석 10개", "Mid-sized and large companies, 10 seats"),
    "special": (
        "공공기관과 지방자치단체, 좌석 5개",
        "Public bodies and local governments, 5 seats",
    ),
    "honorary": ("총회가 추대한 분", "By resolution of the general meeting"),
    "associate": ("준회원 등급의 연구자료와 준회원가", "Associate reports and associate price"),
    "student": ("재학생, 준회원 등급의 연구자료", "Students in enrolment, associate reports"),
}
REGULAR_TIERS = ("regular", "lifetime", "micro", "company", "large")
CORPORATE_TIERS = ("micro", "company", "large")


def build() -> None:
    _regions()
    _branches()
    _tiers()
    DuesCalendar.objects.create(from_year=SINCE)
    # 30 percent of dues go to the branches, of whichever tier.
    ShareRule.objects.get_or_create(
        tier=None, branch=None, valid_from=date(2011, 1, 1), defaults={"percent": 30}
    )
    Policy.objects.bulk_create(
        Policy(
            kind=kind,
            version=f"{SINCE}-01",
            effective_on=date(SINCE, 1, 1),
            text_ko=text_ko,
            text_en=text_en,
        )
        for kind, (text_ko, text_en) in TEXTS.items()
    )


def _regions() -> None:
    for code, name_ko, name_en, valid_from in REGIONS:
        Region.objects.create(code=code, name_ko=name_ko, name_en=name_en, valid_from=valid_from)
    for code, name_ko, name_en, valid_from, valid_to in SUPERSEDED:
        Region.objects.create(
            code=code,
            name_ko=name_ko,
            name_en=name_en,
            valid_from=valid_from,
            valid_to=valid_to,
            successor=Region.objects.get(code=code, valid_to=None),
        )


def _branches() -> None:
    head_office = Branch.objects.create(
        code="hq",
        name_ko="본부",
        name_en="Head office",
        is_head_office=True,
        status=Branch.Status.OPEN,
        opened_on=OPEN_SINCE["hq"],
        address_ko="서울특별시 금천구 가산동 서울디지털2단지 에이스하이엔드타워 6차",
        address_en="Ace High-End Tower 6, Gasan-dong, Geumcheon-gu, Seoul",
        phone="+8220000000",
        email="office@example.test",
        intro_ko="본부는 가산동 서울디지털2단지에서 전국의 회원과 지부를 지원합니다.",
        intro_en="From Seoul Digital Complex 2 in Gasan-dong, the head office serves members and"
        " branches in the whole country.",
    )
    head_office.regions.add(Region.objects.get(code="seoul"))
    for code, name_ko, name_en, _valid_from in REGIONS:
        status = Branch.Status.PLANNED
        if code in OPEN_SINCE:
            status = Branch.Status.OPEN
        elif code in PREPARING:
            status = Branch.Status.PREPARING
        short = name_ko[:2] if len(name_ko) != 4 else name_ko[0] + name_ko[2]
        intro_ko, intro_en = INTROS[status]
        address_ko, address_en, phone = OFFICES.get(code, ("", "", ""))
        branch = Branch.objects.create(
            code=code,
            name_ko=f"{short}지부",
            name_en=f"{name_en} branch",
            status=status,
            opened_on=OPEN_SINCE.get(code),
            address_ko=address_ko,
            address_en=address_en,
            phone=phone,
            email=f"{code}@example.test" if status == Branch.Status.OPEN else "",
            intro_ko=intro_ko.format(name=short),
            intro_en=intro_en.format(name=name_en),
        )
        branch.regions.set(Region.objects.filter(code=code))


def _tiers() -> None:
    for rank, row in enumerate(TIERS, 1):
        code, name_ko, name_en, holder, admission_fee, annual_dues, seats, rights, flags = row
        tier = Tier.objects.create(
            code=code,
            name_ko=name_ko,
            name_en=name_en,
            summary_ko=SUMMARIES[code][0],
            summary_en=SUMMARIES[code][1],
            holder=holder,
            rank=rank,
            seats=seats,
            is_open="is_closed" not in flags,
            **dict.fromkeys(flags - {"is_closed"}, True),
        )
        DuesRate.objects.create(
            tier=tier, from_year=SINCE, admission_fee=admission_fee, annual_dues=annual_dues
        )
        # In grace everything but the vote; in arrears nothing.
        TierRight.objects.bulk_create(
            TierRight(tier=tier, right=right, in_grace=right != Right.VOTE) for right in rights
        )

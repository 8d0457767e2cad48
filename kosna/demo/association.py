"""The branches of the demonstration, and the texts that its people agreed to."""

from datetime import date

from kosna.accounts.models import Policy
from kosna.accounts.policies import TEXTS
from kosna.branches.models import Branch, Region
from kosna.founding import FOUNDED_ON, REGIONS, SINCE, constitute
from members.models import Tier

OPEN_SINCE = {
    "hq": FOUNDED_ON,
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

REGULAR_TIERS = ("regular", "lifetime", "micro", "company", "large")
# Students pay when they apply; their first year, and that of associates, is cheaper later in it.
PAY_FIRST = ("student",)
FIRST_YEARS = {"student": Tier.FirstYear.HALF, "associate": Tier.FirstYear.MONTHLY}
CORPORATE_TIERS = ("micro", "company", "large")


def build() -> None:
    constitute()
    Branch.objects.filter(is_head_office=True).update(
        intro_ko="본부는 가산동 서울디지털2단지에서 전국의 회원과 지부를 지원합니다.",
        intro_en="From Seoul Digital Complex 2 in Gasan-dong, the head office serves members and"
        " branches in the whole country.",
    )
    _branches()
    Tier.objects.filter(code__in=PAY_FIRST).update(joining=Tier.Joining.PAY_FIRST)
    for code, rule in FIRST_YEARS.items():
        Tier.objects.filter(code=code).update(first_year=rule)
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


def _branches() -> None:
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

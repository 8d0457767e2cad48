"""What the association is before anybody joins it: the regions of the country, the head office, the
tiers with their rates and rights, the calendar of dues, and its first two offices.

Facts, not fiction: the demonstration stands on the same ones. The secretariat changes them later in
the portal, and nothing here is ever written over what is there already.
"""

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.db import transaction

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branch_actions import set_up
from kosna.branches.models import Appointment, Branch, Region
from kosna.core.korean import parse_phone
from members.models import (
    DuesCalendar,
    DuesRate,
    MeetingKind,
    MeetingTerms,
    Organisation,
    Right,
    ShareRule,
    Tier,
    TierRight,
)

FOUNDED_ON = date(2011, 9, 20)
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

PERSON, ORGANISATION = Tier.Holder.PERSON, Tier.Holder.ORGANISATION
FULL = tuple(Right)
# Associates read the directory and the exchange; others stand in one and write in the other.
READER = (Right.READ_REPORTS, Right.MEMBER_PRICE, Right.DIRECTORY)
PARTNER = (*READER, Right.EXCHANGE, Right.DIRECTORY_ENTRY)
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
    ("associate", "준회원", "Associate member", PERSON, 0, 30_000, 1, READER, set()),
    ("student", "학생회원", "Student member", PERSON, 0, 20_000, 1, READER, {"needs_proof"}),
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


# Of which size the organisations of a tier are; first the one that a change of tier makes of them.
SIZES = {
    "micro": [Organisation.Size.MICRO, Organisation.Size.SOLO],
    "company": [Organisation.Size.SMALL],
    "large": [Organisation.Size.LARGE],
    "special": [Organisation.Size.PUBLIC],
}


@transaction.atomic
def found(*, admins: Sequence[User]) -> list[Appointment]:
    """Founds the association in this portal, on record, and gives its first two offices.

    Safe to run again: what is there stays, and once offices are held none is given. Raises Refused
    unless the first administrators are two.
    """
    is_new = not Branch.objects.filter(is_head_office=True).exists()
    head_office = constitute()
    if is_new:
        audit.record("association.found", head_office, branch=head_office)
    return [] if Appointment.objects.exists() else set_up(head_office, admins)


def constitute() -> Branch:
    """The rows that everything else hangs on; returns the head office."""
    _regions()
    head_office = _head_office()
    _tiers()
    if not DuesCalendar.objects.exists():
        DuesCalendar.objects.create(from_year=SINCE)
    # What branches get of dues, until somebody decides otherwise (domain.md §7).
    ShareRule.objects.get_or_create(
        tier=None, branch=None, valid_from=FOUNDED_ON, defaults={"percent": 30}
    )
    for kind in MeetingKind.values:
        MeetingTerms.objects.get_or_create(kind=kind)
    return head_office


def _regions() -> None:
    for code, name_ko, name_en, valid_from in REGIONS:
        Region.objects.get_or_create(
            code=code,
            valid_from=valid_from,
            defaults={"name_ko": name_ko, "name_en": name_en},
        )
    for code, name_ko, name_en, valid_from, valid_to in SUPERSEDED:
        Region.objects.get_or_create(
            code=code,
            valid_from=valid_from,
            defaults={
                "name_ko": name_ko,
                "name_en": name_en,
                "valid_to": valid_to,
                "successor": Region.objects.get(code=code, valid_from__gt=valid_to),
            },
        )


def _head_office() -> Branch:
    association = settings.ASSOCIATION
    head_office, is_new = Branch.objects.get_or_create(
        is_head_office=True,
        defaults={
            "code": "hq",
            "name_ko": "본부",
            "name_en": "Head office",
            "status": Branch.Status.OPEN,
            "opened_on": FOUNDED_ON,
            "address_ko": association["address_ko"],
            "address_en": association["address_en"],
            "phone": parse_phone(association["phone"]),
            "email": association["email"],
        },
    )
    if is_new:
        head_office.regions.set(Region.objects.filter(code="seoul"))
    return head_office


def _tiers() -> None:
    for rank, row in enumerate(TIERS, 1):
        code, name_ko, name_en, holder, admission_fee, annual_dues, seats, rights, flags = row
        tier, is_new = Tier.objects.get_or_create(
            code=code,
            defaults={
                "name_ko": name_ko,
                "name_en": name_en,
                "summary_ko": SUMMARIES[code][0],
                "summary_en": SUMMARIES[code][1],
                "holder": holder,
                "rank": rank,
                "seats": seats,
                "sizes": SIZES.get(code, []),
                "is_open": "is_closed" not in flags,
                **dict.fromkeys(flags - {"is_closed"}, True),
            },
        )
        if not is_new:
            continue
        DuesRate.objects.create(
            tier=tier, from_year=SINCE, admission_fee=admission_fee, annual_dues=annual_dues
        )
        # In grace everything but the vote; in arrears nothing.
        TierRight.objects.bulk_create(
            TierRight(tier=tier, right=right, in_grace=right != Right.VOTE) for right in rights
        )

"""Columns: what each may mean, and what the headings that secretariats really use do mean."""

import re
from collections.abc import Iterable, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.core.columns import normalised

# What a column may hold. The export writes these headings, so what it wrote is understood.
FIELDS: dict[str, Promise] = {
    "number": gettext_lazy("Member number"),
    "name": gettext_lazy("Name"),
    "name_en": gettext_lazy("Name in English"),
    "phone": gettext_lazy("Phone"),
    "email": gettext_lazy("E-mail"),
    "tier": gettext_lazy("Tier"),
    "branch": gettext_lazy("Branch"),
    "joined_on": gettext_lazy("Joined on"),
    "years": gettext_lazy("Paid years"),
    "organisation": gettext_lazy("Organisation name"),
    "business_number": gettext_lazy("Business registration number"),
    "representative": gettext_lazy("Representative"),
    "size": gettext_lazy("Size"),
    "postcode": gettext_lazy("Postcode"),
    "street": gettext_lazy("Address"),
    "detail": gettext_lazy("Detailed address"),
    "status": gettext_lazy("Status"),
}
PAID = "paid:"  # a column of its own for one year: "paid:2024"

_ALIASES = {
    "number": "회원번호 회원no 회원코드 회원id membernumber memberno membershipnumber",
    "name": "성명 이름 회원명 성함 회원성명 회원이름 한글성명 담당자 담당자명 담당자성명"
    " name fullname",
    "name_en": "영문성명 영문명 영문이름 영문 nameinenglish englishname",
    "phone": "휴대폰 핸드폰 휴대전화 연락처 전화번호 전화 휴대폰번호 핸드폰번호 휴대전화번호"
    " hp 모바일 이동전화 담당자연락처 담당자휴대폰 담당자휴대전화 담당자전화 담당자전화번호"
    " phone mobile mobilephone phonenumber cellphone tel",
    "email": "이메일 메일 이메일주소 메일주소 email주소 전자우편 전자메일 담당자이메일 담당자email"
    " 담당자메일 email emailaddress mail",
    "tier": "회원구분 회원종류 회원종별 등급 회원등급 회원자격 회원유형 구분 tier membershiptype"
    " membertype",
    "branch": "소속지부 지부 지회 소속지회 지부명 지회명 branch chapter",
    "joined_on": "가입일 입회일 가입일자 입회일자 입회년월일 입회연월일 가입년월일 가입연월일"
    " 가입연월 입회년월 입회연월 등록일 joinedon joined joindate",
    "years": "납부연도 납부년도 회비납부 회비납부연도 회비납부년도 납부현황 회비납부현황 회비"
    " paidyears duesyears",
    "organisation": "회사명 상호 상호명 기관명 소속 소속기관 법인명 업체명 단체명 회사 기관 직장"
    " organisation organization organisationname company companyname",
    "business_number": "사업자번호 사업자등록번호 사업자no 고유번호 businessnumber"
    " businessregistrationnumber",
    "representative": "대표자 대표자명 대표 대표이사 대표자성명 representative ceo",
    "size": "기업규모 규모 size",
    "postcode": "우편번호 우편 postcode zip zipcode",
    "street": "주소 도로명주소 자택주소 사업장주소 우편물주소 주소1 address roadaddress",
    "detail": "상세주소 나머지주소 주소2 detailedaddress",
    "status": "상태 회원상태 자격 status",
}
# Where a list has two numbers, the one in the pocket is meant.
_MOBILE = ("휴대", "핸드폰", "hp", "모바일", "이동전화", "mobile", "cell")
_MEANING = {alias: name for name, aliases in _ALIASES.items() for alias in aliases.split()}
_YEAR = re.compile(r"(?:19|20)?\d\d")
# 2024 · 2024년 · 24년 · 2025회비 · 2024년도연회비 · dues2024
_PAID = re.compile(
    r"(?:연?회비|납부|dues|paid)?((?:19|20)\d\d|\d\d(?=년))(?:년도|년)?"
    r"(?:도)?(?:연?회비)?(?:납부)?(?:여부|현황|dues|paid)?"
)


def paid_year(heading: str) -> int | None:
    """The year for which a column of its own says whether dues were paid."""
    match = _PAID.fullmatch(normalised(heading))
    return full_year(match[1]) if match else None


def full_year(digits: str) -> int:
    """2024 or 24."""
    year = int(digits)
    return year if year >= 100 else 2000 + year if year < 70 else 1900 + year


def guess(headings: Sequence[str]) -> list[str]:
    """For each column what it most likely holds, or nothing; no field is guessed twice."""
    taken: set[str] = set()
    guesses = []
    for heading in headings:
        year = paid_year(heading)
        field = f"{PAID}{year}" if year else _MEANING.get(normalised(heading), "")
        if field == "phone" and field in taken and _is_mobile(heading):
            first = guesses.index(field)
            if not _is_mobile(headings[first]):
                guesses[first] = ""
                taken.remove(field)
        guesses.append("" if field in taken else field)
        taken.add(field)
    # Where nothing else names the person, the representative is who the row is about.
    if "name" not in taken and "organisation" not in taken and "representative" in taken:
        guesses[guesses.index("representative")] = "name"
    return guesses


def _is_mobile(heading: str) -> bool:
    return any(word in normalised(heading) for word in _MOBILE)


def choices(headings: Sequence[str]) -> list[tuple[str, str | Promise]]:
    years = sorted({year for heading in headings if (year := paid_year(heading))})
    return [
        ("", _("– leave this column out –")),
        *FIELDS.items(),
        *((f"{PAID}{year}", _("Dues of %(year)s paid") % {"year": year}) for year in years),
    ]


def faults(mapping: Sequence[str], *, has_tier: bool, has_branch: bool) -> dict[int | None, str]:
    """What is wrong with a mapping: by column, or (None) with the whole."""
    found: dict[int | None, str] = {}
    first: dict[str, int] = {}
    for index, field in enumerate(mapping):
        if field and field in first:
            found[index] = _("Another column holds this already (column %(n)s).") % {
                "n": first[field] + 1
            }
        elif field:
            first[field] = index
    if "name" not in first and "organisation" not in first and "representative" not in first:
        found[None] = _("Say which column holds the name.")
    elif "tier" not in first and not has_tier:
        found[None] = _("Say which column holds the tier, or choose one for all rows.")
    elif "branch" not in first and not has_branch:
        found[None] = _("Say which column holds the branch, or choose one for all rows.")
    return found


def distinct(mapping: Sequence[str], field: str, samples: Iterable[dict]) -> list[str] | None:
    """The values of the column that holds a field; None where they are too many to list."""
    for meaning, sample in zip(mapping, samples, strict=True):
        if meaning == field:
            return sample["values"]
    return []

"""Organisations of the demonstration. Their business numbers pass every rule and begin with 999,
which no tax office gives."""

from dataclasses import dataclass

from members.models import Organisation

Size = Organisation.Size


@dataclass(frozen=True)
class Company:
    contact: str  # key of the person who applies
    tier: str
    name: str
    business_number: str
    representative: str
    size: str
    industry: str
    in_g_valley: bool = False


def business_number(stem: str) -> str:
    """Nine digits with the check digit of the National Tax Service (domain.md §3.4)."""
    digits = [int(digit) for digit in stem]
    total = sum(w * d for w, d in zip((1, 3, 7, 1, 3, 7, 1, 3, 5), digits, strict=True))
    return f"{stem}{(10 - (total + digits[8] * 5 // 10) % 10) % 10}"


GAON = Company(
    "contact", "company", "㈜가온소셜랩", business_number("999810034"), "오세린", Size.SMALL,
    "소셜 데이터 분석", in_g_valley=True,
)  # fmt: skip
MOONLIGHT = Company(
    "solo", "micro", "달빛콘텐츠", business_number("999110011"), "윤다온", Size.SOLO, "콘텐츠 제작"
)
HANBIT = Company(
    "corp", "large", "한빛데이터㈜", business_number("999870046"), "엄태산", Size.LARGE,
    "데이터 플랫폼",
)  # fmt: skip
NURI = Company(
    "city", "special", "누리시청", business_number("999830012"), "누리시장", Size.PUBLIC, "지방행정"
)
ONDAM = Company(
    "applicant3", "company", "㈜온담", business_number("999860021"), "소은호", Size.SMALL,
    "소셜커머스", in_g_valley=True,
)  # fmt: skip
# Contact, tier, name, stem, representative, size, industry: companies of background members.
MORE = (
    Company("member05", "micro", "다온식탁", business_number("999120015"), "다온식탁 대표",
            Size.MICRO, "식품 판매"),
    Company("member10", "company", "㈜이음네트웍스", business_number("999810062"), "이음네트웍스 대표",
            Size.SMALL, "소셜 게임", in_g_valley=True),
    Company("member15", "micro", "바람공방", business_number("999130027"), "바람공방 대표",
            Size.SOLO, "공예"),
    Company("member20", "company", "㈜새론미디어", business_number("999880033"), "새론미디어 대표",
            Size.SMALL, "영상 제작", in_g_valley=True),
    Company("member25", "large", "누빛통신㈜", business_number("999850077"), "누빛통신 대표",
            Size.LARGE, "통신"),
    Company("member30", "special", "가람도 교육청", business_number("999830035"), "가람도 교육감",
            Size.PUBLIC, "교육행정"),
)  # fmt: skip

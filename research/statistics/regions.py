"""The provinces as statistics name them: a code of this portal, and the one of the national
statistical office (한국행정구역분류). Provinces are merged and renamed, so those that the table of
regions knows beyond these count too."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kosna.branches.models import Region
from kosna.core.memo import once
from kosna.core.tilemap import PLACES

NATION = ""  # the whole country
KOSIS = {
    "seoul": "11",
    "busan": "21",
    "daegu": "22",
    "incheon": "23",
    "gwangju": "24",
    "daejeon": "25",
    "ulsan": "26",
    "sejong": "29",
    "gyeonggi": "31",
    "gangwon": "32",
    "chungbuk": "33",
    "chungnam": "34",
    "jeonbuk": "35",
    "jeonnam": "36",
    "gyeongbuk": "37",
    "gyeongnam": "38",
    "jeju": "39",
}
# A spreadsheet makes 0 of 00.
NATION_NAMES = {"", "00", "0", "전국", "nation", "nationwide", "korea", "wholecountry"}


@dataclass(frozen=True)
class Province:
    code: str
    kosis: str  # empty where the office has given none yet
    name: str | Promise
    aliases: frozenset[str] = frozenset()


@once
def provinces() -> dict[str, Province]:
    """By code, in the order of the national statistical office; one statement a request."""
    names: dict[str, set[str]] = {}
    shown: dict[str, str] = {}
    for region in Region.objects.order_by("valid_from", "pk"):
        names.setdefault(region.code, set()).update({region.name_ko, region.name_en})
        shown[region.code] = region.name
    known = [*KOSIS, *sorted(set(shown) - set(KOSIS) - {"hq"})]
    return {
        code: Province(
            code,
            KOSIS.get(code, ""),
            PLACES[code][2] if code in PLACES else shown[code],
            frozenset(map(_folded, names.get(code, set()))),
        )
        for code in known
    }


def name_of(code: str) -> str:
    if code == NATION:
        return _("Whole country")
    province = provinces().get(code)
    return str(province.name) if province else code


def parse(text: str) -> str:
    """The code of a typed region: ours, the office's, or its name in either language, long or
    short. Raises ValueError for one that nobody knows."""
    typed = _folded(text)
    if typed in NATION_NAMES:
        return NATION
    for province in provinces().values():
        known = {province.code, province.kosis, _folded(str(province.name)), *province.aliases}
        if typed in known or typed in KOREAN.get(province.code, "").split():
            return province.code
    raise ValueError(_("“%(text)s” is no region that we know.") % {"text": text[:20]})


# As Koreans write them, short and long, old and new, whatever the reader's language is.
KOREAN = {
    "seoul": "서울 서울특별시",
    "busan": "부산 부산광역시",
    "daegu": "대구 대구광역시",
    "incheon": "인천 인천광역시",
    "gwangju": "광주 광주광역시",
    "daejeon": "대전 대전광역시",
    "ulsan": "울산 울산광역시",
    "sejong": "세종 세종특별자치시 세종시",
    "gyeonggi": "경기 경기도",
    "gangwon": "강원 강원특별자치도 강원도",
    "chungbuk": "충북 충청북도",
    "chungnam": "충남 충청남도",
    "jeonbuk": "전북 전북특별자치도 전라북도",
    "jeonnam": "전남 전라남도",
    "gyeongbuk": "경북 경상북도",
    "gyeongnam": "경남 경상남도",
    "jeju": "제주 제주특별자치도 제주도",
}


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()

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
NATION_NAMES = {"", "00", "전국", "nation", "nationwide", "korea", "wholecountry"}


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
        if typed in known or _folded(SHORT.get(province.code, "")) == typed:
            return province.code
    raise ValueError(_("“%(text)s” is no region that we know.") % {"text": text[:20]})


# Names of two syllables, whatever the reader's language is.
SHORT = {
    "seoul": "서울",
    "busan": "부산",
    "daegu": "대구",
    "incheon": "인천",
    "gwangju": "광주",
    "daejeon": "대전",
    "ulsan": "울산",
    "sejong": "세종",
    "gyeonggi": "경기",
    "gangwon": "강원",
    "chungbuk": "충북",
    "chungnam": "충남",
    "jeonbuk": "전북",
    "jeonnam": "전남",
    "gyeongbuk": "경북",
    "gyeongnam": "경남",
    "jeju": "제주",
}


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()

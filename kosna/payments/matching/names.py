"""Names as they stand on the bank's list and on our orders, folded until they can be compared."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# ㈜ is (주) once it is folded; banks cut names, and leave "(주" or "주)" behind.
_LEGAL = re.compile(
    r"\((?:주|유|사|재|의|학|합)\)?|^(?:주|유|사|재)\)|\((?:주|유|사|재)?$"
    r"|주식회사|유한책임회사|유한회사|합자회사|합명회사|사단법인|재단법인|사회적협동조합|협동조합"
    r"|\b(?:co|ltd|inc|corp|llc|company|limited)\b\.?"
)
# What payers add to their name to be helpful.
_NOISE = re.compile(
    r"(?:연회비|입회비|가입비|회비|참가비|등록비|협회비|수강료|교육비|부스비|정회원|준회원|학생회원"
    r"|님|귀하)+$"
)
_CODE = re.compile(r"[2-9A-HJKMNP-Z]{10}")  # of an order: kosna.payments.models.orders
_LEAST = 2  # letters of a name that says anything
_LEAST_DIGITS = 6  # of a text without letters that may be known again: a phone number


@dataclass(frozen=True)
class Printed:
    """A depositor's text, taken apart."""

    name: str  # letters only, folded
    digits: tuple[str, ...]
    code: str = ""  # the whole code of an order

    @property
    def key(self) -> str:
        """By what it is known again; empty where it says nothing."""
        if self.name:
            return self.name
        joined = "".join(self.digits)
        return joined if len(joined) >= _LEAST_DIGITS else ""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Groups of four digits: 김하늘4821 names the order by them."""
        return tuple(group for group in self.digits if len(group) == 4)


@lru_cache(maxsize=50_000)
def printed(text: str) -> Printed:
    code = _CODE.search(text.upper())
    folded = _folded(text)
    digits = tuple(re.findall(r"\d+", folded)) if not code else ()
    return Printed(_letters(folded) if not code else "", digits, code[0] if code else "")


@lru_cache(maxsize=50_000)
def buyer_key(name: str) -> str:
    """The buyer of an order, in the form in which the depositor's name is compared."""
    return _letters(_folded(name))


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(" " if letter.isspace() else letter for letter in text)


def _letters(text: str) -> str:
    squeezed = text if text.isascii() else "".join(text.split())
    bare = _LEGAL.sub(" ", squeezed)
    if squeezed.isascii():  # Santos Maria is Maria Santos
        words = re.findall(r"[a-z]+", bare)
        return "".join(sorted(words))
    letters = "".join(letter for letter in bare if letter.isalpha())
    without = _NOISE.sub("", letters)
    letters = without if len(without) >= _LEAST else letters
    return letters if len(letters) >= _LEAST else ""

"""Korean names, numbers, phones, amounts and search keys. Pure functions, and the form fields that
wrap them.

A `parse_…` function takes what a person typed and returns what we store, or raises ValueError with
a reason in the reader's language. `display_…` shows the stored form, `mask_…` what strangers may
see.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_DASHES = re.compile(r"[-\u2010-\u2015\u2212\u30fc\u00ad]")


def _compact(text: str) -> str:
    """The characters that count in a typed number: full-width folded, spaces and dashes dropped."""
    return _DASHES.sub("", "".join(unicodedata.normalize("NFKC", text).split()))


def _is_digits(text: str, length: int) -> bool:
    """ASCII digits only: str.isdigit() also accepts other scripts' digits and superscripts."""
    return len(text) == length and text.isascii() and text.isdecimal()


# Business and corporate registration numbers ------------------------------------------------------


def parse_business_number(text: str) -> str:
    """사업자등록번호 as ten ASCII digits. A right check digit does not prove that the business
    exists.

    Weights 1,3,7,1,3,7,1,3,5 and the carry of d9×5, as the National Tax Service computes them; the
    ranges of the three groups are those of stdnum, and refuse 000-00-00000, whose check digit is
    right.
    """
    number = _compact(text)
    if not _is_digits(number, 10):
        raise ValueError(
            _("A business registration number has 10 digits, for example 123-45-67891.")
        )
    digits = [int(digit) for digit in number]
    total = sum(w * d for w, d in zip((1, 3, 7, 1, 3, 7, 1, 3, 5), digits, strict=False))
    total += digits[8] * 5 // 10
    if (10 - total % 10) % 10 != digits[9]:
        raise ValueError(
            _("This business registration number has a typing error. Please check it.")
        )
    if number[:3] < "101" or number[3:5] == "00" or number[5:9] == "0000":
        raise ValueError(_("No such business registration number can have been issued."))
    return number


def display_business_number(number: str) -> str:
    return f"{number[:3]}-{number[3:5]}-{number[5:]}" if len(number) == 10 else number


def mask_business_number(number: str) -> str:
    return f"{number[:3]}-{number[3:5]}-*****"


def parse_corporate_number(text: str) -> str:
    """법인등록번호 as thirteen ASCII digits. See `corporate_number_is_consistent` for the check
    digit."""
    number = _compact(text)
    if not _is_digits(number, 13):
        raise ValueError(_("A corporate registration number has 13 digits."))
    return number


def corporate_number_is_consistent(number: str) -> bool:
    """Whether the check digit is right. A wrong one is a warning, never a refusal: recent numbers
    are said to carry none, and the registry is the judge."""
    total = sum(int(digit) * (1 + index % 2) for index, digit in enumerate(number[:12]))
    return (10 - total % 10) % 10 == int(number[12])


def display_corporate_number(number: str) -> str:
    return f"{number[:6]}-{number[6:]}" if len(number) == 13 else number


# Phones and addresses -----------------------------------------------------------------------------

_NATIONAL = re.compile(
    r"""(?: (?P<office>1[568]\d\d)                                  # 1588-1234: no area code
          | (?P<area> 010(?=\d{8}$) | 070(?=\d{8}$) | 02 | 050\d | 080
                    | 03[1-3] | 04[1-4] | 05[1-5] | 06[1-4] )(?P<middle>\d{3,4})
        )(?P<last>\d{4})""",
    re.VERBOSE | re.ASCII,
)
_FOREIGN = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)


def parse_phone(text: str) -> str:
    """A phone number in E.164 ("+821012345678"); a bare number is Korean."""
    number = re.sub(r"[().]", "", _compact(text))
    if number.startswith("00"):
        number = re.sub(r"^(?:001|002|00700|00)(?=82|[1-9])", "+", number)
    if number.startswith("+82"):
        number = number[3:]
        if number[:1] not in {"0", ""} and not re.fullmatch(r"1[568]\d{6}", number, re.ASCII):
            number = "0" + number
    if number.startswith("+"):
        if _FOREIGN.fullmatch(number):
            return number
    elif _NATIONAL.fullmatch(number):
        return "+82" + number.removeprefix("0")
    raise ValueError(_("Enter a phone number such as 010-1234-5678, or +1 … for one abroad."))


def _phone_groups(number: str) -> list[str]:
    """The hyphenated groups of a stored Korean number; one group for a foreign one."""
    rest = number.removeprefix("+82")
    if rest == number:
        return [number]
    match = _NATIONAL.fullmatch(rest) or _NATIONAL.fullmatch("0" + rest)
    if match is None:
        return [number]
    return [group for group in match.group("office", "area", "middle", "last") if group]


def display_phone(number: str) -> str:
    return "-".join(_phone_groups(number))


def mask_phone(number: str) -> str:
    """ "010-****-1234"; of a foreign number only the first three and last four characters stay."""
    groups = _phone_groups(number)
    if len(groups) == 1:
        return (
            number[:3] + "*" * max(len(number) - 7, 4) + number[-4:] if len(number) > 7 else "****"
        )
    hidden = 1 if len(groups) == 3 else -1
    groups[hidden] = "*" * len(groups[hidden])
    return "-".join(groups)


def parse_postcode(text: str) -> str:
    """우편번호: five digits since August 2015."""
    code = _compact(text)
    if not _is_digits(code, 5):
        raise ValueError(_("A postcode has 5 digits."))
    return code


_STREET_NUMBER = re.compile(r"\s(?:산\s*|지하\s*)?\d+(?:-\d+)?(?:번지)?(?=[\s,(]|$)")


def mask_address(address: str) -> str:
    """Everything from the street number on is hidden (in an English address: all but the last
    part)."""
    address = re.sub(r"^\(\d{5}\)\s*", "", address.strip())
    if not re.search(r"[가-힣]", address):
        return "*** " + address.rpartition(",")[2].strip() if "," in address else "***"
    if match := _STREET_NUMBER.search(address):
        return address[: match.start()] + " ***"
    return " ".join([*address.split()[:2], "***"])


# Names --------------------------------------------------------------------------------------------

_COMPOUND_SURNAMES = ("남궁", "황보", "제갈", "사공", "선우", "서문", "독고", "동방")
_ONE_WORD = re.compile(r"[가-힣\u3400-\u9fff\uf900-\ufaff]+")


def _visible(text: str) -> str:
    """Without control and format characters (zero-width, direction marks), which no name
    contains."""
    return "".join(c for c in text if c.isspace() or unicodedata.category(c) not in {"Cc", "Cf"})


def normalise_name(text: str) -> str:
    """NFC (macOS sends decomposed Hangul), one space between words."""
    return " ".join(_visible(unicodedata.normalize("NFC", text)).split())


_LINK = re.compile(r"://|www\.|[<>]|\w\.[a-z]{2,}/")


def parse_line(text: str) -> str:
    """A name or an affiliation on one line and without a link: our mails greet strangers with what
    somebody else has typed here."""
    line = normalise_name(text)
    if _LINK.search(fold(line)):
        raise ValueError(_("No web address and no < or > can stand here. Please take it out."))
    return line


def mask_name(name: str) -> str:
    """김*늘, 김*, 남궁*, M**** S*****: the same rule on every page and document."""
    name = normalise_name(name)
    if not _ONE_WORD.fullmatch(name):
        return " ".join(word[0] + "*" * max(len(word) - 1, 1) for word in name.split())
    if len(name) > 2 and name.startswith(_COMPOUND_SURNAMES):
        return name[:2] + "*" * (len(name) - 2)
    if len(name) > 2:
        return name[0] + "*" * (len(name) - 2) + name[-1]
    return name[0] + "*"


def mask_email(email: str) -> str:
    """ho***@example.test; a local part of one or two letters shows at most its first."""
    local, _at, domain = email.rpartition("@")
    return f"{local[: 2 if len(local) > 2 else len(local) - 1]}***@{domain}"


# Amounts ------------------------------------------------------------------------------------------

_DIGITS = "영일이삼사오육칠팔구"
_SMALL_UNITS = ("", "십", "백", "천")
_LARGE_UNITS = ("", "만", "억", "조", "경")


def hangul_amount(won: int) -> str:
    """300000 → "금 삼십만원정". As on a cheque: 일 is written before every unit, 정 closes the
    amount."""
    if not 0 <= won < 10 ** (4 * len(_LARGE_UNITS)):
        raise ValueError(f"no amount in words for {won}")
    groups = []
    for large in _LARGE_UNITS:
        won, group = divmod(won, 10_000)
        digits = reversed(list(enumerate(f"{group:04d}"[::-1])))
        words = "".join(_DIGITS[int(d)] + _SMALL_UNITS[place] for place, d in digits if d != "0")
        groups.append(words + large if words else "")
    return f"금 {''.join(reversed(groups)) or _DIGITS[0]}원정"


def vat_split(total: int) -> tuple[int, int]:
    """(공급가액, 세액) of a VAT-inclusive total in won: the supply is total ÷ 1.1, rounded."""
    supply = (total * 10 + 5) // 11
    return supply, total - supply


# Search -------------------------------------------------------------------------------------------

_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
# An input method joins two initials typed in a row into a final cluster: ㄱㅅ arrives as ㄳ.
_CLUSTERS = str.maketrans(
    dict(
        zip(
            "ㄳㄵㄶㄺㄻㄼㄽㄾㄿㅀㅄ",
            [
                "ㄱㅅ",
                "ㄴㅈ",
                "ㄴㅎ",
                "ㄹㄱ",
                "ㄹㅁ",
                "ㄹㅂ",
                "ㄹㅅ",
                "ㄹㅌ",
                "ㄹㅍ",
                "ㄹㅎ",
                "ㅂㅅ",
            ],
            strict=True,
        )
    )
)


def fold(text: str) -> str:
    """The form in which texts and queries are compared: compatibility characters folded, case and
    runs of spaces gone. Folding twice changes nothing."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(_visible(folded).split())


def _initials_of(text: str) -> Iterator[str]:
    for char in text:
        if "가" <= char <= "힣":
            yield _INITIALS[(ord(char) - ord("가")) // 588]
        elif char in _INITIALS:
            yield char  # before fold(), which would turn a lone ㄱ into a conjoining letter
        elif not char.isspace():
            yield fold(char)


def initials(text: str) -> str:
    """초성: "김하늘 SNS" → "ㄱㅎㄴsns". A query of initials comes back as it is, so one call serves
    both."""
    return "".join(_initials_of(unicodedata.normalize("NFC", text).translate(_CLUSTERS)))


def is_initials(query: str) -> bool:
    """Whether a query consists of initials only, and should be looked up among them."""
    letters = "".join(query.split()).translate(_CLUSTERS)
    return bool(letters) and all(letter in _INITIALS for letter in letters)


# Form fields --------------------------------------------------------------------------------------


class ParsedField(forms.CharField):
    """Text that is stored in its parsed form. The browser is given no maxlength: people paste
    spaces."""

    parse: Callable[[str], str]
    attrs: ClassVar[dict[str, str]] = {}

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if not text:
            return ""
        if len(text) > 200:
            raise ValidationError(_("This is too long."), code="invalid")
        try:
            return type(self).parse(text)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), **self.attrs}


class BusinessNumberField(ParsedField):
    parse = staticmethod(parse_business_number)
    attrs: ClassVar = {"inputmode": "numeric", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        return display_business_number(value) if isinstance(value, str) else value


class CorporateNumberField(ParsedField):
    parse = staticmethod(parse_corporate_number)
    attrs: ClassVar = {"inputmode": "numeric", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        return display_corporate_number(value) if isinstance(value, str) else value


class PhoneField(ParsedField):
    parse = staticmethod(parse_phone)
    attrs: ClassVar = {"inputmode": "tel", "autocomplete": "tel"}

    def prepare_value(self, value: Any) -> Any:
        return display_phone(value) if isinstance(value, str) else value


class PostcodeField(ParsedField):
    parse = staticmethod(parse_postcode)
    attrs: ClassVar = {"inputmode": "numeric", "autocomplete": "postal-code"}


class LineField(ParsedField):
    """Somebody else's name, an affiliation, a company: what our mails repeat to others."""

    parse = staticmethod(parse_line)


class NameField(LineField):
    attrs: ClassVar = {"autocomplete": "name"}

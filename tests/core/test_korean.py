"""Every vector of the domain notes, and the properties that the functions must keep."""

import unicodedata

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from kosna.core import korean


@pytest.mark.parametrize(
    "text",
    [
        "123-45-67891",
        "134-86-72683",
        "116-82-00276",
        "999-82-00031",
        "999-81-00349",
        "999-87-00467",
        "999-82-00050",
        "999-81-00150",
        "123-45-67891\n",
        " 123 45 67891 ",
        "１２３－４５－６７８９１",
        "123–45–67891",
        "1234567891",
    ],
)
def test_business_number_is_accepted_however_it_is_typed(text):
    number = korean.parse_business_number(text)
    assert len(number) == 10 and number.isascii() and number.isdigit()
    assert korean.parse_business_number(korean.display_business_number(number)) == number


@pytest.mark.parametrize(
    "text",
    [
        "123-45-67890",
        "116-82-00278",
        "206-18-12345",
        "101-81-34618",
        "000-00-00000",
        "123-45-6789",
        "123-45-678910",
        "100-82-00271",
        "",
        "abc-de-fghij",
        "١٢٣٤٥٦٧٨٩١",
        "²²²²²²²²²²",
    ],
)
def test_business_number_is_refused_with_a_reason(text):
    with pytest.raises(ValueError, match=r"\w"):
        korean.parse_business_number(text)


@given(st.integers(0, 10**9 - 1), st.integers(0, 9), st.integers(0, 9))
def test_business_number_catches_every_wrong_check_digit(body, right, wrong):
    def accepted(digit: int) -> bool:
        try:
            korean.parse_business_number(f"{body:09d}{digit}")
        except ValueError:
            return False
        return True

    assert right == wrong or not (accepted(right) and accepted(wrong))


@pytest.mark.parametrize(
    ("number", "consistent"),
    [
        ("110111-0062432", True),
        ("110121-0000019", True),
        ("110111-9999115", True),
        ("110121-9999130", True),
        ("110111-0062431", False),
    ],
)
def test_corporate_number_check_digit_is_only_a_warning(number, consistent):
    parsed = korean.parse_corporate_number(number)
    assert korean.corporate_number_is_consistent(parsed) is consistent
    assert korean.display_corporate_number(parsed) == number


@pytest.mark.parametrize(
    ("typed", "stored", "shown", "masked"),
    [
        ("010-1234-5678", "+821012345678", "010-1234-5678", "010-****-5678"),
        ("０１０ 1234 5678", "+821012345678", "010-1234-5678", "010-****-5678"),
        ("+82 10-1234-5678", "+821012345678", "010-1234-5678", "010-****-5678"),
        ("+82 (0)10.1234.5678", "+821012345678", "010-1234-5678", "010-****-5678"),
        ("010-0000-0001", "+821000000001", "010-0000-0001", "010-****-0001"),
        ("02-123-4567", "+8221234567", "02-123-4567", "02-***-4567"),
        ("02-1234-5678", "+82212345678", "02-1234-5678", "02-****-5678"),
        ("051-123-4567", "+82511234567", "051-123-4567", "051-***-4567"),
        ("070-1234-5678", "+827012345678", "070-1234-5678", "070-****-5678"),
        ("0505-123-4567", "+825051234567", "0505-123-4567", "0505-***-4567"),
        ("1588-1234", "+8215881234", "1588-1234", "1588-****"),
        ("+82 1588 1234", "+8215881234", "1588-1234", "1588-****"),
        ("080-123-4567", "+82801234567", "080-123-4567", "080-***-4567"),
        ("+1 415 555 0100", "+14155550100", "+14155550100", "+14*****0100"),
        ("001 1 415 555 0100", "+14155550100", "+14155550100", "+14*****0100"),
    ],
)
def test_phone_is_stored_shown_and_masked(typed, stored, shown, masked):
    assert korean.parse_phone(typed) == stored
    assert korean.display_phone(stored) == shown
    assert korean.mask_phone(stored) == masked
    assert korean.parse_phone(shown) == stored


@pytest.mark.parametrize(
    "text",
    [
        "",
        "011-123-4567",
        "016-123-4567",
        "010-123-4567",
        "12345",
        "1234-5678",
        "전화",
        "+82",
        "+0123456789",
    ],
)
def test_phone_is_refused(text):
    with pytest.raises(ValueError, match="010"):
        korean.parse_phone(text)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("김하늘", "김*늘"),
        ("김늘", "김*"),
        ("남궁현", "남궁*"),
        ("남궁민수", "남궁**"),
        ("김하늘이", "김**이"),
        ("Maria Santos", "M**** S*****"),
        (unicodedata.normalize("NFD", "김하늘"), "김*늘"),
        ("金秀賢", "金*賢"),
        ("X", "X*"),
        ("", ""),
    ],
)
def test_name_is_masked(name, masked):
    assert korean.mask_name(name) == masked


@given(st.text(min_size=2))
def test_masked_name_always_hides_something(name):
    assert korean.mask_name(name) == "" or "*" in korean.mask_name(name)


@pytest.mark.parametrize(
    ("email", "masked"),
    [
        ("hong@example.test", "ho***@example.test"),
        ("ab@example.test", "a***@example.test"),
        ("a@example.test", "***@example.test"),
    ],
)
def test_email_is_masked(email, masked):
    assert korean.mask_email(email) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        (
            "(08592) 서울특별시 금천구 벚꽃로 12, 101동 1203호 (가산동)",
            "서울특별시 금천구 벚꽃로 ***",
        ),
        ("서울특별시 금천구 가산디지털1로 145 1203호", "서울특별시 금천구 가산디지털1로 ***"),
        ("서울특별시 중구 을지로 3가 12-3", "서울특별시 중구 을지로 3가 ***"),
        ("제주특별자치도 제주시 아라동 산 12-3", "제주특별자치도 제주시 아라동 ***"),
        ("부산광역시 해운대구 어딘가", "부산광역시 해운대구 ***"),
        ("12, Beotkkot-ro, Geumcheon-gu, Seoul", "*** Seoul"),
        ("12 Beotkkot-ro", "***"),
    ],
)
def test_address_is_masked_from_the_street_number_on(address, masked):
    assert korean.mask_address(address) == masked


def test_name_is_composed_and_squeezed():
    assert korean.normalise_name(unicodedata.normalize("NFD", " 남궁  현\u200b ")) == "남궁 현"


def test_postcode_has_five_digits():
    assert korean.parse_postcode(" ０８５９２\n") == "08592"
    for text in ("0859", "085921", "153-803", "abcde"):
        with pytest.raises(ValueError, match="5"):
            korean.parse_postcode(text)


@pytest.mark.parametrize(
    ("won", "words"),
    [
        (300_000, "금 삼십만원정"),
        (55_000, "금 오만오천원정"),
        (1_200_000, "금 일백이십만원정"),
        (10_010_000, "금 일천일만원정"),
        (123_456_789, "금 일억이천삼백사십오만육천칠백팔십구원정"),
        (100_000_000, "금 일억원정"),
        (10, "금 일십원정"),
        (0, "금 영원정"),
    ],
)
def test_amount_in_words(won, words):
    assert korean.hangul_amount(won) == words


def read_amount(words: str) -> int:
    """An independent reader of amounts in words: left to right, a stack of one."""
    large = {"만": 10**4, "억": 10**8, "조": 10**12, "경": 10**16}
    small = {"십": 10, "백": 100, "천": 1000}
    total = group = digit = 0
    for letter in words.removeprefix("금 ").removesuffix("원정"):
        if letter in large:
            total, group, digit = total + (group + digit) * large[letter], 0, 0
        elif letter in small:
            group, digit = group + digit * small[letter], 0
        else:
            digit = "영일이삼사오육칠팔구".index(letter)
    return total + group + digit


@given(st.integers(0, 10**20 - 1))
def test_amount_in_words_reads_back(won):
    assert read_amount(korean.hangul_amount(won)) == won


def test_amount_in_words_refuses_what_it_cannot_say():
    for won in (-1, 10**20):
        with pytest.raises(ValueError, match="no amount"):
            korean.hangul_amount(won)


@pytest.mark.parametrize(
    ("total", "split"),
    [
        (33_000, (30_000, 3_000)),
        (55_000, (50_000, 5_000)),
        (300_000, (272_727, 27_273)),
        (0, (0, 0)),
    ],
)
def test_vat_split(total, split):
    assert korean.vat_split(total) == split


@given(st.integers(0, 10**12))
def test_vat_split_is_whole_and_within_half_a_won(total):
    supply, vat = korean.vat_split(total)
    assert supply + vat == total
    assert abs(supply * 11 - total * 10) <= 5


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert korean.fold(korean.fold(text)) == korean.fold(text)


def test_folding_makes_variants_equal():
    assert korean.fold("ＳＮＳ  산업\u3000동향") == "sns 산업 동향"
    assert korean.fold(unicodedata.normalize("NFD", "소셜")) == "소셜"
    assert korean.fold("㈜가온") == korean.fold("(주)가온")


def test_initials_of_texts_and_of_queries():
    assert korean.initials("김하늘 SNS") == "ㄱㅎㄴsns"
    assert korean.initials("까치") == "ㄲㅊ"
    assert korean.initials("ㄱㅎㄴ") == "ㄱㅎㄴ"
    assert korean.initials("ㄳ") == "ㄱㅅ"
    assert korean.is_initials("ㄱㅎㄴ") and korean.is_initials("ㄳ")
    assert not korean.is_initials("김ㅎㄴ") and not korean.is_initials(" ")


@pytest.mark.parametrize(
    "typed",
    [
        "즉시 확인: http://evil.example",
        "www.evil.example",
        "WWW.evil.example",
        "https：／／evil.example",  # full width
        "김<b>하늘",
        "하늘>",
        "evil.example/login",
    ],
)
def test_a_line_that_mails_repeat_holds_no_link(typed):
    with pytest.raises(ValueError):
        korean.parse_line(typed)


def test_a_line_is_one_line_whatever_is_typed():
    typed = "고객\n\n[보안팀]\u2028 잠겼습니다.\r\n"
    assert korean.parse_line(typed) == "고객 [보안팀] 잠겼습니다."
    for name in ("김하늘 A/B팀", "J. R. O'Neil-Kim", "㈜가온.소셜 (서울)", "R&D 1.2팀"):
        assert korean.parse_line(name) == name


class Numbers(forms.Form):
    brn = korean.BusinessNumberField()
    corporate = korean.CorporateNumberField(required=False)
    phone = korean.PhoneField()
    postcode = korean.PostcodeField()
    name = korean.NameField()


def test_fields_store_the_parsed_form_and_show_the_readable_one():
    form = Numbers(
        {
            "brn": "123-45-67891\n",
            "corporate": "",
            "phone": "010 1234 5678",
            "postcode": "08592",
            "name": unicodedata.normalize("NFD", "김하늘"),
        }
    )
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {
        "brn": "1234567891",
        "corporate": "",
        "phone": "+821012345678",
        "postcode": "08592",
        "name": "김하늘",
    }
    assert 'value="123-45-67891"' in str(Numbers(initial=form.cleaned_data)["brn"])


def test_fields_give_the_reason_and_keep_what_was_typed():
    form = Numbers({"brn": "123-45-67890", "phone": "1", "postcode": "1", "name": "\u200b"})
    assert set(form.errors) == {"brn", "phone", "postcode", "name"}
    assert 'value="123-45-67890"' in str(form["brn"])

"""Headings and cells as secretariats really write them."""

from datetime import date

import pytest

from kosna.core.columns import headings_key, remembered
from members.imports import cells, columns


@pytest.mark.parametrize(
    ("headings", "field"),
    [
        ("성명 이름 회원명 성 함", "name"),
        ("휴대폰 핸드폰 연락처 휴대전화(필수) H.P 담당자_연락처", "phone"),
        ("이메일 E-mail e-Mail_주소 메일 담당자_이메일", "email"),
        ("회원구분 회원종류 회원종별 등급", "tier"),
        ("소속지부 지부 지회", "branch"),
        ("가입일 입회일 입회일자 입회년월", "joined_on"),
        ("납부연도 회비납부 납부년도", "years"),
        ("사업자번호 사업자등록번호", "business_number"),
        ("회사명 상호 기관명 소속", "organisation"),
        ("우편번호", "postcode"),
        ("주소", "street"),
        ("회원번호", "number"),
        ("상태", "status"),
    ],
)
def test_heading_is_understood(headings, field):
    for heading in headings.replace("성 함", "성_함").split():
        assert columns.guess([heading.replace("_", " ")]) == [field], heading


@pytest.mark.parametrize(
    ("heading", "year"),
    [
        ("2024", 2024),
        ("2024년", 2024),
        ("2025회비", 2025),
        ("2025년 연회비", 2025),
        ("2023년도 회비", 2023),
        ("24년회비", 2024),
        ("회비 2024", 2024),
        ("연회비 2024", 2024),
        ("비고", None),
        ("20241", None),
    ],
)
def test_column_of_one_year_is_known(heading, year):
    assert columns.paid_year(heading) == year


def test_representative_names_the_person_where_nothing_else_does():
    assert columns.guess(["대표자", "핸드폰"]) == ["name", "phone"]
    assert columns.guess(["상호", "대표자"]) == ["organisation", "representative"]


def test_no_field_is_guessed_twice():
    assert columns.guess(["성명", "이름", "비고"]) == ["name", "", ""]


def test_of_two_numbers_the_mobile_one_is_meant():
    assert columns.guess(["전화번호", "휴대전화"]) == ["", "phone"]
    assert columns.guess(["휴대폰", "전화번호"]) == ["phone", ""]
    assert columns.guess(["핸드폰", "휴대폰"]) == ["phone", ""]


def test_same_headings_in_another_order_are_remembered():
    assert headings_key(["성명", "e-mail"]) == headings_key(["E-Mail", " 성명 "])
    assert remembered(["E-mail", "성명"], ["성명", "e-mail"], ["name", ""]) == ["", "name"]


def test_faults_of_a_mapping_are_told_at_the_column():
    faults = columns.faults(["name", "name", "tier"], has_tier=False, has_branch=True)
    assert list(faults) == [1]
    for mapping in (["phone"], ["name"], ["name", "tier"]):
        assert list(columns.faults(mapping, has_tier=False, has_branch=False)) == [None]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020-01-02", date(2020, 1, 2)),
        ("2020. 1. 2.", date(2020, 1, 2)),
        ("2020/1/2", date(2020, 1, 2)),
        ("2020년 1월 2일", date(2020, 1, 2)),
        ("20200102", date(2020, 1, 2)),
        ("20.1.2", date(2020, 1, 2)),
        ("98.12.31", date(1998, 12, 31)),
        ("2020-03", date(2020, 3, 1)),
        ("2020-01-02 00:00:00", date(2020, 1, 2)),
        ("43832", date(2020, 1, 2)),
    ],
)
def test_day_is_read(text, day):
    assert cells.parse_date(text) == day


@pytest.mark.parametrize("text", ["작년", "2020", "2020-13-01", "2020-02-30", "1"])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(ValueError):
        cells.parse_date(text)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("", []),
        ("2023,2024,2025", [2023, 2024, 2025]),
        ("2023 2024", [2023, 2024]),
        ("23, 24년", [2023, 2024]),
        ("2021~2024", [2021, 2022, 2023, 2024]),
        ("2021 ~ 2022", [2021, 2022]),
        ("2024년도", [2024]),
        ("미납", []),
        ("평생", [cells.FOR_LIFE]),
    ],
)
def test_years_are_read(text, years):
    assert cells.parse_years(text) == years


def test_a_year_may_say_from_which_day_it_was_paid():
    text, begins = cells.parse_begins("2023, 2025-06-10~, 2026")
    assert cells.parse_years(text) == [2023, 2025, 2026]
    assert begins == {2025: date(2025, 6, 10)}


@pytest.mark.parametrize("text", ["2025-06-31~", "2025-13-01~"])
def test_a_day_that_is_none_is_refused(text):
    with pytest.raises(ValueError):
        cells.parse_begins(text)


@pytest.mark.parametrize("text", ["작년까지", "2025~2021", "2023,없음"])
def test_what_is_no_year_is_refused(text):
    with pytest.raises(ValueError):
        cells.parse_years(text)


@pytest.mark.parametrize(
    "text", ["O", "○", "완납", "납부", "100,000", "100000", "2024-03-02", "Y", "면제"]
)
def test_paid(text):
    assert cells.parse_paid(text) is True


@pytest.mark.parametrize("text", ["", "X", "미납", "0", "-", "n"])
def test_unpaid(text):
    assert cells.parse_paid(text) is False


def test_whether_it_was_paid_may_be_unclear():
    with pytest.raises(ValueError):
        cells.parse_paid("문의 중")


def test_resident_number_is_never_kept():
    assert cells.without_resident_number("홍길동 800101-1234567") == "홍길동 ******-*******"
    assert cells.without_resident_number("8001011234567") == "******-*******"
    for text in ("제 번호는 800101-1234567입니다", "주민번호8001011234567이며"):
        assert "1234567" not in cells.without_resident_number(text)
    assert cells.without_resident_number("110111-0062432") == "110111-0062432"
    assert cells.without_resident_number("1101110062432") == "1101110062432"
    assert cells.without_resident_number("010-1234-5678") == "010-1234-5678"


@pytest.mark.parametrize(
    ("text", "phone"),
    [("1012345678", "01012345678"), ("212345678", "0212345678"), ("010-1", "010-1")],
)
def test_lost_zero_of_a_phone_comes_back(text, phone):
    assert cells.restored_phone(text) == phone

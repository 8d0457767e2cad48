"""Periods, regions, values and marks as people type them."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from research.models import Observation, Series
from research.statistics import periods, regions
from research.statistics.periods import Frequency
from research.statistics.values import NewValue, changes, mark_of, parse_mark, parse_value


@pytest.mark.parametrize(
    ("typed", "frequency", "day"),
    [
        ("2026", "year", (2026, 1)),
        ("2026년", "year", (2026, 1)),
        ("2026-01-01", "year", (2026, 1)),
        ("２０２６", "year", (2026, 1)),
        ("2026-H2", "half", (2026, 7)),
        ("2026년 상반기", "half", (2026, 1)),
        ("2026 하반기", "half", (2026, 7)),
        ("2026-07-01", "half", (2026, 7)),
        ("2026-Q3", "quarter", (2026, 7)),
        ("2026Q3", "quarter", (2026, 7)),
        ("2026년 3분기", "quarter", (2026, 7)),
        ("2026.3/4", "quarter", (2026, 7)),
        ("2026 3/4", "quarter", (2026, 7)),
        ("2026-04-01", "quarter", (2026, 4)),
        ("2026-03", "month", (2026, 3)),
        ("202603", "month", (2026, 3)),
        ("2026.3", "month", (2026, 3)),
        ("2026년 12월", "month", (2026, 12)),
        ("2026-12-01", "month", (2026, 12)),
    ],
)
def test_period_is_understood(typed: str, frequency: str, day: tuple[int, int]) -> None:
    assert periods.parse(typed, frequency) == date(*day, 1)


@pytest.mark.parametrize(
    ("typed", "frequency"),
    [
        ("", "year"),
        ("26", "year"),
        ("2026-02-01", "year"),
        ("2026-H3", "half"),
        ("2026-Q5", "quarter"),
        ("2026-02-01", "quarter"),
        ("2026-13", "month"),
        ("2026-13-01", "month"),
        ("0000", "year"),
        ("9999", "year"),
        ("2026; DROP", "year"),
    ],
)
def test_what_is_no_period_is_told_with_an_example(typed: str, frequency: str) -> None:
    with translation.override("en"), pytest.raises(ValueError, match="2026"):
        periods.parse(typed, frequency)


@given(
    year=st.integers(periods.FIRST_YEAR, periods.LAST_YEAR),
    month=st.integers(1, 12),
    frequency=st.sampled_from(list(Frequency)),
)
def test_what_an_address_says_is_read_back(year: int, month: int, frequency: Frequency) -> None:
    start = periods.current(date(year, month, 15), frequency)
    assert periods.parse(periods.code(start, frequency), frequency) == start
    for language in ("ko", "en"):
        with translation.override(language):
            assert str(year) in periods.label(start, frequency)
            assert str(year) in periods.short(start, frequency)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "code"),
    [("11", "seoul"), ("서울", "seoul"), ("Seoul", "seoul"), ("39", "jeju"), ("전국", ""),
     ("00", ""), ("0", ""), ("", ""), ("전북", "jeonbuk"), ("전라북도", "jeonbuk"),
     ("세종시", "sejong")],
)  # fmt: skip
def test_region_is_understood(typed: str, code: str) -> None:
    assert regions.parse(typed) == code


@pytest.mark.django_db
def test_unknown_region_is_told() -> None:
    with pytest.raises(ValueError, match="평양"):
        regions.parse("평양")


ONE_PLACE = Series(places=1)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("12.3", "12.3"),
        ("1,234.5", "1234.5"),
        ("−1,234,567", "-1234567.0"),
        ("-3", "-3.0"),
        ("12.30", "12.3"),
        ("0", "0.0"),
    ],
)
def test_value_is_exact(typed: str, value: str) -> None:
    assert str(parse_value(typed, ONE_PLACE)) == str(D(value))


def test_value_may_be_not_available() -> None:
    assert parse_value("…", ONE_PLACE) is None


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "abc",
        "NaN",
        "Infinity",
        "12.34",
        "1e400",
        "1" * 50,
        "1e-9",
        "12,5",
        "1,5",
        "1,2345",
        "1234,567",
        "1,234,5",
        ",5",
        "1,234.",
        "1_000",
        "1.5,000",
    ],
)
def test_false_value_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="“"):
        parse_value(typed, ONE_PLACE)


def test_marks() -> None:
    assert [parse_mark(text) for text in ("", "p", "(R)", "잠정", "확정")] == [
        "",
        "p",
        "r",
        "p",
        "",
    ]
    with pytest.raises(ValueError, match="z"):
        parse_mark("z")


@pytest.mark.parametrize(
    ("old", "new", "is_change", "mark"),
    [
        (None, ("1", None), True, ""),
        (None, ("1", "p"), True, "p"),
        (("1", "p"), ("1", None), False, ""),
        (("1", "p"), ("1", ""), True, ""),
        (("1", "r"), ("1", ""), False, ""),
        (("1", ""), ("2", ""), True, "r"),
        (("1", "p"), ("2", None), True, "r"),
        (("1", ""), ("2", "p"), True, "p"),
    ],
)
def test_what_a_value_changes(old, new, is_change: bool, mark: str) -> None:
    standing = Observation(value=D(old[0]), mark=old[1]) if old else None
    value = NewValue((date(2026, 1, 1), "", "", ""), D(new[0]), new[1])
    assert changes(standing, value) is is_change
    if is_change:
        assert mark_of(standing, value) == mark

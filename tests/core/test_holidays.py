"""Working days know Korea's public holidays, and cost no request a statement."""

from datetime import date, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from kosna.audit.models import Entry
from kosna.core import clock, holidays
from kosna.core.models import Holiday
from kosna.payments.models import Order
from kosna.payments.providers import bank
from members.models import Application
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
loaded = import_module("kosna.core.migrations.0002_what_is_there_from_the_start")


@pytest.fixture(autouse=True)
def _holidays_of_three_years(_clean_surroundings: None) -> None:
    """As the migration loads them; a test with real commits may have emptied the table."""
    loaded.load(apps, None)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("off", "name"),
    [
        ("2026-02-16", "the day before 설날"),
        ("2026-02-17", "설날"),
        ("2026-02-18", "the day after 설날"),
        ("2026-03-02", "for 삼일절, a Sunday"),
        ("2026-05-05", "어린이날"),
        ("2026-05-25", "for 부처님오신날, a Sunday"),
        ("2026-08-17", "for 광복절, a Saturday"),
        ("2026-09-25", "추석"),
        ("2026-10-09", "한글날"),
        ("2026-12-25", "성탄절"),
        ("2027-01-01", "신정"),
        ("2027-02-09", "for 설날, a Sunday"),
        ("2027-09-15", "추석"),
        ("2028-01-27", "설날"),
        ("2028-10-05", "for 추석 on 개천절"),
        ("2035-03-01", "삼일절 of any year"),
        ("2026-11-28", "a Saturday"),
    ],
)
def test_nobody_works_on(off: str, name: str) -> None:
    assert not holidays.is_working_day(day(off)), name


@pytest.mark.parametrize("on", ["2026-02-13", "2026-02-19", "2026-09-28", "2027-02-10"])
def test_people_work_on(on: str) -> None:
    assert holidays.is_working_day(day(on))


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2026-11-25", 7, "2026-12-04"),  # nothing but a weekend between
        ("2026-02-13", 1, "2026-02-19"),  # 설날 and the weekend before it
        ("2026-09-22", 7, "2026-10-06"),  # 추석, and the substitute of 개천절
        ("2026-12-24", 1, "2026-12-28"),
    ],
)
def test_working_days_are_counted(start: str, count: int, end: str) -> None:
    assert holidays.working_days_after(day(start), count) == day(end)


def test_an_application_is_answered_in_working_days() -> None:
    received = Application(submitted_at=clock.start_of(day("2026-02-11")))
    assert received.answer_by == day("2026-02-25")  # without 설날 it would be the 20th


def test_a_transfer_is_due_and_looked_for_on_days_when_banks_work(settings: Any) -> None:
    settings.BANK_TRANSFER_DAYS = 3
    placed = clock.start_of(day("2026-09-21"))
    order = Order(created_at=placed, expires_at=placed)
    due = bank.deadline(order)
    assert due == clock.end_of(day("2026-09-28"))  # the 24th is the day before 추석
    assert bank.release_after(due) == clock.end_of(day("2026-09-29"))


def test_the_list_costs_a_process_one_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        for number in range(40):
            holidays.working_days_after(day("2026-01-01") + timedelta(days=number), 7)


# --- the secretariat's list -------------------------------------------------------------------


def test_a_holiday_is_added_and_removed_at_the_desk(
    cast: Cast, login: Any, django_capture_on_commit_callbacks: Any
) -> None:
    client, election = login("head_office"), day("2027-03-03")
    assert holidays.is_working_day(election)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/staff/holidays/", {"day": "2027-03-03", "name_ko": "대통령 선거일"})
    assert answer["Location"] == "/staff/holidays/"
    assert not holidays.is_working_day(election)
    row = Holiday.objects.get(day=election)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/staff/holidays/{row.pk}/remove/")
    assert holidays.is_working_day(election)
    verbs = Entry.objects.filter(verb__startswith="core.").values_list("verb", "actor_id")
    assert set(verbs) == {
        ("core.add_holiday", cast.head_office.pk),
        ("core.remove_holiday", cast.head_office.pk),
    }


@pytest.mark.parametrize("typed", ["2026-02-17", "2029-08-15", "yesterday", ""])
def test_a_day_is_listed_once_and_makes_sense(cast: Cast, login: Any, typed: str) -> None:
    before = Holiday.objects.count()
    answer = login("head_office").post("/staff/holidays/", {"day": typed, "name_ko": "쉬는 날"})
    assert set(answer.context["form"].errors) == {"day"}
    assert answer.context["form"]["name_ko"].value() == "쉬는 날"
    assert Holiday.objects.count() == before


@pytest.mark.parametrize(("rows", "year"), [(1, 2031), (3, 2033)])
def test_the_list_has_a_constant_query_count(
    cast: Cast, login: Any, django_assert_num_queries: Any, rows: int, year: int
) -> None:
    for number in range(rows):
        Holiday.objects.create(day=date(year, 2, number + 1), name_ko="설날")
    client = login("head_office")
    client.get("/staff/holidays/")
    with django_assert_num_queries(4):
        page = client.get(f"/staff/holidays/?year={year}")
    assert page.context["page"].paginator.count == rows


@pytest.mark.parametrize(
    ("query", "found"), [("", 34), ("year=2028", 8), ("year=never", 34), ("year=2020", 0)]
)
def test_the_filter_stands_in_the_address(cast: Cast, login: Any, query: str, found: int) -> None:
    page = login("head_office").get(f"/staff/holidays/?{query}")
    assert page.context["page"].paginator.count == found

"""Pages of keys: the same rows, from whichever end they are counted, and once where they are
searched for."""

from datetime import date, timedelta

import pytest
from django.test import RequestFactory

from kosna.core.lists import PER_PAGE, keys_of, page_by_keys
from kosna.core.models import Holiday

pytestmark = pytest.mark.django_db
COUNT = 4 * PER_PAGE + 3


@pytest.fixture
def days():
    Holiday.objects.all().delete()
    Holiday.objects.bulk_create(
        Holiday(day=date(2031, 1, 1) + timedelta(days=n), name_ko=f"쉬는 날 {n}")
        for n in range(COUNT)
    )
    return Holiday.objects.order_by("day").values_list("pk", flat=True)


def asked(number):
    return RequestFactory().get("/", {"page": number})


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 9999, "x"])
def test_a_page_holds_the_rows_that_its_number_names(days, number):
    every = list(days)
    page = keys_of(asked(number), days)
    first = (page.number - 1) * PER_PAGE
    assert list(page.object_list) == every[first : first + PER_PAGE]
    rows = page_by_keys(asked(number), days, Holiday.objects.all()).object_list
    assert [row.pk for row in rows] == every[first : first + PER_PAGE]


def test_a_late_page_is_read_from_the_end(days, django_assert_num_queries):
    with django_assert_num_queries(2) as asked_for:
        list(keys_of(asked(5), days).object_list)
    count, page = (query["sql"] for query in asked_for.captured_queries)
    assert "COUNT" in count
    assert "DESC" in page
    assert "OFFSET" not in page


def test_what_is_searched_for_is_read_once(days, django_assert_num_queries):
    with django_assert_num_queries(1):
        page = keys_of(asked(2), days, searched="날")
    assert page.paginator.count == COUNT
    assert len(page.object_list) == PER_PAGE


def test_an_empty_list_has_one_empty_page():
    keys = Holiday.objects.none().order_by("day").values_list("pk", flat=True)
    assert list(keys_of(asked(3), keys).object_list) == []

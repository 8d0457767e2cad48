"""Statements that are written once must answer as the query that they were written from."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from kosna.accounts.models import User
from kosna.audit.models import Entry
from kosna.branches.models import Appointment
from kosna.core import clock
from kosna.core.models import Counter
from kosna.core.prepared import Part, Prepared, PreparedUpdate, insert, insert_if_new
from tests import factories
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


def offices(user: int, day: date) -> QuerySet[Appointment]:
    return Appointment.objects.filter(user=user).on(day).select_related("branch")


def test_each_call_has_its_own_values(cast: Cast, django_assert_num_queries: Any) -> None:
    prepared: Prepared[Appointment] = Prepared(offices, user=int, day=date)
    today = clock.today()
    for user in (cast.officer, cast.treasurer, cast.account):
        for day in (today, today - timedelta(days=36500)):
            with django_assert_num_queries(1):
                found = prepared(user=user.pk, day=day)
                branches = [office.branch.code for office in found]
            assert found == list(offices(user.pk, day))
            assert branches == [office.branch.code for office in offices(user.pk, day)]


def test_tuples_come_as_tuples(cast: Cast) -> None:
    prepared: Prepared[tuple] = Prepared(
        lambda email: User.objects.filter(email=email).values_list("pk", "name"), email=str
    )
    assert prepared(email=cast.officer.email) == [(cast.officer.pk, cast.officer.name)]
    assert prepared(email="nobody@example.test") == []


@pytest.mark.parametrize("typed", ["하늘", "100%", "a_b", "back\\slash", "HANEUL", "없음"])
def test_a_part_of_a_text_is_looked_for_as_it_was_typed(typed: str) -> None:
    names = ["김하늘", "100% 소셜", "100 소셜", "a_b", "axb", "back\\slash", "haneul"]
    for name in names:
        factories.make_user(name)
    prepared: Prepared[tuple] = Prepared(
        lambda part: User.objects.filter(name__icontains=part).order_by("pk").values_list("name"),
        part=Part,
    )
    found = [(name,) for name in names if typed.casefold() in name.casefold()]
    assert prepared(part=typed) == found


@pytest.mark.parametrize("name", ["하늘", "100%", "%s", "it's", "back\\slash", "'; --"])
def test_what_never_changes_stands_in_the_statement_itself(
    name: str, django_assert_num_queries: Any
) -> None:
    """Beside a partial index, SQLite would plan the statement anew for each value handed over."""
    people = [factories.make_user(each) for each in (name, "다른 이")]
    prepared: Prepared[tuple] = Prepared(
        lambda user: User.objects.filter(name=name, pk=user).values_list("pk", "name"), user=int
    )
    with django_assert_num_queries(2):
        found = [prepared(user=person.pk) for person in people]
    assert found == [[(people[0].pk, name)], []]
    assert prepared._written.parameters == (("user", prepared._marks["user"]),)


def test_a_value_that_no_parameter_takes_is_an_error(cast: Cast) -> None:
    lost: Prepared[User] = Prepared(lambda user: User.objects.all(), user=int)
    with pytest.raises(LookupError):
        lost(user=cast.officer.pk)


def test_an_update_says_how_many_rows_it_changed(cast: Cast) -> None:
    renamed = PreparedUpdate(
        lambda user, name: (User.objects.filter(pk=user), {"name": name}), user=int, name=str
    )

    assert [renamed(user=cast.officer.pk, name="가"), renamed(user=0, name="나")] == [1, 0]
    assert renamed(user=cast.account.pk, name="다") == 1
    names = User.objects.filter(name__in=["가", "나", "다"]).order_by("name")
    assert [(user.pk, user.name) for user in names] == [
        (cast.officer.pk, "가"),
        (cast.account.pk, "다"),
    ]


def test_inserted_rows_are_those_that_were_given(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    facts = {"금액": 55_000, "lines": [1, None]}
    entries = [
        Entry(verb="x.y", actor=name, target_type="a.b", facts=facts, subjects=[7])
        for name in ("가", "나")
    ]
    with django_assert_num_queries(1):
        insert(entries)
    insert([])

    stored = list(Entry.objects.filter(verb="x.y").order_by("pk"))
    assert [entry.pk for entry in stored] == [entry.pk for entry in entries]
    for given, found in zip(entries, stored, strict=True):
        assert not given._state.adding
        assert [getattr(found, field.attname) for field in Entry._meta.concrete_fields] == [
            getattr(given, field.attname) for field in Entry._meta.concrete_fields
        ]


def test_an_insert_that_a_constraint_forbids_is_an_integrity_error(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        insert([User(email=cast.officer.email, name="또")])


def test_a_row_that_is_there_already_is_not_written_again() -> None:
    first, second = Counter(kind="방문", year=2026, value=1), Counter(kind="방문", year=2026)
    assert insert_if_new(first)
    assert not insert_if_new(second)
    assert second.pk is None
    assert Counter.objects.get(kind="방문") == first

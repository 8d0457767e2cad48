"""Statements that are written once must answer as the query that they were written from."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import QuerySet

from kosna.accounts.models import User
from kosna.branches.models import Appointment
from kosna.core import clock
from kosna.core.prepared import Prepared
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


def test_a_value_that_no_parameter_takes_is_an_error(cast: Cast) -> None:
    lost: Prepared[User] = Prepared(lambda user: User.objects.all(), user=int)
    with pytest.raises(LookupError):
        lost(user=cast.officer.pk)

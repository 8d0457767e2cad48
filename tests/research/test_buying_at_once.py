"""One reader clicks many times at once: one order, one right to read; with the twin."""

from collections.abc import Callable

import pytest
from django.db import connection

from kosna.accounts.models import User
from kosna.core.errors import Refused
from kosna.payments.models import Order
from research import actions
from research.models import Permit, Report
from tests import factories
from tests.events.test_rushes import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sold(db: None) -> Report:
    factories.make_branch("hq")
    return factories.make_report("sold", tiers=(factories.make_tier("regular"),), price=9_000)


def buys(report: Report, user: User) -> Callable[[], Order]:
    who, what = User.objects.get(pk=user.pk), Report.objects.get(pk=report.pk)
    return lambda: actions.buy_report(what, by=who)


def test_one_reader_buys_once(sold: Report) -> None:
    user = factories.make_user()
    answers = at_once(*[buys(sold, user) for _click in range(8)])
    assert all(isinstance(answer, Order | Refused) for answer in answers)
    assert Order.objects.count() == Permit.objects.count() == 1


def test_twin_without_the_index_buys_twice(sold: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """What keeps the second order away is the index, not the look before."""
    monkeypatch.setattr("research.actions.buying.unpaid_order", lambda report, user: None)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX permit_bought_once")
    try:
        user = factories.make_user()
        at_once(*[buys(sold, user) for _click in range(4)])
        assert Order.objects.count() == 4
    finally:
        Permit.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE UNIQUE INDEX permit_bought_once ON research_permit (report_id, user_id) "
                "WHERE ended_at IS NULL AND line_id IS NOT NULL"
            )

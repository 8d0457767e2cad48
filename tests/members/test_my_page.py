"""My page offers what works, and only that."""

from datetime import date

import pytest
import time_machine

from kosna.core import clock
from members.models import Member, Period
from tests import factories

pytestmark = pytest.mark.django_db
CARD, RENEW = "/members/card.pdf", "/members/renew/"


def offered(client) -> tuple[bool, bool]:
    """Whether the page offers the card, and a renewal."""
    page = client.get("/me/").content.decode()
    return CARD in page, RENEW in page


def test_card_and_renewal_are_offered_where_they_work(cast, login):
    with time_machine.travel("2026-06-15 12:00+09:00", tick=False):
        Period.objects.all().delete()
        row = cast.regular_member
        client = login("regular")

        def paid(ends_on: date | None) -> None:
            row.periods.all().delete()
            Period.objects.create(
                member=row, tier=row.tier, starts_on=date(2020, 1, 1), ends_on=ends_on
            )

        for ends_on, expected in [
            (date(2026, 12, 31), (True, False)),  # the next year is not payable yet
            (date(2025, 12, 31), (False, True)),
            (date(2023, 12, 31), (False, True)),
            (None, (True, False)),  # for life
        ]:
            paid(ends_on)
            assert offered(client) == expected, ends_on
            assert (client.get(CARD).status_code == 200) == expected[0]
        paid(date(2026, 12, 31))
        for status in (Member.Status.WITHDRAWN, Member.Status.EXPELLED):
            Member.objects.filter(pk=row.pk).update(status=status, ended_on=clock.today())
            assert offered(client) == (False, False)


def test_in_december_the_next_year_is_offered_until_it_is_paid(cast, login):
    with time_machine.travel("2026-12-15 12:00+09:00", tick=False):
        row = factories.make_member(cast.account, paid_until=date(2026, 12, 31))
        client = login("account")
        assert offered(client) == (True, True)
        Period.objects.create(
            member=row, tier=row.tier, starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31)
        )
        assert offered(client) == (True, False)


def test_a_seat_is_offered_the_card_but_no_bill(cast, login):
    with time_machine.travel("2026-06-15 12:00+09:00", tick=False):
        Period.objects.filter(member=cast.company).update(
            starts_on=date(2025, 1, 1), ends_on=date(2026, 12, 31)
        )
        assert offered(login("company_seat")) == (True, False)
        Period.objects.filter(member=cast.company).update(ends_on=date(2025, 12, 31))
        assert offered(login("company_seat")) == (False, False)
        assert offered(login("company_rep")) == (False, True)

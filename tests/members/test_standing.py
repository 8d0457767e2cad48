"""Standing follows from dates, at the moment it is asked; row and queryset agree."""

from datetime import date

import pytest

from members.models import Member, Period
from members.standing import standing_of, with_standing
from tests import factories

pytestmark = pytest.mark.django_db

CASES = [
    # paid until, asked on, standing
    (date(2026, 12, 31), date(2026, 12, 31), "good"),
    (date(2026, 12, 31), date(2027, 1, 1), "grace"),
    (date(2026, 12, 31), date(2027, 6, 30), "grace"),
    (date(2026, 12, 31), date(2027, 7, 1), "arrears"),
    (date(2026, 12, 31), date(2028, 1, 1), "arrears"),
    (date(2026, 8, 31), date(2026, 9, 1), "grace"),
    (None, date(2026, 1, 1), "arrears"),
]


@pytest.mark.parametrize(("paid_until", "on", "code"), CASES)
def test_standing_follows_from_dates(paid_until, on, code):
    member = factories.make_member(paid_until=paid_until)

    assert standing_of(member, on).code == code
    assert with_standing(Member.objects.all(), on).get().standing == code


def test_standing_for_life_never_lapses():
    member = factories.make_member(paid_until=None)
    Period.objects.create(member=member, tier=member.tier, starts_on=date(2020, 1, 1))

    assert standing_of(member, date(2090, 1, 1)).code == "good"
    assert with_standing(Member.objects.all(), date(2090, 1, 1)).get().standing == "good"


@pytest.mark.parametrize(
    ("status", "code"), [("admitted", "admitted"), ("withdrawn", "ended"), ("expelled", "ended")]
)
def test_standing_follows_from_status(status, code):
    member = factories.make_member(status=status, ended_on=date(2026, 5, 1))

    assert standing_of(member, date(2026, 6, 1)).code == code
    assert with_standing(Member.objects.all(), date(2026, 6, 1)).get().standing == code


def test_standing_ignores_void_and_future_periods():
    member = factories.make_member(paid_until=date(2027, 12, 31))
    assert standing_of(member, date(2026, 12, 31)).code == "arrears"
    assert with_standing(Member.objects.all(), date(2026, 12, 31)).get().standing == "arrears"

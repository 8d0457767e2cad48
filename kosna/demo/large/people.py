"""People and memberships."""

from collections.abc import Iterator
from datetime import date

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from kosna.accounts.models import User
from kosna.core import clock, korean
from kosna.core.models import Counter
from kosna.demo.large.filling import Filling, email_of, store
from kosna.demo.people import GIVEN, PASSWORD, SURNAMES
from kosna.founding import SINCE
from members import register
from members.models import Member, Period, Tier


def add_people(filling: Filling) -> None:
    password = make_password(PASSWORD)
    rng = filling.rng
    store(
        User(
            email=email_of(index),
            name=rng.choice(SURNAMES) + rng.choice(GIVEN),
            phone=f"+8210{index:08d}",
            password=password,
            created_at=filling.past(3_000),
        )
        for index in range(filling.scale.members)
    )
    users = User.objects.filter(email__startswith="person").order_by("pk")
    filling.users = list(users.only("pk", "email", "name", "phone"))
    store(
        EmailAddress(user=user, email=user.email, verified=True, primary=True)
        for user in filling.users
    )
    store(_members(filling))
    filling.members = list(Member.objects.filter(user__email__startswith="person").order_by("pk"))
    store(register.first_line(member) for member in filling.members)
    store(_periods(filling))


def _members(filling: Filling) -> Iterator[Member]:
    holders = Tier.objects.filter(code__in=["regular", "associate", "student"])
    tiers = [row for row in holders for _share in range(6 if row.code == "regular" else 2)]
    given: dict[int, int] = {}
    for user in filling.users:
        joined = clock.kst_date(filling.past((filling.today.year - SINCE) * 365))
        year = joined.year
        if year not in given:
            given[year] = filling.counter("member", year).value
        given[year] += 1
        yield Member(
            user=user,
            tier=filling.rng.choice(tiers),
            branch=filling.rng.choice(filling.branches),
            number=f"{joined:%y}-{given[year]:05d}",
            status=Member.Status.ACTIVE,
            joined_on=joined,
            name=user.name,
            search_text=" ".join(
                [
                    korean.fold(user.name),
                    korean.initials(user.name),
                    user.phone.replace("+82", "0"),
                    korean.fold(user.email),
                ]
            ),
        )
    for year, value in given.items():
        Counter.objects.filter(kind="member", year=year).update(value=value)


def _periods(filling: Filling) -> Iterator[Period]:
    """From the day of joining to the end of this year; every fifth stopped paying before."""
    for member in filling.members:
        last = filling.today.year - filling.rng.choice((0, 0, 0, 0, 1 + filling.rng.randrange(4)))
        ends_on = date(max(last, member.joined_on.year), 12, 31)
        yield Period(
            member=member, tier_id=member.tier_id, starts_on=member.joined_on, ends_on=ends_on
        )

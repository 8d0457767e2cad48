"""Who takes a booth at the exhibition: members' companies and others, paid, held and withheld."""

from datetime import timedelta

from events.actions import Company, assign_booth, book_booth, withhold_booth
from events.booth_offers import companies_of
from events.models import Booth
from kosna.core import clock
from kosna.demo import money
from kosna.demo.memberships import CARDS
from kosna.demo.people import account
from kosna.demo.registrations import EVERYBODY, choose_transfer, deposit, order_of
from kosna.demo.story import Story

EXPO = "socialtech-expo"
# Who, which booth, how many days ago, how they pay, and a name where it is no member's company.
BOOKED = (
    ("contact", "A2", 15, "card", ""),
    (EVERYBODY[3], "B1", 14, "card", "㈜봄들커뮤니케이션"),
    (EVERYBODY[9], "A1", 13, "card", "누림미디어"),
    ("solo", "D1", 12, "card", ""),
    ("corp", "A3", 10, "bank", ""),
    (EVERYBODY[13], "D2", 9, "card", "한결소프트"),
    (EVERYBODY[15], "C4", 6, "card", "㈜두레영상"),
)


def tell(story: Story) -> None:
    for key, number, days, pay, name in BOOKED:
        story.at(story.ago(days, 11), lambda key=key, n=number, name=name: _book(key, n, name))
        story.at(story.ago(days, 11, 10), lambda key=key, pay=pay: _pay(key, pay))
    # So much money waits for a second treasurer.
    story.at(story.ago(2, 16), lambda: _book("ceo", "A4", ""))
    story.at(story.ago(2, 16, 5), lambda: choose_transfer("ceo", EXPO))
    story.at(story.ago(1, 9, 30), lambda: deposit("ceo", EXPO, 1_100_000))
    story.at(story.ago(16, 9), lambda: withhold_booth(_booth("C5"), by=account("hq")))
    story.at(story.ago(1, 17), _given_by_staff)


def _booth(number: str) -> Booth:
    return Booth.objects.select_related("event__clock", "event__branch", "booth_type").get(
        event__slug=EXPO, number=number
    )


def _book(key: str, number: str, name: str) -> None:
    user = account(key)
    member = None if name else companies_of(user)[0]
    book_booth(_booth(number), company=Company(user, member, name), by=user)


def _pay(key: str, how: str) -> None:
    order = order_of(key, EXPO)
    if how == "bank":
        money.pay_by_bank(order, by=account("treasurer"), second=account("treasurer2"))
    else:
        money.pay_by_card(order, CARDS[sum(map(ord, key)) % len(CARDS)])


def _given_by_staff() -> None:
    """The city of Nuri shows what it does with its citizens: the head office holds a corner."""
    city = account("city")
    assign_booth(
        _booth("A6"),
        company=Company(city, companies_of(city)[0]),
        expires_at=clock.end_of(clock.today() + timedelta(days=10)),
        by=account("hq"),
    )

"""Who registered for what, who came, and orders in every state that an order can have."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random

from django.db import transaction
from django.db.models import Q

from events.actions import (
    Attendee,
    cancel_registration,
    check_in,
    issue_certificate,
    register,
)
from events.models import Event, Registration
from kosna.demo import money, provider, waiting
from kosna.demo.memberships import CARDS, TIER_OF_EACH, VETERANS, falls_behind
from kosna.demo.people import GIVEN, SURNAMES, account, background
from kosna.demo.story import Story
from kosna.payments.actions import (
    approve_refund,
    cancel_order,
    choose_bank_transfer,
    expire_order,
    hand_in_transfer_file,
    make_transfer_file,
    needs_account,
    reject_refund,
    request_refund,
)
from kosna.payments.models import Order, Refund, TransferFile
from members.models import Voter

MINUTES = timedelta(minutes=1)
EVERYBODY = [person.key for person, _branch in background()]
REGULARS = [
    key
    for index, key in enumerate(EVERYBODY)
    if TIER_OF_EACH[index % len(TIER_OF_EACH)] == "regular" and not falls_behind(index)
]


def tell(story: Story) -> None:
    _past_seminar(story)
    _citizen_classes(story)
    _priority_window(story)
    _nearly_full(story)
    _early_bird(story)
    _late_for_the_workshop(story)
    _others(story)
    _refunds(story)


def book(
    story: Story,
    at: datetime,
    key: str,
    slug: str,
    *,
    ticket: int = 0,
    guests: int = 0,
    pay: str = "card",
) -> None:
    """A registration for oneself and guests, paid by ``card``, ``bank`` or ``nothing`` for now, or
    waiting for a deposit into a virtual ``account`` (where there are some). Free ones settle by themselves."""
    names = _names(Random(f"{key} {slug}"))

    def place() -> None:
        user = account(key)
        rows = list(Event.objects.get(slug=slug).tickets.order_by("sort"))
        attendees = [Attendee(name=user.name, email=user.email, is_buyer=True)]
        attendees += [Attendee(name=next(names)) for _guest in range(guests)]
        register(ticket=rows[ticket], attendees=attendees, by=user)

    def settle() -> None:
        order = order_of(key, slug)
        if order.total == 0:
            return
        if pay == "account":
            money.wait_for_deposit(order)
        elif pay == "bank":
            money.pay_by_bank(order, by=account("treasurer"), second=account("treasurer2"))
        else:
            money.pay_by_card(order, CARDS[sum(map(ord, key)) % len(CARDS)])

    story.at(at, place)
    if pay != "nothing":
        story.at(min(at + 4 * MINUTES, story.now), settle)


def _names(rng: Random) -> Iterator[str]:
    while True:
        yield rng.choice(SURNAMES) + rng.choice(GIVEN)


def order_of(key: str, slug: str) -> Order:
    orders = Order.objects.filter(
        Q(lines__registration__event__slug=slug) | Q(lines__booth_booking__event__slug=slug)
    )
    return orders.filter(user__email=f"{key}@example.test").latest("pk")


def place_of(key: str, slug: str) -> Registration:
    return Registration.objects.filter(line__order=order_of(key, slug)).earliest("pk")


def _past_seminar(story: Story) -> None:
    slug = "daegu-sns-trend-seminar"
    visitors = EVERYBODY[:VETERANS:2]
    for index, key in enumerate(visitors):
        pay = "bank" if index % 4 == 3 else "card"
        book(story, story.ago(62 - index, 9 + index % 9), key, slug, pay=pay)
    book(story, story.ago(41, 13), "maria", slug, guests=1)
    book(story, story.ago(40, 11), "regular", slug)
    book(story, story.ago(39, 15), "contact", slug, guests=2)
    _door(story, story.ago(25, 13, 20), [*visitors[:14], "maria", "regular"], slug)
    story.at(story.ago(25, 13, 50), lambda: _whole_order("contact", slug))
    for key in (*visitors[:5], "maria"):
        story.at(story.ago(24, 9), lambda key=key: certify(key, slug))


def _citizen_classes(story: Story) -> None:
    past, today = "citizen-sns-class-10", "citizen-sns-class-11"
    for index, key in enumerate(EVERYBODY[20:34]):
        book(story, story.ago(40 - index, 19), key, past)
    _door(story, story.ago(18, 9, 40), EVERYBODY[20:30], past)
    for key in EVERYBODY[20:26]:
        story.at(story.ago(17, 9), lambda key=key: certify(key, past))
    for index, key in enumerate(("regular", "associate", "student", *EVERYBODY[:11])):
        book(story, story.ago(20 - index, 12), key, today)
    _door(story, story.now - 6 * MINUTES, EVERYBODY[:4], today)
    book(story, story.ago(1, 18), "regular", "citizen-sns-class-12")


def _door(story: Story, first: datetime, keys: list[str], slug: str) -> None:
    for index, key in enumerate(keys):
        story.at(first + index * MINUTES, _scanner(key, slug))


def _whole_order(key: str, slug: str) -> None:
    """The buyer and those they registered come in together."""
    event = Event.objects.get(slug=slug)
    for place in Registration.objects.filter(line__order=order_of(key, slug)).order_by("pk"):
        check_in(event=event, typed=place.secret, by=account("door"))


def _scanner(key: str, slug: str) -> Callable[[], object]:
    def scan() -> None:
        secret = place_of(key, slug).secret
        check_in(event=Event.objects.get(slug=slug), typed=secret, by=account("door"))

    return scan


@transaction.atomic
def certify(key: str, slug: str) -> None:
    """The certificate that the ticket's page gives to those who came."""
    place = Registration.objects.with_event().get(pk=place_of(key, slug).pk)
    issue_certificate(place, "ko")


def _priority_window(story: Story) -> None:
    """Members were quick; how each of them pays differs."""
    slug = "g-valley-social-data"
    opened = story.ahead(-2, 9)
    for index, key in enumerate(REGULARS[:22]):
        book(
            story,
            opened + index * 75 * MINUTES,
            key,
            slug,
            pay="bank" if index % 6 == 5 or index == 16 else "card",
        )
    book(story, opened + 50 * MINUTES, "contact", slug, guests=2)
    for index, key in enumerate(REGULARS[22:25]):
        at = opened + (65 + 20 * index) * MINUTES
        book(story, at, key, slug, pay="nothing")
        story.at(at + 5 * MINUTES, lambda key=key: choose_transfer(key, slug))
    partial, over = REGULARS[22], REGULARS[23]
    story.at(opened + 26 * 60 * MINUTES, lambda: deposit(partial, slug, 20_000))
    story.at(opened + 27 * 60 * MINUTES, lambda: deposit(over, slug, 55_000))
    book(story, story.now - 12 * MINUTES, REGULARS[25], slug, pay="nothing")


def choose_transfer(key: str, slug: str) -> None:
    order = order_of(key, slug)
    choose_bank_transfer(order, by=order.user)


def deposit(key: str, slug: str, amount: int) -> None:
    money.deposit(order_of(key, slug), amount, by=account("treasurer"))


def _nearly_full(story: Story) -> None:
    """37 of 40 seats in Busan, where others then wait; 18 of 20 in the course."""
    for index, key in enumerate(EVERYBODY[30:55]):
        book(story, story.ago(24 - index % 20, 8 + index % 12), key, "busan-small-business-sns",
             guests=1 if index % 2 else 0)  # fmt: skip
    waiting.tell(story, "busan-small-business-sns", EVERYBODY[55], (EVERYBODY[31], EVERYBODY[33]))
    for index, key in enumerate(EVERYBODY[:18]):
        pay = "bank" if index % 5 == 4 else "card"
        book(story, story.ago(32 - index, 20), key, "sns-expert-course", pay=pay)


def _early_bird(story: Story) -> None:
    slug = "ai-opinion-analysis"
    for index, key in enumerate(EVERYBODY[10:30]):
        book(story, story.ago(27 - index, 10 + index % 8), key, slug, ticket=index % 2)
    book(story, story.ago(13, 9), "corp", slug, guests=3, pay="bank")
    # One let the deadline pass, another thought better of it.
    book(story, story.ago(12, 9), "member31", slug, pay="nothing")
    story.at(story.ago(12, 10), lambda: expire_order(order_of("member31", slug)))
    book(story, story.ago(11, 9), "member32", slug, pay="nothing")
    story.at(story.ago(11, 9, 10), lambda: _cancel("member32", slug))
    story.at(story.ago(6, 11), lambda: _dispute("member12", slug))


def _cancel(key: str, slug: str) -> None:
    order = order_of(key, slug)
    cancel_order(order, by=order.user, reason="일정이 바뀌어 취소합니다.")


def _dispute(key: str, slug: str) -> None:
    provider.dispute(order_of(key, slug))


def _late_for_the_workshop(story: Story) -> None:
    """Eight seats. Somebody pays after the deadline, when the last one has gone: the money is
    kept, no ticket is given, and the treasurer has a task."""
    slug = "ai-opinion-analysis"
    for index, key in enumerate(EVERYBODY[40:47]):
        book(story, story.ago(20 - index, 15), key, slug, ticket=2)
    book(story, story.ago(9, 10), "solo", slug, ticket=2, pay="nothing")
    story.at(story.ago(9, 11), lambda: expire_order(order_of("solo", slug)))
    book(story, story.ago(8, 10), EVERYBODY[47], slug, ticket=2)
    story.at(story.ago(7, 10), lambda: money.pay_by_card(order_of("solo", slug)))


def _others(story: Story) -> None:
    for index, key in enumerate(REGULARS[:20]):
        book(story, story.ago(8 - index % 8, 8 + index % 4), key, "general-meeting")
    for index, key in enumerate(("maria", "solo")):
        story.at(story.ago(3, 9 + index), lambda key=key: _take_a_seat(key))
    for index, key in enumerate(EVERYBODY[::4]):
        book(story, story.ago(17 - index, 14), key, "socialtech-expo")
    book(story, story.ago(0, 9), EVERYBODY[57], "ai-opinion-analysis", pay="account")


def _take_a_seat(key: str) -> None:
    """At the general meeting, for whoever is on its roll."""
    user, event = account(key), Event.objects.get(slug="extraordinary-meeting")
    if Voter.objects.of(user).filter(meeting=event.meeting).exists():
        me = Attendee(name=user.name, email=user.email, is_buyer=True)
        register(ticket=event.tickets.get(), attendees=[me], by=user)


def _refunds(story: Story) -> None:
    """Half of an order given back, the whole of another, one asked for, one approved, one that failed,
    one that was rejected, and one so large that two people must agree."""
    ai, seminar = "ai-opinion-analysis", "daegu-sns-trend-seminar"
    story.at(story.ago(38, 10), lambda: _cancel_guest("maria", seminar))
    story.at(story.ago(37, 10), lambda: _approve("maria"))
    story.at(story.ago(37, 11), lambda: money.send_by_card(_refund("maria")))

    for key, days in (("member11", 4), ("member13", 5), ("member14", 7), ("member16", 3)):
        story.at(story.ago(days, 9), lambda key=key: _give_up(key, ai))
    story.at(story.ago(6, 13), lambda: _approve("member14"))
    story.at(story.ago(6, 14), lambda: money.send_by_card(_refund("member14")))
    story.at(story.ago(4, 11), lambda: _approve("member13"))
    story.at(story.ago(4, 12), lambda: money.send_by_card(_refund("member13"), fails=True))
    story.at(story.ago(2, 11), lambda: _approve("member16"))
    story.at(
        story.ago(1, 10), lambda: _ask("corp", "socialtech-expo", "전시 참가 계획이 바뀌었습니다.")
    )
    story.at(story.ago(5, 10), lambda: _ask("member17", ai, "전화로 취소를 문의했습니다."))
    story.at(story.ago(5, 15), lambda: _reject("member17", "동료에게 넘기기로 했습니다."))
    _by_transfer(story)


def _by_transfer(story: Story) -> None:
    """Four who paid by transfer give up: one has named no account yet, one is ready to be wired,
    one is in the file for the bank, one in the file that the bank has."""
    slug = "g-valley-social-data"
    silent, ready, filed, sent = (REGULARS[index] for index in (5, 11, 17, 16))
    for minute, key in enumerate((silent, ready, filed, sent)):
        at = story.ago(1, 14, 10 + minute)
        story.at(at, lambda key=key: _give_up(key, slug))
    for minute, key in enumerate((ready, filed, sent)):
        story.at(story.ago(1, 15, minute), lambda key=key: _approve(key))
    story.at(story.ago(1, 15, 30), lambda: _hand_in(sent))
    story.at(story.ago(1, 16), lambda: _gather(filed))


def _gather(key: str) -> TransferFile:
    """Into a file that was not handed in yet."""
    return make_transfer_file(Refund.objects.all(), [_refund(key).pk], by=account("treasurer"))


def _hand_in(key: str) -> None:
    hand_in_transfer_file(_gather(key), by=account("treasurer"))


def _cancel_guest(key: str, slug: str) -> None:
    """The second place of an order, the guest's."""
    place = Registration.objects.filter(line__order=order_of(key, slug)).latest("pk")
    cancel_registration(registration=place, reason="동행이 올 수 없게 되었습니다.", by=account(key))


def _give_up(key: str, slug: str) -> None:
    cancel_registration(
        registration=place_of(key, slug), reason="참석이 어렵습니다.", by=account(key)
    )


def _refund(key: str) -> Refund:
    return Refund.objects.filter(order__user__email=f"{key}@example.test").latest("pk")


def _approve(key: str) -> None:
    refund = _refund(key)
    if needs_account(refund.payment):
        money.name_account(refund)
    approve_refund(refund, by=account("treasurer"))


def _ask(key: str, slug: str, reason: str) -> None:
    """The secretariat asks for all of an order; the treasurer decides."""
    order = order_of(key, slug)
    request_refund(
        order=order, line=order.lines.get(), amount=order.total, reason=reason, by=account("hq")
    )


def _reject(key: str, reason: str) -> None:
    reject_refund(_refund(key), reason=reason, by=account("treasurer"))

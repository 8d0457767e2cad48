"""Who comes: an event that asks questions, colleagues named later, a ticket handed over, guests
without an account, and tickets that are given on application."""

from functools import partial
from typing import Any
from uuid import UUID

from events.actions import (
    Attendee,
    approve_request,
    decline_request,
    hand_over,
    name_places,
    prove_request,
    register,
    register_guest,
    request_as_guest,
    request_link,
    request_places,
    touch,
)
from events.models import Event, FormQuestion, PlaceRequest, Registration, Ticket
from kosna.accounts.guests import confirm
from kosna.accounts.models import Guest
from kosna.demo import money
from kosna.demo.memberships import CARDS
from kosna.demo.people import account
from kosna.demo.story import Story
from kosna.payments.actions.settlement import guest_link
from kosna.payments.models import Order

AI, CLASS, EXPO = "ai-opinion-analysis", "citizen-sns-class-12", "socialtech-expo"
LIMITED = 1  # of the fair: one person has so many of it
DECLINED = "이번 대담은 현업 분석가를 대상으로 합니다. 다음 회차에 모시겠습니다."
QUESTIONS: tuple[dict[str, Any], ...] = (
    {
        "scope": "order", "kind": "text", "sort": 0,
        "text_ko": "세금계산서를 받을 부서", "text_en": "Department for the tax invoice",
    },
    {
        "scope": "attendee", "kind": "choice", "sort": 1,
        "text_ko": "점심 식사", "text_en": "Lunch",
        "choices_ko": "한식\n채식\n기타", "choices_en": "Korean\nVegetarian\nOther",
    },
    {
        "scope": "attendee", "kind": "text", "sort": 2,
        "text_ko": "어떤 식사가 필요하십니까?", "text_en": "Which meal do you need?",
    },
    {
        "scope": "attendee", "kind": "several", "sort": 3,
        "text_ko": "관심 주제", "text_en": "Topics of interest",
        "choices_ko": "여론 분석\n생성형 AI\n데이터 수집",
        "choices_en": "Opinion analysis\nGenerative AI\nCollecting data",
    },
)  # fmt: skip


def tell(story: Story) -> None:
    story.at(story.ago(20, 10), _ask)
    story.at(story.ago(5, 10), _buy_for_colleagues)
    story.at(story.ago(5, 10, 5), lambda: money.pay_by_card(_order("contact"), CARDS[0]))
    story.at(story.ago(4, 15), _name_one)
    story.at(story.ago(3, 10), _hand_over)
    for number, (key, days) in enumerate(
        (("student", 6), ("solo", 4), ("account", 2), ("lapsed", 1))
    ):
        story.at(story.ago(days, 9 + number), partial(_request, key))
    story.at(story.ago(1, 16), lambda: approve_request(_asked("student"), by=account("hq")))
    story.at(story.ago(3, 16, 5), _decline)
    story.at(story.ago(2, 20), partial(_come_as_guest, AI, "임도경", 1))
    story.at(story.ago(2, 20, 3), _guest_pays)
    story.at(story.now, partial(_come_as_guest, CLASS, "유세라", 2))
    story.at(story.ago(1, 14), partial(_ask_as_guest, "문가온", 5))
    story.at(story.ago(1, 14, 10), partial(_guest_confirms, 5))
    story.at(story.ago(0, 8), partial(_ask_as_guest, "봉하늘", 6))
    story.at(story.now, partial(_come_as_guest, EXPO, "추다온", 7, LIMITED))
    for minute, (name, number) in enumerate((("국하람", 8), ("염시우", 9))):
        story.at(story.ago(3, 11, minute), partial(_ask_as_guest, name, number))
        story.at(story.ago(3, 12, minute), partial(_guest_confirms, number))
    story.at(story.ago(2, 16), lambda: approve_request(_of_guest(8), by=account("hq")))
    story.at(story.ago(2, 16, 5), partial(_decline_guest, 9))


def _ask() -> None:
    event = Event.objects.get(slug=AI)
    asked = [FormQuestion.objects.create(event=event, **facts) for facts in QUESTIONS]
    FormQuestion.objects.filter(pk=asked[2].pk).update(only_after=asked[1], only_if=3)
    touch(event)


def _meal(choice: str) -> dict[int, str]:
    return {FormQuestion.objects.get(text_en="Lunch").pk: choice}


def _buy_for_colleagues() -> None:
    user = account("contact")
    department = FormQuestion.objects.get(scope="order")
    register(
        ticket=_ticket(AI, 1),
        attendees=[
            Attendee("도예린", "do.yerin@example.test", "㈜가온소셜랩 연구소", answers=_meal("2")),
            *[Attendee("", affiliation="㈜가온소셜랩")] * 3,
        ],
        by=user,
        answers={department.pk: "기획실"},
    )


def _order(key: str) -> Order:
    orders = Order.objects.filter(lines__registration__event__slug=AI)
    return orders.filter(user__email=f"{key}@example.test").latest("pk")


def _name_one() -> None:
    order = _order("contact")
    place = Registration.objects.nameless().filter(line__order=order).earliest("pk")
    named = Attendee("표지안", "pyo.jian@example.test", "㈜가온소셜랩 영업팀", answers=_meal("1"))
    name_places(order, {place.pk: named}, by=account("contact"))


def _hand_over() -> None:
    """One cannot come; another colleague does."""
    place = Registration.objects.get(line__order=_order("contact"), name="도예린")
    to = Attendee("설한결", "seol.hangyeol@example.test", "㈜가온소셜랩 연구소", answers=_meal("1"))
    hand_over(place, to, by=account("contact"))


def _ticket(slug: str, sort: int) -> Ticket:
    return Event.objects.get(slug=slug).tickets.get(sort=sort)


def _request(key: str) -> None:
    user = account(key)
    me = Attendee(user.name, user.email, is_buyer=True, answers=_meal("1"))
    request_places(ticket=_ticket(AI, 3), attendees=[me], by=user)


def _asked(key: str) -> PlaceRequest:
    return PlaceRequest.objects.select_related("user").get(user__email=f"{key}@example.test")


def _decline() -> None:
    decline_request(_asked("solo"), reason=DECLINED, by=account("hq"))


def _decline_guest(number: int) -> None:
    decline_request(_of_guest(number), reason=DECLINED, by=account("hq"))


def _of_guest(number: int) -> PlaceRequest:
    requests = PlaceRequest.objects.select_related("user__guest")
    return requests.get(user=_guest(number).user)


def _guest(number: int) -> Guest:
    return Guest.objects.select_related("user").get(email=f"guest{number}@example.test")


def _come_as_guest(slug: str, name: str, number: int, sort: int = 0) -> None:
    email = f"guest{number}@example.test"
    register_guest(
        ticket=_ticket(slug, sort),
        attendees=[Attendee(name, email, is_buyer=True)],
        name=name,
        email=email,
        phone="+821055500000",
        form_key=UUID(int=number),
        language="ko",
        ip=None,
    )


def _ask_as_guest(name: str, number: int) -> None:
    email = f"guest{number}@example.test"
    request_as_guest(
        ticket=_ticket(AI, 3),
        attendees=[Attendee(name, email, is_buyer=True, answers=_meal("2"))],
        name=name,
        email=email,
        phone="+821055500000",
        form_key=UUID(int=number),
        language="ko",
        ip=None,
    )


def _guest_confirms(number: int) -> None:
    """Of those who asked without an account; one has not opened the link yet."""
    confirm(_guest(number))
    asked = _of_guest(number)
    prove_request(asked, by=asked.user)


def _guest_pays() -> None:
    guest = _guest(1)
    confirm(guest)
    money.pay_by_card(Order.objects.get(user=guest.user), CARDS[0])


def links() -> list[tuple[str, str]]:
    """The links in the mails of guests, which nobody reads here; what was erased has none."""
    shown = (
        (1, "Order, paid", guest_link),
        (7, "Order of a ticket of which one person has two, not confirmed", guest_link),
        (5, "Request that waits for a decision", request_link),
        (8, "Request that was approved, to be paid", request_link),
        (9, "Request that was declined", request_link),
        (6, "Request, not confirmed", request_link),
    )
    seeds = dict(Guest.objects.filter(erased_at=None).values_list("email", "seed"))
    found = [(told, seeds.get(f"guest{number}@example.test"), link) for number, told, link in shown]
    return [(told, link(seed)) for told, seed, link in found if seed]

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
from kosna.payments.models import Order

AI, CLASS = "ai-opinion-analysis", "citizen-sns-class-12"
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
    story.at(story.ago(1, 14, 10), _guest_confirms)
    story.at(story.ago(0, 8), partial(_ask_as_guest, "봉하늘", 6))


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
    reason = "이번 대담은 현업 분석가를 대상으로 합니다. 다음 회차에 모시겠습니다."
    decline_request(_asked("solo"), reason=reason, by=account("hq"))


def _come_as_guest(slug: str, name: str, number: int) -> None:
    email = f"guest{number}@example.test"
    register_guest(
        ticket=_ticket(slug, 0),
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


def _guest_confirms() -> None:
    """One of the two who asked without an account; the other has not opened the link yet."""
    guest = Guest.objects.select_related("user").get(email="guest5@example.test")
    confirm(guest)
    prove_request(PlaceRequest.objects.select_related("user").get(user=guest.user), by=guest.user)


def _guest_pays() -> None:
    guest = Guest.objects.select_related("user").get(email="guest1@example.test")
    confirm(guest)
    money.pay_by_card(Order.objects.get(user=guest.user), CARDS[0])

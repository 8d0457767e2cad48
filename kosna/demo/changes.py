"""Tickets changed: one online that pays to come, one who stays at home and gets the difference
back, one that the secretariat prepared on the phone; a guest who waits; how long answers are
kept."""

from functools import partial
from uuid import UUID

from events import actions
from events.actions import Attendee
from events.changes import quote_change
from events.models import Event, Registration, Ticket, TicketChange, WaitlistEntry
from kosna.accounts.guests import confirm
from kosna.accounts.models import Guest, User
from kosna.core import clock
from kosna.demo import money
from kosna.demo.memberships import CARDS
from kosna.demo.people import account
from kosna.demo.registrations import EVERYBODY, place_of
from kosna.demo.story import Story

AI, FULL = "ai-opinion-analysis", "busan-small-business-sns"
ON_SITE, ONLINE = 0, 1
COMES, STAYS, CALLS = (EVERYBODY[index] for index in (21, 20, 23))


def tell(story: Story) -> None:
    story.at(story.ago(3, 9), partial(_change, COMES, ON_SITE))
    story.at(story.ago(3, 9, 4), _pay)
    story.at(story.ago(3, 15), partial(_change, STAYS, ONLINE))
    story.at(story.ago(0, 0), partial(_change, CALLS, ON_SITE, "전화로 현장 참가를 요청했습니다."))
    story.at(story.ago(30, 15), _decide_keeping)
    story.at(story.ago(1, 11), partial(_wait_as_guest, 3, "유하준"))
    story.at(story.ago(1, 11, 5), _prove)
    story.at(story.ago(1, 12), partial(_wait_as_guest, 4, "서지우"))


def _change(key: str, sort: int, reason: str = "") -> None:
    place = Registration.objects.with_event().get(pk=place_of(key, AI).pk)
    tickets = Ticket.objects.with_room().select_related("event__clock")
    ticket = tickets.get(event__slug=AI, sort=sort)
    quote = quote_change(place, ticket, clock.now())
    by: User = account("hq") if reason else account(key)
    actions.change_ticket(place, ticket, quoted=(quote.new_price, quote.back), by=by, reason=reason)


def _pay() -> None:
    change = TicketChange.objects.select_related("line__order").get(
        registration=place_of(COMES, AI)
    )
    assert change.line
    money.pay_by_card(change.line.order, CARDS[0])


def _decide_keeping() -> None:
    actions.decide_keeping(days=60, reason="제3차 이사회 의결", by=account("hq"))


def _wait_as_guest(number: int, name: str) -> None:
    """Whether they have opened the link yet, the list shows."""
    email = f"guest{number}@example.test"
    actions.join_as_guest(
        ticket=Event.objects.get(slug=FULL).tickets.get(),
        attendees=[Attendee(name, email, is_buyer=True)],
        name=name,
        email=email,
        phone="+821055500000",
        form_key=UUID(int=number),
        language="ko",
        ip=None,
    )


def _prove() -> None:
    guest = Guest.objects.select_related("user").get(email="guest3@example.test")
    confirm(guest)
    entry = WaitlistEntry.objects.select_related("user__guest").get(user=guest.user)
    actions.prove(entry, by=entry.user)

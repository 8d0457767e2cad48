"""A full seminar: one is offered less than they want and lets an offer lapse, a member's turn has
come, others wait, and the branch moves one of them up."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from events import actions
from events.actions import Attendee
from events.models import Registration, Ticket, WaitlistEntry
from kosna.demo.people import account
from kosna.demo.story import Story
from kosna.payments.actions import accept_free, expire_order
from kosna.payments.models import Order

HOUR = timedelta(hours=1)


def tell(story: Story, slug: str, group: str, leavers: Sequence[str]) -> None:
    """``group`` wants five of the last three seats; each of ``leavers`` gives a guest's place up."""
    story.at(story.ago(4, 10), partial(join, group, slug, guests=4))
    story.at(story.ago(4, 11), partial(_accept, group, slug))
    story.at(story.ago(3, 10), partial(_give_up, leavers[0], slug))
    story.at(story.ago(2, 11), partial(_lapse, group, slug))
    story.at(story.ago(2, 12), partial(_accept, group, slug))
    for minute, key in enumerate(("account", "student", "jeju")):
        story.at(story.ago(2, 13, minute), partial(join, key, slug))
    story.at(story.ago(1, 9), partial(join, "lapsed", slug, guests=1))
    story.at(story.now - 2 * HOUR, partial(_give_up, leavers[1], slug))
    story.at(story.now - HOUR, partial(_move_up, "student", slug))


def join(key: str, slug: str, guests: int = 0) -> None:
    user = account(key)
    people = [Attendee(user.name, user.email, is_buyer=True)]
    people += [Attendee(f"{user.name} 동행 {n + 1}", user.email) for n in range(guests)]
    actions.join(ticket=Ticket.objects.get(event__slug=slug), attendees=people, by=user)


def _offer(key: str, slug: str) -> Order:
    offers = Order.objects.filter(
        lines__registration__event__slug=slug, lines__registration__waited__isnull=False
    )
    return offers.filter(user=account(key)).latest("pk")


def _accept(key: str, slug: str) -> None:
    accept_free(_offer(key, slug), by=account(key))


def _lapse(key: str, slug: str) -> None:
    expire_order(_offer(key, slug))
    actions.serve_lists()


def _give_up(key: str, slug: str) -> None:
    guests = Registration.objects.confirmed().filter(event__slug=slug, user=None)
    place = guests.filter(line__order__user=account(key)).latest("pk")
    reason = "동행이 올 수 없게 되었습니다."
    actions.cancel_registration(registration=place, reason=reason, by=account(key))
    actions.serve_lists()


def _move_up(key: str, slug: str) -> None:
    entry = WaitlistEntry.objects.waiting().get(event__slug=slug, user=account(key))
    actions.move_up(entry, reason="행사 진행을 돕기로 했습니다.", by=account("busan"))

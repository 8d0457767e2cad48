"""Places at an event, bought by card: what the tests of late and double payments share."""

from datetime import timedelta

from events.actions import Attendee, register
from events.models import Registration, Ticket
from kosna.accounts.models import User
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.documents.models import Document
from kosna.mail.models import Message
from kosna.payments import actions
from kosna.payments.models import Attempt, LedgerEntry, Order
from tests import factories

PRICE = 55_000


def seats(number: int, branch: Branch) -> Ticket:
    return factories.make_ticket(factories.make_event(branch=branch), capacity=number)


def take(ticket: Ticket, user: User) -> Order:
    """A place that is held until it is paid, 55,000 won."""
    buyer = Attendee(name=user.name, email=user.email, is_buyer=True)
    return register(ticket=ticket, attendees=[buyer], by=user)


def page_of(order: Order) -> Attempt:
    """The buyer stands on the payment page."""
    return actions.start_card_payment(order, by=order.user, language="ko")


def another_page(order: Order) -> Attempt:
    """A second page of one order, as if the first had never been there."""
    order.attempts.update(status=Attempt.Status.EXPIRED)
    return page_of(order)


def make_due(order: Order) -> None:
    """Its deadline has passed."""
    ago = clock.now() - timedelta(minutes=1)
    Order.objects.filter(pk=order.pk).update(expires_at=ago, release_at=ago)


def let_lapse(order: Order) -> Order:
    """The order expires, while its page stays open at the provider."""
    make_due(order)
    return actions.expire_order(order)


def place_of(order: Order) -> Registration:
    return Registration.objects.get(line__order=order)


def books(order: Order) -> int:
    return sum(LedgerEntry.objects.filter(order=order).values_list("amount", flat=True))


def mails(order: Order, template: str) -> int:
    return Message.objects.filter(template=template, user=order.user).count()


def valid_receipts(order: Order) -> list[str]:
    papers = Document.objects.valid().filter(key__startswith=f"receipt:{order.pk}:")
    return list(papers.values_list("code", flat=True))

"""Things that have been kept for as long as they had to be."""

from datetime import timedelta

from django.core.files.base import ContentFile

from events import actions as events
from events.models import Event, Registration
from kosna.accounts.models import User
from kosna.core import clock
from kosna.documents.models import Document
from kosna.mail import post
from kosna.mail.kept import empty_mails_of_closed_accounts
from kosna.mail.models import Message
from kosna.payments.actions import record_payment
from kosna.payments.models import Order
from kosna.retention.actions import close_account
from members import actions as members
from tests import factories
from tests.conftest import Cast
from tests.events.test_registering import ME
from tests.members.conftest import make_application

LONG_AGO = timedelta(days=6 * 366)


def grow_old(cast: Cast) -> User:
    """Six years ago somebody bought a ticket, was refused as a member and got mails; a month later
    they closed their account."""
    person, then = cast.account, clock.now() - LONG_AGO
    days = {"starts_at": then + timedelta(days=9), "ends_at": then + timedelta(days=10)}
    event = factories.make_event("old", branch=cast.busan, **days)
    with clock.standing_at(then):
        buy(event, person)
        application = make_application(person, cast.associate_tier, cast.busan, submitted=True)
        members.reject_application(application, reason="요건", basis="", by=cast.reviewer)
        post.deliver_due()
        keep_file_of(person)
    with clock.standing_at(then + timedelta(days=30)):
        close_account(ip=None, by=person)
        post.deliver_due()
        empty_mails_of_closed_accounts()
    return person


def buy(event: Event, person: User) -> Order:
    ticket = factories.make_ticket(event, prices={None: 30_000})
    order = events.register(ticket=ticket, attendees=[ME], by=person)
    record_payment(
        order=order,
        provider="bank",
        reference=order.code,
        method="bank",
        amount=order.total,
        received_at=clock.now(),
    )
    Registration.objects.update(email="me@example.test")
    order.refresh_from_db()
    return order


def keep_file_of(person: User) -> None:
    """The receipt was drawn: its file lies in the store."""
    document = Document.objects.get(kind=Document.Kind.RECEIPT, subject=person)
    document.file.save("old.pdf", ContentFile(b"%PDF-1.7"), save=True)


def send_old_mail(to: str) -> Message:
    with clock.standing_at(clock.now() - LONG_AGO):
        post.send("account_closed", [to], context={"name": "x", "is_kept": False})
        post.deliver_due()
    return Message.objects.get(to=to)

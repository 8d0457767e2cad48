"""Orders of people without an account: placed, taken into an account, erased in time."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Unpack
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from events.actions.answering import erase_answers
from events.actions.limits import refuse_hoarding_from
from events.actions.registering import Attendee, register
from events.actions.waiting import take_over
from events.models import (
    PlaceRequest,
    Registration,
    Ticket,
    Voucher,
    WaitingPlace,
    WaitlistEntry,
)
from kosna.accounts import guests
from kosna.accounts.models import Guest, User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.templatetags.ui import kdatetime
from kosna.documents.models import Document
from kosna.mail import post
from kosna.mail.models import Message
from kosna.payments import actions as payments
from kosna.payments.models import Order

# 전자상거래법 시행령 §6: records of contracts and payments are kept for five years. An order that
# came to nothing is no contract: a month, for those who ask what became of it.
KEPT = timedelta(days=5 * 366)
KEPT_IF_UNPAID = timedelta(days=30)
UNPAID = (Order.Status.EXPIRED, Order.Status.CANCELLED)


def register_guest(
    *,
    ticket: Ticket,
    attendees: Sequence[Attendee],
    form_key: UUID,
    seats_left: int | None = None,
    answers: Mapping[int, str] | None = None,
    voucher: Voucher | None = None,
    **who: Unpack[guests.Who],
) -> tuple[Guest, Order]:
    """As ``register``, at everybody's price; the link to the order goes to the address given. What
    costs nothing is held until the link was opened. A form sent twice gives the same order again.
    Raises Refused besides where too many seats are held from one place."""

    def make() -> tuple[Guest, Order]:
        refuse_hoarding_from(who["ip"], ticket, len(attendees))
        guest = guests.open_guest(form_key=form_key, **who)
        order = register(
            ticket=ticket,
            attendees=attendees,
            by=guest.user,
            seats_left=seats_left,
            answers=answers,
            voucher=voucher,
        )
        _send_link(guest, order)
        return guest, order

    return guests.once(form_key, make, _order_of)


def _order_of(guest: Guest) -> Order:
    """Raises Refused where the form was sent to wait, and nothing was offered yet."""
    order = Order.objects.filter(user=guest.user).order_by("pk").last()
    if order is None:
        raise Refused(_("This form was sent before. Please open the page again."))
    return order


def _send_link(guest: Guest, order: Order) -> None:
    with translation.override(guest.user.language):
        deadline = kdatetime(order.expires_at)
    post.send(
        "guest_order",
        [guest.email],
        language=guest.user.language,
        key=f"guest_order:{order.code}",
        context=payments.mail_facts(order) | {"is_free": not order.total, "deadline": deadline},
        user=guest.user,
        branch=order.branch,
    )


@transaction.atomic
def claim_order(order: Order, *, by: User) -> bool:
    """Moves a guest's order, its places and its papers into the account that has the same, verified
    address, with what still waits on a list. Whether a seat in it stays a name, as they have one of
    their own at the event. Raises Refused where the address is another, or the account waits too.
    """
    guest = guest_in_account(order.user_id, by)
    was, stays_a_name = guest.user_id, False
    Order.objects.filter(user=was).update(user=by)
    for place in Registration.objects.filter(user=was):
        try:
            with transaction.atomic():
                Registration.objects.filter(pk=place.pk).update(user=by)
        except IntegrityError:
            Registration.objects.filter(pk=place.pk).update(user=None)
            stays_a_name = True
    PlaceRequest.objects.filter(user=was).update(user=by)
    take_over(was, by)
    Document.objects.filter(subject=was).update(subject=by)
    Guest.objects.filter(pk=was).update(claimed_by=by)
    audit.record("events.claim_order", order, by=by, subjects=[by.pk, was])
    order.refresh_from_db()
    return stays_a_name


def guest_in_account(key: int, account: User) -> Guest:
    """A guest, locked, whose proven address is a verified one of this account. Raises Refused."""
    guest = Guest.objects.select_for_update().select_related("user").get(pk=key)
    verified = EmailAddress.objects.filter(user=account, verified=True, email__iexact=guest.email)
    if not guest.confirmed_at or not guest.email or not verified.exists():
        raise Refused(
            _("An order goes into the account whose verified e-mail address it was placed with.")
        )
    return guest


def erase_guests() -> int:
    """Takes name, address and number of guests away once nothing asks to keep them. Safe to run
    twice; returns how many."""
    now = clock.now()
    open_still = Order.objects.exclude(status__in=UNPAID).filter(
        Q(paid_at=None) | Q(paid_at__gte=now - KEPT)
    )
    lately = Order.objects.filter(status__in=UNPAID, closed_at__gte=now - KEPT_IF_UNPAID)
    lately_waited = WaitlistEntry.objects.filter(
        Q(status=WaitlistEntry.Status.WAITING)
        | Q(ended_at__gte=now - KEPT_IF_UNPAID)
        | Q(ended_at=None, joined_at__gte=now - KEPT_IF_UNPAID)
    )
    lately_asked = PlaceRequest.objects.filter(
        Q(status=PlaceRequest.Status.ASKED, event__ends_at__gte=now - KEPT_IF_UNPAID)
        | Q(status=PlaceRequest.Status.UNPROVEN, asked_at__gte=now - KEPT_IF_UNPAID)
        | Q(decided_at__gte=now - KEPT_IF_UNPAID)
    )
    due = Guest.objects.filter(erased_at=None, claimed_by=None).exclude(
        Q(user__in=open_still.values("user"))
        | Q(user__in=lately.values("user"))
        | Q(user__in=lately_waited.values("user"))
        | Q(user__in=lately_asked.values("user"))
    )
    erased = 0
    for guest in due.order_by("pk")[:1000]:
        erased += _erase(guest)
    return erased


@transaction.atomic
def _erase(guest: Guest) -> bool:
    done = Guest.objects.filter(pk=guest.pk, erased_at=None, claimed_by=None)
    if not done.update(email="", erased_at=clock.now()):
        return False
    User.objects.filter(pk=guest.pk).update(name="—", phone="")
    orders = Order.objects.filter(user=guest.pk)
    orders.update(buyer_name="—")
    payments.erase_papers([order.pk for order in orders])
    places = Registration.objects.filter(line__order__in=orders)
    places.update(name="—", email="", affiliation="", user=None)
    _erase_waiting(guest)
    _erase_requests(guest)
    erase_answers([order.pk for order in orders])
    Message.objects.filter(user=guest.pk).delete()
    audit.record("accounts.erase_guest", guest, subjects=[guest.pk])
    return True


def _erase_waiting(guest: Guest) -> None:
    entries = WaitlistEntry.objects.filter(user=guest.pk)
    entries.filter(status=WaitlistEntry.Status.UNPROVEN).update(
        status=WaitlistEntry.Status.LEFT, ended_at=clock.now()
    )
    entries.update(answers={})
    places = WaitingPlace.objects.filter(entry__in=entries)
    places.update(name="—", email="", affiliation="", answers={})


def _erase_requests(guest: Guest) -> None:
    now = clock.now()
    requests = PlaceRequest.objects.filter(user=guest.pk)
    requests.unended().update(
        status=PlaceRequest.Status.WITHDRAWN, decided_at=now, decided_by=guest.pk
    )
    nobody = {"name": "—", "email": "", "affiliation": "", "answers": {}}
    for asked in requests:
        places = [place | nobody for place in asked.places]
        PlaceRequest.objects.filter(pk=asked.pk).update(places=places, answers={}, erased_at=now)

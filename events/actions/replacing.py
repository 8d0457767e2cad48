"""An unpaid order is replaced by another over the same places, one of which costs something else.

Lines are never changed (docs/decisions/0026), and nothing has been paid for them yet.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from events.models import Extra, PlaceRequest, Registration, Ticket
from kosna.accounts.models import User
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions as payments
from kosna.payments.models import Attempt, Order, OrderLine
from kosna.payments.providers import bank


def replace_order(
    place: Registration, ticket: Ticket, price: int, *, until: datetime, by: User
) -> Order:
    """The order that holds the places of ``place``'s from now on, as ``held_until`` says. The old
    one is cancelled and holds nothing. Its row is locked; raises Refused where money is on its
    way."""
    old = place.line.order
    has_come = old.payments.exists() or old.noted.waiting().exists()
    if old.status != Order.Status.PENDING or has_come:
        raise Refused(_("Money has come for this order: change the ticket once it is paid."))
    if old.attempts.filter(status=Attempt.Status.PROCESSING).exists():
        raise Refused(_("The bank is still deciding about the payment. Please wait for it."))
    if old.user.is_unproven and not price:
        raise Refused(
            _("Please open the link in our e-mail first: it shows that the address is yours.")
        )
    lines = list(old.lines.order_by("pk"))
    # The form that ordered these places, sent again, leads to the order that has them.
    form_key = old.form_key
    old.change(form_key=None)
    order = payments.place_order(
        payable=old.payable,
        user=old.user,
        branch=old.branch,
        buyer_name=old.buyer_name,
        title_ko=old.title_ko,
        title_en=old.title_en,
        lines=[
            _changed(line, ticket, price) if line.pk == place.line_id else _as_it_was(line)
            for line in lines
        ],
        expires_at=held_until(old, until),
        form_key=form_key,
        by=by,
    )
    # How often a hold was prolonged follows from when it began: changing gives no time.
    order.change(created_at=old.created_at)
    for was, line in zip(lines, order.placed_lines, strict=True):
        Registration.objects.filter(line=was).update(line=line)
        Extra.objects.filter(line=was).update(line=line)
    old.form_answers.update(order=order)
    PlaceRequest.objects.filter(order=old).update(order=order)
    place.line = order.placed_lines[lines.index(place.line)]
    payments.cancel_order(old, by=by, reason=_("Replaced by order %(code)s") % {"code": order.code})
    return order


def held_until(old: Order, until: datetime) -> datetime:
    """No hold is prolonged by changing; and what was given for longer than any sale, as to who was
    let in or had waited, was given for that ticket: the new one is held until ``until``. Who chose
    a transfer keeps their days, as they would have by choosing it now."""
    if old.method not in Order.HELD_BY_THE_MINUTE:
        until = bank.end_of_transfer(clock.now())
    return min(old.expires_at, until)


def _as_it_was(line: OrderLine) -> payments.Line:
    return payments.Line(
        kind=line.kind,
        title_ko=line.title_ko,
        title_en=line.title_en,
        amount=line.amount,
        vat_class=OrderLine.VatClass(line.vat_class),
        tier=line.tier,
        standing=line.standing,
        refund_policy=line.refund_policy,
        list_price=line.list_price,
    )


def _changed(line: OrderLine, ticket: Ticket, price: int) -> payments.Line:
    event = ticket.event
    return payments.Line(
        kind=line.kind,
        of_ko=event.title_ko,
        of_en=event.title_en or event.title_ko,
        title_ko=ticket.name_ko,
        title_en=ticket.name_en or ticket.name_ko,
        amount=price,
        vat_class=OrderLine.VatClass(ticket.vat_class),
        tier=line.tier,
        standing=line.standing,
        refund_policy=event.refund_terms,
    )

"""A place becomes one of another kind of ticket (docs/decisions/0036): at once where that costs
nothing more; else on an order over the difference, which holds the new seat beside the old one
until it is paid. What money does to such orders stands in ``changes_paid``."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from events.actions.changes_ended import lock_places
from events.actions.limits import fewest_for, refuse_more_than_one_person_may
from events.actions.registering import lock_buyer
from events.actions.replacing import held_until, replace_order
from events.actions.seats import change_counts, lock_counters, take_instead, take_seats
from events.actions.session_places import leave_other_days
from events.actions.telling import tell_change_asked, tell_changed
from events.changes import ChangeQuote, quote_change
from events.models import Registration, Session, Ticket, TicketChange
from events.sign_ups import lost_with
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.templatetags.ui import won
from kosna.payments import actions as payments
from kosna.payments.models import Order, OrderLine

CHANGE_PAYABLE = "events.change"
Status = Registration.Status


@transaction.atomic
def change_ticket(
    place: Registration,
    ticket: Ticket,
    *,
    quoted: tuple[int, int],
    by: User,
    reason: str = "",
) -> Order | None:
    """Changes the ticket of a place, or begins to: returns the order that is to be paid for it, or
    None where it was done at once. ``quoted``: what was shown to be the new price, and to come
    back. ``by`` its buyer, or staff with a reason. Raises Refused: sold out, not open to whoever
    sits there, used, over, or quoted otherwise."""
    place, ticket, buyer = _locked(place, ticket)
    quote = quote_change(place, ticket, clock.now())
    if quote.refusals:
        raise Refused(*quote.refusals)
    if quoted != (quote.new_price, quote.back):
        raise Refused(
            _(
                "The new price is %(price)s and %(back)s come back by now. Nothing was changed. "
                "Please look again and confirm."
            )
            % {"price": won(quote.new_price), "back": won(quote.back)}
        )
    refuse_more_than_one_person_may(ticket, 1, buyer)
    was = place.ticket
    if place.status == Status.HELD:
        _refuse_wrong_counts(place, ticket, buyer)
        until = _deadline(place, by, clock.now())
        order = replace_order(place, ticket, quote.new_price, until=until, by=by)
        _write_done(place, ticket, (quote.new_price, quote.new_price), by, reason)
        lost = _swap(place, ticket)
        _record("events.change_ticket", place, quote, by, reason, was=was)
        payments.settle_free(order, by=by)
        if order.total and by.pk != order.user_id:
            tell_change_asked(place, was, ticket, order, lost)
        return order if order.total else None
    if quote.to_pay:
        return _ask(place, quote, by, reason)
    _change(place, quote, by, reason)
    return None


def _locked(place: Registration, ticket: Ticket) -> tuple[Registration, Ticket, User]:
    """As they stand now, behind the lock of the buyer."""
    lock_buyer(Order.objects.select_related("user").get(pk=place.line.order_id).user)
    # Another change of theirs may have replaced the order while this one waited.
    line, order = Registration.objects.values_list("line", "line__order").get(pk=place.pk)
    lock_places(Order(pk=order), [line])
    rows = Registration.objects.with_event().select_related("line__order__user", "user")
    place = rows.get(pk=place.pk)
    tickets = Ticket.objects.with_room().select_related("clock", "event__clock", "event__branch")
    return place, tickets.get(pk=ticket.pk), place.line.order.user


def _refuse_wrong_counts(place: Registration, ticket: Ticket, buyer: User) -> None:
    """An unpaid order holds of each ticket what one order may: else whoever orders a group and
    changes it would have single places of both. Paid places may become fewer (docs/decisions/0029).
    Raises Refused."""
    held = Registration.objects.filter(line__order=place.line.order_id).holding_seats()
    counts = Counter(held.values_list("ticket", flat=True))
    left, more = counts[place.ticket_id] - 1, counts[ticket.pk] + 1
    if 0 < left < fewest_for(place.ticket, buyer):
        wrong = place.ticket
    elif more > ticket.max_per_order:
        wrong = ticket
    else:
        return
    raise Refused(
        _(
            "One order holds %(min)s to %(max)s places of “%(ticket)s”. Cancel this order and "
            "register again instead."
        )
        % {
            "min": fewest_for(wrong, buyer),
            "max": wrong.max_per_order,
            "ticket": wrong.name,
        }
    )


def _swap(place: Registration, ticket: Ticket) -> list[Session]:
    """One seat for the other, in one step: what both draw on has room by it. Returns the sessions
    that the place left."""
    lock_counters(place.ticket_id, ticket.pk)
    change_counts({place.ticket_id: {"taken": -1}})
    now = Ticket.objects.in_bulk([place.ticket_id, ticket.pk])
    if not take_instead(now[ticket.pk], of=now[place.ticket_id]):
        raise Refused(_("Not enough seats are left. Please look at the other tickets."))
    Registration.objects.filter(pk=place.pk).update(ticket=ticket)
    place.ticket = ticket
    return leave_other_days(place)


def _change(place: Registration, quote: ChangeQuote, by: User, reason: str) -> None:
    """At the same price, or for less: what the ladder gives of the difference is requested."""
    was = place.ticket
    _write_done(place, quote.ticket, (quote.old_price, quote.new_price), by, reason)
    why = _("Changed to a cheaper ticket")
    for line, amount in quote.pieces:
        payments.request_line_refund(line.order, line, amount=amount, reason=why, by=by)
    _record("events.change_ticket", place, quote, by, reason, was=was, refund=quote.back)
    tell_changed(place, was, refund=quote.back, lost=_swap(place, quote.ticket))


def _write_done(
    place: Registration, ticket: Ticket, prices: tuple[int, int], by: User, reason: str
) -> None:
    """From when the place is of its kind, which is asked when it is handed over."""
    now = clock.now()
    TicketChange.objects.create(
        registration=place,
        was=place.ticket,
        becomes=ticket,
        old_price=prices[0],
        new_price=prices[1],
        reason=reason,
        by=by,
        asked_at=now,
        done_at=now,
    )


def _ask(place: Registration, quote: ChangeQuote, by: User, reason: str) -> Order:
    """The order over the difference; its seat is held beside the old one."""
    event, now, ticket = place.event, clock.now(), quote.ticket
    order = payments.place_order(
        payable=CHANGE_PAYABLE,
        user=place.line.order.user,
        branch=event.branch,
        buyer_name=place.line.order.buyer_name,
        title_ko=event.title_ko,
        title_en=event.title_en,
        lines=[_line(place, quote)],
        expires_at=_deadline(place, by, now),
        by=by,
    )
    TicketChange.objects.create(
        registration=place,
        was=place.ticket,
        becomes=ticket,
        old_price=quote.old_price,
        new_price=quote.new_price,
        line=order.placed_lines[0],
        reason=reason,
        by=by,
        asked_at=now,
    )
    _record("events.ask_for_change", place, quote, by, reason, order=order.code)
    if by.pk != order.user_id:
        lost = lost_with(place, ticket)
        tell_change_asked(place, place.ticket, ticket, order, lost)
    if not take_seats(ticket, 1):
        raise Refused(_("Not enough seats are left. Please look at the other tickets."))
    return order


def _line(place: Registration, quote: ChangeQuote) -> payments.Line:
    event, was, ticket = place.event, place.ticket, quote.ticket
    return payments.Line(
        kind="ticket_change",
        of_ko=event.title_ko,
        of_en=event.title_en or event.title_ko,
        title_ko=f"{was.name_ko} → {ticket.name_ko}",
        title_en=f"{was.name_en or was.name_ko} → {ticket.name_en or ticket.name_ko}",
        amount=quote.to_pay,
        vat_class=OrderLine.VatClass(ticket.vat_class),
        tier=place.line.tier,
        standing=place.line.standing,
        refund_policy=event.refund_terms,
    )


def held_after(place: Registration, *, by: User) -> datetime:
    """Until when the order would be held that a change puts in place of an unpaid one."""
    return held_until(place.line.order, _deadline(place, by, clock.now()))


def _deadline(place: Registration, by: User, now: datetime) -> datetime:
    """As long as any sale; where staff asked for it, as long as an offer, as the buyer is away."""
    is_buyer = by.pk == place.line.order.user_id
    hold = timedelta(minutes=settings.SEAT_HOLD_MINUTES)
    given = hold if is_buyer else timedelta(hours=place.event.offer_hours)
    return min(now + given, place.event.starts_at)


def _record(
    verb: str,
    place: Registration,
    quote: ChangeQuote,
    by: User,
    reason: str,
    **facts: Any,
) -> None:
    was = facts.pop("was", place.ticket)
    audit.record(
        verb,
        place,
        by=by,
        branch=place.event.branch_id,
        reason=reason,
        subjects=sorted({row for row in (place.user_id, place.line.order.user_id) if row}),
        was=str(was),
        becomes=str(quote.ticket),
        difference=quote.difference,
        **facts,
    )

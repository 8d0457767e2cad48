"""Places are given up: what each brings back is said first, and asked for once confirmed."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from events.actions.changes_ended import end_changes, lock_places
from events.actions.seats import give_back
from events.actions.telling import tell_cancelled
from events.changes import Part, parts_of
from events.models import Extra, Registration, TicketChange, with_hand_outs
from events.quotes import claimed_beside, claimed_of, quote_of
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.templatetags.ui import won
from kosna.payments import actions as payments
from kosna.payments.models import Order, OrderLine
from kosna.payments.payables import Quote

Status = Registration.Status


def cancellation_refusals(registration: Registration) -> list[str]:
    """Why this place cannot be given up now; empty when it can."""
    if registration.status != Status.CONFIRMED:
        return [_("Only a confirmed place can be cancelled.")]
    if registration.ladder.by_progress:  # a learner may leave a course while it runs
        if clock.now() >= registration.event.ends_at:
            return [_("The course is over.")]
        return []
    if registration.has_come:
        return [_("This ticket was used at the door.")]
    if clock.now() >= registration.event.starts_at:
        return [_("The event has begun; a place can be given up until then.")]
    return []


def quote(order: Order) -> list[Quote]:
    """What each place of an order and, behind it, what was paid to change it and its add-ons bring
    back now, why, and what stays: the one answer that the participant is shown, that a confirmation
    is held to, and that the treasurer reads."""
    places = Registration.objects.filter(line__order=order).with_event().order_by("pk")
    changes: dict[int, list[TicketChange]] = {}
    for change in TicketChange.objects.done().of_order(order).select_related("line__order"):
        changes.setdefault(change.registration_id, []).append(change)
    lines = [row.line for rows in changes.values() for row in rows if row.line]
    claimed = {**claimed_of(order), **claimed_beside(lines)}
    extras: dict[int, list[Extra]] = {}
    standing = Extra.objects.standing().filter(line__order=order)
    for extra in with_hand_outs(standing).select_related("addon", "line"):
        extras.setdefault(extra.registration_id, []).append(extra)
    quotes = []
    for place in places.prefetch_related("event__sessions"):
        own, *later = parts_of(place, changes.get(place.pk, ()))
        quotes.append(_quote_of(place, own, place.shown_name, claimed))
        for part in later:
            name = f"{place.shown_name} · {part.line.title}"
            quotes.append(_quote_of(place, part, name, claimed, goes_with=place.line_id))
        for extra in extras.get(place.pk, ()):
            name = f"{place.shown_name} · {extra.addon.name}"
            part = Part(extra.line, extra.line.amount)
            row = _quote_of(place, part, name, claimed, goes_with=place.line_id)
            if extra.given_at:  # type: ignore[attr-defined]
                row = replace(row, back=0, why=_("It was given out: its price does not come back."))
            quotes.append(row)
    return quotes


def _quote_of(
    place: Registration,
    part: Part,
    what: str,
    claimed: Mapping[int, int],
    goes_with: int | None = None,
) -> Quote:
    return quote_of(
        part.line,
        place.event,
        what=what,
        is_confirmed=place.status == Status.CONFIRMED,
        claimed=claimed.get(part.line.pk, 0),
        refusals=cancellation_refusals(place),
        goes_with=goes_with,
        worth=part.amount,
        day=place.ticket.day,
    )


@transaction.atomic
def cancel_places(
    order: Order,
    lines: Collection[int],
    *,
    quoted: int | None,
    by: User,
    reason: str = "",
) -> int:
    """Gives up the places of some lines of an order: the seats return at once, and what the ladder
    gives back (won, returned here) is requested, a refund for each. ``quoted`` is the sum that was
    shown; raises Refused, with the new one, when it is another by now, and when a place is used,
    over or not confirmed."""
    order = lock_places(order, lines)
    chosen = Registration.objects.filter(line__order=order, line__in=lines)
    end_changes(chosen, by=by)
    quotes = {each.line.pk: each for each in quote(order) if each.chosen_by in lines}
    if not quotes:
        raise Refused(_("Choose whose places are given up."))
    if reasons := {why for each in quotes.values() for why in each.refusals}:
        raise Refused(*sorted(reasons))
    total = sum(each.back for each in quotes.values())
    if quoted is not None and quoted != total:
        raise Refused(
            _(
                "What comes back has changed since you looked: it was %(old)s and is %(new)s now. "
                "Nothing was cancelled. Please look again and confirm."
            )
            % {"old": won(quoted), "new": won(total)}
        )
    for place in chosen.with_event().order_by("pk"):
        end_place(
            place,
            order,
            quotes[place.line_id].back,
            reason or _("Cancelled by the participant"),
            by,
            extras={
                line: each.back for line, each in quotes.items() if each.goes_with == place.line_id
            },
        )
    return total


def cancel_registration(
    *, registration: Registration, reason: str = "", by: User, quoted: int | None = None
) -> int:
    """Gives one place up; see ``cancel_places``."""
    line = registration.line
    return cancel_places(line.order, [line.pk], quoted=quoted, by=by, reason=reason)


def end_place(
    place: Registration,
    order: Order,
    amount: int,
    reason: str,
    by: User,
    *,
    extras: Mapping[int, int],
) -> None:
    """``amount`` comes back of its own line, and of those of its add-ons and of its changes, which
    may be of other orders, what ``extras`` says."""
    if not give_back([place], Status.CANCELLED, clock.now()):
        raise Refused(_("Somebody else has just changed this. Reload the page and look again."))
    amount = payments.request_line_refund(
        order, place.line, amount=amount, reason=reason, by=by, ends_line=True
    ) + sum(
        payments.request_line_refund(
            line.order, line, amount=extras[line.pk], reason=reason, by=by, ends_line=True
        )
        for line in OrderLine.objects.filter(pk__in=extras).select_related("order").order_by("pk")
    )
    audit.record(
        "events.cancel_registration",
        place,
        by=by,
        branch=place.event.branch,
        subjects=[person for person in (place.user_id, order.user_id) if person],
        reason=reason,
        refund=amount,
    )
    tell_cancelled(place, amount, reason)

"""Tickets given on application: asked for, approved or declined, and only then paid.

A request holds no seat. Approving one places an order, whose seats are taken by the counter of
every sale (docs/decisions/0005) and held until the deadline to pay; from there on it is an order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from events.actions.answering import write_answers
from events.actions.extras import asked_addons, chosen_addons, take_asked, write_extras
from events.actions.limits import (
    refuse_more_than_is_known,
    refuse_more_than_one_person_may,
    refuse_second_seat,
    same_person,
)
from events.actions.registering import (
    Attendee,
    hold_places,
    lock_buyer,
    offers_for,
    refuse_unless_open,
    refuse_wrong_count,
)
from events.actions.seats import take_seats
from events.actions.telling import tell_request
from events.actions.uses import refuse_hidden
from events.models import Event, PlaceRequest, Ticket, Voucher
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions as payments
from kosna.payments.models import Order

Status = PlaceRequest.Status


@transaction.atomic
def request_places(
    *,
    ticket: Ticket,
    attendees: Sequence[Attendee],
    by: User,
    answers: Mapping[int, str] | None = None,
    seats_left: int | None = None,
    voucher: Voucher | None = None,
) -> PlaceRequest:
    """Asks for places of a ticket that is given on application; for a guest, once their address is
    proven (``requesting_guests``). Raises Refused: not open to them, without a name that could be
    decided on, too many, asked already, registered already, or with a voucher, which would be used
    up before anybody has decided.
    ``seats_left`` decides nothing: seats are taken with the approval."""
    at = clock.now()
    if not ticket.needs_approval:
        raise Refused(_("This ticket needs no approval: please register."))
    if voucher:
        raise Refused(_("Vouchers do not go with tickets that are given on application."))
    if not all(attendee.name for attendee in attendees):
        told = _("This ticket is given on application: say for each place who comes.")
        raise Refused(told, field="later")
    refuse_wrong_count(ticket, len(attendees), by)
    refuse_hidden(ticket, None)
    refuse_unless_open(attendees, offers_for(ticket, attendees, by, at))
    chosen_addons(ticket, [attendee.extras for attendee in attendees])
    lock_buyer(by)
    refuse_more_than_is_known(ticket, len(attendees), by)
    refuse_second_request(ticket.event_id, attendees, same_person(by))
    try:
        with transaction.atomic():
            asked = PlaceRequest.objects.create(
                event=ticket.event,
                ticket=ticket,
                user=by,
                status=Status.UNPROVEN if by.is_unproven else Status.ASKED,
                asked_at=at,
                places=[asdict(attendee) for attendee in attendees],
                answers=dict(answers or {}),
            )
    except IntegrityError:
        raise asked_already() from None
    if asked.status == Status.ASKED:
        begin_request(asked, by=by)
    return asked


def begin_request(asked: PlaceRequest, *, by: User) -> None:
    """From here on it stands before those who decide."""
    audit.record(
        "events.request_places",
        asked.event,
        by=by,
        subjects=[by],
        ticket=asked.ticket_id,
        places=len(asked.places),
    )
    tell_request("request_received", asked)


def refuse_second_request(event: int, attendees: Sequence[Attendee], people: Sequence[int]) -> None:
    """One person has one undecided request at an event, and comes once: by the keys of all that
    they are, as ``same_person`` gives them. Raises Refused."""
    if PlaceRequest.objects.undecided().of_people(people).filter(event=event).exists():
        raise asked_already()
    if any(attendee.is_buyer for attendee in attendees):
        refuse_second_seat(event, people)


def asked_already() -> Refused:
    return Refused(_("You have asked for places at this event; please wait for the decision."))


@transaction.atomic
def approve_request(request: PlaceRequest, *, by: User) -> Order:
    """The places are held from now on, to be paid by the deadline; what costs nothing is theirs at
    once. Price and right, also to add-ons, are those of the moment at which they asked. Raises
    Refused: decided already, no seats or add-ons left, or the event has begun."""
    asked = locked_request(request, Status.ASKED)
    ticket = Ticket.objects.select_related("clock", "event__branch", "event__clock").get(
        pk=asked.ticket_id
    )
    at, attendees = clock.now(), attendees_of(asked)
    if at >= ticket.event.starts_at:
        raise Refused(_("The event has begun: nobody can be given a place any more."))
    if any(attendee.is_buyer for attendee in attendees):
        refuse_second_seat(asked.event_id, same_person(asked.user))
    refuse_more_than_one_person_may(ticket, len(attendees), asked.user)
    offers = offers_for(ticket, attendees, asked.user, asked.asked_at)
    refuse_unless_open(attendees, offers)
    deadline = min(at + timedelta(hours=ticket.hours_to_pay), ticket.event.starts_at)
    addons = asked_addons(ticket, [attendee.extras for attendee in attendees])
    order, places = hold_places(ticket, attendees, offers, asked.user, at, deadline, addons)
    extras = write_extras(places, addons, order.placed_lines[len(places) :])
    write_answers(order, places, attendees, {int(pk): v for pk, v in asked.answers.items()})
    asked.move_to(Status.APPROVED, order=order, decided_at=at, decided_by=by)
    audit.record(
        "events.approve_request",
        asked,
        by=by,
        branch=ticket.event.branch_id,
        subjects=[asked.user_id],
        order=order.code,
    )
    if order.total == 0:
        payments.settle_free(order, by=by)
    else:
        tell_request("request_approved", asked, order)
    if not take_seats(ticket, len(attendees)):
        raise Refused(_("Not enough seats are left for this request."))
    take_asked(extras)
    return order


@transaction.atomic
def decline_request(request: PlaceRequest, *, reason: str, by: User) -> None:
    """With a reason, which the person is told."""
    _decline(locked_request(request, Status.ASKED), reason, by)


def _decline(asked: PlaceRequest, reason: str, by: User) -> None:
    asked.move_to(Status.DECLINED, reason=reason, decided_at=clock.now(), decided_by=by)
    tell_request("request_declined", asked)
    audit.record(
        "events.decline_request",
        asked,
        by=by,
        branch=asked.event.branch_id,
        reason=reason,
        subjects=[asked.user_id],
    )


@transaction.atomic
def withdraw_request(request: PlaceRequest, *, by: User) -> None:
    asked = locked_request(request, *PlaceRequest.OPEN)
    asked.move_to(Status.WITHDRAWN, decided_at=clock.now(), decided_by=by)
    audit.record(
        "events.withdraw_request",
        asked,
        by=by,
        branch=asked.event.branch_id,
        subjects=[asked.user_id],
    )


def close_requests(event: Event, *, reason: str, by: User) -> None:
    """Of an event that is called off: whoever still waits for a decision is told."""
    for asked in event.place_requests.unended():
        try:
            with transaction.atomic():
                _decline(locked_request(asked, *PlaceRequest.OPEN), reason, by)
        except Refused:
            continue  # withdrawn or decided meanwhile


def attendees_of(asked: PlaceRequest) -> list[Attendee]:
    return [
        Attendee(
            place["name"],
            place["email"],
            place["affiliation"],
            place["is_buyer"],
            {int(pk): value for pk, value in place["answers"].items()},
            tuple(place.get("extras", ())),
        )
        for place in asked.places
    ]


def locked_request(request: PlaceRequest, *among: PlaceRequest.Status) -> PlaceRequest:
    """As it stands now, and nobody else deciding until this transaction is over. Raises Refused
    where its status is none of ``among``, or it went into an account meanwhile."""
    lock_buyer(request.user)
    found = PlaceRequest.objects.select_related("event__branch", "ticket", "user")
    asked = found.get(pk=request.pk)
    if asked.status == Status.UNPROVEN and asked.status not in among:
        raise Refused(_("The e-mail address of this request is not confirmed yet."))
    if asked.status not in among or asked.user_id != request.user_id:
        raise Refused(_("Somebody else has just changed this. Reload the page and look again."))
    return asked

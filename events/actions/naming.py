"""Who a place is for: named later, corrected, handed over to somebody else."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from events.actions.answering import replace_answers
from events.actions.registering import Attendee, refuse_more_free_places
from events.actions.telling import tell_handed_over, tell_named, tell_nameless
from events.changes import bought_as, bought_at, company_of, worth
from events.models import (
    Registration,
    RegistrationQuerySet,
    new_door_code,
    new_ticket_secret,
)
from events.offers import companions_as
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.korean import mask_name
from kosna.payments.models import Order
from members.access import entitlement

Status = Registration.Status
# KST calendar days before the event on which a buyer is asked for names that are still missing.
REMINDED_ON = (7, 2)


# --- named later ---


@transaction.atomic
def name_places(order: Order, names: Mapping[int, Attendee], *, by: User | None) -> int:
    """Names places (by key) that were bought without a name; those that are paid get their tickets.
    Returns how many. Raises Refused when one was named meanwhile, or the event has begun."""
    chosen = _locked(Registration.objects.filter(line__order=order, pk__in=names))
    for place in chosen:
        if place.name or place.released_at:
            raise Refused(_("Somebody else has just changed this. Reload the page and look again."))
        if clock.now() >= place.event.starts_at:
            raise Refused(_("The event has begun; names were taken until then."))
    for place in chosen:
        _write(place, names[place.pk])
        replace_answers(place, names[place.pk].answers)
        if place.is_ticket:
            tell_named(place, order)
    if chosen:
        audit.record(
            "events.name_places",
            order,
            by=by,
            branch=order.branch_id,
            subjects=[order.user_id],
            places=[place.pk for place in chosen],
        )
    return len(chosen)


def remind_names() -> int:
    """Asks the buyers of places without a name, seven days and two days before. Safe to run twice:
    each is asked once at each of these. Returns how many orders want names."""
    now = clock.now()
    horizon = clock.end_of(clock.kst_date(now + timedelta(days=max(REMINDED_ON))))
    soon = Registration.objects.confirmed().nameless().filter(event__starts_at__lte=horizon)
    wanting = soon.filter(event__starts_at__gt=now).select_related(
        "event__branch", "line__order__user"
    )
    by_order: dict[int, list[Registration]] = defaultdict(list)
    for place in wanting.order_by("pk"):
        by_order[place.line.order_id].append(place)
    for places in by_order.values():
        left = places[0].event.days_until(clock.kst_date(now))
        stage = min(day for day in REMINDED_ON if left <= day)
        with transaction.atomic():
            tell_nameless(places, places[0].line.order, f"{stage} days before")
    return len(by_order)


# --- corrected, handed over ---


def correcting_refusals(place: Registration) -> list[str]:
    """Why nothing about this ticket can be corrected now; empty when it can."""
    if place.status not in (Status.CONFIRMED, Status.HELD):
        return [_("This ticket is no longer valid.")]
    if place.has_come:
        return [_("This ticket was used at the door.")]
    if place.event.days_until(clock.today()) < 1:
        return [_("A ticket can be handed over until the day before the event.")]
    if any(change.is_waiting for change in place.changes.all()):
        return [_("A change waits for its payment: pay that order, or cancel it first.")]
    return []


def handing_refusals(place: Registration) -> list[str]:
    """Why this ticket cannot go to somebody else now; empty when it can."""
    if reasons := correcting_refusals(place):
        return reasons
    if place.event.meeting_id:
        return [
            _("This place is for a voter on the roll: give a proxy on the page of the meeting.")
        ]
    if place.ticket.needs_approval:  # who comes was decided on
        return [_("This ticket is given on application: ask the secretariat.")]
    return []


@transaction.atomic
def correct_details(place: Registration, *, email: str, affiliation: str, by: User | None) -> None:
    """Another affiliation, or another address for the same person: to a new address goes a new
    ticket, and the old one is void from then on. Raises Refused: used, or too late."""
    place = _one(place)
    if reasons := correcting_refusals(place):
        raise Refused(*reasons)
    moves = email != place.email
    _write(place, Attendee(place.name, email, affiliation), user=place.user_id, renew=moves)
    if moves and place.is_ticket:
        tell_named(place, place.line.order)
    _record("events.change_place", place, by, ticket_is_new=moves)


@transaction.atomic
def hand_over(place: Registration, to: Attendee, *, by: User | None) -> None:
    """The place is another person's from now on: the ticket and the code of whoever had it are void
    at once, and both are told. Raises Refused: used, too late, or not open to that person."""
    place = _one(place)
    if reasons := handing_refusals(place):
        raise Refused(*reasons)
    if not place.name:
        raise Refused(_("This place has no name yet."))
    person = None if _open_to_companions(place) else _entitled(place, to.email)
    before, had = place.name, place.user_id
    # Else a buyer who has all may name themselves and hand that place on, again and again.
    if by and by.pk == had == place.line.order.user_id and not place.line.amount:
        refuse_more_free_places(place.ticket, 0, by)
    if place.is_ticket:
        tell_handed_over(place, place.line.order)
    try:
        with transaction.atomic():
            _write(place, to, user=person.pk if person else None, renew=True)
            replace_answers(place, to.answers)
    except IntegrityError:
        raise Refused(_members_only(), field="email") from None
    if place.is_ticket:
        tell_named(place, place.line.order)
    names = {"was": mask_name(before), "is_now": mask_name(to.name)}
    _record("events.hand_over", place, by, had, **names)


def is_for_members(place: Registration) -> bool:
    """Whether only a member with an account can take this ticket over."""
    return not _open_to_companions(place)


def _open_to_companions(place: Registration) -> bool:
    """The rule that the page publishes: a ticket goes to whoever could have bought it at the moment
    and at the price at which it was bought. Colleagues could, as their buyer registered them; what
    a company took for one of its people goes to whom it names."""
    if company_of(place) and not place.user_id:
        return True
    then = bought_at(place)
    return _could_have_bought(place, companions_as(bought_as(place, then), then))


def _entitled(place: Registration, email: str) -> User:
    """The member who has this verified address. One answer for every no, so that nobody learns here
    whose address is a member's."""
    people = User.objects.filter(
        is_active=True, emailaddress__email__iexact=email, emailaddress__verified=True
    )
    person = people.first()
    if person is None or not _could_have_bought(place, person):
        raise Refused(_members_only(), field="email")
    return person


def _members_only() -> str:
    return _(
        "This ticket was bought on a member's own terms. It can only go to the account of a member "
        "who could have bought it at that moment and price and has no ticket for this event yet."
    )


def _could_have_bought(place: Registration, person: object) -> bool:
    then = bought_at(place)
    decision = entitlement(person, place.ticket, then)
    return decision.allowed and decision.price is not None and decision.price <= _cost(place, then)


def _cost(place: Registration, then: datetime) -> int:
    """What it cost whoever took it, vouchers and the like left aside."""
    buyer = bought_as(place, then)
    if not place.user_id:
        buyer = companions_as(buyer, then)
    return max(worth(place), entitlement(buyer, place.ticket, then).price or 0)


def _one(place: Registration) -> Registration:
    return _locked(Registration.objects.filter(pk=place.pk))[0]


def _locked(places: RegistrationQuerySet) -> list[Registration]:
    """As they stand now; the door locks the same rows, and nobody is admitted meanwhile. Read once
    they are locked: whoever came in while this waited is seen."""
    keys = list(places.order_by("pk").select_for_update().values_list("pk", flat=True))
    rows = Registration.objects.filter(pk__in=keys).with_event()
    return list(rows.select_related("line__order__user").order_by("pk"))


def _write(
    place: Registration, to: Attendee, *, user: int | None = None, renew: bool = False
) -> None:
    """``renew``: another secret and another code, so that the old ones open nothing."""
    changes: dict[str, object] = {
        "name": to.name,
        "email": to.email,
        "affiliation": to.affiliation,
        "user_id": user,
    }
    if renew:
        changes |= {"secret": new_ticket_secret(), "code": new_door_code()}
    Registration.objects.filter(pk=place.pk).update(**changes)
    for name, value in changes.items():
        setattr(place, name, value)


def _record(
    verb: str, place: Registration, by: User | None, *had: int | None, **facts: Any
) -> None:
    people = {place.user_id, place.line.order.user_id, *had}
    audit.record(
        verb,
        place,
        by=by,
        branch=place.event.branch_id,
        subjects=[person for person in people if person],
        **facts,
    )

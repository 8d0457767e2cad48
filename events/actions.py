"""What happens to events, seats and people at the door. Locks in the order buyer → ticket → order
→ payment, but for a new order, which nobody else can lock; a seat is taken and given back by one
conditional UPDATE each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, F, Q, QuerySet, Subquery, Sum, TextChoices
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import CheckIn, Event, Registration, Ticket, new_version
from events.offers import Offer, State, companions_as, offer_of
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.prepared import Prepared
from kosna.core.templatetags.ui import kdatetime
from kosna.documents import actions as documents
from kosna.documents.models import Document
from kosna.mail import post
from kosna.payments import actions as payments
from kosna.payments.models import Order, OrderLine, Refund
from members.access import memberships_of

PAYABLE = "events.registration"
Status = Registration.Status


@dataclass(frozen=True)
class Attendee:
    name: str
    email: str = ""
    affiliation: str = ""
    is_buyer: bool = False


# --- seats ---


def take_seats(ticket: Ticket, count: int) -> bool:
    """Takes seats if there are so many: the one guard against overselling, on both databases. The
    database's own CHECK stands behind it."""
    free = Ticket.objects.filter(
        pk=ticket.pk, is_on_sale=True, is_shown=True, taken__lte=F("capacity") - count
    )
    return bool(free.update(taken=F("taken") + count))


def give_back(registrations: Iterable[Registration], status: str, at: datetime) -> int:
    """Ends registrations and returns their seats. Only a row that still holds its seat returns it,
    so no second cancellation, expiry or refund can return it twice. Returns how many did."""
    returned = 0
    for registration in registrations:
        held = Registration.objects.filter(pk=registration.pk, released_at=None)
        if held.update(status=status, released_at=at):
            Ticket.objects.filter(pk=registration.ticket_id).update(taken=F("taken") - 1)
            returned += 1
    return returned


def recount(ticket: Ticket) -> int:
    """How many seats its registrations hold: what ``ticket.taken`` must say."""
    return ticket.registrations.holding_seats().count()


# --- registering ---


def register(
    *, ticket: Ticket, attendees: Sequence[Attendee], by: User, seats_left: int | None = None
) -> Order:
    """Takes seats for oneself and for colleagues on one order; every price is reckoned here.

    Raises Refused: not open to this buyer, or to their companions, too many, sold out, or already
    registered. A free order is settled at once. ``seats_left`` as the caller has just read them:
    where they are too few, nobody waits for the lock to be told so.
    """
    at = clock.now()
    if not 1 <= len(attendees) <= ticket.max_per_order:
        raise Refused(_("One order holds 1 to %(max)s places.") % {"max": ticket.max_per_order})
    offers = _offers_for(ticket, attendees, by, at)
    _refuse_unless_open(attendees, offers)
    if seats_left is not None and seats_left < len(attendees):
        raise _sold_out()
    with transaction.atomic():
        if any(offer.price for offer in offers):  # a free place waits for no payment
            lock_buyer(by)
            refuse_hoarding(ticket, len(attendees), by)
        with audit.together():
            order = _fill_seats(ticket, attendees, offers, by, at)
        # Last: from here on the next buyer waits, until all of this is committed or undone.
        if not take_seats(ticket, len(attendees)):
            raise _sold_out()
    return order


def _refuse_unless_open(attendees: Sequence[Attendee], offers: list[Offer]) -> None:
    """Says for whom it is not open, and what the buyer can do instead."""
    closed = [
        (attendee, offer)
        for attendee, offer in zip(attendees, offers, strict=True)
        if not offer.is_open
    ]
    own = {offer.reason or str(offer.label) for attendee, offer in closed if attendee.is_buyer}
    if own:
        raise Refused(*own)
    if not closed:
        return
    reasons = [_why_no_colleague(attendee.name, offer) for attendee, offer in closed]
    if any(attendee.is_buyer for attendee in attendees):
        reasons.append(_("Register yourself now, and your colleagues when it opens for them."))
    raise Refused(*reasons)


def _why_no_colleague(name: str, offer: Offer) -> str:
    if offer.state == State.LATER and offer.opens_at:
        when = kdatetime(offer.opens_at)
        return _("%(name)s can be registered from %(when)s.") % {"name": name, "when": when}
    if offer.state == State.MEMBERS:
        return _("%(name)s cannot be registered: this ticket is for members.") % {"name": name}
    return offer.reason or str(offer.label)


def _sold_out() -> Refused:
    return Refused(_("Not enough seats are left. Please look at the other tickets."))


def _fill_seats(
    ticket: Ticket, attendees: Sequence[Attendee], offers: list[Offer], by: User, at: datetime
) -> Order:
    """The order and its places, which are real once their seats are taken."""
    order = _place_order(ticket, offers, by, at)
    registrations = [
        Registration(
            event=ticket.event,
            ticket=ticket,
            line=line,
            name=attendee.name,
            email=attendee.email,
            affiliation=attendee.affiliation,
            user=by if attendee.is_buyer else None,
            created_at=at,
        )
        for attendee, line in zip(attendees, order.placed_lines, strict=True)
    ]
    try:
        Registration.objects.bulk_create(registrations)
    except IntegrityError:
        raise Refused(
            _("You are already registered for this event. My page shows your ticket.")
        ) from None
    audit.record(
        "events.register",
        ticket.event,
        by=by,
        subjects=[by],
        order=order.code,
        places=len(attendees),
    )
    if order.total == 0:
        payments.settle_free(order, by=by)
    return order


_buyer: Prepared[tuple] = Prepared(
    lambda user: User.objects.filter(pk=user).select_for_update(no_key=True).values_list("pk"),
    user=int,
)
_unpaid: Prepared[tuple] = Prepared(
    lambda event, user: Registration.objects.filter(event=event).unpaid_of(user).values_list("pk"),
    event=int,
    user=int,
)


def lock_buyer(by: User) -> None:
    """One buyer registers once at a time, whatever the ticket; others never wait for them. On
    SQLite the transaction itself, begun IMMEDIATE, is the lock."""
    if connection.features.has_select_for_update:
        _buyer(user=by.pk)


def refuse_hoarding(ticket: Ticket, count: int, by: User) -> None:
    """The buyer's unpaid places in an event, with these, stay within one order's. Raises Refused;
    the buyer's row is locked."""
    held = len(_unpaid(event=ticket.event_id, user=by.pk))
    if held + count > ticket.max_per_order:
        raise Refused(
            _(
                "You hold %(held)s unpaid places in this event; one person holds at most %(max)s. "
                "Please pay or cancel that order first: My page shows it under Orders."
            )
            % {"held": held, "max": ticket.max_per_order}
        )


def _offers_for(
    ticket: Ticket, attendees: Sequence[Attendee], by: User, at: datetime
) -> list[Offer]:
    # Seats are left to take_seats, which alone can know.
    mine = theirs = offer_of(ticket, by, at, taken=0)
    if not all(attendee.is_buyer for attendee in attendees):
        companions = companions_as(by, at)
        theirs = mine if companions is by else offer_of(ticket, companions, at, taken=0)
    return [mine if attendee.is_buyer else theirs for attendee in attendees]


def _place_order(ticket: Ticket, offers: list[Offer], by: User, at: datetime) -> Order:
    event = ticket.event
    held = memberships_of(by, at)
    return payments.place_order(
        payable=PAYABLE,
        user=by,
        branch=event.branch,
        buyer_name=by.name,
        title_ko=event.title_ko,
        title_en=event.title_en,
        lines=[
            payments.Line(
                kind="ticket",
                title_ko=f"{event.title_ko} · {ticket.name_ko}",
                title_en=f"{event.title_en or event.title_ko} · {ticket.name_en or ticket.name_ko}",
                amount=offer.price or 0,
                list_price=offer.everyone_price,
                vat_class=OrderLine.VatClass(ticket.vat_class),
                tier=held[0].tier.code if held else "",
                standing=held[0].standing if held else "",
                refund_policy=event.refund_policy,
            )
            for offer in offers
        ],
        by=by,
    )


# --- what money does (kosna.payments.payables; the order's row is locked) ---


def on_paid(order: Order) -> None:
    """Confirms the places of an order. One paid late gets its seat back if it is still free."""
    places = list(_places(order))
    if any(place.event.status == Event.Status.CANCELLED for place in places):
        raise Refused(_("The event was cancelled before the payment arrived."))
    late = [place for place in places if place.status == Status.EXPIRED]
    if late and not take_seats(late[0].ticket, len(late)):
        if order.paid_at and order.paid_at <= order.expires_at:
            raise Refused(_("The payment was in time, but it was seen when the seats were gone."))
        raise Refused(_("The payment arrived after the deadline, and the seats are gone."))
    try:
        with transaction.atomic():
            confirmed = Registration.objects.filter(
                pk__in=[place.pk for place in places],
                status__in=[Status.HELD, Status.EXPIRED],
            ).update(status=Status.CONFIRMED, released_at=None, confirmed_at=clock.now())
    except IntegrityError:
        raise Refused(_("This person has registered again meanwhile.")) from None
    if confirmed:
        _tell_confirmed(places, order)


def on_expired(order: Order) -> None:
    """The hold has ended, or the buyer gave up: the seats return."""
    ended = Status.CANCELLED if order.status == Order.Status.CANCELLED else Status.EXPIRED
    held = [place for place in _places(order) if place.status == Status.HELD]
    give_back(held, ended, clock.now())


def on_unpaid(order: Order) -> None:
    """The money was another's: places wait for theirs again, or go back where the order had expired
    before. Raises Refused when somebody has come in with one of these tickets."""
    places = [place for place in _places(order) if place.status == Status.CONFIRMED]
    keys = [place.pk for place in places]
    if CheckIn.objects.filter(registration__in=keys).exists():
        raise Refused(
            _("A ticket of this order was used at the door. Collect the money instead of this.")
        )
    if order.status == Order.Status.PENDING:
        confirmed = Registration.objects.filter(pk__in=keys, status=Status.CONFIRMED)
        confirmed.update(status=Status.HELD, confirmed_at=None)
    else:
        give_back(places, Status.EXPIRED, clock.now())


def on_refunded(refund: Refund) -> None:
    """A refund that takes its place back ends it, unless its own cancellation already did."""
    if not refund.takes_back():
        return
    places = Registration.objects.filter(line=refund.line_id, status=Status.CONFIRMED)
    for place in places.with_event():
        if give_back([place], Status.CANCELLED, clock.now()):
            _tell_cancelled(place, refund.amount, refund.reason)


def _places(order: Order) -> Iterable[Registration]:
    if hasattr(order, "placed_lines"):  # in the transaction that places it
        return [line.registration for line in order.placed_lines]
    return (
        Registration.objects.filter(line__order=order)
        .select_related("event__branch", "ticket")
        .order_by("ticket", "pk")
    )


# --- giving a place up ---


def cancellation_refusals(registration: Registration) -> list[str]:
    """Why this place cannot be given up now; empty when it can."""
    if registration.status != Status.CONFIRMED:
        return [_("Only a confirmed place can be cancelled.")]
    if registration.has_come:
        return [_("This ticket was used at the door.")]
    if clock.now() >= registration.event.starts_at:
        return [_("The event has begun; a place can be given up until then.")]
    return []


@transaction.atomic
def cancel_registration(*, registration: Registration, reason: str = "", by: User) -> int:
    """Gives a place up: the seat returns at once, and what the ladder gives back (won, returned
    here) is requested as a refund. Raises Refused when it is used, over or not confirmed."""
    order = Order.objects.select_for_update().get(pk=registration.line.order_id)
    # The door locks the same row: whoever is being admitted has come, and is seen below.
    Registration.objects.select_for_update().get(pk=registration.pk)
    place = Registration.objects.with_event().get(pk=registration.pk)
    if reasons := cancellation_refusals(place):
        raise Refused(*reasons)
    quote = place.refund_quote(clock.today())
    _end(place, order, quote, reason or _("Cancelled by the participant"), by)
    return quote


def _end(place: Registration, order: Order, amount: int, reason: str, by: User) -> None:
    if not give_back([place], Status.CANCELLED, clock.now()):
        raise Refused(_("Somebody else has just changed this. Reload the page and look again."))
    audit.record(
        "events.cancel_registration",
        place,
        by=by,
        branch=place.event.branch,
        subjects=[person for person in (place.user_id, order.user_id) if person],
        reason=reason,
        refund=amount,
    )
    _tell_cancelled(place, amount, reason)
    amount = min(amount, _unclaimed(place.line))
    if amount:
        payments.request_refund(
            order=order, line=place.line, amount=amount, ends_line=True, reason=reason, by=by
        )


def _unclaimed(line: OrderLine) -> int:
    """Won of a line that no refund has asked for yet."""
    claims = line.refunds.filter(status__in=Refund.CLAIMS)
    return line.amount - (claims.aggregate(sum=Sum("amount"))["sum"] or 0)


# --- mails ---


def ticket_facts(place: Registration, language: str) -> dict[str, str]:
    """Plain facts for mails and papers, in one language."""
    event, ticket = place.event, place.ticket
    with translation.override(language):
        return {
            "name": place.name,
            "organisation": place.affiliation,
            "event_title": event.title,
            "venue": ", ".join(filter(None, [event.venue, event.address])),
            "ticket": ticket.name,
            "when": kdatetime(event.starts_at),
            "starts_at": event.starts_at.astimezone(clock.KST).isoformat(),
            "ends_at": event.ends_at.astimezone(clock.KST).isoformat(),
            "door_code": place.door_code,
            "url": settings.SITE_URL + place.get_absolute_url(),
        }


def _tell(template: str, place: Registration, order: Order, **facts: object) -> None:
    reader = order.user
    post.send(
        template,
        to=[place.email or reader.email],
        language=reader.language,
        key=f"{template}:{place.pk}",
        context={**ticket_facts(place, reader.language), **facts},
        user=reader,
        branch=place.event.branch,
    )


def _tell_confirmed(places: Iterable[Registration], order: Order) -> None:
    for place in places:
        _tell("registration_confirmed", place, order)


def _tell_cancelled(place: Registration, refund: int, reason: str) -> None:
    _tell("registration_cancelled", place, place.line.order, refund=refund, reason=reason)


@transaction.atomic
def issue_certificate(place: Registration, language: str) -> Document:
    """참가확인서 of somebody who came: the one paper of this place in this language."""
    facts = ticket_facts(place, language)
    shown = ("name", "organisation", "event_title", "venue", "starts_at", "ends_at")
    return documents.issue(
        Document.Kind.ATTENDANCE,
        key=f"attendance:{place.pk}:{language}",
        subject=place.user,
        branch=place.event.branch,
        language=language,
        facts={name: facts[name] for name in shown}
        | {"checked_in_at": place.check_in.at.astimezone(clock.KST).isoformat()},
    )


# --- the door ---


class Outcome(TextChoices):
    ADMITTED = "admitted", gettext_lazy("Welcome")
    ALREADY = "already", gettext_lazy("Already checked in")
    UNPAID = "unpaid", gettext_lazy("Not paid")
    CANCELLED = "cancelled", gettext_lazy("Cancelled ticket")
    OTHER_EVENT = "other", gettext_lazy("Ticket of another event")
    UNKNOWN = "unknown", gettext_lazy("Unknown code")


@dataclass(frozen=True)
class Scan:
    """What the door says. ``at`` is when the person came, first time."""

    outcome: Outcome
    registration: Registration | None = None
    at: datetime | None = None

    @property
    def tone(self) -> str:
        if self.outcome == Outcome.ADMITTED:
            return "good"
        return "warning" if self.outcome == Outcome.ALREADY else "danger"


def read_code(typed: str) -> tuple[str, str]:
    """A ticket's secret (from the address in its QR) and a door code, as scanned or typed."""
    text = typed.strip()
    secret = text.rstrip("/").rsplit("/", 1)[-1].removesuffix(".pdf")
    return secret, text.replace("-", "").replace(" ", "").upper()


def _holders(slug: str, secret: str, code: str) -> QuerySet[Registration]:
    event = Subquery(Event.objects.filter(slug=slug).values("pk")[:1])
    return (
        Registration.objects.filter(Q(secret=secret) | Q(event=event, code=code))
        .select_related("event", "ticket", "check_in")
        .select_for_update(of=("self",))
    )


_found: Prepared[Registration] = Prepared(_holders, slug=str, secret=str, code=str)


def find_place(slug: str, typed: str) -> Registration | None:
    """Whose ticket this is: by its secret, of any event, or by the door code of this one. Its row
    is locked, so that nobody is admitted on a place that is being given up: a transaction is open.
    """
    secret, code = read_code(typed)
    return next(iter(_found(slug=slug, secret=secret, code=code)), None)


@transaction.atomic
def check_in(*, event: Event, typed: str, by: User) -> Scan:
    """Admits whoever holds the ticket that was scanned or typed; see ``admit``."""
    return admit(find_place(event.slug, typed), event=event, by=by)


def admit(found: Registration | None, *, event: Event, by: User) -> Scan:
    """Admits a person, once. Two doors may scan the same code at the same instant: the unique row
    of ``CheckIn`` lets one of them win."""
    if found is None:
        return Scan(Outcome.UNKNOWN)
    if found.event_id != event.pk:
        return Scan(Outcome.OTHER_EVENT)
    if found.has_come:
        return Scan(Outcome.ALREADY, found, found.check_in.at)
    if found.status in (Status.HELD, Status.EXPIRED):
        return Scan(Outcome.UNPAID, found)
    if found.status == Status.CANCELLED:
        return Scan(Outcome.CANCELLED, found)
    try:
        with transaction.atomic():
            row = CheckIn.objects.create(registration=found, by=by)
            audit.record(
                "events.check_in",
                found,
                by=by,
                branch=event.branch_id,
                subjects=[found.user_id] if found.user_id else [],
            )
    except IntegrityError:
        first = CheckIn.objects.get(registration=found)
        return Scan(Outcome.ALREADY, found, first.at)
    return Scan(Outcome.ADMITTED, found, row.at)


# --- running an event ---


def touch(event: Event) -> None:
    """Another version: every kept page and brochure of this event is old from now on."""
    event.version = new_version()
    Event.objects.filter(pk=event.pk).update(version=event.version)


def show_tickets(event: Event, is_shown: bool) -> None:
    """Opens or shuts the counters of an event; a sale under way is waited for, or finds it shut."""
    event.tickets.update(is_shown=is_shown)


@transaction.atomic
def publish(*, event: Event, by: User) -> None:
    """Shows an event to everyone. Raises Refused when its tickets cannot be sold as they stand."""
    unpriced = [t.name for t in event.tickets.annotate(n=Count("prices")).filter(n=0)]
    if unpriced:
        raise Refused(
            _("These tickets have no price yet: %(names)s.") % {"names": ", ".join(unpriced)}
        )
    show_tickets(event, True)
    event.move_to(Event.Status.PUBLISHED, version=new_version())
    audit.record("events.publish", event, by=by)


@transaction.atomic
def unpublish(*, event: Event, by: User) -> None:
    """Takes an event back to a draft, while nobody has registered."""
    show_tickets(event, False)
    if event.registrations.exists():
        raise Refused(_("People have registered: cancel the event instead, so that they are told."))
    event.move_to(Event.Status.DRAFT, version=new_version())
    audit.record("events.unpublish", event, by=by)


def cancel_event(*, event: Event, reason: str, by: User) -> int:
    """Calls an event off: no seat is sold from now on, everyone is told, and a full refund of every
    paid place is requested. Returns how many places ended; safe to run again after a crash."""
    if event.status != Event.Status.CANCELLED:
        with transaction.atomic():
            event.tickets.update(is_on_sale=False)
            event.move_to(Event.Status.CANCELLED, version=new_version())
            audit.record("events.cancel", event, by=by, reason=reason)
    # Each order in its own transaction, so that the locks stay short and in order.
    orders = Order.objects.filter(
        lines__registration__event=event, lines__registration__released_at=None
    ).distinct()
    return sum(_cancel_order_of(event, order.pk, reason, by) for order in orders)


@transaction.atomic
def _cancel_order_of(event: Event, order_id: int, reason: str, by: User) -> int:
    order = Order.objects.select_for_update().get(pk=order_id)
    places = list(
        Registration.objects.filter(line__order=order, event=event).holding_seats().with_event()
    )
    if order.status == Order.Status.PENDING:
        payments.cancel_order(order, by=by, reason=reason)
        for place in places:
            _tell_cancelled(place, 0, reason)
        return len(places)
    for place in places:
        _end(place, order, place.line.amount, reason, by)
    return len(places)

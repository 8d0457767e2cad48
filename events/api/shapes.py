"""What programs read and write of events; columns are described as the database holds them."""

import base64
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from events.actions import CONFLICT, MOST_AT_ONCE, ScanAnswer
from events.door.arrivals import Quarter
from events.models import Direction, DoorDevice, Event, Outcome, Registration, Ticket, TicketPrice
from kosna.api.paging import MOST_ROWS, QUERY
from kosna.api.shapes import (
    Part,
    Several,
    Shape,
    address,
    choice,
    instant,
    maybe,
    of_model,
    page_of,
    text,
    uuid,
    whole,
)
from kosna.core.korean import mask_name
from members.models import Tier

BIG = 2**62
MOST_TICKETS, MOST_PRICES = 30, 30
EVENT_WORDS = (
    "title_ko", "title_en", "summary_ko", "summary_en", "description_ko", "description_en",
    "venue_ko", "venue_en", "address_ko", "address_en",
)  # fmt: skip
EVENT_COLUMNS = (
    "kind", *EVENT_WORDS, "starts_at", "ends_at", "registration_ends_at", "offer_hours",
    "gives_certificate", "attendance_percent",
)  # fmt: skip
MUST_HAVE = ("kind", "title_ko", "starts_at", "ends_at")
TICKET_COLUMNS = (
    "name_ko", "name_en", "note_ko", "note_en", "capacity", "min_per_order", "max_per_order",
    "max_per_person", "day", "vat_class", "is_on_sale", "is_hidden", "sort",
)  # fmt: skip
REFUND_DAYS = {"full_refund_days": 100, "half_refund_days": 50}


def columns(model: type[Model], names: tuple[str, ...], must: tuple[str, ...]) -> dict[str, Part]:
    return {name: Part(of_model(model, name), required=name in must) for name in names}


def _days_of(percent: int) -> Any:
    return lambda event: next((n for n, share in event.refund_policy if share == percent), 0)


PRICE = Shape(
    "Price",
    {
        "tier": Part(
            maybe(of_model(Tier, "code")),
            of=lambda price: price.tier.code if price.tier else None,
            about=_("The tier whose price this is; null: everyone."),
        ),
        "amount": Part(of_model(TicketPrice, "amount"), about=_("In whole won.")),
        "until": Part(of_model(TicketPrice, "until"), about=_("Null: for good.")),
    },
)
_ticket_id = whole(1, BIG)
TICKET = Shape(
    "Ticket",
    {
        "id": Part(_ticket_id, of=lambda ticket: ticket.pk),
        **columns(Ticket, TICKET_COLUMNS, TICKET_COLUMNS),
        "seats_left": Part(
            whole(0, BIG),
            of=lambda ticket: ticket.seats_to_buy,
            about=_(
                "For the public: what vouchers and waiting lists keep is not among them. None "
                "while anybody waits for this ticket."
            ),
        ),
        "prices": Part(Several(PRICE, 1_000), of=lambda ticket: ticket.prices.all()),
    },
)
TICKET_DRAFT = Shape(
    "TicketDraft",
    {
        "id": Part(
            _ticket_id, required=False, about=_("Of a ticket that there is; without it, a new one.")
        ),
        **columns(Ticket, TICKET_COLUMNS, ()),
        "prices": Part(
            Several(PRICE, MOST_PRICES),
            required=False,
            about=_("All of them: they take the place of those there are."),
        ),
    },
)
_drafts = Part(Several(TICKET_DRAFT, MOST_TICKETS), required=False)
_refunds = {name: Part(whole(0, 365), required=False) for name in REFUND_DAYS}
EVENT = Shape(
    "Event",
    {
        "slug": Part(of_model(Event, "slug")),
        "status": Part(of_model(Event, "status")),
        "version": Part(
            text(21, least=1), of=lambda event: str(event.version), about=_("What the ETag holds.")
        ),
        "url": Part(address(), of=lambda event: f"{settings.SITE_URL}{event.get_absolute_url()}"),
        **columns(Event, EVENT_COLUMNS, EVENT_COLUMNS),
        **{
            name: Part(whole(0, 365), of=_days_of(percent)) for name, percent in REFUND_DAYS.items()
        },
        "tickets": Part(Several(TICKET, 1_000), of=lambda event: event.tickets.all()),
    },
)
EVENTS = page_of("Events", EVENT, MOST_ROWS)
NEW_EVENT = Shape(
    "NewEvent",
    {
        "slug": Part(of_model(Event, "slug")),
        **columns(Event, EVENT_COLUMNS, MUST_HAVE),
        **_refunds,
        "tickets": _drafts,
    },
)
CHANGES = Shape(
    "EventChanges",
    {**columns(Event, EVENT_COLUMNS, ()), **_refunds, "tickets": _drafts},
)
EVENT_QUERY = Shape(
    "EventQuery", {"status": Part(of_model(Event, "status"), required=False), **QUERY}
)
REGISTRATION_QUERY = Shape(
    "RegistrationQuery", {"status": Part(of_model(Registration, "status"), required=False), **QUERY}
)
REGISTRATION = Shape(
    "Registration",
    {
        "id": Part(whole(1, BIG), of=lambda place: place.pk),
        "status": Part(of_model(Registration, "status")),
        "name": Part(of_model(Registration, "name")),
        "email": Part(of_model(Registration, "email")),
        "affiliation": Part(of_model(Registration, "affiliation")),
        "ticket": Part(_ticket_id, of=lambda place: place.ticket_id),
        "order": Part(text(40), of=lambda place: place.line.order.code),
        "amount": Part(
            whole(0, BIG),
            of=lambda place: place.price,
            about=_("In whole won: of what the place is now, changes of its ticket included."),
        ),
        "created_at": Part(of_model(Registration, "created_at")),
        "confirmed_at": Part(of_model(Registration, "confirmed_at")),
        "came_at": Part(
            maybe(instant()), of=lambda place: place.check_in.at if place.has_come else None
        ),
    },
)
REGISTRATIONS = page_of("Registrations", REGISTRATION, MOST_ROWS)
ROSTER = Shape(
    "Roster",
    {
        "roster": Part(
            text(100_000_000),
            of=lambda signed: signed.text,
            about=_("JSON, exactly as it was signed."),
        ),
        "signature": Part(
            text(200),
            of=lambda signed: base64.b64encode(signed.signature).decode(),
            about=_("ECDSA P-256 with SHA-256, r and s one after the other, in base64."),
        ),
    },
)
SCAN = Shape(
    "Scan",
    {
        "uuid": Part(uuid(), about=_("Made by the device: a scan sent twice is kept once.")),
        "at": Part(instant(), about=_("By the clock of the device.")),
        "direction": Part(choice(*Direction.values), required=False),
        "told": Part(
            choice("", *Outcome.values),
            required=False,
            about=_("What the device said by itself, with no network."),
        ),
        "code": Part(text(200), required=False, about=_("As it was scanned or typed.")),
        "place": Part(maybe(whole(1, BIG)), required=False, about=_("Of the roster.")),
        "digest": Part(text(64, pattern="^([0-9a-f]{64})?$"), required=False),
    },
)
SCANS = Shape(
    "Scans",
    {
        "sent_at": Part(instant(), about=_("By the clock of the device, now.")),
        "door": Part(
            of_model(DoorDevice, "door"),
            required=False,
            about=_("With a key of the branch; where a device stands is known."),
        ),
        "scans": Part(Several(SCAN, MOST_AT_ONCE)),
    },
)


def _of_place(name: str) -> Any:
    def of(answer: ScanAnswer) -> str | None:
        place = answer.place
        if place is None:
            return None
        told = {"name": mask_name(place.name), "affiliation": place.affiliation}
        return (told | {"ticket": place.ticket.name})[name]

    return of


SCAN_ANSWER = Shape(
    "ScanAnswer",
    {
        "uuid": Part(uuid()),
        "outcome": Part(
            choice(*Outcome.values, CONFLICT),
            about=_(
                "“conflict”: its uuid has come with another ticket or code. "
                "Nothing is kept of this scan, and nobody may be let in by it."
            ),
        ),
        **{
            name: Part(maybe(text(200)), of=_of_place(name))
            for name in ("name", "affiliation", "ticket")
        },
    },
)
SCAN_ANSWERS = Shape(
    "ScanAnswers",
    {"answers": Part(Several(SCAN_ANSWER, MOST_AT_ONCE), of=lambda answers: answers)},
)
DOOR_COUNT = Shape(
    "DoorCount",
    {
        "door": Part(text(40), of=lambda pair: pair[0]),
        "came": Part(whole(0, BIG), of=lambda pair: pair[1]),
    },
)


def _by_door(quarter: Quarter) -> list[tuple[str, int]]:
    return quarter.by_door


QUARTER = Shape(
    "Quarter",
    {
        "begins_at": Part(instant()),
        "ends_at": Part(instant()),
        "doors": Part(Several(DOOR_COUNT, 1_000), of=_by_door),
    },
)
ARRIVALS = Shape(
    "Arrivals",
    {
        "expected": Part(whole(0, BIG), of=lambda told: told.numbers.expected),
        "came": Part(whole(0, BIG), of=lambda told: told.numbers.came),
        "inside": Part(whole(0, BIG), of=lambda told: told.numbers.inside),
        "quarters": Part(Several(QUARTER, 100), of=lambda told: told.arrivals.quarters),
    },
)

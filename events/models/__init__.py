"""What the association holds: events with their programme, tickets, registrations and the door."""

from events.models.events import (
    DEFAULT_REFUND_POLICY,
    Event,
    EventQuerySet,
    default_refund_policy,
    new_version,
)
from events.models.programme import Session, Speaker
from events.models.registrations import (
    DOOR_ALPHABET,
    CheckIn,
    Registration,
    RegistrationQuerySet,
    new_door_code,
    new_ticket_secret,
    percent_back,
)
from events.models.tickets import Ticket, TicketPrice

__all__ = [
    "DEFAULT_REFUND_POLICY",
    "DOOR_ALPHABET",
    "CheckIn",
    "Event",
    "EventQuerySet",
    "Registration",
    "RegistrationQuerySet",
    "Session",
    "Speaker",
    "Ticket",
    "TicketPrice",
    "default_refund_policy",
    "new_door_code",
    "new_ticket_secret",
    "new_version",
    "percent_back",
]

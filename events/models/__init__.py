"""What the association holds: events with their programme, tickets, registrations and the door."""

from events.models.after import Answered, Attendance, Material, Question, Remark, Tally
from events.models.events import (
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
)
from events.models.tickets import Ticket, TicketPrice
from events.models.waiting import WaitingPlace, WaitlistEntry, WaitlistQuerySet

__all__ = [
    "DOOR_ALPHABET",
    "Answered",
    "Attendance",
    "CheckIn",
    "Event",
    "EventQuerySet",
    "Material",
    "Question",
    "Registration",
    "RegistrationQuerySet",
    "Remark",
    "Session",
    "Speaker",
    "Tally",
    "Ticket",
    "TicketPrice",
    "WaitingPlace",
    "WaitlistEntry",
    "WaitlistQuerySet",
    "default_refund_policy",
    "new_door_code",
    "new_ticket_secret",
    "new_version",
]

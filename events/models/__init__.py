"""What the association holds: events with their programme, tickets, registrations and the door."""

from events.models.addons import AddOn, Extra, ExtraQuerySet
from events.models.after import Answered, Attendance, Material, Question, Remark, Tally
from events.models.asking import FormAnswer, FormQuestion
from events.models.booths import (
    Booth,
    BoothBooking,
    BoothBookingQuerySet,
    BoothPrice,
    BoothType,
    Exhibitor,
    ExhibitorQuerySet,
)
from events.models.changes import TicketChange, TicketChangeQuerySet
from events.models.door import (
    HINTS,
    ICONS,
    INSIDE,
    PASSAGES,
    TONES,
    Direction,
    DoorDevice,
    DoorScan,
    Outcome,
)
from events.models.events import (
    Event,
    EventQuerySet,
    default_refund_policy,
    new_version,
)
from events.models.handing import HandOut, with_hand_outs
from events.models.keeping import KeepingRule
from events.models.online import LinkMail, OnlineRoom
from events.models.programme import (
    DraftSession,
    ProgrammeVersion,
    Room,
    Session,
    Speaker,
    Track,
)
from events.models.proposals import Call, Proposal, ProposalQuerySet, Review
from events.models.quotas import Quota
from events.models.registrations import (
    DOOR_ALPHABET,
    CheckIn,
    Registration,
    RegistrationQuerySet,
    new_door_code,
    new_ticket_secret,
    registration_numbers,
)
from events.models.requests import PlaceRequest, PlaceRequestQuerySet
from events.models.sales import DoorSale, SaleQuerySet
from events.models.series import ClassSeries, SeriesDate
from events.models.sign_ups import SignUp
from events.models.teaching import Instructor, InstructorQuerySet
from events.models.tickets import Ticket, TicketPrice
from events.models.vouchers import Voucher, VoucherQuerySet, VoucherUse
from events.models.waiting import WaitingPlace, WaitlistEntry, WaitlistQuerySet

__all__ = [
    "DOOR_ALPHABET",
    "HINTS",
    "ICONS",
    "INSIDE",
    "PASSAGES",
    "TONES",
    "AddOn",
    "Answered",
    "Attendance",
    "Booth",
    "BoothBooking",
    "BoothBookingQuerySet",
    "BoothPrice",
    "BoothType",
    "Call",
    "CheckIn",
    "ClassSeries",
    "Direction",
    "DoorDevice",
    "DoorSale",
    "DoorScan",
    "DraftSession",
    "Event",
    "EventQuerySet",
    "Exhibitor",
    "ExhibitorQuerySet",
    "Extra",
    "ExtraQuerySet",
    "FormAnswer",
    "FormQuestion",
    "HandOut",
    "Instructor",
    "InstructorQuerySet",
    "KeepingRule",
    "LinkMail",
    "Material",
    "OnlineRoom",
    "Outcome",
    "PlaceRequest",
    "PlaceRequestQuerySet",
    "ProgrammeVersion",
    "Proposal",
    "ProposalQuerySet",
    "Question",
    "Quota",
    "Registration",
    "RegistrationQuerySet",
    "Remark",
    "Review",
    "Room",
    "SaleQuerySet",
    "SeriesDate",
    "Session",
    "SignUp",
    "Speaker",
    "Tally",
    "Ticket",
    "TicketChange",
    "TicketChangeQuerySet",
    "TicketPrice",
    "Track",
    "Voucher",
    "VoucherQuerySet",
    "VoucherUse",
    "WaitingPlace",
    "WaitlistEntry",
    "WaitlistQuerySet",
    "default_refund_policy",
    "new_door_code",
    "new_ticket_secret",
    "new_version",
    "registration_numbers",
    "with_hand_outs",
]

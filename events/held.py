"""What events hold about a person, as it is told to them. Answers of surveys carry no name, and so
are nobody's; of a colleague whose place somebody bought, the buyer has what their order shows."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import (
    Attendance,
    BoothBooking,
    CheckIn,
    Exhibitor,
    Extra,
    FormAnswer,
    HandOut,
    Instructor,
    PlaceRequest,
    Proposal,
    Registration,
    SignUp,
    Speaker,
    TicketChange,
    WaitlistEntry,
)
from kosna.accounts.own_data import register


def tell() -> None:
    _coming()
    _having_come()
    _waiting()
    _speaking()
    _exhibiting()


def _coming() -> None:
    register(
        "tickets",
        _("Tickets"),
        lambda user: Registration.objects.filter(user=user),
        *("status", "name", "email", "affiliation", "created_at", "confirmed_at", "released_at"),
        event="event__title_ko",
        event_starts_at="event__starts_at",
        ticket="ticket__name_ko",
    )
    register(
        "tickets_for_others",
        _("Tickets that I ordered for others"),
        lambda user: Registration.objects.filter(line__order__user=user).exclude(user=user),
        *("status", "name", "created_at"),
        event="event__title_ko",
        event_starts_at="event__starts_at",
        ticket="ticket__name_ko",
        order="line__order__code",
    )
    register(
        "ticket_changes",
        _("Changes of tickets"),
        lambda user: TicketChange.objects.filter(registration__user=user),
        *("old_price", "new_price", "asked_at", "done_at", "ended_at"),
        event="registration__event__title_ko",
        was="was__name_ko",
        becomes="becomes__name_ko",
    )
    register(
        "add_ons",
        _("Add-ons"),
        lambda user: Extra.objects.filter(registration__user=user),
        "released_at",
        event="registration__event__title_ko",
        add_on="addon__name_ko",
    )
    register(
        "answers",
        _("Answers on registration forms"),
        _answers,
        event="question__event__title_ko",
        question="question__text_ko",
        choices="question__choices_ko",
        answer="value",
    )
    register(
        "sign_ups",
        _("Sessions signed up for"),
        lambda user: SignUp.objects.filter(registration__user=user),
        "at",
        event="session__event__title_ko",
        session="session__title_ko",
    )


def _answers(user: Any) -> Any:
    """Of one's own places, and of one's orders as a whole."""
    of_the_order = Q(order__user=user, registration=None)
    return FormAnswer.objects.filter(Q(registration__user=user) | of_the_order)


def _having_come() -> None:
    register(
        "check_ins",
        _("Check-ins"),
        lambda user: CheckIn.objects.filter(registration__user=user),
        *("at", "door", "inside_since"),
        event="registration__event__title_ko",
    )
    register(
        "attendances",
        _("Sessions attended"),
        lambda user: Attendance.objects.filter(registration__user=user),
        "at",
        event="session__event__title_ko",
        session="session__title_ko",
    )
    register(
        "hand_outs",
        _("Things handed out"),
        lambda user: HandOut.objects.filter(extra__registration__user=user),
        *("at", "door"),
        event="extra__registration__event__title_ko",
        add_on="extra__addon__name_ko",
    )


def _waiting() -> None:
    register(
        "waiting",
        _("Waiting lists"),
        lambda user: WaitlistEntry.objects.filter(user=user),
        *("status", "joined_at", "moved_up_at", "ended_at", "answers"),
        event="event__title_ko",
        ticket="ticket__name_ko",
    )
    register(
        "place_requests",
        _("Requests for places"),
        lambda user: PlaceRequest.objects.filter(user=user),
        *("status", "asked_at", "decided_at", "reason", "answers"),
        event="event__title_ko",
        ticket="ticket__name_ko",
        order="order__code",
    )


def _speaking() -> None:
    register(
        "proposals",
        _("Proposals"),
        lambda user: Proposal.objects.filter(user=user),
        *("status", "title_ko", "title_en", "abstract_ko", "abstract_en", "minutes", "role"),
        *("submitted_at", "decided_at", "answer"),
        event="call__event__title_ko",
        track="track__name_ko",
    )
    register(
        "speaking",
        _("Entries as a speaker"),
        lambda user: Speaker.objects.filter(user=user),
        *("name_ko", "name_en", "role_ko", "role_en", "about_ko", "about_en", "email"),
        event="event__title_ko",
    )
    register(
        "teaching",
        _("Teaching"),
        lambda user: Instructor.objects.filter(user=user),
        *("appointed_at", "ended_at"),
        event="event__title_ko",
    )


def _exhibiting() -> None:
    register(
        "exhibitors",
        _("Pages as an exhibitor"),
        lambda user: Exhibitor.objects.filter(contact=user),
        *("name_ko", "name_en", "about_ko", "about_en", "products_ko", "products_en", "website"),
        *("hidden_at", "hidden_reason"),
        event="event__title_ko",
    )
    register(
        "booths",
        _("Booths"),
        lambda user: BoothBooking.objects.filter(exhibitor__contact=user),
        *("status", "created_at", "confirmed_at", "released_at"),
        event="event__title_ko",
        booth="booth__number",
        any_of="any_of__code",
        order="line__order__code",
    )

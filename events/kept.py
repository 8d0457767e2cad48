"""What becomes of somebody's places at events when their account is closed: that they had one stays
with its order, what they answered goes."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.actions.waiting import leave
from events.models import (
    BoothBooking,
    FormAnswer,
    Instructor,
    PlaceRequest,
    Proposal,
    Registration,
    Speaker,
    WaitingPlace,
    WaitlistEntry,
)
from kosna.accounts.models import User
from kosna.accounts.retention import (
    AT_ONCE,
    NOBODY,
    PAYMENT,
    RECORD,
    Fate,
    Obstacle,
    destroys,
    on_closing,
    rule,
    settle_first,
)
from kosna.core import clock
from kosna.core.uploads import discard


def tell() -> None:
    rule(Fate.THINS, PAYMENT, "tickets")
    rule(
        Fate.STAYS,
        PAYMENT,
        *("tickets_for_others", "ticket_changes", "add_ons", "sign_ups", "check_ins"),
        *("attendances", "hand_outs", "booths"),
    )
    rule(Fate.THINS, RECORD, "proposals", "speaking")
    rule(Fate.STAYS, RECORD, "teaching", "exhibitors")
    rule(Fate.GOES, AT_ONCE, "answers", "waiting", "place_requests")
    settle_first(_tickets)
    settle_first(_waiting)
    settle_first(_programme)
    on_closing(_erase)
    destroys("places", gettext_lazy("Names on tickets of closed accounts"), PAYMENT, _due, _destroy)


# --- what comes first ---


def _tickets(user: User) -> Iterator[Obstacle]:
    mine = Registration.objects.filter(Q(user=user) | Q(line__order__user=user))
    ahead = mine.holding_seats().upcoming().select_related("event")
    for event in dict.fromkeys(place.event for place in ahead):
        yield Obstacle(
            _("A ticket of yours is for an event to come: %(event)s.") % {"event": event.title},
            reverse("me:tickets"),
            _("To my tickets"),
        )
    booths = BoothBooking.objects.current().filter(
        event__ends_at__gte=clock.now(), exhibitor__contact=user
    )
    for booking in booths.select_related("event"):
        yield Obstacle(
            _("You exhibit at an event to come: %(event)s.") % {"event": booking.event.title},
            reverse("me:booths"),
            _("To my booths"),
        )


def _waiting(user: User) -> Iterator[Obstacle]:
    lists = WaitlistEntry.objects.open_to(user).filter(event__ends_at__gte=clock.now())
    for entry in lists.select_related("event"):
        yield Obstacle(
            _("You are on a waiting list: %(event)s.") % {"event": entry.event.title},
            reverse("events:waiting", args=[entry.event.slug]),
            _("Leave the list"),
        )
    asked = PlaceRequest.objects.unended().filter(user=user, event__ends_at__gte=clock.now())
    for request in asked.select_related("event"):
        yield Obstacle(
            _("You have asked for a place: %(event)s.") % {"event": request.event.title},
            reverse("events:requested", args=[request.event.slug]),
            _("Withdraw it"),
        )


def _programme(user: User) -> Iterator[Obstacle]:
    ahead = {"event__ends_at__gte": clock.now()}
    teaching = Instructor.objects.current().filter(user=user, **ahead)
    speaking = Speaker.objects.filter(user=user, **ahead)
    for row in [*teaching.select_related("event"), *speaking.select_related("event")]:
        yield Obstacle(
            _("You speak or teach at an event to come: %(event)s. The organiser takes you off.")
            % {"event": row.event.title},
            row.event.get_absolute_url(),
            _("To the event"),
        )
    proposed = Proposal.objects.filter(user=user, status=Proposal.Status.SUBMITTED)
    for proposal in proposed.filter(call__event__ends_at__gte=clock.now()):
        yield Obstacle(
            _("A proposal of yours is not decided yet: %(title)s.") % {"title": proposal.title},
            reverse("events:proposals", args=[proposal.call.event.slug]),
            _("Withdraw it"),
        )


# --- what goes at once ---


def _erase(user: User) -> None:
    own = Registration.objects.filter(user=user)
    of_the_order = Q(order__user=user, registration=None)
    FormAnswer.objects.filter(Q(registration__in=own) | of_the_order).delete()
    own.update(email="", affiliation="")
    _erase_waiting(user)
    undone = Proposal.objects.filter(user=user).exclude(status=Proposal.Status.ACCEPTED)
    undone.delete()
    Proposal.objects.filter(user=user).update(role="")
    speaking = Speaker.objects.filter(user=user)
    for speaker in speaking.exclude(photo=""):
        discard(speaker.photo)
    speaking.update(email="", about_ko="", about_en="", photo="")


def _erase_waiting(user: User) -> None:
    now = clock.now()
    entries = WaitlistEntry.objects.filter(user=user)
    for entry in entries.waiting():
        leave(entry, by=user)
    entries.update(answers={})
    places = WaitingPlace.objects.filter(entry__in=entries)
    places.update(name=NOBODY, email="", affiliation="", answers={})
    requests = PlaceRequest.objects.filter(user=user)
    requests.unended().update(status=PlaceRequest.Status.WITHDRAWN, decided_at=now, decided_by=user)
    nobody = {"name": NOBODY, "email": "", "affiliation": "", "answers": {}}
    for asked in requests:
        places_asked = [place | nobody for place in asked.places]
        PlaceRequest.objects.filter(pk=asked.pk).update(
            places=places_asked, answers={}, erased_at=now
        )


# --- what goes once its time has come ---


def _due(at: datetime) -> QuerySet[Registration]:
    closed = Q(user__closed_at__isnull=False)
    closed |= Q(user=None, line__order__user__closed_at__isnull=False)
    named = Registration.objects.exclude(name__in=("", NOBODY))
    return named.filter(closed, event__ends_at__lt=PAYMENT.cutoff(at))


def _destroy(keys: Collection[int]) -> None:
    Registration.objects.filter(pk__in=keys).update(name=NOBODY, email="", affiliation="")

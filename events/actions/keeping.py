"""What participants answered is erased once it has served: everybody's, so many days after their
event as the association has decided (``KeepingRule``)."""

from datetime import timedelta

from django.db import transaction

from events.actions.guests import erase_guests
from events.models import Event, FormAnswer, KeepingRule, PlaceRequest, WaitingPlace, WaitlistEntry
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock


@transaction.atomic
def decide_keeping(*, days: int, reason: str, by: User) -> KeepingRule:
    """From now on answers are kept so many days after their event."""
    rule = KeepingRule.objects.create(days=days, reason=reason, decided_by=by)
    audit.record("events.decide_keeping", rule, by=by, reason=reason, days=days)
    return rule


def erase_people() -> int:
    """All that nothing asks to keep any more: guests, and the answers of events that are over.
    Safe to run twice and in parallel. Returns how many guests and answers went."""
    return erase_guests() + erase_answers_of_past_events()


def erase_answers_of_past_events() -> int:
    """An event at a time; returns how many answers went."""
    over = clock.now() - timedelta(days=KeepingRule.objects.in_force().days)
    past = Event.objects.filter(ends_at__lt=over)
    answered = FormAnswer.objects.filter(question__event__in=past).values("question__event")
    waited = WaitlistEntry.objects.filter(event__in=past).exclude(answers={}).values("event")
    places = WaitingPlace.objects.filter(entry__event__in=past).exclude(answers={})
    asked = PlaceRequest.objects.filter(event__in=past).values("event")
    keys = {
        *answered.values_list("question__event", flat=True),
        *waited.values_list("event", flat=True),
        *places.values_list("entry__event", flat=True),
        *asked.filter(erased_at=None).values_list("event", flat=True),
    }
    return sum(_erase(event) for event in past.filter(pk__in=keys).order_by("pk"))


@transaction.atomic
def _erase(event: Event) -> int:
    erased, _by_model = FormAnswer.objects.filter(question__event=event).delete()
    erased += WaitlistEntry.objects.filter(event=event).exclude(answers={}).update(answers={})
    erased += WaitingPlace.objects.filter(entry__event=event).exclude(answers={}).update(answers={})
    for request in PlaceRequest.objects.filter(event=event, erased_at=None):
        places = [place | {"answers": {}} for place in request.places]
        requests = PlaceRequest.objects.filter(pk=request.pk)
        erased += requests.update(answers={}, places=places, erased_at=clock.now())
    audit.record("events.erase_answers", event, answers=erased)
    return erased

"""May this reader have that file of an event? One function answers for page and bytes, and says why
not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from events.models import Event, Material, Registration
from members.access import Decision, entitlement


@dataclass(frozen=True)
class Shelved:
    """A material as it stands for one reader."""

    material: Material
    decision: Decision


def of_event(event: Event) -> QuerySet[Material]:
    return Material.objects.filter(event=event).select_related("event").prefetch_related("tiers")


def has_come(user: Any, event: Event) -> bool:
    """Whether this person's own place at the event was used; given up since, it counts no more.
    A visitor has none, nor has somebody who does not exist (``members.viewing``)."""
    if user.pk is None:
        return False
    places = Registration.objects.confirmed().filter(event=event, user=user)
    return places.exclude(check_in=None).exists()


def came_with(place: Registration) -> bool:
    return place.has_come and place.status == Registration.Status.CONFIRMED


def may_read(material: Material, user: Any, at: datetime, *, came: bool) -> Decision:
    """``came``: this reader, or the ticket they hold, was at the event."""
    if came and material.for_those_who_came:
        return Decision(True, "open", _("You were there."))
    rule = material.access_rule()
    decision = entitlement(user, material, at)
    if decision.allowed or not material.for_those_who_came:
        return decision
    if rule.tier_ids:
        reason = _("For those who came. %(members)s") % {"members": decision.reason}
        return Decision(False, decision.code, reason)
    return Decision(False, "came", _("For those who came: open it from your ticket."))


def shelve(materials: Iterable[Material], user: Any, at: datetime, *, came: bool) -> list[Shelved]:
    return [Shelved(row, may_read(row, user, at, came=came)) for row in materials]

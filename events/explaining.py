"""Why can this person read that file of an event, or not? The same facts as
``materials.may_read``, way by way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from events import materials
from events.models import Event, Material, Registration
from kosna.accounts.models import User
from kosna.core.templatetags.ui import kdatetime
from members.access import memberships_of
from members.explaining import Explanation, Way, by_tier, to_everyone


@dataclass(frozen=True)
class Explained:
    """A material as it stands for one person, and why."""

    material: Material
    explanation: Explanation


def explain(rows: Iterable[Material], event: Event, person: User, at: datetime) -> list[Explained]:
    """Of the ``materials.of_event``."""
    held = memberships_of(person, at)
    came, presence = materials.has_come(person, event), _presence(event, person)
    return [
        Explained(
            row,
            Explanation(
                materials.may_read(row, person, at, came=came),
                [
                    to_everyone(row.is_public),
                    _by_presence(row, came=came, presence=presence),
                    by_tier(row.tiers.all(), held),
                ],
            ),
        )
        for row in rows
    ]


def _by_presence(row: Material, *, came: bool, presence: str) -> Way:
    name = _("Came to the event")
    if not row.for_those_who_came:
        return Way(name, False, _("not for those who came (%(presence)s)") % {"presence": presence})
    return Way(name, came, presence)


def _presence(event: Event, person: User) -> str:
    """What the places tell that stand in this person's name, or on their address alone."""
    theirs = Q(user=person) | Q(user=None, email__iexact=person.email)
    places = event.registrations.filter(theirs).select_related("check_in").order_by("pk")
    return " · ".join(_told(place) for place in places) or _("no place in this name")


def _told(place: Registration) -> str:
    if place.status != Registration.Status.CONFIRMED:
        return _("a place, %(status)s") % {"status": place.get_status_display()}
    if not place.has_come:
        return _("a place, but nobody checked in with it")
    when = kdatetime(place.check_in.at)
    if place.user_id is None:
        return _("came on %(when)s with a ticket without an account: its own page opens it") % {
            "when": when
        }
    return _("came on %(when)s") % {"when": when}

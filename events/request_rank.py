"""Requests for places with the membership behind each, by time or by the rule of the waiting list
(``waiting_rank``). The order is advice: staff decide about each request by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from events.models import PlaceRequest
from events.waiting_rank import best, rank_of, with_priority
from members import standing
from members.access import memberships_of_all
from members.models import Right, Tier


@dataclass(frozen=True)
class Membership:
    """As it stands now. Of several, the one that gives priority; else that of the best tier."""

    tier: Tier
    standing: Any
    tone: str
    since: date | None


def ranked(requests: Iterable[PlaceRequest], at: datetime) -> list[PlaceRequest]:
    """Those that wait for a decision: by tier and by how long they have been members, as far as
    that gives priority now, and then by time. The rest after them, as it comes."""
    rows = list(requests)
    waiting = [row for row in rows if row.status == PlaceRequest.Status.ASKED]
    held = memberships_of_all({row.user_id for row in waiting}, at, Right.PRIORITY)
    waiting.sort(
        key=lambda row: (
            rank_of(with_priority(held.get(row.user_id, []))),
            row.asked_at,
            row.pk,
        )
    )
    return [*waiting, *(row for row in rows if row.status != PlaceRequest.Status.ASKED)]


def memberships(requests: Iterable[PlaceRequest], at: datetime) -> dict[int, Membership]:
    """By who asked; whoever is no member is left out."""
    held = memberships_of_all({row.user_id for row in requests}, at)
    counted = {user: with_priority(theirs) or best(theirs) for user, theirs in held.items()}
    return {
        user: Membership(
            one.tier,
            standing.LABELS[one.standing],
            standing.TONES[one.standing],
            one.member.joined_on,
        )
        for user, one in counted.items()
        if one
    }

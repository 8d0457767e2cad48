"""Who is inside: the walks of one ticket through the door, told in their order.

The earliest walk in admits, whichever device hands it in first. A walk in of somebody who is inside
already is "admitted twice": two devices without a network each let them pass. Nobody stays
overnight, so whoever did not scan out is outside on the next day (KST).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from events.models import Direction, DoorScan, Outcome
from kosna.core import clock


@dataclass(frozen=True)
class Story:
    outcomes: list[Outcome]  # of each walk
    first: DoorScan | None = None  # the admission
    inside_since: datetime | None = None


def tell(walks: Sequence[DoorScan]) -> Story:
    """``walks`` of one ticket, the earliest first."""
    outcomes: list[Outcome] = []
    first, since = None, None
    for walk in walks:
        is_inside = since is not None and clock.kst_date(since) == clock.kst_date(walk.at)
        if walk.direction == Direction.OUT:
            outcomes.append(Outcome.LEFT if is_inside else Outcome.OUTSIDE)
            since = None
        elif is_inside:
            outcomes.append(Outcome.TWICE)
        else:
            outcomes.append(Outcome.RETURNED if first else Outcome.ADMITTED)
            first, since = first or walk, walk.at
    return Story(outcomes, first, since)

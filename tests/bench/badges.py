"""A thousand badges, as the worker draws them: forty at a time, on A4 sheets."""

import time
from collections.abc import Iterator

from events.actions import badges
from members.models import Tier
from tests.bench.data import world
from tests.bench.measures import Row, measure

BADGES = 1_000


@measure
def badge_sheets() -> Iterator[Row]:
    places = world().crowded.registrations.select_related("ticket", "line").order_by("pk")
    tiers = {tier.code: tier for tier in Tier.objects.all()}
    start = time.perf_counter()
    drawn = [badges.badge_of(place, tiers, "ko") for place in places[:BADGES]]
    for first in range(0, BADGES, badges.AT_A_TIME):
        part = drawn[first : first + badges.AT_A_TIME]
        badges.draw(world().crowded, part, size=badges.Size.SHEET, language="ko")
    seconds = time.perf_counter() - start
    yield Row(f"{BADGES:,} badges", median=seconds, per_second=BADGES / seconds)

"""What the organiser sees of the doors: who is inside, who comes through which door and when, and
what the doors refused."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncMinute
from django.utils.translation import gettext as _

from events.models import (
    PASSAGES,
    AddOn,
    CheckIn,
    Direction,
    DoorScan,
    Event,
    HandOut,
    Outcome,
)
from kosna.core import clock

QUARTER = timedelta(minutes=15)
CHART_WIDTH = 400
LOOKED_AT = (Outcome.TWICE, Outcome.OUTSIDE)


@dataclass(frozen=True)
class Numbers:
    expected: int
    came: int
    inside: int


@dataclass(frozen=True)
class Quarter:
    """A quarter of an hour: how many came first that day through each door, in the order of the
    doors."""

    begins_at: datetime
    by_door: list[tuple[str, int]]
    width: int  # of its bar in a chart of CHART_WIDTH
    y: int

    @property
    def ends_at(self) -> datetime:
        return self.begins_at + QUARTER

    @property
    def total(self) -> int:
        return sum(n for _door, n in self.by_door)


@dataclass(frozen=True)
class Arrivals:
    """Of one day: today, and once the event is over its last. A door without a name is the desk's
    own page."""

    day: date
    doors: list[str]
    quarters: list[Quarter]
    height: int = 0

    @property
    def totals(self) -> list[tuple[str, int]]:
        sums: Counter[str] = Counter()
        for row in self.quarters:
            sums.update(dict(row.by_door))
        return [(door, sums[door]) for door in self.doors]

    @property
    def total(self) -> int:
        return sum(row.total for row in self.quarters)


@dataclass(frozen=True)
class Tally:
    label: str
    query: str
    count: int
    tone: str


def numbers(event: Event) -> Numbers:
    """In two statements."""
    came = CheckIn.objects.filter(registration__event=event)
    figures = came.aggregate(
        came=Count("pk"),
        inside=Count("pk", filter=Q(inside_since__gte=clock.start_of(clock.today()))),
    )
    return Numbers(event.registrations.confirmed().count(), figures["came"], figures["inside"])


def arrivals(event: Event) -> Arrivals:
    """In two statements, however many came: the database counts by the minute."""
    day = min(clock.today(), clock.kst_date(event.ends_at))
    that_day = Q(at__gte=clock.start_of(day), at__lt=clock.start_of(day + timedelta(days=1)))
    walks_in = DoorScan.objects.filter(that_day).passages().filter(direction=Direction.IN)
    of_the_same = walks_in.filter(registration=OuterRef("registration"))
    earlier = Q(at__lt=OuterRef("at")) | Q(at=OuterRef("at"), pk__lt=OuterRef("pk"))
    first_walks = walks_in.filter(~Exists(of_the_same.filter(earlier)), event=event)
    # What the desk's own page admits is no scan until a device speaks of it.
    desk = CheckIn.objects.filter(that_day, ~Exists(of_the_same), registration__event=event)
    return _in_quarters(day, [*_by_minute(first_walks), *_by_minute(desk)])


def _by_minute(rows: QuerySet) -> QuerySet:
    minutes = rows.order_by().annotate(minute=TruncMinute("at"))
    return minutes.values_list("minute", "door").annotate(n=Count("pk"))


def _in_quarters(day: date, minutes: Iterable[tuple[datetime, str, int]]) -> Arrivals:
    counts: Counter[tuple[datetime, str]] = Counter()
    for minute, door, n in minutes:
        counts[minute.replace(minute=minute.minute // 15 * 15), door] += n
    doors = sorted({door for _quarter, door in counts})
    begins = sorted({quarter for quarter, _door in counts})
    rows = [[counts[quarter, door] for door in doors] for quarter in begins]
    most = max(map(sum, rows), default=1)
    quarters = [
        Quarter(
            quarter,
            list(zip(doors, row, strict=True)),
            round(CHART_WIDTH * sum(row) / most),
            y=number * 56,
        )
        for number, (quarter, row) in enumerate(zip(begins, rows, strict=True))
    ]
    return Arrivals(day, doors, quarters, height=56 * len(quarters))


def addons(event: Event) -> list[AddOn]:
    """What is given out, with ``had`` (who has it and may come), ``given`` (to whom it was) and
    ``twice``. In one statement."""
    extra = Q(extras__released_at=None, extras__registration__status="confirmed")
    givings = HandOut.objects.filter(extra__addon=OuterRef("pk")).order_by().values("extra__addon")
    given = givings.annotate(n=Count("extra", distinct=True)).values("n")
    every = givings.annotate(n=Count("pk")).values("n")
    rows = event.addons.annotate(
        had=Count("extras", filter=extra),
        given=Coalesce(Subquery(given), 0),
        every=Coalesce(Subquery(every), 0),
    )
    return list(rows.annotate(twice=F("every") - F("given")))


def notices(event: Event) -> list[Tally]:
    """What the organiser should look at: let in twice, let in wrongly, and every refusal by its
    reason. In one statement."""
    rows = list(
        DoorScan.objects.filter(event=event)
        .order_by()
        .values_list("outcome", "passed")
        .annotate(n=Count("pk"))
    )
    wrongly = sum(n for outcome, passed, n in rows if passed and outcome not in PASSAGES)
    found = [Tally(_("Let in though the ticket says no"), "wrongly", wrongly, "danger")]
    counts: Counter[str] = Counter()
    for outcome, passed, n in rows:
        if outcome in LOOKED_AT or (outcome not in PASSAGES and not passed):
            counts[outcome] += n
    found += [
        Tally(str(outcome.label), outcome.value, counts[outcome], "warning") for outcome in Outcome
    ]
    return [tally for tally in found if tally.count]

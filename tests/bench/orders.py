"""Orders and pages of an event by the second, one buyer after the other and many at once, and the
pages on which its organiser follows them. The measure is pretix on two cores, with several
processes (1.55 orders a second, 302 statements each; 22.6 pages); we mean to be 25 and 44 times as
fast, with two processes."""

from collections.abc import Iterator

from django.urls import reverse

from events.models import Event, Registration
from tests.bench.browser import Browser
from tests.bench.data import make_conference, world
from tests.bench.measures import Row, journey_of, measure
from tests.bench.timing import Call, count_queries, in_turns, rush_of_processes

PRETIX, PRETIX_PAGES = 1.55, 22.6  # orders and event pages a second
JOURNEYS, PAGES, PROCESSES = 192, 4000, 2


@measure
def orders() -> Iterator[Row]:
    """Whole journeys, from the event's page to the account that is to be paid to."""
    for at_once in (1, 8, 32):
        event = make_conference(f"orders-{at_once}", world().hq, world().tier, capacity=10_000)
        processes = min(PROCESSES, at_once)
        shares = [_journeys(event, number, processes) for number in range(processes)]
        shares[0].pop()()  # what is kept of an event is made with its first order
        statements = count_queries(shares[0].pop())
        crowd = rush_of_processes(shares, at_once=at_once)
        sold = Registration.objects.filter(event=event).count()
        yield Row(
            f"orders of four requests each, {at_once} at a time, {processes} processes"
            if processes > 1
            else "orders of four requests each, 1 at a time",
            per_second=crowd.per_second,
            queries=statements,
            target=f"≥ {25 * PRETIX:.0f} a second",
            is_met=crowd.per_second >= 25 * PRETIX and sold == crowd.successes + 2,
            note=f"{sold} sold",
        )


def _journeys(event: Event, number: int, processes: int) -> list[Call]:
    """A process's own, each of a buyer of its own; and two more, to warm up and to count."""
    buyers = iter(world().buyers[number::processes])
    journey = journey_of(event.tickets.first(), buyers, pays=True)

    def success() -> bool:
        journey()
        return True

    return [success] * (JOURNEYS // processes + 2 * (number == 0))


@measure
def event_pages() -> Iterator[Row]:
    """As each process answers one request after the other, for visitors who are signed out."""
    path = world().event.get_absolute_url()
    shares = [[_reading(path)] * (PAGES // PROCESSES) for _process in range(PROCESSES)]
    crowd = rush_of_processes(shares, at_once=PROCESSES)
    yield Row(
        f"event page, signed out, {PROCESSES} at a time, {PROCESSES} processes",
        per_second=crowd.per_second,
        target=f"≥ {44 * PRETIX_PAGES:.0f} a second",
        is_met=crowd.per_second >= 44 * PRETIX_PAGES and crowd.successes == PAGES,
    )


def _reading(path: str) -> Call:
    visitor = Browser()
    return lambda: visitor.get(path).status == 200


@measure
def organiser() -> Iterator[Row]:
    """With 10,000 orders of one event, beside a page that reads one row and draws it."""
    office, framed = Browser(world().head_office), f"/bench/template/{world().event.slug}/"
    for name, page in [
        ("event, its places", "event"),
        ("numbers", "numbers"),
    ]:
        path = reverse(f"events_staff:{page}", args=[world().crowded.slug])
        sample, best = in_turns(
            lambda path=path: office.get(path), lambda: office.get(framed), seconds=2
        )
        yield Row.of(
            f"organiser's page of 10,000 orders: {name}",
            sample,
            reference="template + query",
            ratio=best.median / sample.median,
        )

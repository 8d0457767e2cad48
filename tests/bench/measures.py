"""What is measured, each against what the machine could do at best in the same seconds."""

import io
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import pikepdf
from django.db import close_old_connections, connection
from django.urls import reverse

from events.models import Registration, Ticket
from kosna.accounts.models import User
from kosna.payments.models import Order
from research import caps
from research.stamping import stamp
from tests.bench.browser import Browser
from tests.bench.data import make_conference, world
from tests.bench.served import WORKERS, send_all, served, written
from tests.bench.timing import Rush, Sample, in_turns, rush_of_processes
from tests.bench.urls import take_one
from tests.processes import Portal

SEATS, AT_ONCE, ROUNDS = 200, 32, 3
PRETIX_CHECK_INS = 29.5  # a second, on two cores


@dataclass
class Row:
    """A line of the table. ``ratio`` is the share of the reference's speed that is reached."""

    what: str
    median: float | None = None  # seconds
    p95: float | None = None
    per_second: float | None = None
    queries: int | None = None
    reference: str = ""
    ratio: float | None = None
    target: str = ""
    is_met: bool | None = None
    note: str = ""

    @classmethod
    def of(cls, what: str, sample: Sample, **more: object) -> "Row":
        return cls(what, sample.median, sample.p95, sample.per_second, sample.queries, **more)


Measure = Callable[[], Iterator[Row]]
MEASURES: dict[str, Measure] = {}


def measure(function: Measure) -> Measure:
    MEASURES[function.__name__] = function
    return function


# Pages --------------------------------------------------------------------------------------------


@measure
def limits() -> Iterator[Row]:
    visitor, member, slug = Browser(), Browser(world().regular), world().event.slug
    views = {
        "an empty view": lambda: visitor.get("/bench/empty/"),
        "a kept page, checked by one SELECT": lambda: visitor.get(f"/bench/cached/{slug}/"),
        "a template and one query, signed in": lambda: member.get(f"/bench/template/{slug}/"),
        "reserve-and-insert view, signed in": lambda: member.post(
            "/bench/reserve/", _seat(), expect=200
        ),
    }
    for what, sample in zip(views, in_turns(*views.values(), seconds=1), strict=True):
        yield Row.of(what, sample)


def page(name: str, path: str, wanted: tuple[float, float] | None = None) -> Iterator[Row]:
    """A page signed out and signed in, each beside the least that could be done for that reader."""
    visitor, member, slug = Browser(), Browser(world().regular), world().event.slug
    kept, framed = f"/bench/cached/{slug}/", f"/bench/template/{slug}/"
    for reader, who, least, reference, share in [
        (visitor, "signed out", kept, "a kept page", wanted and wanted[0]),
        (member, "signed in", framed, "template + query", wanted and wanted[1]),
    ]:
        sample, best = in_turns(
            lambda reader=reader: reader.get(path),
            lambda reader=reader, least=least: reader.get(least),
            seconds=1.5,
        )
        ratio = best.median / sample.median
        yield Row.of(
            f"{name}, {who}",
            sample,
            reference=reference,
            ratio=ratio,
            target=f"≥ {share:.0%}" if share else "",
            is_met=ratio >= share if share else None,
        )


@measure
def home_page() -> Iterator[Row]:
    return page("home page", "/")


@measure
def event_page() -> Iterator[Row]:
    return page("event page", world().event.get_absolute_url(), (0.5, 0.4))


@measure
def report_page() -> Iterator[Row]:
    return page("report page", world().report.get_absolute_url())


@measure
def staff_lists() -> Iterator[Row]:
    office, framed = Browser(world().head_office), f"/bench/template/{world().event.slug}/"
    for name, path in [
        ("members", reverse("members_staff:members")),
        ("applications", reverse("members_staff:applications")),
        ("orders", reverse("payments_staff:orders")),
        ("registrations", reverse("events_staff:event", args=[world().crowded.slug])),
    ]:
        sample, best = in_turns(
            lambda path=path: office.get(path), lambda: office.get(framed), seconds=1.5
        )
        yield Row.of(
            f"staff list of 10,000 {name}",
            sample,
            reference="template + query",
            ratio=best.median / sample.median,
            target="≤ 25 ms, ≤ 8 statements",
            is_met=sample.median <= 0.025 and sample.queries <= 8,
        )


# Registering --------------------------------------------------------------------------------------


@measure
def registration() -> Iterator[Row]:
    """From the event's page: the form, the order, and the ticket of a free event; or, where it
    costs something, the way to pay."""
    member = Browser(world().regular)
    for name, price, last in [("free, to the ticket", 0, None), ("paid, to the account", 9, 1)]:
        event = make_conference(f"journey-{price}", world().hq, world().tier, capacity=10_000)
        event.tickets.first().prices.update(amount=price * 1000)
        buyers = iter(world().buyers)
        journey = journey_of(event.tickets.first(), buyers, pays=bool(last))
        requests = journey()
        sample, least = in_turns(journey, _reserve_as(member), seconds=3, most=200)
        yield Row.of(
            f"whole registration, {name}",
            sample,
            reference="reserve-and-insert view",
            ratio=least.median / sample.median,
            target="≤ 4 requests, 25 statements, 40 ms CPU",
            is_met=requests <= 4 and sample.queries <= 25 and sample.cpu <= 0.040,
            note=f"{requests} requests, {sample.cpu * 1000:.1f} ms CPU",
        )


def journey_of(ticket: Ticket, buyers: Iterator, *, pays: bool) -> Callable[[], int]:
    """One buyer after another; says in how many requests."""
    page = ticket.event.get_absolute_url()
    form = reverse("events:register", args=[ticket.event.slug])
    browsers = iter([Browser(buyer) for buyer in buyers][:400])

    def journey() -> int:
        browser = next(browsers)
        browser.get(page)
        browser.get(form)
        order = browser.post(form, {"ticket": ticket.pk, "myself": "on"}).location
        if pays:
            browser.post(f"{order}pay/", {"method": Order.Method.BANK}, expect=303)
        else:
            browser.get(order)
        return browser.requests

    return journey


@measure
def seat_rush() -> Iterator[Row]:
    """Over HTTP against the portal as it is served, three times. Before and after each the view
    that does least, served and asked in the same way, and what one process, and two, do with no
    HTTP at all. As when any sale begins, the portal has sold before, and those who wait have its
    form open."""
    rounds = []
    with served() as portal:
        _reserve_served(portal, 50)
        _buy_served(portal, _rush_of("before"), world().buyers[:50])
        for number in range(ROUNDS):
            rounds.append(_round(portal, _rush_of(str(number))))
    rushed, limit, alone, bare = (
        statistics.median(getattr(each, name) for each in rounds)
        for name in ("rush", "limit", "alone", "bare")
    )
    is_right = all(each.is_right for each in rounds)
    yield Row("reserve-and-insert view, 32 at a time, over HTTP, 2 workers", per_second=limit)
    yield Row("bare reserve-and-insert, no HTTP, one process", per_second=alone)
    yield Row("bare reserve-and-insert, no HTTP, 2 processes", per_second=bare)
    row = partial(Row, per_second=rushed)
    yield row(
        "seat rush: 200 seats, 1,000 buyers, 32 at a time, over HTTP, 2 workers",
        reference="reserve-and-insert view, so served",
        ratio=rushed / limit,
        target="≥ 25 %, none oversold",
        is_met=is_right and rushed / limit >= 0.25,
        note=f"{SEATS} sold, 0 errors, each time" if is_right else "WRONG",
    )
    yield row(
        "the same rush, beside one process",
        reference="bare reserve-and-insert, no HTTP",
        ratio=rushed / alone,
        target="≥ 25 %",
        is_met=rushed / alone >= 0.25,
    )
    yield row(
        "the same rush, beside 2 processes",
        reference="bare reserve-and-insert, no HTTP",
        ratio=rushed / bare,
    )


@dataclass(frozen=True)
class _Round:
    """Orders, or seats, a second."""

    is_right: bool  # as many sold as there were seats, and everybody else refused politely
    rush: float
    limit: float
    alone: float
    bare: float


def _rush_of(name: str) -> Ticket:
    event = make_conference(f"rush-{name}", world().hq, world().tier, capacity=SEATS)
    ticket: Ticket = event.tickets.first()
    return ticket


def _round(portal: Portal, ticket: Ticket) -> _Round:
    _look_served(portal, ticket, world().buyers[:AT_ONCE])
    before = _reserve_served(portal, 2 * SEATS)
    rush = _buy_served(portal, ticket, world().buyers)
    after = _reserve_served(portal, 2 * SEATS)
    alone, bare = (
        rush_of_processes([_reserving(SEATS) for _each in range(processes)], at_once=processes)
        for processes in (1, WORKERS)
    )
    ticket.refresh_from_db()
    sold = Registration.objects.filter(ticket=ticket).count()
    failed = any(result not in (True, 422) for result in rush.results)
    return _Round(
        is_right=rush.successes == sold == ticket.taken == SEATS and not failed,
        rush=rush.per_second,
        limit=statistics.mean([before.per_second, after.per_second]),
        alone=alone.per_second,
        bare=bare.per_second,
    )


def _look_served(portal: Portal, ticket: Ticket, readers: Sequence[User]) -> None:
    form = reverse("events:register", args=[ticket.event.slug])
    asked = [written(Browser(reader), "GET", form, {}) for reader in readers]
    send_all(portal, asked, success=200, at_once=AT_ONCE)


def _buy_served(portal: Portal, ticket: Ticket, buyers: Sequence[User]) -> Rush:
    form = reverse("events:register", args=[ticket.event.slug])
    wanted = {"ticket": ticket.pk, "myself": "on"}
    asked = [written(Browser(buyer), "POST", form, wanted) for buyer in buyers]
    return send_all(portal, asked, success=302, at_once=AT_ONCE)


def _reserve_served(portal: Portal, count: int) -> Rush:
    asked = [
        written(Browser(buyer), "POST", "/bench/reserve/", _seat())
        for _seat_of, buyer in zip(range(count), world().buyers, strict=False)
    ]
    return send_all(portal, asked, success=200, at_once=AT_ONCE)


def _reserving(count: int) -> list[Callable[[], object]]:
    return [partial(_reserve, _seat()) for _each in range(count)]


def _reserve(seat: dict[str, int]) -> bool:
    take_one(**seat)
    close_old_connections()  # as at the end of a request
    return True


def _reserve_as(member: Browser) -> Callable[[], object]:
    return lambda: member.post("/bench/reserve/", _seat(), expect=200)


def _seat() -> dict[str, int]:
    """What the view that does least takes: a seat of an event that never ends."""
    ticket = world().spare_ticket
    return {"event": ticket.event_id, "ticket": ticket.pk, "line": world().spare_lines.pop()}


# The door -----------------------------------------------------------------------------------------


@measure
def check_in() -> Iterator[Row]:
    door, member = Browser(world().doorkeeper), Browser(world().regular)
    path = reverse("events_staff:check-in", args=[world().crowded.slug])
    codes = iter(world().crowded.registrations.order_by("pk").values_list("code", flat=True)[:1500])
    sample, least = in_turns(
        lambda: door.post(path, {"code": next(codes)}, expect=200),
        _reserve_as(member),
        seconds=2,
    )
    ratio = least.median / sample.median
    yield Row.of(
        "check-in",
        sample,
        reference="reserve-and-insert view",
        ratio=ratio,
        target="≥ 50 %, ≤ 5 statements",
        is_met=ratio >= 0.5 and sample.queries <= 5,
    )
    codes = list(
        world().crowded.registrations.order_by("pk").values_list("code", flat=True)[1500:2700]
    )
    crowd = rush_of_processes(
        [[_entering(door, path, code) for code in share] for share in (codes[::2], codes[1::2])],
        at_once=2,
    )
    yield Row(
        "check-ins, 2 at a time, 2 processes",
        p95=crowd.p95,
        per_second=crowd.per_second,
        target=f"≥ {10 * PRETIX_CHECK_INS:.0f} a second",
        is_met=crowd.per_second >= 10 * PRETIX_CHECK_INS and crowd.successes == len(codes),
    )


def _entering(door: Browser, path: str, code: str) -> Callable[[], bool]:
    return lambda: door.post(path, {"code": code}, expect=200).status == 200


# Papers -------------------------------------------------------------------------------------------


@measure
def ticket_pdf() -> Iterator[Row]:
    import weasyprint  # noqa: PLC0415 - only where Pango is installed

    place = world().crowded.registrations.order_by("-pk")[0]
    visitor, path = Browser(), reverse("tickets:ticket-pdf", args=[place.secret])
    sample, empty = in_turns(
        lambda: visitor.get(path),
        lambda: weasyprint.HTML(string="<html><body></body></html>").write_pdf(),
        seconds=2,
    )
    yield Row.of("an empty WeasyPrint page", empty)
    yield Row.of(
        "ticket PDF",
        sample,
        reference="empty WeasyPrint page",
        ratio=empty.median / sample.median,
        target="≤ 60 ms",
        is_met=sample.median <= 0.060,
    )


@measure
def stamping() -> Iterator[Row]:
    """The stamp itself, reopened and checked as always; and the whole download around it: session,
    entitlement, the original's hash, the record."""
    caps.MOST_ANEW = 10**9  # one reader takes all of them
    member = Browser(world().regular)
    path = reverse("research:download", args=[world().report.slug])
    stamped, download, bare = in_turns(
        lambda: stamp(world().pdf, lines=["김하늘 · 24-00001"], serial="BENCH234"),
        lambda: member.get(path),
        _open_and_save,
        seconds=2,
    )
    yield Row.of("bare pikepdf open and save, 50 pages, 5 MB", bare)
    yield Row.of(
        "stamping",
        stamped,
        reference="bare pikepdf",
        ratio=bare.median / stamped.median,
        target="≤ 2 × bare, ≤ 40 ms",
        is_met=stamped.median <= min(2 * bare.median, 0.040),
    )
    yield Row.of(
        "report download with stamping",
        download,
        reference="bare pikepdf",
        ratio=bare.median / download.median,
    )


def _open_and_save() -> None:
    with pikepdf.open(world().pdf) as pdf:
        pdf.save(io.BytesIO())


def vendor() -> str:
    return {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]

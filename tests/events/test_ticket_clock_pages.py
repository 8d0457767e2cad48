"""What the pages say of tickets that open at times of their own, what that costs, and the desk that
sets them."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events import actions, offers
from events.brochures import brochure
from events.models import (
    Event,
    Registration,
    Ticket,
)
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.templatetags.ui import kdatetime
from kosna.payments.models import Order
from members.models import Clock, Opening
from tests import factories
from tests.conftest import Cast
from tests.events.test_security import typed
from tests.events.test_ticket_clocks import DAY, Hall


@pytest.fixture
def hall(cast: Cast) -> Hall:
    return Hall(cast)


def test_the_kept_page_ends_when_a_ticket_opens(cast: Cast, hall: Hall) -> None:
    row = brochure(hall.event.pk, hall.event.version)
    assert offers.changes_at(row, hall.now) == hall.dinner_at
    assert offers.changes_at(row, hall.dinner_at) == hall.now + 2 * DAY
    assert offers.changes_at(row, hall.now + 2 * DAY) == hall.dinner_for_all


def test_the_page_tells_the_times_of_each(cast: Cast, hall: Hall, login: Any) -> None:
    page = login("regular").get(hall.event.get_absolute_url()).content.decode()
    card = page[page.index("접수 시작 시각") :].split("</section>")[0]
    instants = (hall.now - DAY, hall.now + 2 * DAY, hall.dinner_at, hall.dinner_for_all)
    places = [card.index(kdatetime(instant)) for instant in instants]
    assert places[1] < card.index("만찬") < places[2]
    Event.objects.update(clock=None)
    actions.touch(Event.objects.get())
    page = login("regular").get(hall.event.get_absolute_url()).content.decode()
    assert kdatetime(hall.dinner_at) in page
    assert kdatetime(hall.now + 2 * DAY) not in page


class Counted:
    """The work of a registration, from the page of the event to that of the order."""

    def __init__(self, client: Client, event: Event, ticket: Ticket) -> None:
        register = reverse("events:register", args=[event.slug])
        self.cold = self._of(lambda: client.get(event.get_absolute_url()))
        self.page = self._of(lambda: client.get(event.get_absolute_url()))
        self.form = self._of(lambda: client.get(register))
        self.post = self._of(lambda: client.post(register, {"myself": "on", "ticket": ticket.pk}))
        self.order = self._of(lambda: client.get(Order.objects.latest("pk").get_absolute_url()))
        self.list = self._of(lambda: client.get("/events/"))

    @staticmethod
    def _of(ask: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert ask().status_code in (200, 302)
        return len([row for row in captured if "SAVEPOINT" not in row["sql"]])


@pytest.mark.parametrize("price", [0, 30_000])
def test_its_own_clock_costs_no_statement(cast: Cast, login: Any, price: int) -> None:
    now, counts = clock.now(), []
    client = login("regular")
    client.get("/events/")
    for slug in ("plain", "own"):
        times = {cast.regular_tier: now - DAY, None: now + DAY}
        event = factories.make_event(slug, clock=factories.make_clock(times))
        for _n in range(2):
            own = {"clock": factories.make_clock(times)} if slug == "own" else {}
            ticket = factories.make_ticket(event, prices={None: price}, **own)
        counts.append(vars(Counted(client, event, ticket)))
        Registration.objects.update(status="cancelled", released_at=now)
        Ticket.objects.update(taken=0)
        Event.objects.filter(pk=event.pk).update(status="draft")
    assert counts[0] == counts[1]
    assert (counts[1]["page"], counts[1]["form"]) == (4, 4)


# --- the desk ---


def rows(*openings: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    facts = {"openings-TOTAL_FORMS": len(openings), "openings-INITIAL_FORMS": initial}
    for number, opening in enumerate(openings):
        facts |= {f"openings-{number}-{name}": value for name, value in opening.items()}
    return facts


def test_the_desk_gives_a_ticket_times_of_its_own_and_takes_them_away(
    cast: Cast, login: Any
) -> None:
    event = factories.make_event("talk", branch=cast.busan)
    ticket, other = factories.make_ticket(event), factories.make_ticket(event, name_ko="다른")
    client, url = login("officer"), reverse("events_staff:tickets", args=["talk"])
    as_sent = typed(ticket) | {
        f"tickets-1-{name.removeprefix('tickets-0-')}": value
        for name, value in typed(other).items()
        if name.startswith("tickets-0-")
    }
    as_sent |= {"tickets-TOTAL_FORMS": 2, "tickets-INITIAL_FORMS": 2}

    def send(*openings: dict[str, Any], initial: int = 0, status: int = 302) -> None:
        sent = {**as_sent, **rows(*openings, initial=initial)}
        assert client.post(url, sent).status_code == status
        event.refresh_from_db()

    common = {"opens_at": "2026-03-01T09:00"}
    own = {"ticket": ticket.pk, "tier": cast.regular_tier.pk, "opens_at": "2026-02-01T09:00"}
    all_own = {"ticket": ticket.pk, "opens_at": "2026-02-10T09:00"}
    version = event.version
    send(common, own, all_own)
    assert event.version != version
    assert {row.pk: sorted(row.openings, key=str) for row in event.tickets.all()} == {
        ticket.pk: sorted([cast.regular_tier.pk, None], key=str),
        other.pk: [None],
    }
    assert event.openings[None].astimezone(clock.KST).isoformat() == "2026-03-01T09:00:00+09:00"
    assert Clock.objects.count() == 2
    entry = Entry.objects.filter(verb="events.change").latest("pk")
    assert [(row["ticket"], row["tier"]) for row in entry.facts["openings"]] == [
        (None, None),
        (ticket.pk, cast.regular_tier.code),
        (ticket.pk, None),
    ]

    shown = client.get(url).context["formsets"][2][1]
    assert [form["ticket"].value() for form in shown] == [None, ticket.pk, ticket.pk, None, None]
    keys = list(Opening.objects.order_by("clock", "opens_at").values_list("pk", flat=True))
    common, own, all_own = (
        row | {"id": key} for row, key in zip((common, own, all_own), keys, strict=True)
    )
    # Twice the same tier on one clock; a ticket of another event.
    send(common, own, all_own, {**own, "id": ""}, initial=3, status=422)
    strange = factories.make_ticket(factories.make_event("other"))
    send({**common, "ticket": strange.pk}, own, all_own, initial=3, status=200)

    send(common, own | {"ticket": other.pk}, all_own, initial=3)  # to the other ticket's clock
    mine, theirs = (Ticket.objects.get(pk=row.pk).openings for row in (ticket, other))
    assert (list(mine), list(theirs)) == ([None], [cast.regular_tier.pk])

    send(common, own | {"ticket": other.pk}, all_own | {"DELETE": "on"}, initial=3)
    assert Ticket.objects.get(pk=ticket.pk).clock is None
    assert Ticket.objects.get(pk=ticket.pk).openings == event.openings
    send(common, own | {"ticket": ""}, initial=2)
    assert Ticket.objects.get(pk=other.pk).clock is None
    assert set(event.openings) == {None, cast.regular_tier.pk}


def test_a_ticket_that_goes_takes_its_times_along(cast: Cast, login: Any, hall: Hall) -> None:
    client, url = login("head_office"), reverse("events_staff:tickets", args=["conference"])
    sent = typed(hall.dinner, max_per_order=5) | {"tickets-0-DELETE": "on"}
    late = {"ticket": hall.dinner.pk, "opens_at": "2026-02-10T09:00"}
    assert client.post(url, {**sent, **rows(late)}).status_code == 422
    assert client.post(url, sent).status_code == 302
    assert list(Event.objects.get().tickets.all()) == [hall.open]

"""What two people do to one event at the same time must not undo each other."""

from collections import Counter

import pytest
from django.urls import reverse

from events import actions
from events.actions import Attendee
from events.models import CheckIn, Event, Registration, Ticket
from events.staff_views import events as staff_views
from tests import factories
from tests.events.test_registering import pay
from tests.events.test_rushes import at_once


def typed(ticket: Ticket, **changes) -> dict:
    """The tickets form as an officer's browser sends it back."""
    blank = {
        f"{name}-{key}": 0
        for name in ("prices", "openings")
        for key in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    row = {
        "id": ticket.pk,
        "name_ko": ticket.name_ko,
        "name_en": ticket.name_en,
        "capacity": ticket.capacity,
        "max_per_order": ticket.max_per_order,
        "vat_class": ticket.vat_class,
        "is_on_sale": "on",
        "sort": ticket.sort,
        **changes,
    }
    return {
        **blank,
        "tickets-TOTAL_FORMS": 1,
        "tickets-INITIAL_FORMS": 1,
        **{f"tickets-0-{key}": value for key, value in row.items()},
    }


@pytest.fixture
def sold_between(cast, monkeypatch):
    """One seat is sold after the officer's page has read the ticket and before it writes."""
    ticket = factories.make_ticket(factories.make_event("talk"), capacity=2)
    save = staff_views._save_typed

    def sell_first(row, columns):
        if isinstance(row, Ticket):
            actions.register(ticket=ticket, attendees=[Attendee("a", "a@x.test")], by=cast.account)
        save(row, columns)

    monkeypatch.setattr(staff_views, "_save_typed", sell_first)
    return ticket


def test_editing_a_ticket_while_it_sells_loses_no_seat(sold_between, login):
    url = reverse("events_staff:tickets", args=["talk"])
    assert login("head_office").post(url, typed(sold_between, capacity=3)).status_code == 302
    sold_between.refresh_from_db()
    assert (sold_between.capacity, sold_between.taken) == (3, 1)


@pytest.mark.miscounts
def test_twin_writing_the_whole_row_loses_the_seat(sold_between, login, monkeypatch):
    sell_first = staff_views._save_typed
    columns = [field.name for field in Ticket._meta.concrete_fields if not field.primary_key]
    monkeypatch.setattr(staff_views, "_save_typed", lambda row, _typed: sell_first(row, columns))
    url = reverse("events_staff:tickets", args=["talk"])
    login("head_office").post(url, typed(sold_between, capacity=3))
    sold_between.refresh_from_db()
    assert (sold_between.taken, actions.recount(sold_between)) == (0, 1)


def test_fewer_places_than_were_just_sold_is_refused(sold_between, login):
    url = reverse("events_staff:tickets", args=["talk"])
    assert login("head_office").post(url, typed(sold_between, capacity=0)).status_code == 422
    sold_between.refresh_from_db()
    assert sold_between.capacity == 2


def test_editing_an_event_does_not_undo_its_cancellation(cast, login, monkeypatch):
    event = factories.make_event("talk")
    save = actions.change_event

    def cancel_first(row, **how):
        actions.cancel_event(event=Event.objects.get(), reason="태풍", by=cast.head_office)
        return save(row, **how)

    monkeypatch.setattr(staff_views.actions, "change_event", cancel_first)
    client = login("head_office")
    url = reverse("events_staff:event-edit", args=["talk"])
    form = client.get(url).context["form"]
    data = {
        field.html_name: field.value()
        for field in form
        if field.value() not in (None, False) and "_at" not in field.name
    }
    data |= {
        name: f"{form.initial[name]:%Y-%m-%dT%H:%M}"
        for name in ("starts_at", "ends_at", "registration_ends_at")
        if form.initial.get(name)
    }
    assert client.post(url, {**data, "title_ko": "새 제목"}).status_code == 302
    event.refresh_from_db()
    assert (event.title_ko, event.status) == ("새 제목", Event.Status.CANCELLED)


def test_a_tier_is_given_one_opening_time(cast, login):
    ticket = factories.make_ticket(factories.make_event("talk"))
    openings: dict[str, object] = {"openings-TOTAL_FORMS": 2}
    for row in range(2):
        openings[f"openings-{row}-tier"] = cast.regular_tier.pk
        openings[f"openings-{row}-opens_at"] = f"2026-01-0{row + 1}T10:00"
    url = reverse("events_staff:tickets", args=["talk"])
    answer = login("head_office").post(url, {**typed(ticket), **openings})
    assert answer.status_code == 422
    assert ticket.event.openings == {}
    page = answer.content.decode()
    assert "2026-01-01T10:00" in page and "2026-01-02T10:00" in page  # what was typed is kept


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(5))
def test_nobody_is_both_admitted_and_cancelled(_round):
    ticket = factories.make_ticket(factories.make_event("talk"), capacity=1)
    buyer, door = factories.make_user(), factories.make_user("접수요원")
    me = Attendee(buyer.name, buyer.email, is_buyer=True)
    order = actions.register(ticket=ticket, attendees=[me], by=buyer)
    if order.total:
        pay(order)
    place = Registration.objects.with_event().get()

    endings = at_once(
        lambda: actions.check_in(event=place.event, typed=place.code, by=door).outcome,
        lambda: actions.cancel_registration(registration=place, by=buyer),
    )

    place.refresh_from_db()
    came = CheckIn.objects.exists()
    assert came != (place.status == Registration.Status.CANCELLED), Counter(map(str, endings))

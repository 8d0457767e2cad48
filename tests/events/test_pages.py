"""What visitors, members and ticket holders are shown, and how many statements it takes."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events import actions, offers
from events.actions import Attendee
from events.models import Event, Registration
from kosna.core import clock
from tests import factories
from tests.events.test_registering import FRIEND, ME, pay


def statements(client, url) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.fixture
def place(cast):
    """A confirmed place of ``regular`` at an event of today."""
    soon = min(clock.now() + timedelta(hours=1), clock.end_of(clock.today()) - timedelta(seconds=9))
    event = factories.make_event("now", starts_at=soon, branch=cast.busan, venue_ko="강당")
    order = actions.register(ticket=factories.make_ticket(event), attendees=[ME], by=cast.regular)
    pay(order)
    return Registration.objects.with_event().get()


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("events:events", "visitor"),
        ("events:events", "regular"),
        ("events_staff:events", "head_office"),
    ],
)
def test_lists_take_as_many_statements_for_one_row_as_for_three(cast, login, page, name):
    client = login(name)
    url = reverse(page)
    factories.make_ticket(factories.make_event())
    client.get(url)
    one = statements(client, url)
    for _n in range(2):
        factories.make_ticket(factories.make_event())
    assert statements(client, url) == one


def test_the_list_of_registrations_takes_constant_statements(cast, login, place):
    client = login("head_office")
    url = reverse("events_staff:event", args=["now"])
    client.get(url)
    one = statements(client, url)
    for user in (cast.account, cast.associate):
        actions.register(ticket=place.ticket, attendees=[ME], by=user)
    assert statements(client, url) == one
    assert one <= 12


def test_filters_are_in_the_address(cast, login):
    factories.make_event("seminar", kind="seminar", branch=cast.busan, title_ko="부산 세미나")
    factories.make_event("talk", title_ko="본부 컨퍼런스")
    old = clock.now() - timedelta(days=9)
    factories.make_event("old", starts_at=old, title_ko="가을 포럼")
    factories.make_event("secret", status="draft", title_ko="비밀 행사")
    client = login("visitor")
    titles = {"부산 세미나", "본부 컨퍼런스", "가을 포럼", "비밀 행사"}
    for query, wanted in [
        ("", {"부산 세미나", "본부 컨퍼런스"}),
        ("?kind=seminar", {"부산 세미나"}),
        ("?branch=hq", {"본부 컨퍼런스"}),
        ("?past=on", {"가을 포럼"}),
        ("?kind=nonsense", {"부산 세미나", "본부 컨퍼런스"}),
    ]:
        page = client.get(reverse("events:events") + query).content.decode()
        assert {title for title in titles if title in page} == wanted
    assert client.get(reverse("events:event", args=["secret"])).status_code == 404


def test_a_visitors_page_is_kept_and_follows_every_change(cast, login):
    event = factories.make_event("kept")
    ticket = factories.make_ticket(event, capacity=3)
    client = login("visitor")
    url = event.get_absolute_url()
    assert re.search(r"3\s?(seats|석)", client.get(url).content.decode())
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert len(captured) == 1
    assert "Set-Cookie" not in response.headers
    actions.register(ticket=ticket, attendees=[FRIEND], by=cast.account)
    assert re.search(r"2\s?(seats|석)", client.get(url).content.decode())
    actions.cancel_event(event=Event.objects.get(), reason="태풍", by=cast.head_office)
    assert "alert danger" in client.get(url).content.decode()


def test_each_reader_sees_their_own_price_and_time(cast, login):
    now = clock.now()
    everyone = now + timedelta(days=2)
    event = factories.make_event(
        "clock", clock=factories.make_clock({cast.regular_tier: now, None: everyone})
    )
    factories.make_ticket(event, prices={None: 55_000, cast.regular_tier: 33_000})
    register = reverse("events:register", args=["clock"])
    url = event.get_absolute_url()
    seen = {name: login(name).get(url).content.decode() for name in ("visitor", "regular")}
    assert register not in seen["visitor"]
    assert register in seen["regular"]
    assert "<b>33,000원</b>" in seen["regular"]
    assert "<b>55,000원</b>" in seen["visitor"]
    for name, state in [("account", "later"), ("regular", "early"), ("lapsed", "later")]:
        invitation = offers.invite(event, getattr(cast, name), now)
        assert invitation.state == state
        assert invitation.opens_at == (now if state == "early" else everyone)


def test_the_page_of_an_event_tells_how_many_one_may_buy_where_that_is_unusual(cast, client):
    event = factories.make_event("conference", branch=cast.busan)
    factories.make_ticket(event, max_per_order=5)
    address, told = event.get_absolute_url(), ("3자리 이상", "4명까지", "2자리")
    with CaptureQueriesContext(connection) as plain:
        page = client.get(address).content.decode()
    assert not any(words in page for words in told)
    event.tickets.update(min_per_order=3, max_per_order=4, max_per_person=2)
    actions.touch(event)
    client.get(address)
    with CaptureQueriesContext(connection) as limited:
        page = client.get(address).content.decode()
    assert [words in page for words in told] == [True] * 3
    assert len(limited) <= len(plain)


def test_search_engines_are_told_in_data(cast, login):
    event = factories.make_event("data", title_ko="</script><b>행사")
    page = login("visitor").get(event.get_absolute_url()).content.decode()
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert json.loads(block[1])["name"] == "</script><b>행사"
    assert "<b>행사" not in page


def test_calendars(cast, login):
    event = factories.make_event("ics", title_ko="행사, 하나")
    client = login("visitor")
    one = client.get(reverse("events:event-ics", args=["ics"]))
    assert one["Content-Type"] == "text/calendar; charset=utf-8"
    text = one.content.decode()
    assert "SUMMARY:행사\\, 하나" in text
    assert f"DTSTART:{event.starts_at:%Y%m%dT%H%M%SZ}" in text
    assert "BEGIN:VEVENT" in client.get(reverse("events:calendar-ics")).content.decode()


def test_a_ticket_is_for_whoever_knows_its_address(cast, login, place):
    client = login("visitor")
    page = client.get(place.get_absolute_url())
    assert page.status_code == 200
    assert page["Cache-Control"] == "private, no-store"
    assert "noindex" in page["X-Robots-Tag"]
    assert place.door_code in page.content.decode()
    pdf = client.get(reverse("tickets:ticket-pdf", args=[place.secret]))
    assert pdf.content.startswith(b"%PDF-")
    assert client.get(reverse("tickets:ticket", args=["x" * 24])).status_code == 404


def test_the_certificate_is_only_for_those_who_came(cast, login, place):
    client = login("visitor")
    url = reverse("tickets:ticket-certificate", args=[place.secret])
    assert client.get(url).status_code == 404
    actions.check_in(event=place.event, typed=place.code, by=cast.doorkeeper)
    first = client.get(url)
    assert first.content.startswith(b"%PDF-")
    assert client.get(url).content == first.content


def test_an_unpaid_ticket_shows_no_code(cast, login):
    event = factories.make_event()
    actions.register(ticket=factories.make_ticket(event), attendees=[ME], by=cast.account)
    place = Registration.objects.get()
    client = login("visitor")
    assert place.door_code not in client.get(place.get_absolute_url()).content.decode()
    assert client.get(reverse("tickets:ticket-pdf", args=[place.secret])).status_code == 404


def test_whoever_has_not_paid_is_led_to_the_order(cast, login):
    event = factories.make_event()
    order = actions.register(ticket=factories.make_ticket(event), attendees=[ME], by=cast.account)
    place = Registration.objects.get()
    page = login("account").get(reverse("tickets:ticket-cancel", args=[place.secret]))
    links = re.findall(
        r'class="btn[^"]*" href="([^"]+)"', page.content.decode().partition("<main")[2]
    )
    assert links[:2] == [order.get_absolute_url(), place.get_absolute_url()]


def test_registering_for_what_is_past_says_why_and_leads_on(cast, login):
    old = factories.make_event("old", starts_at=clock.now() - timedelta(days=9))
    factories.make_ticket(old)
    off = factories.make_event("off", status=Event.Status.CANCELLED)
    factories.make_ticket(off)
    client = login("regular")

    def page(event) -> str:
        answer = client.get(reverse("events:register", args=[event.slug]))
        return answer.content.decode().partition("<main")[2]

    assert "마친 행사이므로 더 신청할 수 없습니다" in page(old)
    assert "취소되어 신청할 수 없습니다" in page(off)
    for event in (old, off):
        links = re.findall(r'class="btn[^"]*" href="([^"]+)"', page(event))
        assert links == ["/events/", event.get_absolute_url()]
    factories.make_material(old, by=cast.officer)
    assert f'href="{reverse("events:materials", args=["old"])}"' in page(old)


# --- the door ---


def scan(client, typed, slug="now") -> str:
    url = reverse("events_staff:check-in", args=[slug])
    return client.post(url, {"code": typed}).context["scan"].outcome


def test_the_door_admits_once_and_says_so(cast, login, place):
    client = login("doorkeeper")
    address = f"http://localhost:8000/tickets/{place.secret}/"
    held = factories.make_ticket(place.event, name_ko="둘째")
    actions.register(ticket=held, attendees=[ME], by=cast.account)
    unpaid = Registration.objects.get(ticket=held)
    elsewhere = factories.make_event("elsewhere")
    assert scan(client, address, slug="elsewhere") == "other"
    assert scan(client, place.code.lower(), slug=elsewhere.slug) == "unknown"
    assert scan(client, unpaid.code) == "unpaid"
    assert scan(client, address) == "admitted"
    assert scan(client, place.door_code.lower()) == "already"
    assert scan(client, place.secret) == "already"
    assert Registration.objects.filter(check_in__isnull=False).count() == 1


def test_a_check_in_takes_few_statements(cast, login, place):
    client = login("doorkeeper")
    url = reverse("events_staff:check-in", args=["now"])
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        client.post(url, {"code": place.code})
    work = [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"]]
    assert len([sql for sql in work if 'FROM "accounts_user"' not in sql]) <= 5, work


def test_the_door_asks_for_two_letters_before_it_says_that_nobody_is_there(login, place):
    url = reverse("events_staff:check-in", args=["now"])
    client = login("doorkeeper")
    for typed, asks, nobody in [
        ("m", True, False),
        ("김", True, False),
        ("me", False, False),
        ("없는 사람", False, True),
    ]:
        answer = client.get(url, {"q": typed}).content.decode().rpartition("</form>")[2]
        assert ("두 글자 이상" in answer, 'class="empty"' in answer) == (asks, nobody), typed


def test_the_door_shows_masked_names_to_those_on_duty(cast, login, place):
    url = reverse("events_staff:check-in", args=["now"])
    page = login("doorkeeper").get(url, {"q": "me"}).content.decode()
    assert place.code in page
    assert ">me<" not in page
    for name, status in [
        ("officer", 200),
        ("other_officer", 404),
        ("treasurer", 403),
        ("regular", 403),
        ("visitor", 302),
    ]:
        assert login(name).get(url).status_code == status


# --- the desk ---


def test_another_branch_is_not_there(cast, login, place):
    for page in ("event", "event-edit", "tickets", "programme"):
        url = reverse(f"events_staff:{page}", args=["now"])
        assert login("officer").get(url).status_code == 200
        assert login("other_officer").get(url).status_code == 404


def test_an_export_needs_a_reason(cast, login, place):
    client = login("officer")
    url = reverse("events_staff:export", args=["now"])
    assert client.post(url).status_code == 303
    answer = client.post(url, {"reason": "명찰 인쇄"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert place.door_code in text
    assert login("other_officer").post(url, {"reason": "명찰 인쇄"}).status_code == 404


def test_an_officer_runs_an_event_from_nothing(cast, login):
    client = login("officer")
    start = (clock.now() + timedelta(days=40)).astimezone(clock.KST)
    facts = {
        "slug": "busan-2027",
        "kind": "seminar",
        "branch": cast.busan.pk,
        "title_ko": "부산 세미나",
        "starts_at": f"{start:%Y-%m-%dT14:00}",
        "ends_at": f"{start:%Y-%m-%dT16:00}",
        "full_refund_days": 7,
        "half_refund_days": 3,
    }
    refused = client.post(reverse("events_staff:event-new"), {**facts, "branch": cast.daegu.pk})
    assert refused.status_code == 200
    assert Event.objects.count() == 0
    client.post(reverse("events_staff:event-new"), facts)
    event = Event.objects.get()
    assert (event.status, f"{event.starts_at.astimezone(clock.KST):%H:%M}") == ("draft", "14:00")
    url = reverse("events_staff:tickets", args=[event.slug])
    blank = {
        f"{name}-{key}": number
        for name in ("tickets", "prices", "openings")
        for key, number in [("TOTAL_FORMS", 0), ("INITIAL_FORMS", 0)]
    }
    one = {"tickets-TOTAL_FORMS": 1, "tickets-0-name_ko": "일반", "tickets-0-capacity": 40}
    extra = {"max_per_order": 5, "vat_class": "exempt", "is_on_sale": "on", "sort": 0}
    one |= {f"tickets-0-{key}": value for key, value in extra.items()}
    assert client.post(url, {**blank, **one}).status_code == 302
    ticket = event.tickets.get()
    publish = reverse("events_staff:publish", args=[event.slug])
    client.post(publish)
    event.refresh_from_db()
    assert event.status == "draft"  # no price yet
    price = {"prices-TOTAL_FORMS": 1, "prices-0-ticket": ticket.pk, "prices-0-amount": 0}
    opening = {"openings-TOTAL_FORMS": 1, "openings-0-opens_at": "2026-01-01T10:00"}
    assert client.post(url, {**blank, **price, **opening}).status_code == 302
    client.post(publish)
    event.refresh_from_db()
    assert event.status == "published"
    assert list(event.openings) == [None]
    assert login("visitor").get(event.get_absolute_url()).status_code == 200
    actions.register(
        ticket=event.tickets.get(), attendees=[Attendee("관객", "a@example.test")], by=cast.account
    )
    client.post(reverse("events_staff:unpublish", args=[event.slug]))
    event.refresh_from_db()
    assert event.status == "published"
    client.post(reverse("events_staff:cancel", args=[event.slug]), {"reason": "강사 사정"})
    event.refresh_from_db()
    assert event.status == "cancelled"
    assert Registration.objects.get().status == "cancelled"

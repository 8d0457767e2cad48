"""Taking a place: what it costs, when it opens, what is refused, what comes back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from events import actions
from events.actions import Attendee
from events.models import CheckIn, Event, Registration, Ticket
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.templatetags.ui import kdatetime
from kosna.mail import post as post_office
from kosna.mail.models import Message
from kosna.payments import actions as payments
from kosna.payments.models import Order, Refund
from kosna.verify import verify
from tests import factories
from tests.payments.shop import account_for

ME = Attendee("me", "me@example.test", is_buyer=True)
FRIEND = Attendee("박서준", "friend@example.test")
NOBODY = Attendee("")  # named later
Status = Registration.Status


@pytest.fixture
def event(cast):
    return factories.make_event("conference")


@pytest.fixture
def ticket(cast, event):
    return factories.make_ticket(event, prices={None: 55_000, cast.regular_tier: 33_000})


def pay(order: Order) -> None:
    payments.record_payment(
        order=order,
        provider="bank",
        reference=f"deposit:{order.code}",
        method="bank_transfer",
        amount=order.total,
        received_at=clock.now(),
    )
    order.refresh_from_db()


def taken(ticket: Ticket) -> int:
    ticket.refresh_from_db()
    assert ticket.taken == actions.recount(ticket)
    return ticket.taken


def post(client, slug="conference", **data):
    return client.post(reverse("events:register", args=[slug]), {"myself": "on", **data})


@pytest.mark.parametrize(
    ("name", "price"),
    [("regular", 33_000), ("account", 55_000), ("associate", 55_000), ("lapsed", 55_000)],
)
def test_each_pays_their_own_price(cast, ticket, name, price):
    order = actions.register(ticket=ticket, attendees=[ME], by=getattr(cast, name))
    assert order.total == price
    assert taken(ticket) == 1
    assert order.status == Order.Status.PENDING


def test_a_personal_members_price_is_for_the_member_alone(cast, ticket):
    order = actions.register(ticket=ticket, attendees=[ME, FRIEND], by=cast.regular)
    assert [line.amount for line in order.lines.all()] == [33_000, 55_000]
    assert taken(ticket) == 2


def test_colleagues_share_the_terms_of_a_company(cast, event):
    ticket = factories.make_ticket(event, prices={None: 55_000, cast.company_tier: 30_000})
    order = actions.register(ticket=ticket, attendees=[ME, FRIEND], by=cast.company_seat)
    assert order.total == 60_000


def test_the_early_bird_ends_on_its_instant(cast, event, ticket, settings, tmp_path):
    until = clock.now() + timedelta(days=1)
    ticket.prices.create(amount=40_000, until=until)
    settings.KOSNA_CLOCK = str(tmp_path / "clock")
    for instant, price in [(until - timedelta(seconds=1), 40_000), (until, 55_000)]:
        (tmp_path / "clock").write_text(instant.isoformat())
        order = actions.register(ticket=ticket, attendees=[FRIEND], by=cast.account)
        assert order.total == price


def test_priority_registration_is_for_its_tier_and_their_own_place(cast):
    now = clock.now()
    event = factories.make_event(
        "priority",
        clock=factories.make_clock(
            {cast.regular_tier: now - timedelta(days=1), None: now + timedelta(days=2)}
        ),
    )
    ticket = factories.make_ticket(event)
    for name in ("account", "lapsed", "associate"):
        with pytest.raises(Refused, match="20"):
            actions.register(ticket=ticket, attendees=[ME], by=getattr(cast, name))
    with translation.override("en"):
        with pytest.raises(Refused) as refusal:
            actions.register(ticket=ticket, attendees=[ME, FRIEND], by=cast.regular)
        assert refusal.value.reasons == [
            f"{FRIEND.name} can be registered from {kdatetime(event.openings[None])}.",
            "Register yourself now, and your colleagues when it opens for them.",
        ]
    with pytest.raises(Refused) as nameless:
        actions.register(ticket=ticket, attendees=[ME, Attendee("")], by=cast.regular)
    assert "이름을 정하지 않은 자리는" in nameless.value.reasons[0]
    assert "님" not in nameless.value.reasons[0]
    assert taken(ticket) == 0
    assert actions.register(ticket=ticket, attendees=[ME], by=cast.regular).total == 55_000


def test_a_colleague_is_offered_a_row_once_it_opens_for_them(cast, login):
    now = clock.now()
    opening = factories.make_clock(
        {
            cast.regular_tier: now - timedelta(days=1),
            cast.company_tier: now - timedelta(days=1),
            None: now + timedelta(days=2),
        }
    )
    factories.make_ticket(factories.make_event("priority", clock=opening))
    url = reverse("events:register", args=["priority"])
    row = 'name="people" value="2"'

    page = login("regular").get(url)
    assert row not in page.content.decode()
    assert kdatetime(page.context["companions_from"]) in page.content.decode()
    assert row in login("company_seat").get(url).content.decode()  # shares a company's terms
    opening.openings.filter(tier=None).update(opens_at=now)
    actions.touch(Event.objects.get(slug="priority"))
    assert row in login("regular").get(url).content.decode()


def test_a_members_meeting_is_for_members(cast, event):
    ticket = factories.make_ticket(event, prices={cast.regular_tier: 0})
    for name in ("account", "lapsed", "associate"):
        with pytest.raises(Refused):
            actions.register(ticket=ticket, attendees=[ME], by=getattr(cast, name))
    order = actions.register(ticket=ticket, attendees=[ME], by=cast.regular)
    assert order.status == Order.Status.PAID
    assert Registration.objects.get().status == Status.CONFIRMED
    assert list(Message.objects.values_list("template", flat=True)) == ["registration_confirmed"]


def test_nobody_takes_two_places_for_themselves(cast, ticket):
    actions.register(ticket=ticket, attendees=[ME], by=cast.regular)
    with pytest.raises(Refused):
        actions.register(ticket=ticket, attendees=[ME], by=cast.regular)
    assert taken(ticket) == 1
    assert Order.objects.count() == 1


@pytest.mark.parametrize("count", [0, 6])
def test_too_few_and_too_many_are_refused(cast, ticket, count):
    with pytest.raises(Refused):
        actions.register(ticket=ticket, attendees=[FRIEND] * count, by=cast.account)
    assert taken(ticket) == 0


def test_unpaid_places_count_together_until_they_are_paid_or_cancelled(cast, event, ticket):
    other = factories.make_ticket(event)
    Ticket.objects.update(capacity=30)
    first = actions.register(ticket=ticket, attendees=[ME, FRIEND, FRIEND], by=cast.account)
    for each in (ticket, other):
        with pytest.raises(Refused, match="3"):
            actions.register(ticket=each, attendees=[FRIEND] * 3, by=cast.account)
    assert (taken(ticket), taken(other)) == (3, 0)
    second = actions.register(ticket=other, attendees=[FRIEND] * 2, by=cast.account)
    actions.register(ticket=ticket, attendees=[FRIEND] * 5, by=cast.applicant)
    payments.cancel_order(second, by=cast.account, reason="")
    pay(first)
    actions.register(ticket=ticket, attendees=[FRIEND] * 5, by=cast.account)
    elsewhere = factories.make_ticket(factories.make_event())
    actions.register(ticket=elsewhere, attendees=[FRIEND] * 5, by=cast.account)


def test_free_places_count_together_over_all_orders(cast, event):
    hall, stage = (factories.make_ticket(event, capacity=30, prices={None: 0}) for _n in range(2))
    first = actions.register(ticket=hall, attendees=[NOBODY] * 3, by=cast.account)
    for each in (hall, stage):
        with pytest.raises(Refused, match="3"):
            actions.register(ticket=each, attendees=[FRIEND] * 3, by=cast.account)
    actions.register(ticket=stage, attendees=[FRIEND] * 2, by=cast.account)
    with pytest.raises(Refused, match="5"):
        actions.register(ticket=hall, attendees=[FRIEND], by=cast.account)
    actions.register(ticket=hall, attendees=[ME], by=cast.account)  # oneself one may always name
    actions.register(ticket=hall, attendees=[FRIEND] * 5, by=cast.applicant)
    elsewhere = factories.make_ticket(factories.make_event(), prices={None: 0})
    actions.register(ticket=elsewhere, attendees=[FRIEND] * 5, by=cast.account)
    own = Registration.objects.get(user=cast.account)
    with pytest.raises(Refused, match="6"):  # or they would name themselves again
        actions.hand_over(own, FRIEND, by=cast.account)
    lines = list(first.lines.values_list("pk", flat=True))
    actions.cancel_places(first, lines, quoted=0, by=cast.account)
    actions.hand_over(own, FRIEND, by=cast.account)
    actions.register(ticket=hall, attendees=[FRIEND] * 2, by=cast.account)
    assert (taken(hall), taken(stage)) == (8, 2)


def test_what_was_paid_for_is_beside_the_free_places(cast, event, ticket):
    free = factories.make_ticket(event, capacity=30, prices={None: 0})
    Ticket.objects.update(capacity=30)
    pay(actions.register(ticket=ticket, attendees=[FRIEND] * 5, by=cast.account))
    actions.register(ticket=free, attendees=[FRIEND] * 5, by=cast.account)
    actions.register(ticket=ticket, attendees=[FRIEND] * 5, by=cast.account)
    assert (taken(ticket), taken(free)) == (10, 5)


def test_a_ticket_that_says_how_many_one_person_has_is_taken_by_its_own_count(cast, event):
    free = factories.make_ticket(event, capacity=30, prices={None: 0}, max_per_person=8)
    actions.register(ticket=free, attendees=[FRIEND] * 5, by=cast.account)
    actions.register(ticket=free, attendees=[FRIEND] * 3, by=cast.account)
    with pytest.raises(Refused, match="8"):
        actions.register(ticket=free, attendees=[FRIEND], by=cast.account)
    assert taken(free) == 8


def test_who_runs_the_event_registers_free_groups_as_they_come(cast, event):
    free = factories.make_ticket(event, capacity=30, prices={None: 0})
    for _order in range(3):
        actions.register(ticket=free, attendees=[FRIEND] * 5, by=cast.head_office)
    actions.register(ticket=free, attendees=[FRIEND] * 5, by=cast.other_officer)
    with pytest.raises(Refused):
        actions.register(ticket=free, attendees=[FRIEND], by=cast.other_officer)
    assert taken(free) == 20


def test_one_account_takes_no_free_event_by_sending_the_form_again(cast, event, login):
    free = factories.make_ticket(event, capacity=30, prices={None: 0})
    client = login("account")
    statuses = [
        post(client, ticket=free.pk, myself="", later=5, form_key=uuid4()).status_code
        for _order in range(3)
    ]
    assert (statuses, taken(free)) == ([302, 422, 422], 5)


def test_the_whole_story_over_http_in_few_statements(cast, event, ticket, login):
    client = login("regular")
    client.get(event.get_absolute_url())  # somebody has looked at it before
    with CaptureQueriesContext(connection) as captured:
        page = client.get(reverse("events:event", args=[event.slug]))
        form = client.get(reverse("events:register", args=[event.slug]))
        answer = post(client, ticket=ticket.pk)
    assert "33,000" in page.content.decode()
    assert form.status_code == 200
    order = Order.objects.get()
    assert (answer.status_code, answer.url) == (302, order.get_absolute_url())
    assert order.total == 33_000
    statements = [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"]]
    assert len(statements) <= 24, "\n".join(s[:150] for s in statements)


def test_prices_quantities_and_tickets_typed_by_hand_change_nothing(cast, ticket, login):
    other = factories.make_ticket(factories.make_event("other"), prices={None: 1})
    client = login("account")
    assert post(client, ticket=other.pk).status_code == 422
    assert post(client, ticket="0 OR 1").status_code == 422
    assert post(client, slug="other", ticket=ticket.pk).status_code == 422
    assert Order.objects.count() == 0
    post(client, ticket=ticket.pk, price="1", amount="1", quantity="-3", rows="-5")
    order = Order.objects.get()
    assert (order.total, order.lines.count()) == (55_000, 1)


def test_closed_doors_refuse_a_post_as_well(cast, login):
    soon = clock.now() + timedelta(days=1)
    later = factories.make_event("later", clock=factories.make_clock({None: soon}))
    closed = factories.make_event("closed", registration_ends_at=clock.now())
    draft = factories.make_event("draft", status="draft")
    full = factories.make_event("full")
    client = login("account")
    for event, status in [(later, 422), (closed, 422), (draft, 404), (full, 422)]:
        ticket = factories.make_ticket(event, capacity=0 if event is full else 10)
        assert post(client, slug=event.slug, ticket=ticket.pk).status_code == status
        assert client.get(reverse("events:register", args=[event.slug])).status_code in (200, 404)
    assert Order.objects.count() == 0


def test_one_more_colleague_keeps_what_was_typed(cast, ticket, login):
    client = login("account")
    page = post(client, ticket=ticket.pk, people="2", affiliation="가온소셜랩")
    assert page.status_code == 200
    assert "가온소셜랩" in page.content.decode()
    assert 'name="name_1"' in page.content.decode()
    assert Order.objects.count() == 0
    answer = post(
        client, ticket=ticket.pk, rows="2", name_1="박서준", email_1="friend@example.test"
    )
    assert answer.status_code == 302
    assert sorted(Registration.objects.values_list("name", flat=True)) == ["account", "박서준"]


def test_an_address_that_is_none_is_wrong_and_not_missing(cast, ticket, login):
    colleague = {"rows": "2", "name_1": "박서준", "email_1": "friend@"}
    page = post(login("account"), ticket=ticket.pk, **colleague)
    assert len(page.context["form"].errors["email_1"]) == 1
    assert 'value="friend@"' in page.content.decode()
    page = post(login("account"), ticket=ticket.pk, **{**colleague, "email_1": ""})
    assert len(page.context["form"].errors["email_1"]) == 1


# --- money, and the end of a hold ---


def test_payment_confirms_and_tells(cast, ticket):
    order = actions.register(ticket=ticket, attendees=[ME, FRIEND], by=cast.regular)
    pay(order)
    pay(order)
    assert set(Registration.objects.values_list("status", flat=True)) == {Status.CONFIRMED}
    told = Message.objects.filter(template="registration_confirmed")
    assert sorted(told.values_list("to", flat=True)) == ["friend@example.test", "me@example.test"]


def test_an_expired_hold_returns_its_seats_once(cast, ticket):
    order = actions.register(ticket=ticket, attendees=[ME, FRIEND], by=cast.regular)
    Order.objects.update(expires_at=clock.now(), release_at=clock.now())
    payments.expire_due()
    payments.expire_due()
    order.refresh_from_db()
    actions.on_expired(order)
    assert taken(ticket) == 0
    assert set(Registration.objects.values_list("status", flat=True)) == {Status.EXPIRED}


def test_paid_late_takes_the_seat_again_if_it_is_free(cast, ticket):
    order = actions.register(ticket=ticket, attendees=[ME], by=cast.regular)
    Order.objects.update(expires_at=clock.now(), release_at=clock.now())
    payments.expire_due()
    pay(order)
    assert order.status == Order.Status.PAID
    assert taken(ticket) == 1


def test_paid_late_without_a_seat_goes_to_review(cast, event):
    ticket = factories.make_ticket(event, capacity=1)
    order = actions.register(ticket=ticket, attendees=[ME], by=cast.regular)
    Order.objects.update(expires_at=clock.now(), release_at=clock.now())
    payments.expire_due()
    actions.register(ticket=ticket, attendees=[ME], by=cast.account)
    pay(order)
    assert order.status == Order.Status.REVIEW
    assert taken(ticket) == 1


@pytest.mark.parametrize(("days", "share"), [(7, 100), (6, 50), (3, 50), (2, 0)])
def test_the_ladder_counts_korean_days(cast, login, days, share):
    midnight = clock.start_of(clock.today())
    event = factories.make_event("ladder", starts_at=midnight + timedelta(days=days, minutes=1))
    ticket = factories.make_ticket(event, prices={None: 33_000})
    order = actions.register(ticket=ticket, attendees=[ME], by=cast.account)
    pay(order)
    place = Registration.objects.get()
    client = login("account")
    url = reverse("tickets:ticket-cancel", args=[place.secret])
    assert client.get(url).status_code == 200
    back = 33_000 * share // 100
    assert client.post(url, {"quoted": back}).status_code == 422  # not confirmed
    assert client.post(url, {"confirm": "on", "quoted": back}).status_code == 302
    assert taken(ticket) == 0
    refunds = list(Refund.objects.values_list("amount", flat=True))
    assert refunds == ([33_000 * share // 100] if share else [])
    place.refresh_from_db()
    with pytest.raises(Refused):
        actions.cancel_registration(registration=place, by=cast.account)
    assert taken(ticket) == 0


def test_only_the_buyer_gives_a_place_up(cast, ticket, login):
    order = actions.register(ticket=ticket, attendees=[ME], by=cast.regular)
    pay(order)
    secret = Registration.objects.get().secret
    url = reverse("tickets:ticket-cancel", args=[secret])
    assert login("account").post(url, {"confirm": "on", "quoted": 33_000}).status_code == 404
    assert login("visitor").post(url, {"confirm": "on", "quoted": 33_000}).status_code == 302
    assert taken(ticket) == 1


def test_a_refund_by_the_treasurer_ends_the_place(cast, ticket):
    order = actions.register(ticket=ticket, attendees=[ME], by=cast.regular)
    pay(order)
    refund = payments.request_refund(
        order=order,
        line=order.lines.get(),
        amount=33_000,
        reason="중복 신청",
        by=cast.treasurer,
    )
    actions.on_refunded(refund)
    actions.on_refunded(refund)
    assert taken(ticket) == 0


def give_back(cast, order: Order, amount: int, **more) -> None:
    """The treasurer returns a part of an order's only line, to the end."""
    refund = payments.request_refund(
        order=order,
        line=order.lines.get(),
        amount=amount,
        reason="일부 반환",
        by=cast.treasurer,
        **more,
    )
    payments.approve_refund(account_for(refund), by=cast.head_office)
    payments.send_refund(refund, by=cast.treasurer)
    payments.complete_bank_refund(refund, reference=f"wired-{refund.pk}", by=cast.treasurer)


def test_whoever_was_admitted_had_a_place(cast, event, ticket):
    def told() -> list[str]:
        return verify()["admitted_had_their_places"]

    order = actions.register(ticket=ticket, attendees=[ME], by=cast.regular)
    pay(order)
    refunded = Registration.objects.get()
    called_off, tampered = factories.make_place(ticket), factories.make_place(ticket)
    for place in (refunded, called_off, tampered):
        CheckIn.objects.create(registration=place, by=cast.head_office)
    rows = Registration.objects.filter(pk=tampered.pk)
    wrong = [f"registration {tampered.pk} was admitted and has no place"]
    assert told() == []
    for change in (
        {"status": Status.CANCELLED, "released_at": clock.now()},
        {"status": Status.EXPIRED, "released_at": clock.now()},
        {"status": Status.HELD, "released_at": None},
    ):
        rows.update(**change)
        assert told() == wrong, change
    rows.update(status=Status.CONFIRMED)

    give_back(cast, order, 33_000)
    actions.cancel_event(event=event, reason="태풍", by=cast.head_office)
    assert set(Registration.objects.values_list("status", flat=True)) == {Status.CANCELLED}
    assert told() == []  # they came before it ended
    later = clock.now() + timedelta(minutes=1)
    CheckIn.objects.filter(registration=tampered).update(at=later)
    assert told() == wrong


def test_a_part_of_the_price_leaves_the_place_and_all_of_it_ends_it(cast, ticket):
    order = actions.register(ticket=ticket, attendees=[ME], by=cast.regular)
    pay(order)
    give_back(cast, order, 10_000)
    give_back(cast, order, 13_000)
    assert Registration.objects.get().status == Status.CONFIRMED
    assert taken(ticket) == 1
    give_back(cast, order, 10_000)
    assert Registration.objects.get().status == Status.CANCELLED
    assert taken(ticket) == 0


def test_a_part_of_the_price_ends_the_place_where_the_treasurer_says_so(cast, ticket):
    order = actions.register(ticket=ticket, attendees=[ME], by=cast.regular)
    pay(order)
    give_back(cast, order, 10_000, ends_line=True)
    assert Registration.objects.get().status == Status.CANCELLED
    assert taken(ticket) == 0


def test_the_last_won_of_an_order_ends_its_place(cast, ticket):
    """Money alone went first, so that the line's own price cannot come back in full."""
    order = actions.register(ticket=ticket, attendees=[ME], by=cast.regular)
    pay(order)
    alone = payments.request_refund(order=order, amount=3_000, reason="x", by=cast.treasurer)
    payments.approve_refund(account_for(alone), by=cast.head_office)
    payments.send_refund(alone)
    payments.complete_bank_refund(alone, reference="wired", by=cast.treasurer)
    assert Registration.objects.get().status == Status.CONFIRMED
    give_back(cast, order, 30_000)
    assert Registration.objects.get().status == Status.CANCELLED


def test_a_cancelled_event_gives_everything_back(cast, event, ticket):
    paid = actions.register(ticket=ticket, attendees=[ME, FRIEND], by=cast.regular)
    pay(paid)
    held = actions.register(ticket=ticket, attendees=[ME], by=cast.account)
    assert actions.cancel_event(event=event, reason="태풍", by=cast.head_office) == 3
    assert actions.cancel_event(event=event, reason="태풍", by=cast.head_office) == 0
    assert taken(ticket) == 0
    assert sorted(Refund.objects.values_list("amount", flat=True)) == [33_000, 55_000]
    held.refresh_from_db()
    assert held.status == Order.Status.CANCELLED
    with pytest.raises(Refused):
        actions.register(ticket=ticket, attendees=[FRIEND], by=cast.applicant)
    assert Message.objects.filter(template="registration_cancelled").count() == 3


@pytest.mark.parametrize("language", ["ko", "en"])
def test_mails_say_what_they_must(cast, ticket, language):
    cast.regular.language = language
    cast.regular.save()
    pay(actions.register(ticket=ticket, attendees=[ME], by=cast.regular))
    place = Registration.objects.with_event().get()
    actions.cancel_registration(registration=place, by=cast.regular)
    confirmed, cancelled = (
        post_office.render(Message.objects.get(template=f"registration_{name}"))
        for name in ("confirmed", "cancelled")
    )
    title = {"ko": "소셜 데이터 컨퍼런스", "en": "Social Data Conference"}[language]
    assert title in confirmed[0]
    assert place.door_code in confirmed[1]
    assert place.get_absolute_url() in confirmed[1]
    assert {"ko": "33,000원", "en": "₩33,000"}[language] in cancelled[1]


@pytest.mark.miscounts
def test_whoever_comes_after_the_last_seat_waits_for_no_lock(cast, ticket, login):
    Ticket.objects.filter(pk=ticket.pk).update(taken=F("capacity"))
    client = login("account")
    with CaptureQueriesContext(connection) as captured:
        assert post(client, ticket=ticket.pk).status_code == 422
    writes = ("UPDATE", "INSERT", "SAVEPOINT", "BEGIN")
    assert not [q["sql"] for q in captured if q["sql"].startswith(writes)]


def test_a_free_place_takes_few_statements(cast, login):
    ticket = factories.make_ticket(factories.make_event("free"), prices={None: 0})
    client = login("account")
    client.get(reverse("events:register", args=["free"]))  # the brochure is kept from here on
    with CaptureQueriesContext(connection) as captured:
        assert post(client, slug="free", ticket=ticket.pk).status_code == 302
    work = [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"]]
    assert len(work) <= 13, work
    assert Registration.objects.get().status == Registration.Status.CONFIRMED
    verbs = Entry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == [
        "payments.place_order",
        "events.register",
        "payments.record_payment",
        "payments.settle",
    ]

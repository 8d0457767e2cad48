"""Waiting without an account, and what a list asks."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events import actions, waiting_rank
from events.actions import Attendee
from events.models import FormAnswer, FormQuestion, Registration, Ticket, WaitlistEntry
from kosna.accounts.models import Consent, Guest, Policy
from kosna.accounts.policies import own_version
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post as post_office
from kosna.mail.models import Message
from kosna.payments.models import Order
from kosna.verify import verify
from tests import factories
from tests.events.test_registering import pay
from tests.events.test_waiting import assert_counted, buy, fresh, more_seats, wait

URL = "/events/full/waiting/guest/"
Status = WaitlistEntry.Status


@pytest.fixture
def ticket(cast) -> Ticket:
    """One seat, taken; the event asks two questions."""
    event = factories.make_event("full", branch=cast.busan)
    FormQuestion.objects.create(event=event, text_ko="식사", is_required=True)
    FormQuestion.objects.create(event=event, text_ko="부서", scope="order")
    ticket = factories.make_ticket(event, capacity=1, prices={None: 55_000})
    buy(ticket, factories.make_user("구매자"))
    return ticket


def typed(ticket: Ticket, email: str = "guest@example.test", **more: object) -> dict:
    meal, department = FormQuestion.objects.order_by("pk")
    return {
        "ticket": ticket.pk,
        "myself": "on",
        "name": "나그네",
        "email": email,
        "phone": "010-1234-5678",
        "agrees": "on",
        "privacy_version": own_version("privacy"),
        "form_key": str(uuid4()),
        f"asked_{meal.pk}_me": "채식",
        f"asked_{department.pk}_order": "기획실",
        **more,
    }


def link(template: str, path: str) -> str:
    message = Message.objects.filter(template=template).latest("pk")
    found = re.search(rf"/{path}/[\w-]+/", post_office.render(message)[1])
    assert found
    return found.group()


def joined(ticket: Ticket, email: str = "guest@example.test") -> Client:
    client = Client()
    assert client.post(URL, typed(ticket, email)).url == "/events/full/waiting/"
    return client


def test_a_guest_counts_once_their_address_is_proven(ticket):
    client = joined(ticket)
    entry = WaitlistEntry.objects.get()
    assert (entry.status, fresh(ticket).awaited) == (Status.UNPROVEN, 0)
    assert "메일" in client.get("/events/full/waiting/").content.decode()
    refused = client.post("/events/full/waiting/confirm/")  # the link was not opened yet
    assert WaitlistEntry.objects.get().status == Status.UNPROVEN
    assert refused.status_code in (302, 303)

    opened = Client()
    answer = opened.get(link("waiting_guest", "tickets/waiting"))
    assert (answer.status_code, fresh(ticket).awaited) == (302, 0)  # a scanner of mails joins not
    opened.post("/events/full/waiting/confirm/")
    assert (WaitlistEntry.objects.get().status, fresh(ticket).awaited) == (Status.WAITING, 1)
    assert verify()["waiting_lists_are_counted"] == []


def test_the_desk_sees_who_has_not_confirmed_and_where_a_guest_is_reached(ticket, login):
    joined(ticket)
    desk, url = login("officer"), "/staff/events/full/waiting/"
    page = desk.get(url)
    assert [entry.wants for entry in page.context["unproven"]] == [1]
    assert "guest@example.test" in page.content.decode()
    client = Client()
    client.get(link("waiting_guest", "tickets/waiting"))
    client.post("/events/full/waiting/confirm/")
    assert desk.get(url).context["unproven"] == []
    file = desk.post("/staff/events/full/waiting.csv", {"reason": "audit"})
    assert "guest@example.test" in file.getvalue().decode("utf-8-sig")


def test_an_offer_reaches_a_guest_by_their_link_with_what_they_answered(ticket):
    client = joined(ticket)
    client.get(link("waiting_guest", "tickets/waiting"))
    client.post("/events/full/waiting/confirm/")
    more_seats(ticket)
    actions.serve_lists()
    order = Order.objects.get(user__is_guest=True)
    stranger = Client()
    answer = stranger.get(link("waiting_offered", "orders/guest"))
    assert answer.url == order.get_absolute_url()
    assert stranger.get(order.get_absolute_url()).status_code == 200
    place = Registration.objects.get(line__order=order)
    told = {row.question.text_ko: row.value for row in FormAnswer.objects.filter(order=order)}
    assert told == {"식사": "채식", "부서": "기획실"}
    assert place.form_answers.get().value == "채식"


def test_a_required_question_is_asked_of_those_who_wait_too(ticket, login, cast):
    client = login("regular")
    form = {"ticket": ticket.pk, "myself": "on"}
    assert client.post("/events/full/waiting/", form).status_code == 422
    meal = FormQuestion.objects.earliest("pk")
    answer = client.post("/events/full/waiting/", form | {f"asked_{meal.pk}_me": "한식"})
    assert answer.status_code == 302
    assert WaitlistEntry.objects.get().places.get().answers == {str(meal.pk): "한식"}


def test_one_address_waits_once(ticket):
    for _time in range(2):
        client = joined(ticket)
        client.get(link("waiting_guest", "tickets/waiting"))
        client.post("/events/full/waiting/confirm/")
    assert WaitlistEntry.objects.waiting().count() == 1


def test_a_form_that_was_sent_to_wait_buys_nothing_and_the_other_way_round(ticket):
    key = str(uuid4())
    assert Client().post(URL, typed(ticket, form_key=key)).status_code == 302
    more_seats(ticket)
    buying = "/events/full/register/guest/"
    assert Client().post(buying, typed(ticket, form_key=key)).status_code == 422
    key = str(uuid4())
    assert Client().post(buying, typed(ticket, form_key=key)).status_code == 302
    with pytest.raises(Refused):
        actions.join_as_guest(
            ticket=ticket, attendees=[Attendee("x")], name="x", email="x@x.test", phone="",
            form_key=UUID(key), language="ko", ip=None,
        )  # fmt: skip
    assert (WaitlistEntry.objects.count(), Order.objects.filter(user__is_guest=True).count()) == (
        1, 1,
    )  # fmt: skip


def test_a_guest_leaves_and_a_closed_list_closes_those_who_never_confirmed(ticket):
    client = joined(ticket)
    client.get(link("waiting_guest", "tickets/waiting"))
    client.post("/events/full/waiting/confirm/")
    client.post("/events/full/waiting/leave/")
    joined(ticket, "other@example.test")
    actions.close_list(ticket.event)
    assert sorted(WaitlistEntry.objects.values_list("status", flat=True)) == ["closed", "left"]
    assert fresh(ticket).awaited == 0


def test_a_guest_who_waits_is_kept_and_one_who_left_is_erased_after_a_month(ticket, monkeypatch):
    client = joined(ticket)
    client.get(link("waiting_guest", "tickets/waiting"))
    client.post("/events/full/waiting/confirm/")
    assert actions.erase_guests() == 0
    client.post("/events/full/waiting/leave/")
    assert actions.erase_guests() == 0
    later = clock.now() + timedelta(days=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert actions.erase_guests() == 1
    assert Guest.objects.get().email == ""
    place = WaitlistEntry.objects.get().places.get()
    assert (place.name, place.email, place.answers) == ("—", "", {})


def test_the_page_of_the_event_shows_a_guest_their_rank(ticket):
    joined(ticket)
    opened = Client()
    opened.get(link("waiting_guest", "tickets/waiting"))
    opened.post("/events/full/waiting/confirm/")
    answer = opened.get("/events/full/")
    assert [row.rank.number for row in answer.context["mine"]] == [1]
    assert "순번 1" in answer.content.decode()
    assert 'href="/events/full/waiting/guest/"' not in answer.content.decode()
    assert 'href="/events/full/waiting/guest/"' in Client().get("/events/full/").content.decode()


CONFIRM = "/events/full/waiting/confirm/"
FORM = 'name="ticket"'


def opened(client: Client) -> str:
    """The page to which the link of the last mail leads."""
    page = client.get(link("waiting_guest", "tickets/waiting"), follow=True)
    assert page.status_code == 200
    return page.content.decode()


def numbers_on(client: Client, url: str) -> list[int]:
    return [row.rank.number for row in client.get(url).context["mine"] if row.rank]


def test_the_link_opens_the_place_for_a_browser_that_is_signed_in(ticket, login, cast):
    joined(ticket, cast.account.email)
    client = login("account")
    assert CONFIRM in opened(client)
    client.post(CONFIRM)
    assert WaitlistEntry.objects.get().status == Status.WAITING
    for url in ("/events/full/", "/events/full/waiting/"):
        assert numbers_on(client, url) == [1]
        assert "순번 1" in client.get(url).content.decode()
    assert FORM not in client.get("/events/full/waiting/").content.decode()  # one waits once


def test_a_link_that_was_passed_on_keeps_nobody_from_waiting(ticket, login, cast):
    joined(ticket, "colleague@example.test")
    client = login("associate")
    opened(client)
    client.post(CONFIRM)
    assert FORM in client.get("/events/full/waiting/").content.decode()
    own = wait(ticket, cast.associate)
    assert numbers_on(client, "/events/full/waiting/") == [1, 2]
    client.post("/events/full/waiting/leave/", {"entry": own.pk})
    own.refresh_from_db()
    assert own.status == Status.LEFT
    assert numbers_on(client, "/events/full/") == [1]
    assert_counted(ticket)


def test_of_several_guests_in_one_browser_each_takes_their_own_place(ticket):
    client = joined(ticket, "one@example.test")
    opened(client)
    client.post(URL, typed(ticket, "two@example.test"))
    page = opened(client)
    first, second = WaitlistEntry.objects.order_by("pk")
    assert f'name="entry" value="{second.pk}"' in page
    client.post(CONFIRM, {"entry": second.pk})
    client.post(CONFIRM, {"entry": first.pk})
    rows = client.get("/events/full/waiting/").context["mine"]
    assert [(row.entry, row.rank.number) for row in rows] == [(second, 1), (first, 2)]
    client.post("/events/full/waiting/leave/", {"entry": second.pk})
    assert WaitlistEntry.objects.waiting().get() == first


def offered_one_of_two(ticket: Ticket, email: str) -> Order:
    """A guest who waits for two, and was offered one."""
    meal = FormQuestion.objects.earliest("pk")
    colleague = {"rows": "2", "name_1": "동료", "email_1": "x@example.test"}
    Client().post(URL, typed(ticket, email, **colleague, **{f"asked_{meal.pk}_1": "육식"}))
    client = Client()
    opened(client)
    client.post(CONFIRM)
    more_seats(ticket)
    actions.serve_lists()
    return Order.objects.get(user__is_guest=True)


def test_what_waits_still_goes_with_the_order_into_the_account(ticket, login, cast):
    order = offered_one_of_two(ticket, cast.account.email)
    actions.claim_order(order, by=cast.account)
    client = login("account")
    assert numbers_on(client, "/events/full/waiting/") == numbers_on(client, "/events/full/") == [1]
    order.refresh_from_db()
    pay(order)
    more_seats(ticket)
    assert actions.serve_lists() == 1
    second = Order.objects.exclude(pk=order.pk).get(user=cast.account)
    assert Message.objects.filter(template="waiting_offered").latest("pk").to == cast.account.email
    assert client.get(second.get_absolute_url()).status_code == 200
    assert_counted(ticket)


def test_an_account_that_waits_itself_takes_no_second_wait_in(ticket, login, cast):
    order = offered_one_of_two(ticket, "other@example.test")
    own = wait(ticket, cast.account)
    cast.account.emailaddress_set.create(email="other@example.test", verified=True)
    with pytest.raises(Refused):
        actions.claim_order(order, by=cast.account)
    order.refresh_from_db()
    assert order.user.is_guest
    actions.leave(own, by=cast.account)
    actions.claim_order(order, by=cast.account)
    assert WaitlistEntry.objects.waiting().get().user == cast.account
    assert_counted(ticket)


def test_whoever_serves_a_list_meanwhile_serves_the_account(ticket, cast):
    order = offered_one_of_two(ticket, cast.account.email)
    seen = WaitlistEntry.objects.select_related("user", "ticket").get()
    actions.claim_order(order, by=cast.account)
    pay(Order.objects.get(pk=order.pk))
    more_seats(ticket)
    assert actions.offer_now(seen, reason="사유", by=cast.officer) == 1
    assert Order.objects.filter(user=cast.account).count() == 2
    assert_counted(ticket)


def test_nobody_takes_a_place_on_the_list_once_there_are_seats_enough(ticket):
    """They would hold a seat for as long as an offer is held, before others who buy."""
    client = joined(ticket)
    opened(client)
    more_seats(ticket, 5)
    client.post(CONFIRM)
    assert WaitlistEntry.objects.get().status == Status.UNPROVEN
    assert not Order.objects.filter(user__is_guest=True).exists()
    assert client.post("/events/full/register/guest/", typed(ticket)).status_code == 302
    assert_counted(ticket)


def test_nobody_waits_by_a_policy_that_was_not_shown(ticket):
    new = Policy.objects.create(
        kind=Policy.Kind.PRIVACY, version="2", effective_on=clock.today(), text_ko="새 방침",
        text_en="New policy",
    )  # fmt: skip

    answer = Client().post(URL, typed(ticket))

    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"agrees"})
    assert "새 방침" in answer.content.decode()
    assert not Guest.objects.exists()
    assert Client().post(URL, typed(ticket, privacy_version="2")).status_code == 302
    assert Consent.objects.get().policy == new


def test_who_need_not_wait_any_more_finds_the_way_to_register(ticket):
    """Their place on the list would be refused: there are seats enough."""
    client = joined(ticket)
    opened(client)

    def shown(url: str) -> list[bool]:
        page = client.get(url).content.decode()
        register = page.count('href="/events/full/register/guest/"')
        return [CONFIRM in page, "자리가 충분합니다" in page, register > 0]

    assert shown("/events/full/waiting/") == shown("/events/full/") == [True, False, False]
    more_seats(ticket)
    assert shown("/events/full/waiting/") == shown("/events/full/") == [False, True, True]
    page = client.post(CONFIRM, follow=True).content.decode()  # pressed on a page from before
    assert ("대기하지 마시고" in page, CONFIRM in page) == (True, False)
    # While others wait, no seat is on sale, however many are free.
    others = [Attendee(f"동료{n}", f"f{n}@example.test") for n in range(2)]
    actions.join(ticket=fresh(ticket), attendees=others, by=factories.make_user("다음"))
    more_seats(ticket, 3)
    assert fresh(ticket).awaited == 1
    assert shown("/events/full/waiting/") == [True, False, False]


def test_what_guests_need_not_wait_for_is_asked_in_as_many_statements_for_three(ticket):
    def counted() -> int:
        people = list(Guest.objects.values_list("user", flat=True))
        with CaptureQueriesContext(connection) as queries:
            rows = waiting_rank.mine_of(people, clock.now())
        assert [row.is_needless for row in rows] == [True] * len(people)
        return len(queries)

    joined(ticket, "one@example.test")
    more_seats(ticket)
    one = counted()
    Ticket.objects.update(capacity=1)
    for n in range(2):
        joined(ticket, f"more{n}@example.test")
    more_seats(ticket)
    assert counted() == one == 3

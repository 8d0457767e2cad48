"""The waiting list as people see it: on the event's page, on their own, and at the desk."""

import pytest
from django.urls import reverse

from events import actions
from events.models import Event, Ticket, WaitlistEntry
from kosna.audit.models import Entry
from kosna.payments.models import Order
from tests import factories
from tests.events.test_waiting import assert_counted, more_seats, wait
from tests.members.test_desk import queries_of

PAGE = "/events/full/waiting/"
DESK = "/staff/events/full/waiting/"


@pytest.fixture
def ticket(cast) -> Ticket:
    return factories.make_ticket(factories.make_event("full", branch=cast.busan), capacity=0)


def text(response) -> str:
    return response.content.decode()


def test_the_rule_is_published_to_everyone(ticket, login):
    for who in ("visitor", "account"):
        page = text(login(who).get("/events/full/"))
        assert PAGE in page
        assert "regular 회원" in page  # the tiers, in their order


def test_the_rule_says_what_holds_for_groups_where_a_ticket_is_sold_to_them(client, ticket):
    """Nobody reads of groups where there are none."""
    for fewest, is_told in ((1, False), (2, True)):
        Ticket.objects.filter(pk=ticket.pk).update(min_per_order=fewest)
        actions.touch(ticket.event)
        page = client.get("/events/full/").content.decode()
        assert ("단체 참가권은" in page) is is_told


def test_the_list_is_open_without_an_account_also_beside_a_ticket_that_is_sold(ticket, login):
    """One ticket is full, the other open: whoever is signed out finds the way to both."""
    register = "/events/full/register/guest/"

    def links(who: str) -> list[bool]:
        page = text(login(who).get("/events/full/"))
        return [f'href="{url}"' in page for url in (PAGE, f"{PAGE}guest/", register)]

    assert (links("visitor"), links("account")) == ([True, True, False], [True, False, False])
    factories.make_ticket(ticket.event, capacity=5)
    actions.touch(ticket.event)
    assert (links("visitor"), links("account")) == ([True, True, True], [True, False, False])


def test_an_event_with_seats_says_nothing_of_a_list(ticket, login):
    Ticket.objects.update(capacity=50)
    assert PAGE not in text(login("visitor").get("/events/full/"))


@pytest.mark.miscounts
def test_a_kept_page_knows_that_somebody_waits(cast, ticket, login):
    Ticket.objects.update(capacity=1, taken=1)
    Ticket.objects.filter(pk=ticket.pk).update(capacity=2)
    visitor = login("visitor")
    assert reverse("events:register", args=["full"]) in text(visitor.get("/events/full/"))
    Ticket.objects.update(awaited=1)
    assert reverse("events:register", args=["full"]) not in text(visitor.get("/events/full/"))


def test_one_joins_and_leaves_on_the_page(cast, ticket, login):
    assert login("visitor").get(PAGE).status_code == 302
    client = login("account")
    adds = client.post(PAGE, {"people": "2", "myself": "on", "ticket": ticket.pk})
    assert 'name="name_1"' in text(adds)
    typed = {
        "ticket": ticket.pk, "myself": "on", "rows": "2",
        "name_1": "동료", "email_1": "friend@example.test",
    }  # fmt: skip
    assert client.post(PAGE, typed, follow=True).status_code == 200
    page = text(client.get(PAGE))
    assert "동료" in page
    assert "/events/full/waiting/leave/" in page
    assert 'name="myself"' not in page
    assert PAGE in text(client.get("/events/full/"))
    assert PAGE in text(client.get("/me/tickets/"))
    client.post("/events/full/waiting/leave/")
    assert WaitlistEntry.objects.get().status == "left"
    assert client.post("/events/full/waiting/leave/").status_code == 404
    assert_counted(ticket)


def test_a_refusal_keeps_what_was_typed(cast, ticket, login):
    page = login("account").post(
        PAGE, {"ticket": ticket.pk, "rows": "2", "name_1": "동료", "email_1": ""}
    )
    assert page.status_code == 422
    assert 'value="동료"' in text(page)


def test_an_offer_is_shown_with_its_deadline_wherever_one_looks(cast, ticket, login):
    wait(ticket, cast.account)
    more_seats(ticket)
    actions.serve_lists()
    order = Order.objects.get(user=cast.account)
    client = login("account")
    for address in ("/events/full/", PAGE, "/me/tickets/"):
        assert order.get_absolute_url() in text(client.get(address)), address
        assert order.get_absolute_url() not in text(login("regular").get(address)), address


def test_others_learn_a_number_and_no_name(cast, ticket, login):
    wait(ticket, cast.regular)
    wait(ticket, cast.account)
    page = text(login("account").get(PAGE))
    assert cast.regular.email not in page
    assert ">regular<" not in page


def test_the_desk_sees_its_own_branch_and_leaves_a_trace(cast, ticket, login):
    wait(ticket, cast.account)
    assert login("other_officer").get(DESK).status_code == 404
    assert login("doorkeeper").get(DESK).status_code == 403
    page = text(login("officer").get(DESK))
    assert "account" in page
    assert Entry.objects.get(verb="privacy.view").subjects == [cast.account.pk]
    assert "move-up" not in text(login("auditor").get(DESK))


def test_the_desks_list_takes_as_many_statements_for_three_as_for_one(cast, ticket, login):
    client = login("officer")
    wait(ticket, cast.account)
    queries_of(client, DESK)
    one = queries_of(client, DESK)
    wait(ticket, cast.regular)
    wait(ticket, cast.company_seat)
    assert queries_of(client, DESK) == one


def test_the_list_leaves_the_house_with_a_reason_only(cast, ticket, login):
    wait(ticket, cast.account)
    address = "/staff/events/full/waiting.csv"
    assert login("officer").post(address).status_code == 303
    assert login("other_officer").post(address, {"reason": "사유"}).status_code == 404
    file = login("officer").post(address, {"reason": "명단 확인"})
    assert cast.account.email in b"".join(file.streaming_content).decode()
    entry = Entry.objects.get(verb="events.export_waiting")
    assert (entry.reason, entry.subjects) == ("명단 확인", [cast.account.pk])


@pytest.mark.parametrize("verb", ["move-up", "offer", "remove"])
def test_an_override_needs_a_reason_and_the_right_branch(cast, ticket, login, verb):
    entry = wait(ticket, cast.account)
    more_seats(ticket)
    address = f"{DESK}{entry.pk}/{verb}/"
    assert login("other_officer").post(address, {"reason": "사유"}).status_code == 404
    assert login("auditor").post(address, {"reason": "사유"}).status_code == 403
    login("officer").post(address, {"reason": ""})
    before = WaitlistEntry.objects.get()
    assert (before.status, before.moved_up_at) == ("waiting", None)
    login("officer").post(address, {"reason": "발표자입니다"})
    after = WaitlistEntry.objects.get()
    assert (after.status, after.moved_up_at) != ("waiting", None)
    assert Entry.objects.filter(reason="발표자입니다", actor_id=cast.officer.pk).count() == 1
    assert_counted(ticket)


def test_an_entry_is_found_under_its_own_event_only(cast, ticket, login):
    entry = wait(ticket, cast.account)
    factories.make_event("elsewhere", branch=cast.busan)
    address = f"/staff/events/elsewhere/waiting/{entry.pk}/remove/"
    assert login("officer").post(address, {"reason": "사유"}).status_code == 404
    assert Event.objects.count() == 2


def test_moving_up_says_before_whom(ticket, cast, login):
    wait(ticket, cast.account)
    page = text(login("officer").get(DESK))
    assert "먼저 앞당긴 분들의 뒤" in page and "맨 앞으로" not in page

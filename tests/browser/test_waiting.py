"""The waiting list in Chromium: joined on a phone, offered, and moved by the desk; and the form in
which a question hangs on the answer to another."""

import pytest

from events import actions
from events.models import FormAnswer, WaitlistEntry
from kosna.payments.models import Order
from tests import factories
from tests.events.test_asking import ask
from tests.events.test_waiting import more_seats, wait

LIST, DESK = "/events/full/waiting/", "/staff/events/full/waiting/"


@pytest.fixture
def ticket(people):
    event = factories.make_event("full", branch=people.busan)
    return factories.make_ticket(event, capacity=0, prices={None: 0})


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_of_a_list_reads_well(enter, people, ticket, language):
    wait(ticket, people.account)
    wait(ticket, people.regular, friends=1)
    more_seats(ticket)
    actions.serve_lists()
    typed = ("컨퍼런스", "동료", "회원", "지부", "일반")
    pages = {
        "": ["/events/full/"],
        "regular": ["/events/full/", LIST, "/me/tickets/"],
        "account": ["/events/full/", LIST],
        "associate": [LIST],
        "officer": [DESK],
    }
    for who, addresses in pages.items():
        tab = enter(who, language=language, typed=typed)
        for address in addresses:
            tab.open(address).look()


def test_one_joins_accepts_and_the_desk_moves_another_up(enter, people, ticket):
    phone = enter("account")
    phone.open("/events/full/")
    phone.page.click(f"main a[href='{LIST}']")
    phone.page.click("form.form button[type=submit].primary")
    phone.page.wait_for_selector("form[action$='/leave/']", state="attached")
    wait(ticket, people.regular)

    desk = enter("officer")
    desk.open(DESK)
    row = desk.page.locator("tbody tr").filter(has_text="account")
    row.locator("summary").click()
    row.locator("input[name=reason]").fill("발표자입니다")
    row.locator("button[formaction$='/move-up/']").click()
    desk.page.wait_for_selector("tbody tr:first-child:has-text('account')")
    assert WaitlistEntry.objects.get(user=people.account).moved_up_at

    more_seats(ticket)
    actions.serve_lists()
    phone.open("/me/tickets/")
    phone.page.click("main a[href^='/orders/']")
    phone.page.click("form[action$='/pay/'] button")
    phone.page.wait_for_selector("form[action$='/pay/']", state="detached")
    phone.open("/events/full/")
    assert phone.page.locator("main a[href^='/tickets/']").count()
    assert WaitlistEntry.objects.waiting().get().user == people.regular


def test_one_leaves_one_is_taken_off_and_one_takes_what_there_is(enter, people, ticket):
    wait(ticket, people.regular)
    wait(ticket, people.associate)
    wait(ticket, people.account, friends=2)
    left = enter("regular").open(LIST).press("/waiting/leave/").look()
    assert not left.page.locator("form[action$='/leave/']").count()
    desk = enter("officer").open(DESK)

    def override(name: str, button: str) -> None:
        row = desk.page.locator("tbody tr").filter(has_text=name)
        row.locator("summary").click()
        row.locator("input[name=reason]").fill("연락이 닿지 않습니다")
        with desk.page.expect_navigation():
            row.locator(button).click()

    override("associate", "button[formaction$='/remove/']")
    override("account", "button:not([formaction])")  # refused: there is no seat to offer
    assert not Order.objects.exists()
    more_seats(ticket, 2)
    override("account", "button:not([formaction])")
    desk.look()
    told = WaitlistEntry.objects.order_by("user__name").values_list("user__name", "status")
    assert list(told) == [("account", "waiting"), ("associate", "removed"), ("regular", "left")]

    taker = enter("account").open(LIST).look()  # two of three, and the third waits on
    assert taker.page.locator("form[action$='/leave/']").count()
    with taker.page.expect_navigation():
        taker.page.click("main a[href^='/orders/']")
    taker.press("/pay/", method="free")
    ticket.refresh_from_db()
    assert (ticket.taken, ticket.awaited) == (2, 1)


def test_a_question_shows_once_its_condition_is_met(enter, people):
    event = factories.make_event("seminar", branch=people.busan)
    factories.make_ticket(event, prices={None: 0})
    meal = ask(event, "식사", "choice", choices_ko="한식\n채식\n기타", is_required=True)
    other = ask(event, "어떤 식사", only_after=meal, only_if=3, is_required=True, sort=1)
    page = enter("account").open("/events/seminar/register/").page
    asked = page.locator(f"[name^='asked_{meal.pk}_']").first
    hanging = page.locator(f"[name^='asked_{other.pk}_']").first

    assert not hanging.is_visible()
    asked.select_option("3")
    assert hanging.is_visible()
    hanging.fill("할랄")
    asked.select_option("2")
    assert not hanging.is_visible()
    with page.expect_navigation():
        page.click("form.form button[type=submit].primary")
    assert FormAnswer.objects.get().value == "2"  # what was hidden again is not kept

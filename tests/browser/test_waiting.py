"""The waiting list in Chromium: joined on a phone, offered, and moved by the desk."""

import pytest

from events import actions
from events.models import WaitlistEntry
from tests import factories
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

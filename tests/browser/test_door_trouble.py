"""The page at the door in Chromium, in trouble: a network that is there but dead, strange codes, a
device that can keep nothing, a page that is closed too early or opened twice."""

from uuid import uuid4

import pytest

from events import actions
from events.models import Event, Extra, Registration
from kosna.core import clock
from tests import factories
from tests.browser.tab import Tab
from tests.browser.test_door import told, typed
from tests.browser.test_door_alone import cut, stand, waits
from tests.events.doors import event_of_today, outcomes
from tests.events.test_handing import extra_for

# Nobody answers, as long as anybody waits.
DEAD = """() => { window.fetch = (address, { signal }) => new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason))); }"""
KEPT = """() => new Promise((done) => { const ask = indexedDB.open("kosna-door", 1);
    ask.onsuccess = () => {
        const rows = ask.result.transaction("scans").objectStore("scans").getAll();
        rows.onsuccess = () => done(rows.result.length); }; })"""
# The portal takes no body in which this stands.
FUSSY = """(part) => { const real = window.fetch; window.fetch = (address, asked) =>
    asked?.body?.includes(part) ? Promise.resolve(new Response("", { status: 400 }))
        : real(address, asked); }"""
FULL = """() => { IDBObjectStore.prototype.put = () => {
    throw new DOMException("full", "QuotaExceededError"); }; }"""
STRANGE = "https://example.kr/" + "a" * 180 + "😀"  # its 200th unit is half a letter


@pytest.fixture
def event(people) -> Event:
    return event_of_today("doors", people.busan)


@pytest.fixture
def places(event) -> list[Registration]:
    ticket = factories.make_ticket(event)
    return [factories.make_place(ticket, name=name) for name in ("김하늘", "이도윤")]


@pytest.fixture
def tab(enter) -> Tab:
    return enter()


def test_a_dead_network_keeps_nobody_waiting(tab, event, places):
    first, second = places
    page = tab.page
    stand(tab, event)
    page.evaluate(DEAD)
    typed(page, first.code)
    told(page, "admitted")
    page.wait_for_selector("[data-offline]:not([hidden])")
    page.evaluate("dispatchEvent(new Event('online'))")  # hands in, and waits for twenty seconds
    typed(page, second.code)
    page.wait_for_selector("[data-result][data-outcome=admitted]:has-text('이*윤')")
    assert page.evaluate(KEPT) == 2
    assert page.is_hidden("[data-online]")
    page.reload()
    page.wait_for_selector("[data-has-roster]:not([hidden])")
    waits(tab, 0)
    assert outcomes(event) == ["admitted"] * 2
    page.wait_for_selector("[data-online]:not([hidden])")


def test_a_strange_code_holds_up_no_other(tab, event, places):
    page = tab.page
    stand(tab, event)
    cut(tab)
    page.evaluate(FUSSY, "ZZZZZZZZ")
    for code in (STRANGE, "ZZZZZZZZ"):
        page.evaluate("code => { document.querySelector('#id_code').value = code; }", code)
        page.press("#id_code", "Enter")
        told(page, "unknown")
    for n, place in enumerate(places, 3):
        typed(page, place.code)
        waits(tab, n)
    tab.context.set_offline(False)
    waits(tab, 1)
    assert outcomes(event) == ["unknown", "admitted", "admitted"]


def test_a_device_that_can_keep_nothing_asks_and_says_so(tab, event, places):
    page = tab.page
    stand(tab, event)
    typed(page, "ZZZZZZZZ")
    told(page, "unknown")
    page.evaluate(FULL)
    typed(page, places[0].code)
    told(page, "admitted")
    page.wait_for_selector("[data-unkept]:not([hidden])")
    assert page.is_hidden("[data-alone]")
    tab.look()
    assert outcomes(event) == ["unknown", "admitted"]
    cut(tab)
    typed(page, places[1].code)
    told(page, "admitted")
    assert page.is_visible("[data-alone]") and page.is_visible("[data-unkept]")


def test_an_answer_that_nobody_saw_is_told_when_the_page_opens_again(tab, event, places):
    page = tab.page
    stand(tab, event)
    page.evaluate(DEAD)
    typed(page, places[0].code)
    page.wait_for_function(f"async () => await ({KEPT})() === 1")
    page.reload()
    page.wait_for_selector("[data-result][data-outcome=admitted]:has-text('김*늘')")
    waits(tab, 0)
    assert outcomes(event) == ["admitted"]


def pressed_unanswered(tab, event, place):
    stand(tab, event)
    typed(tab.page, place.code)
    told(tab.page, "admitted")
    tab.page.evaluate(DEAD)
    tab.page.click("[data-extra-rows] button")
    tab.page.wait_for_function(f"async () => await ({KEPT})() === 1")


@pytest.mark.parametrize("came", ["given", "before", "not"])
def test_what_was_given_out_before_the_page_was_closed_is_told(tab, people, event, places, came):
    """As of a scan: nobody saw whether the portal agreed."""
    page, extra = tab.page, extra_for(places[0])
    pressed_unanswered(tab, event, places[0])
    if came == "before":
        actions.hand_out(extra.pk, event=event, uuid=uuid4(), at=clock.now(), by=people.doorkeeper)
    elif came == "not":
        Extra.objects.filter(pk=extra.pk).update(released_at=clock.now())
    page.reload()
    page.wait_for_selector(f"[data-unseen-rows] [data-came={came}]")
    assert page.inner_text("[data-unseen-rows] [data-what]") == "김*늘 · 점심"
    waits(tab, 0)
    tab.look()
    assert extra.hand_outs.count() == (0 if came == "not" else 1)
    typed(page, places[1].code)
    told(page, "admitted")
    assert page.is_hidden("[data-unseen]")


def test_a_press_that_nobody_saw_is_decided_by_the_device_where_there_is_no_network(
    tab, event, places
):
    page, extra = tab.page, extra_for(places[0])
    pressed_unanswered(tab, event, places[0])
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    tab.context.set_offline(True)
    page.reload()
    page.wait_for_selector("[data-unseen-rows] [data-came=given]")
    assert extra.hand_outs.count() == 0
    tab.context.set_offline(False)
    waits(tab, 0)
    assert [row.was_told for row in extra.hand_outs.all()] == [True]


@pytest.mark.parametrize("came", ["nothing", "held", "paid", "given up"])
def test_what_became_of_a_sale_is_told_when_the_page_opens_again(tab, people, event, came):
    """The page was closed before the answer: a seat is held, the money is booked, or neither."""
    factories.make_ticket(event, prices={None: 30_000})
    page = tab.page
    stand(tab, event, cashier=people.doorkeeper)
    page.click("[data-sale-begin]")
    page.fill("#id_sale_name", "나그네")
    page.check("[data-sale-guest] [name=agrees]")
    if came == "nothing":
        page.evaluate(DEAD)
    page.click("[data-sale-guest] [type=submit]")
    if came != "nothing":
        page.wait_for_selector("[data-sale-money]:not([hidden])")
        sale = event.door_sales.with_order().get()
        if came == "paid":
            actions.take_payment(sale, way="cash", slip="")
        elif came == "given up":
            actions.give_up_sale(sale)
    page.reload()
    if came == "paid":
        told(page, "admitted")
        page.wait_for_selector("[data-sale-done]:not([hidden])")
        assert page.inner_text("[data-code]") == event.registrations.get().door_code
    elif came == "held":
        page.wait_for_selector("[data-sale-money]:not([hidden])")
        page.click("[data-sale-money] [type=submit]")
        told(page, "admitted")
    else:
        page.wait_for_selector("[data-sale-trouble]:not([hidden])")
        assert "끝나지 않" in page.inner_text("[data-sale-trouble]")
    tab.look()
    page.reload()  # once
    page.wait_for_selector("[data-has-roster]:not([hidden])")
    assert page.is_hidden("[data-sale-trouble]") and page.is_hidden("[data-sale-done]")
    paid = event.registrations.filter(status="confirmed").count()
    assert paid == (1 if came in ("held", "paid") else 0)


def test_one_tab_of_a_device_takes_scans(tab, event, places):
    page = tab.page
    stand(tab, event)
    other = tab.context.new_page()
    other.goto(f"{tab.portal.url}/door/")
    other.wait_for_selector("[data-has-roster]:not([hidden])")
    page.wait_for_selector("[data-door][data-state=elsewhere]")
    tab.look()
    cut_off = "[data-offline]:not([hidden])"
    tab.context.set_offline(True)
    other.wait_for_selector(cut_off)
    typed(other, places[0].code)
    told(other, "admitted")
    page.click("[data-go-on]")
    page.wait_for_selector(cut_off)
    typed(page, places[0].code)
    told(page, "already")
    other.wait_for_selector("[data-door][data-state=elsewhere]")

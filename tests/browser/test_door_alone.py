"""The page at the door in Chromium, where it was left alone: revoked with scans that wait,
companies, tickets that were sold after its list was signed."""

from datetime import timedelta

import pytest

from events import actions
from events.door.staff_views import pairing_address
from events.models import Event, Registration
from kosna.core import clock
from tests import factories
from tests.browser.tab import Tab
from tests.browser.test_door import told, typed
from tests.events.doors import event_of_today, group_of, make_device, outcomes
from tests.events.test_handing import extra_for


@pytest.fixture
def event(people) -> Event:
    return event_of_today("doors", people.busan)


@pytest.fixture
def tab(enter) -> Tab:
    return enter()


def open_code(tab: Tab, device) -> None:
    tab.page.goto(pairing_address(device, actions.token_of(device)))


def stand(tab: Tab, event: Event, **fields):
    device = make_device(event, **fields)
    open_code(tab, device)
    tab.page.wait_for_selector("[data-has-roster]:not([hidden])")
    return device


def cut(tab: Tab) -> None:
    tab.context.set_offline(True)
    tab.page.wait_for_selector("[data-offline]:not([hidden])")


def waits(tab: Tab, n: int) -> None:
    tab.page.wait_for_selector(f"[data-door][data-waiting='{n}']")


def two_scans_that_wait_on_a_revoked_device(tab: Tab, event: Event, people) -> list[Registration]:
    ticket = factories.make_ticket(event)
    places = [factories.make_place(ticket, name=name) for name in ("김하늘", "이도윤")]
    device = stand(tab, event)
    cut(tab)
    for n, place in enumerate(places, 1):
        typed(tab.page, place.code)
        told(tab.page, "admitted")
        waits(tab, n)
    actions.revoke_device(device, by=people.officer)
    tab.context.set_offline(False)
    tab.page.wait_for_selector("[data-door][data-state=revoked]")
    assert tab.page.inner_text("[data-kept] [data-n]") == "2"
    return places


def test_scans_of_a_revoked_device_go_to_no_other_event(tab, people, event):
    two_scans_that_wait_on_a_revoked_device(tab, event, people)
    other = event_of_today("elsewhere", people.busan)
    elsewhere = make_device(other)
    open_code(tab, elsewhere)
    tab.page.wait_for_selector("[data-other]:not([hidden])")
    tab.look()
    tab.page.reload()
    tab.page.wait_for_selector("[data-door][data-state=unpaired]")
    tab.page.wait_for_selector("[data-kept]:not([hidden])")
    assert event.title in tab.page.inner_text("[data-kept]")
    assert (other.scans.count(), tab.page.get_attribute("[data-door]", "data-waiting")) == (0, "2")

    again = make_device(event)
    again.added_at = clock.now()  # it did not stand here when they were made
    again.save(update_fields=["added_at"])
    open_code(tab, again)
    tab.page.wait_for_selector("[data-has-roster]:not([hidden])")
    waits(tab, 0)
    assert outcomes(event) == ["admitted"] * 2
    assert event.scans.latest("at").at < again.added_at
    assert tab.page.is_hidden("[data-kept]")
    open_code(tab, elsewhere)
    tab.page.wait_for_function("() => document.title && !location.hash")
    tab.page.wait_for_selector("[data-has-roster]:not([hidden])")
    assert other.scans.count() == 0


def test_scans_are_given_up_on_purpose_alone(tab, people, event):
    two_scans_that_wait_on_a_revoked_device(tab, event, people)
    other = event_of_today("elsewhere", people.busan)
    open_code(tab, make_device(other))
    tab.page.click("[data-other] summary")
    tab.page.click("[data-give-up]")
    tab.page.wait_for_selector("[data-has-roster]:not([hidden])")
    waits(tab, 0)
    assert tab.page.is_hidden("[data-kept]")
    assert (event.scans.count(), other.scans.count()) == (0, 0)


def ticked(page) -> list[str]:
    rows = page.locator("[data-members] li:has(:checked) [data-who]").all_inner_texts()
    return [row.partition(" · ")[0] for row in rows]


def lines(page) -> list[tuple[str, str]]:
    rows = page.locator("[data-result] [data-line]").all()
    return [
        (row.get_attribute("data-line"), row.locator("[data-who]").inner_text().partition(" · ")[0])
        for row in rows
    ]


def test_each_of_a_company_has_an_outcome_on_the_screen(tab, people, event):
    first, second, third, _fourth = group_of(
        factories.make_ticket(event), "김하늘", "이도윤", "박서준", "최민서"
    )
    for place in (first, third):
        extra_for(place)
    page = tab.page
    stand(tab, event)
    Registration.objects.filter(pk=second.pk).update(status="held", confirmed_at=None)
    address = actions.group_address(first.line.order)
    typed(page, address)
    page.wait_for_selector("[data-company]:not([hidden])")
    assert ticked(page) == ["김*늘", "이*윤", "박*준", "최*서"]
    for box in page.locator("[data-members] input").all():
        box.uncheck()
    page.click("[data-company] [type=submit]")
    page.wait_for_selector("[data-nobody-ticked]:not([hidden])")
    tab.look()
    for name in ("김*늘", "이*윤", "박*준"):
        page.check(f"[data-members] li:has-text('{name}') input")
    page.click("[data-company] [type=submit]")
    told(page, "unpaid")
    assert lines(page) == [("unpaid", "이*윤"), ("admitted", "김*늘"), ("admitted", "박*준")]
    assert page.locator("[data-extra-rows] [data-what]").all_inner_texts() == [
        "김*늘 · 점심", "박*준 · 점심",
    ]  # fmt: skip
    page.click("[data-extra-rows] li:last-child button")
    page.wait_for_selector("[data-extra-rows] li:last-child [data-given]:not([hidden])")
    assert third.extras.get().hand_outs.exists() and not first.extras.get().hand_outs.exists()
    tab.look()

    typed(page, address)
    page.wait_for_selector("[data-company]:not([hidden])")
    assert ticked(page) == ["최*서"]  # that one has not paid is known by now
    page.check("[name=direction][value=out]")
    assert ticked(page) == ["김*늘", "박*준"]
    cut(tab)
    page.check("[data-members] li:has-text('최*서') input")
    page.click("[data-company] [type=submit]")
    told(page, "outside")
    assert [word for word, _name in lines(page)] == ["outside", "left", "left"]
    tab.context.set_offline(False)
    waits(tab, 0)
    # The scans of a company are of one instant, and may be kept in another order.
    kept = ["admitted", "admitted", "left", "left", "outside", "unpaid"]
    assert sorted(outcomes(event)) == kept


def test_who_of_a_company_has_not_paid_is_seen_and_not_ticked(tab, people, event):
    paid, unpaid = group_of(factories.make_ticket(event), "김하늘", "이도윤")
    Registration.objects.filter(pk=unpaid.pk).update(status="held", confirmed_at=None)
    page = tab.page
    stand(tab, event)
    address = actions.group_address(paid.line.order)
    typed(page, address)
    page.wait_for_selector("[data-company]:not([hidden])")
    assert ticked(page) == ["김*늘"]
    assert page.locator("[data-unpaid]:visible").all_inner_texts() == ["결제되지 않았습니다"]
    tab.look()
    cut(tab)
    page.check("[data-members] li:has-text('이*윤') input")
    page.click("[data-company] [type=submit]")
    told(page, "unpaid")
    assert lines(page) == [("unpaid", "이*윤"), ("admitted", "김*늘")]
    Registration.objects.filter(pk=unpaid.pk).update(status="confirmed", confirmed_at=clock.now())
    tab.context.set_offline(False)
    waits(tab, 0)
    typed(page, address)  # paid since the list was signed: a tick asks the portal
    page.wait_for_selector("[data-company]:not([hidden])")
    page.check("[data-members] li:has-text('이*윤') input")
    page.click("[data-company] [type=submit]")
    page.wait_for_selector("[data-result] [data-line=admitted]:has-text('이*윤')")


def test_what_was_sold_or_let_in_since_the_list_is_known_without_a_network(tab, people, event):
    ticket = factories.make_ticket(event, prices={None: 30_000})
    page = tab.page
    stand(tab, event, cashier=people.doorkeeper)
    page.click("[data-sale-begin]")
    page.fill("#id_sale_name", "나그네")
    page.check("[data-sale-guest] [name=agrees]")
    page.click("[data-sale-guest] [type=submit]")
    page.check("[name=way][value=cash]")
    page.click("[data-sale-money] [type=submit]")
    told(page, "admitted")
    sold = event.registrations.get()
    fresh = factories.make_place(ticket, name="이도윤")
    typed(page, f"{tab.portal.url}/tickets/{fresh.secret}/")
    page.wait_for_selector("[data-result][data-outcome=admitted]:has-text('이*윤')")
    met_elsewhere = factories.make_place(ticket, name="박서준")
    actions.check_in(event=event, typed=met_elsewhere.code, by=people.doorkeeper)
    typed(page, met_elsewhere.code)
    told(page, "already")
    cut(tab)
    for again in ("as it is", "opened anew"):
        if again == "opened anew":
            page.reload()
            page.wait_for_selector("[data-has-roster]:not([hidden])")
        for place in (sold, fresh, met_elsewhere):
            typed(page, "ZZZZZZZZ")
            told(page, "unknown")
            typed(page, place.code)
            told(page, "already")
        typed(page, "ZZZZZZZZ")
        told(page, "unknown")
        typed(page, fresh.secret)
        told(page, "already")


def test_a_list_that_is_refused_is_refused_in_words(tab, people, event):
    device = make_device(event)
    Event.objects.update(
        starts_at=clock.now() - timedelta(days=3), ends_at=clock.now() - timedelta(days=2)
    )
    open_code(tab, device)
    tab.page.wait_for_selector("[data-refused]:not([hidden])")
    assert tab.page.inner_text("[data-refused]") == "이 행사는 끝났습니다."
    assert tab.page.is_hidden("[data-no-roster]")
    tab.look()

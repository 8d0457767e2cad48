"""What a company and a holder of a code do in Chromium, and who goes out of a door and in again."""

import io
from datetime import timedelta

import pikepdf

from events import actions
from events.door.staff_views import pairing_address
from events.models import CheckIn, DoorScan, Event, Outcome, Registration
from kosna.core import batches, clock
from kosna.documents.models import Document
from kosna.payments.models import Order
from tests import factories
from tests.browser.tab import Tab
from tests.events.doors import event_of_today, make_device


def click(tab: Tab, selector: str) -> Tab:
    """What leads to another page."""
    with tab.page.expect_navigation():
        tab.page.locator(selector).first.click()
    return tab


# --- a company ---


def test_a_company_draws_the_certificates_of_all_its_people_at_once(enter, people):
    seminar = factories.make_event("seminar", starts_at=clock.now() - timedelta(days=9))
    ticket = factories.make_ticket(seminar)
    for name in ("가", "나", "다"):
        place = factories.make_place(ticket, buyer=people.company_rep, tier="company", name=name)
        if name != "다":
            CheckIn.objects.create(registration=place, by=people.officer)
    tab = enter("company_rep").open("/me/tickets/")
    click(tab, "main a[href='/me/certificates/']").look()
    click(tab, "form[action$='/events/seminar/'] button").look()
    assert "/me/work/" in tab.page.url
    assert batches.run_all() == 1
    tab.page.wait_for_selector("main a[href$='/file/']")
    tab.look()
    address = tab.page.locator("main a[href$='/file/']").get_attribute("href")
    with pikepdf.open(io.BytesIO(tab.download(address))) as pdf:
        assert len(pdf.pages) == 2
    assert Document.objects.filter(kind=Document.Kind.ATTENDANCE).count() == 2


def test_a_company_sends_its_list_off_to_one_order(enter, people):
    fair = factories.make_event("fair", branch=people.busan)
    factories.make_ticket(fair, prices={None: 55_000, people.company_tier: 30_000})
    tab = enter("company_rep").open("/events/fair/register/?people=2")
    click(tab, "main a[href='/events/fair/register/list/']")
    box = tab.page.locator("[name=people]")
    box.fill("이름\t이메일\t부서\n박서준\tseo@example.test\t기획실\n최유나\tyuna\t연구소")
    click(tab, "button[name=check]").look()
    assert tab.page.locator("[name=people]").get_attribute("aria-invalid") == "true"
    assert not Order.objects.exists()
    box.fill(box.input_value().replace("yuna\t", "yuna@example.test\t"))
    click(tab, "button[name=check]").look()
    assert not Order.objects.exists()
    tab.page.fill("[name=affiliation]", "가온")
    click(tab, "form.form button.primary").look()
    order = Order.objects.get()
    assert (tab.page.url.split("?")[0].endswith(order.get_absolute_url()), order.total) == (
        True,
        60_000,
    )
    told = Registration.objects.order_by("pk").values_list("name", "affiliation")
    assert list(told) == [("박서준", "가온 기획실"), ("최유나", "가온 연구소")]


# --- the desk ---


def test_the_desk_asks_why_somebody_cannot_read_the_materials(enter, people):
    past = factories.make_event(
        "past", branch=people.busan, starts_at=clock.now() - timedelta(days=9)
    )
    factories.make_material(past, by=people.officer, tiers=(people.regular_tier,))
    factories.make_place(factories.make_ticket(past), people.account)
    desk = enter("officer").open("/staff/events/past/materials/")
    click(desk, "main a[href$='/materials/access/']").look()
    for who, verdict in (("account", "읽을 수 없습니다"), ("regular", "읽을 수 있습니다")):
        desk.page.fill("[name=who]", getattr(people, who).email)
        click(desk, "main form[method=get] button").look()
        assert verdict in desk.text


# --- a code ---


def test_a_code_lowers_the_price_and_another_shows_a_hidden_ticket(enter, people):
    gala = factories.make_event("gala", branch=people.busan)
    open_to_all = factories.make_ticket(gala)
    guests = factories.make_ticket(gala, name_ko="초청석", is_hidden=True, prices={None: 10_000})
    factories.make_voucher(gala, code="HALF", effect="percent", value=50)
    factories.make_voucher(gala, code="GUEST", ticket=guests, shows_hidden=True)

    buyer = enter("account").open("/events/gala/register/")
    buyer.page.fill("[name=voucher]", "wrong")
    click(buyer, "button[name=apply]").look()
    assert buyer.page.locator("main .alert.danger").is_visible()
    buyer.page.fill("[name=voucher]", "half")
    click(buyer, "button[name=apply]").look()
    assert buyer.page.locator("main s").inner_text() == "55,000원"
    assert "초청석" not in buyer.text
    buyer.press("ticket", ticket=open_to_all.pk, myself=True).look()
    assert "27,500원" in buyer.text

    guest = enter("associate").open("/events/gala/register/")
    guest.page.fill("[name=voucher]", "guest")
    click(guest, "button[name=apply]").look()
    guest.press("ticket", ticket=guests.pk, myself=True)
    assert "10,000원" in guest.text
    bought = Registration.objects.order_by("line__amount")
    assert [(place.ticket, place.voucher_use.voucher.code) for place in bought] == [
        (guests, "GUEST"),
        (open_to_all, "HALF"),
    ]


# --- a door ---


def test_who_goes_out_at_the_desk_comes_in_again(enter, people):
    event = event_of_today("doors", people.busan)
    place = factories.make_place(factories.make_ticket(event), name="김하늘")
    desk = enter("doorkeeper").open("/staff/checkin/doors/")
    told = []
    for direction in ("in", "out", "out", "in", "in"):
        desk.page.fill("#id_code", place.door_code)
        button = "button[name=direction]" if direction == "out" else "button.primary"
        click(desk, f"form[data-scan] {button}").look()
        told.append(desk.page.locator("main [role=status] h2").inner_text())
    words = ("admitted", "left", "outside", "returned", "already")
    assert told == [str(Outcome(word).label) for word in words]
    kept = DoorScan.objects.order_by("pk").values_list("outcome", flat=True)
    assert list(kept) == [*words[:-1]]  # whoever shows a ticket twice walked in once


def test_a_guest_checks_in_at_a_kiosk_by_the_code(enter, people):
    event = event_of_today("doors", people.busan)
    ticket = factories.make_ticket(event)
    places = [factories.make_place(ticket, name=name) for name in ("김하늘", "이도윤")]
    kiosk = make_device(event, "로비", kind="kiosk")
    tab = enter()
    page = tab.page
    page.goto(pairing_address(kiosk, actions.token_of(kiosk)))
    page.wait_for_selector("[data-kiosk][data-state=paired]")
    for code, outcome in ((places[0].door_code, "admitted"), (places[0].door_code, "already")):
        page.fill("#id_code", code)
        page.click("form[data-scan] button[type=submit]")
        page.wait_for_selector(f"[data-result][data-outcome={outcome}]:has-text('김*늘')")
        tab.look()
    assert page.input_value("#id_code") == ""
    tab.context.set_offline(True)
    page.fill("#id_code", places[1].door_code)
    page.press("#id_code", "Enter")
    page.wait_for_selector("[data-trouble]:not([hidden])")
    assert list(Event.objects.get().registrations.filter(check_in__isnull=False)) == [places[0]]

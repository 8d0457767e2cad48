"""The page at the door in Chromium: with the network cut and restored, and with a camera."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
import segno
from PIL import Image

from events import actions
from events.door.staff_views import pairing_address
from events.models import DoorScan, Event
from kosna.core import clock
from kosna.core.korean import mask_name
from kosna.payments.models import OrderLine
from tests import factories
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.events.doors import make_device


@pytest.fixture
def event(people):
    """At its doors a list lives for six hours after its end."""
    day = clock.today()
    return factories.make_event(
        "doors",
        branch=people.busan,
        starts_at=clock.start_of(day) + timedelta(hours=9),
        ends_at=clock.end_of(day),
    )


@pytest.fixture
def places(event):
    ticket = factories.make_ticket(event)
    return [factories.make_place(ticket, name=name) for name in ("김하늘", "이도윤", "박서준")]


def typed(page, code):
    page.fill("#id_code", code)
    page.press("#id_code", "Enter")


def told(page, outcome):
    page.wait_for_selector(f"[data-result][data-outcome={outcome}]")


def test_the_door_goes_on_without_a_network_and_hands_in_afterwards(enter, people, event, places):
    desk = enter("officer")
    desk.open("/staff/events/doors/door/devices/").look()
    desk.press("label", label="태블릿", door="정문").look()
    address = desk.page.locator("[data-copy]").get_attribute("data-copy")

    tab = enter()
    page = tab.page
    page.goto(address)
    page.wait_for_selector("[data-has-roster]:not([hidden])")
    assert "#" not in page.url
    assert page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    typed(page, f"http://localhost/tickets/{places[0].secret}/")
    told(page, "admitted")
    tab.look()

    tab.context.set_offline(True)
    page.reload()
    page.wait_for_selector("[data-offline]:not([hidden])")
    page.wait_for_selector("[data-has-roster]:not([hidden])")
    typed(page, places[0].code)
    told(page, "already")
    typed(page, places[1].secret)
    told(page, "admitted")
    page.check("[name=direction][value=out]")
    typed(page, places[1].door_code)
    told(page, "left")
    page.check("[name=direction][value=in]")
    typed(page, "AAAA-AAAA")
    told(page, "unknown")
    page.fill("#id_q", "박서준")
    page.press("#id_q", "Enter")
    page.click("[data-found] button")
    told(page, "admitted")
    assert page.locator("[data-alone]").first.is_visible()
    page.wait_for_selector("[data-door][data-waiting='5']")
    assert event.scans.count() == 1

    tab.context.set_offline(False)
    page.wait_for_selector("[data-door][data-waiting='0']")
    scans = event.scans.order_by("at").values_list("registration__name", "outcome")
    assert list(scans) == [
        ("김하늘", "admitted"), ("김하늘", "already"), ("이도윤", "admitted"), ("이도윤", "left"),
        (None, "unknown"), ("박서준", "admitted"),
    ]  # fmt: skip
    desk.open("/staff/events/doors/door/").look()
    desk.open("/staff/events/doors/door/scans/").look()
    desk.open("/staff/events/doors/badges/").look()

    lobby = enter()
    kiosk = make_device(event, "로비", kind="kiosk")
    lobby.page.goto(pairing_address(kiosk, actions.token_of(kiosk)))
    lobby.page.wait_for_selector("[data-kiosk][data-state=paired]")
    typed(lobby.page, "ZZZZZZZZ")
    told(lobby.page, "unknown")
    lobby.look()

    actions.revoke_device(event.devices.get(kind="door"), by=people.officer)
    typed(page, places[2].code)
    page.wait_for_selector("[data-door][data-state=revoked]")
    facts = "new Promise(done => { const ask = indexedDB.open('kosna-door', 1); ask.onsuccess = () "
    facts += "=> { const all = ask.result.transaction('facts').objectStore('facts').getAllKeys(); "
    left = page.evaluate(facts + "all.onsuccess = () => done(all.result); }; })")
    assert left == ["former", "title"]
    assert DoorScan.objects.count() == 7


def video_of(text: str, path: Path) -> Path:
    """A second of a QR code that is held before the camera, uncompressed."""
    side = (480, 480)
    picture = io.BytesIO()
    segno.make(text, error="m").save(picture, kind="png", scale=8, border=6)
    light = Image.new("L", (640, 480), 200)
    light.paste(Image.open(picture).convert("L").resize(side), (80, 0))
    frame = b"FRAME\n" + light.tobytes() + b"\x80" * (2 * 320 * 240)
    path.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + frame * 10)
    return path


def test_a_ticket_and_a_group_are_scanned_with_the_camera(
    chromium, portal, people, event, places, tmp_path
):
    OrderLine.objects.filter(registration__in=places[1:]).update(order=places[1].line.order)
    device = make_device(event)
    address = pairing_address(device, actions.token_of(device))
    ticket = f"{portal.url}/tickets/{places[0].secret}/"
    group = actions.group_address(places[1].line.order)
    for text, names in ((ticket, ["김하늘"]), (group, ["이도윤", "박서준"])):
        video = video_of(text, tmp_path / "camera.y4m")
        flags = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
        flags.append(f"--use-file-for-fake-video-capture={video}")
        browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
        page = browser.new_context().new_page()
        page.goto(address)
        page.wait_for_selector("[data-has-roster]:not([hidden])")
        page.click("[data-camera]")
        if len(names) > 1:
            page.wait_for_selector("[data-company]:not([hidden])")
            page.click("[data-company] button")
        last = mask_name(names[-1])
        page.wait_for_selector(f"[data-result][data-outcome=admitted]:has-text('{last}')")
        page.wait_for_selector("[data-door][data-waiting='0']")
        came = event.registrations.filter(check_in__isnull=False, name__in=names)
        assert came.count() == len(names), page.evaluate("'BarcodeDetector' in window")
        browser.close()


def test_who_has_no_ticket_is_sold_one(enter, people, event):
    """A seat is held, the slip is asked for, the guest is in; without a network nothing is sold."""
    Event.objects.update(ends_at=clock.end_of(clock.today()))
    general = factories.make_ticket(event, prices={None: 30_000})
    student = factories.make_ticket(event, prices={None: 10_000})
    factories.make_addon(event, name_ko="점심", price=12_000)
    factories.make_addon(event, name_ko="교재").tickets.set([student])
    device = make_device(event, cashier=people.doorkeeper)
    tab = enter()
    page = tab.page
    page.goto(pairing_address(device, actions.token_of(device)))
    page.click("[data-sale-begin]")
    addons = page.locator("[data-sale-asked] label:has([name=extras]):visible")
    page.check(f"[data-sale-tickets] [value='{student.pk}']")
    assert addons.count() == 2
    page.check("[data-sale-asked] label:has-text('교재') input")
    page.check(f"[data-sale-tickets] [value='{general.pk}']")  # what does not fit is not sent
    assert addons.count() == 1
    page.check("[data-sale-asked] label:has-text('점심') input")
    page.fill("#id_sale_name", "나그네")
    page.select_option("#id_sale_language", "en")
    page.check("[data-sale-guest] [name=agrees]")
    tab.look()
    page.click("[data-sale-guest] [type=submit]")
    page.check("[name=way][value=card]")
    page.click("[data-sale-money] [type=submit]")
    page.wait_for_selector("[data-sale-trouble]:not([hidden])")
    page.fill("#id_slip", "30012345")
    tab.look()
    page.click("[data-sale-money] [type=submit]")
    told(page, "admitted")
    place = event.registrations.get()
    assert page.inner_text("[data-code]") == place.door_code
    assert place.line.order.payments.get().note == "30012345"
    assert place.line.order.user.language == "en"
    page.click("[data-extra-rows] button")
    page.wait_for_selector("[data-extra-rows] [data-given]:not([hidden])")
    tab.look()
    assert place.line.order.total == 42_000
    tab.context.set_offline(True)
    page.wait_for_selector("[data-sale-offline]:not([hidden])")
    assert page.is_disabled("[data-sale-begin]")

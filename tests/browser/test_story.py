"""The main job in Chromium, in both languages, with and without JavaScript."""

from datetime import timedelta
from functools import partial

import pytest

from events.models import Registration
from kosna.core import clock
from kosna.documents.models import Document
from kosna.payments.models import Order
from members.models import Application, Member
from research.models import Report, SavedSearch
from tests import factories
from tests.browser.tab import Tab
from tests.flows.person import text_of
from tests.flows.test_story import APPLICANT, BASIS, EMAIL, PASSWORD

REASON = "주최 측 사정"
# People write in Korean, whatever language the portal speaks to them; and a name is a name.
TYPED = [
    *APPLICANT.values(),
    *BASIS.values(),
    REASON,
    "증명서.pdf",
    "김*늘",
    "연구위원 김서연",
    "㈜가온소셜랩",
    "한국어",
]


def pay(tab: Tab) -> None:
    """From the order to the payment page and back."""
    tab.press("/pay/", method="card").look()
    tab.press("outcome", outcome="paid").look()
    tab.portal.work()


def find(tab: Tab, word: str, report: Report, *, javascript: bool) -> None:
    """Searches with help while typing, by the keyboard alone, and keeps the search."""
    tab.open("/research/").look()
    box, offered = tab.page.locator("#id_q"), tab.page.locator("[role=listbox] [role=option]")
    if javascript:
        box.fill(word)
        offered.first.wait_for()
        tab.look()
        box.press("ArrowUp")
        assert box.get_attribute("aria-activedescendant") == offered.last.get_attribute("id")
        with tab.page.expect_navigation():
            box.press("Enter")
        assert tab.page.url.endswith(report.get_absolute_url())
        tab.open("/research/")
    tab.press("q", q=word).look()
    assert tab.page.locator(".hit mark").count()
    tab.page.set_viewport_size({"width": 360, "height": 800})
    tab.page.reload()
    tab.page.locator(".facets summary").click()
    with tab.page.expect_navigation():
        tab.page.locator(".facets a[href*='topic=']").first.click()
    tab.look()
    with tab.page.expect_navigation():
        tab.page.locator("a[href*='/research/saved/new/']").click()
    tab.look().press("mails").look()
    assert SavedSearch.objects.get(user__email=EMAIL).query.count("=") == 2


@pytest.mark.parametrize(
    ("language", "javascript"),
    [
        pytest.param("ko", True, id="Korean"),
        pytest.param("ko", False, id="Korean without JavaScript"),
        pytest.param("en", True, id="English"),
        pytest.param("en", False, id="English without JavaScript", marks=pytest.mark.one_database),
    ],
)
def test_the_main_job(portal, people, enter, settings, tmp_path, language, javascript):
    now = clock.now()
    opens = {people.regular_tier: now - timedelta(days=1), None: now + timedelta(days=3)}
    event = factories.make_event("conference", clock=factories.make_clock(opens))
    ticket = factories.make_ticket(event, prices={people.regular_tier: 33_000, None: 55_000})
    report = factories.make_report("trends", tiers=(people.regular_tier,))
    proof = tmp_path / "증명서.pdf"
    proof.write_bytes(factories.make_pdf())

    both_ways = language == "ko"
    enter = partial(
        enter, language=language, javascript=javascript, both_ways=both_ways, typed=TYPED
    )
    tab = enter()
    tab.open("/").look().open("/members/").look().open("/accounts/signup/").look()
    tab.press(
        "password1",
        email=EMAIL,
        password1=PASSWORD,
        name="김하늘",
        born_on="1990-05-05",
        agrees_to_terms=True,
    )
    tab.look().press("code", code=portal.code_for(EMAIL))
    tab.open("/members/apply/").look().open("/members/apply/?tier=regular").look()
    tab.press("postcode", intent="submit", postcode="4").look()  # refused, and says where
    if javascript:
        assert tab.page.evaluate(
            "document.activeElement.closest('.form-errors, [role=alert]') != null"
        )
    tab.press(
        "postcode",
        **APPLICANT,
        branch=people.busan.pk,
        proof=proof,
        declaration=True,
        intent="submit",
    )
    application = Application.objects.get()
    tab.look()

    reviewer = enter("reviewer").open("/staff/").look()
    reviewer.open("/staff/applications/").look()
    reviewer.open(f"/staff/applications/{application.number}/").look()
    reviewer.press("/approve/", **BASIS).look()

    tab.open(f"/members/apply/{application.number}/").look()
    application.refresh_from_db()
    tab.open(f"/orders/{application.order.code}/").look()
    pay(tab)
    member = Member.objects.get(user__email=EMAIL)
    assert member.number and member.number in tab.open("/me/").look().text
    assert tab.download("/members/card.pdf").startswith(b"%PDF")
    card = Document.objects.get(kind=Document.Kind.MEMBERSHIP_CARD, subject=member.user)
    tab.open("/verify/").look().press("code", code=card.code).look()
    assert "김*늘" in tab.text

    find(tab, "숏폼" if language == "ko" else "short", report, javascript=javascript)
    tab.open(report.get_absolute_url()).look()
    with tab.page.expect_download() as download:
        tab.page.locator("main a[href$='/download/']").first.click()
    assert download.value.path().read_bytes().startswith(b"%PDF")

    tab.open("/events/").look().open("/events/conference/").look()
    tab.open("/events/conference/register/").look()
    tab.press("ticket", ticket=ticket.pk, myself=True).look()
    place = Registration.objects.get()
    assert place.line.order.total == 33_000  # the member's price, in the members' own days
    pay(tab)
    tab.open(place.get_absolute_url()).look()
    assert place.door_code in tab.text
    assert tab.page.locator(".ticket-code svg").is_visible()

    door = enter("doorkeeper").open("/staff/checkin/conference/").look()
    scanned = portal.url + place.get_absolute_url()
    for code, tone in ((scanned, "good"), (place.door_code, "warning")):
        door.press("code", code=code).look()
        if tone == "good":  # weeks ahead: the doorkeeper is asked first
            assert not Registration.objects.exclude(check_in=None).exists()
            door.press("is_early").look()
        assert door.page.locator(f"[role=status] .{tone}").count() == 1
    tab.open(place.get_absolute_url()).look().open(f"/tickets/{place.secret}/certificate.pdf", 404)
    settings.KOSNA_CLOCK = str(tmp_path / "clock")
    (tmp_path / "clock").write_text(event.starts_at.isoformat())
    tab.open(place.get_absolute_url()).look()
    paper = text_of(tab.download(f"/tickets/{place.secret}/certificate.pdf"))
    assert event.title_ko in paper if language == "ko" else event.title_en in paper
    order = place.line.order
    assert tab.download(f"/orders/{order.code}/receipt.pdf").startswith(b"%PDF")

    treasurer = enter("treasurer").open(f"/staff/orders/{order.code}/").look()
    treasurer.open(f"/staff/orders/{order.code}/refund/").look()
    treasurer.press("amount", line=place.line.pk, amount=33_000, reason=REASON)
    refund = order.refunds.get()
    treasurer.open("/staff/refunds/").look().open(f"/staff/refunds/{refund.pk}/").look()
    treasurer.press("/approve/").press("/send/").look()
    order.refresh_from_db()
    assert order.status == Order.Status.REFUNDED
    tab.open(f"/orders/{order.code}/").look().open("/no-such-page/", 404).look()
    assert portal.problems() == {}


def test_logging_in_and_out(portal, people, enter):
    tab = enter().open("/accounts/login/").look()
    tab.press("password", login=people.regular.email, password="wrong").look()
    tab.press("password", login=people.regular.email, password="password")
    assert tab.page.url.endswith("/me/")
    tab.open("/accounts/logout/").look()
    tab.page.locator("main form button").click()
    tab.open("/accounts/login/code/").look()
    tab.press("email", email=people.regular.email).look()
    tab.press("code", code=portal.code_for(people.regular.email))
    assert tab.page.url.endswith("/me/")


def test_the_camera_is_offered_where_the_browser_can_read_codes(portal, people, enter):
    """Elsewhere, typing is all there is, and nothing says otherwise."""
    factories.make_ticket(factories.make_event("conference"))
    for can_read in (False, True):
        door = enter("doorkeeper")
        known = "window.BarcodeDetector = class {}" if can_read else "delete window.BarcodeDetector"
        door.context.add_init_script(known)
        door.open("/staff/checkin/conference/").look()
        assert door.page.locator("[data-scan-start]").is_visible() is can_read
        assert door.page.locator("[name=code]").is_visible()

"""What the desk of an event takes back in Chromium, what it takes out as a file, and what its
companies, speakers and teachers find changed by it."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from events import actions
from events.actions import Company, book_booth
from events.models import (
    Booth,
    DoorDevice,
    Event,
    Exhibitor,
    Instructor,
    Material,
    Proposal,
    Registration,
    Voucher,
)
from kosna.api.models import Token
from kosna.audit.models import Entry
from kosna.core import batches, clock
from kosna.documents.models import Document
from kosna.mail.models import Message
from kosna.payments.models import Refund
from tests import factories
from tests.browser.tab import Tab
from tests.browser.test_events import card, link
from tests.events.doors import make_device
from tests.events.test_registering import pay
from tests.events.test_waiting import wait

DESK = "/staff/events/fair"
REASON = "명단 대조"


@pytest.fixture
def enter(enter) -> Callable[..., Tab]:
    """Without the colours the other way round, which are the same on every page."""
    return partial(enter, both_ways=False)


def taken_out(tab: Tab, ending: str) -> str:
    """The file behind "Export as CSV", as a person gets it."""
    form = tab.page.locator(f"form[action*='{ending}']")
    tab.unfold(form)
    form.locator("[name=reason]").fill(REASON)
    with tab.page.expect_download() as download:
        form.locator("button").click()
    return download.value.path().read_text("utf-8-sig")


def test_an_event_goes_back_to_a_draft_and_another_is_called_off(enter, people, portal):
    fair = factories.make_event("fair", branch=people.busan, title_ko="장터")
    ticket = factories.make_ticket(fair, prices={None: 30_000})
    desk = enter("officer").open(f"{DESK}/").press("/unpublish/")
    enter().open("/events/fair/", 404)
    desk.press("/publish/")
    buyer = enter("account").open("/events/fair/register/")
    buyer.press("ticket", ticket=ticket.pk, myself=True)
    card(buyer)
    desk.open(f"{DESK}/").press("/unpublish/")  # refused: somebody counts on it
    fair.refresh_from_db()
    assert fair.status == Event.Status.PUBLISHED
    desk.press("/cancel/", reason="태풍이 옵니다.").look()
    fair.refresh_from_db()
    assert fair.status == Event.Status.CANCELLED
    portal.work()
    assert Message.objects.get(template="registration_cancelled").to == people.account.email
    assert Refund.objects.get().amount == 30_000
    assert not buyer.open("/events/fair/").look().page.locator("main a[href*='/register/']").count()
    buyer.open(Registration.objects.get().get_absolute_url()).look()
    assert portal.problems() == {}


def test_the_desk_takes_out_its_lists_and_ends_a_code(enter, people):
    fair = factories.make_event("fair", branch=people.busan)
    ticket = factories.make_ticket(fair, capacity=1)
    factories.make_place(ticket, people.regular)
    wait(ticket, people.account)
    voucher = factories.make_voucher(fair, code="BUSAN-2026")
    desk = enter("officer").open(f"{DESK}/")
    assert "regular" in taken_out(desk, "/registrations.csv")
    assert "account" in taken_out(desk.open(f"{DESK}/waiting/"), "/waiting.csv")
    desk.open(f"{DESK}/vouchers/")
    assert "BUSAN-2026" in taken_out(desk, "/vouchers.csv")
    assert Entry.objects.filter(verb__contains="export", reason=REASON).count() == 3
    link(desk, f"/vouchers/{voucher.pk}/").press("/withdraw/").look()
    assert Voucher.objects.get().ended_at
    assert not desk.page.locator("form[action$='/withdraw/']").count()


def test_badges_are_drawn_and_keys_revoked(enter, people, portal):
    fair = factories.make_event("fair", branch=people.busan)
    factories.make_place(factories.make_ticket(fair), people.regular)
    make_device(fair)
    desk = enter("officer").open(f"{DESK}/badges/")
    desk.press("size")
    assert "/staff/batches/" in desk.page.url
    assert batches.run_all() == 1
    desk.page.wait_for_selector("main a[href$='/file/']")
    address = desk.page.locator("main a[href$='/file/']").get_attribute("href")
    assert desk.look().download(address).startswith(b"%PDF")
    assert not Document.objects.exists()  # a badge is no numbered paper

    desk.open(f"{DESK}/door/devices/").press("/revoke/")
    assert DoorDevice.objects.get().revoked_at
    desk.open("/staff/api-keys/")
    desk.page.check("[name=scopes][value='events:read']")
    desk.press("label", label="누리집")
    secret = desk.page.locator("[data-copy]").first.get_attribute("data-copy")
    program = enter().context.request
    asking = {"headers": {"Authorization": f"Bearer {secret}"}}
    assert program.get("/api/v1/events", **asking).status == 200
    desk.open("/staff/api-keys/").press("/revoke/").look()
    assert not Token.objects.get().is_active
    assert program.get("/api/v1/events", **asking).status == 401


def test_a_session_is_dropped_and_kept_and_a_class_meets_every_other_week(enter, people):
    fair = factories.make_event("fair", kind=Event.Kind.CLASS, branch=people.busan)
    factories.make_draft(fair, title_ko="강의")
    actions.publish_programme(fair, by=people.officer)
    desk = enter("officer").open(f"{DESK}/programme/")
    desk.press("/drop/").look()
    assert fair.drafts.get().is_dropped
    assert "강의" in enter().open("/events/fair/programme/").text  # until the next version
    desk.press("/restore/")
    assert not fair.drafts.get().is_dropped

    day = clock.today() + timedelta(days=40)
    desk.open(f"{DESK}/series/")
    desk.page.check(f"[name=weekdays][value='{day.weekday()}']")
    rule = {"title_ko": "글쓰기", "rhythm": "weeks-2", "first": day.isoformat()}
    until = (day + timedelta(days=28)).isoformat()
    desk.press("weekdays", **rule, last=until, starts="19:00", ends="21:00")
    desk.press("weekdays")
    made = fair.drafts.filter(series_date__isnull=False).order_by("starts_at")
    assert {(row.starts_at - made[0].starts_at).days % 14 for row in made} == {0}
    link(desk.open(f"{DESK}/series/"), f"/series/{fair.series.get().pk}/")
    assert "2주마다" in desk.text
    desk.press("/drop/")
    assert not fair.series.exists()


def test_proposals_are_declined_and_withdrawn_and_a_teacher_is_taken_off(enter, people):
    start = clock.now() + timedelta(days=30)
    fair = factories.make_event(
        "fair", kind=Event.Kind.COURSE, branch=people.busan, starts_at=start
    )
    factories.make_session(fair)
    call = factories.make_call(fair)
    for title in ("골목의 말", "시장의 말"):
        actions.propose(call, title_ko=title, title_en="", abstract_ko="요약", by=people.account)
    desk = enter("officer").open(f"{DESK}/proposals/")
    link(desk, f"/proposals/{call.proposals.get(title_ko='골목의 말').pk}/")
    desk.page.locator("form:has([name=answer]) [name=answer]").fill("다음 기회에 모시겠습니다.")
    with desk.page.expect_navigation():
        desk.page.locator("button[formaction$='/decline/']").click()
    desk.look()
    mine = enter("account").open("/events/fair/proposals/").look()
    assert "다음 기회에 모시겠습니다." in mine.text
    mine.press("/withdraw/")
    found = Proposal.objects.order_by("title_ko").values_list("status", flat=True)
    assert list(found) == ["declined", "withdrawn"]

    actions.appoint_instructor(fair, user=people.account, by=people.officer)
    link(mine.open("/me/teaching/"), "/me/teaching/fair/")
    desk.open(f"{DESK}/instructors/").press("/end/")
    assert Instructor.objects.get().ended_at
    mine.open("/me/teaching/fair/", 404)


def test_a_booth_is_withheld_a_page_shown_again_and_slides_taken_back(enter, people, tmp_path):
    fair = factories.make_event("fair", kind=Event.Kind.EXHIBITION, branch=people.busan)
    booths = [factories.make_booth(fair, number) for number in ("A1", "A2")]
    pay(book_booth(booths[0], company=Company(people.company_rep, people.company),
                   by=people.company_rep))  # fmt: skip
    desk = enter("officer").open(f"{DESK}/booths/A2/").press("/withhold/").look()
    visitor = enter().open("/events/fair/booths/")
    assert not Booth.objects.get(number="A2").is_offered
    company = enter("company_rep").open("/events/fair/booths/")
    assert not company.page.locator("main a[href$='/booths/A2/']").count()
    desk.press("/withhold/")
    assert Booth.objects.get(number="A2").is_offered
    shown = Exhibitor.objects.get()
    desk.open(f"{DESK}/exhibitors/").press("/hide/", reason="사진 권리 확인")
    visitor.open(f"/events/fair/exhibitors/{shown.pk}/", 404)
    desk.press("/show/").look()
    visitor.open(f"/events/fair/exhibitors/{shown.pk}/")

    slides = {"name": "교안.pdf", "mimeType": "application/pdf", "buffer": factories.make_pdf()}
    desk.open(f"{DESK}/materials/").press("upload", title_ko="교안", is_public=True, upload=slides)
    visitor.open("/events/fair/materials/").look()
    with visitor.page.expect_download() as download:
        visitor.page.locator("main .link-list a").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    desk.open(f"{DESK}/materials/").press("/remove/")
    assert not Material.objects.exists()
    assert not visitor.open("/events/fair/materials/").page.locator("main .link-list a").count()

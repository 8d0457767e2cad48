"""The desk of an event in Chromium, form by form: a browser checks what a test client does not, and
sends no form that it finds wanting."""

from datetime import timedelta

from events.actions import book_booth, register
from events.models import (
    BoothBooking,
    Event,
    Exhibitor,
    FormQuestion,
    Material,
    PlaceRequest,
    Question,
    Registration,
    Ticket,
    Voucher,
    WaitlistEntry,
)
from kosna.core import clock
from kosna.mail.models import Message
from tests import factories
from tests.browser.tab import Tab
from tests.events.doors import event_of_today
from tests.events.test_booths import other
from tests.events.test_registering import ME, pay
from tests.events.test_waiting import fresh
from tests.flows.test_changed_tickets import _link


def rows(prefix: str, **typed) -> dict:
    """What is typed in the first row of several."""
    return {f"{prefix}-0-{name}": value for name, value in typed.items()}


def save(tab: Tab, address: str, field: str, **typed) -> Tab:
    tab.open(address).press(field, **typed)
    assert not tab.page.locator("[aria-invalid=true]").count(), tab.text
    return tab


def test_an_event_is_written_down_sold_and_moved(enter, people):
    desk = enter("officer")
    day = clock.today() + timedelta(days=40)
    facts = {
        "slug": "fair", "kind": "seminar", "branch": people.busan.pk, "title_ko": "장터",
        "starts_at": f"{day}T10:00", "ends_at": f"{day}T18:00",
    }  # fmt: skip
    save(desk, "/staff/events/new/", "slug", **facts)
    event, at = Event.objects.get(), "/staff/events/fair"
    save(desk, f"{at}/tickets/", "tickets-0-name_ko", **rows("tickets", name_ko="일반", capacity=9))
    ticket = Ticket.objects.get()
    price = rows("prices", ticket=ticket.pk, amount=30_000)
    save(desk, f"{at}/tickets/", "prices-0-amount", **price)
    hall = rows("quotas", name_ko="본관", capacity=9, tickets=True)
    save(desk, f"{at}/quotas/", "quotas-0-name_ko", **hall)
    dinner = rows("addons", name_ko="만찬", price=33_000)
    save(desk, f"{at}/add-ons/", "addons-0-name_ko", **dinner)
    meal = rows("asked", text_ko="식사", kind="choice", choices_ko="한식\n채식")
    save(desk, f"{at}/questions/", "asked-0-text_ko", **meal)
    how = rows("questions", text_ko="어땠습니까?")
    save(desk, f"{at}/survey/", "questions-0-text_ko", **how)
    code = {"purpose": "초청", "effect": "percent", "value": 20}
    save(desk, f"{at}/vouchers/new/", "purpose", **code)
    paper = {"name": "교안.pdf", "mimeType": "application/pdf", "buffer": factories.make_pdf()}
    save(desk, f"{at}/materials/", "upload", title_ko="교안", upload=paper)
    desk.open(f"{at}/").press("/publish/")
    told = [row.objects.count() for row in (FormQuestion, Question, Voucher, Material)]
    assert (event.quotas.count(), event.addons.count(), *told) == (1, 1, 1, 1, 1, 1)

    register(ticket=fresh(ticket), attendees=[ME], by=people.regular)
    save(desk, f"{at}/edit/", "venue_ko", venue_ko="새 강당", starts_at=f"{day}T11:00").look()
    assert Message.objects.get(template="event_moved").to == ME.email
    event.refresh_from_db()
    assert clock.start_of(day) + timedelta(hours=11) == event.starts_at


def test_booths_are_drawn_given_and_taken_back(enter, people):
    expo = factories.make_event("expo", kind=Event.Kind.EXHIBITION, branch=people.busan)
    desk, at = enter("officer"), "/staff/events/expo"
    kind = rows("kinds", code="S", name_ko="기본 부스")
    save(desk, f"{at}/booth-types/", "kinds-0-code", **kind)
    price = rows("prices", booth_type=expo.booth_types.get().pk, amount=1_100_000)
    save(desk, f"{at}/booth-types/", "prices-0-amount", **price)
    save(desk, f"{at}/booth-plan/", "plan", plan="A1 A2 . A3")
    save(desk, f"{at}/booths/A1/", "until", email=people.company_rep.email).look()
    save(desk, f"{at}/booths/A1/", "booth", booth="A3")
    desk.open(f"{at}/booths/A3/").press("is_ours", reason="구역 변경", confirm=True).look()
    assert BoothBooking.objects.get().status == BoothBooking.Status.CANCELLED

    booth = expo.booths.on_plan().get(number="A2")
    booth.event = booth.booth_type.event = expo
    pay(book_booth(booth, company=other(people.account), by=people.account))
    shown = Exhibitor.objects.get(contact=people.account)
    desk.open(f"{at}/exhibitors/").press(f"/{shown.pk}/hide/", reason="사진 권리 확인").look()
    shown.refresh_from_db()
    assert shown.hidden_at


def test_a_request_is_declined_and_a_guest_waits_by_the_link(enter, people, portal):
    event = factories.make_event("fair", branch=people.busan)
    talk = factories.make_ticket(event, name_ko="대담", needs_approval=True)
    ticket = factories.make_ticket(event, capacity=1, prices={None: 0}, sort=1)
    factories.make_place(ticket)
    member = enter("regular").open("/events/fair/register/")
    member.press("ticket", ticket=talk.pk, myself=True)
    desk = enter("officer").open("/staff/events/fair/requests/")
    desk.press("/decline/", reason="정원이 찼습니다.").look()
    assert PlaceRequest.objects.get().status == PlaceRequest.Status.DECLINED

    guest = enter().open("/events/fair/waiting/guest/")
    guest.press(
        "form_key", ticket=ticket.pk, myself=True, name="나그네", email="guest@example.test",
        phone="010-1234-5678", agrees=True,
    ).look()  # fmt: skip
    portal.work()
    guest.open(_link("waiting_guest", "tickets/waiting")).press("/waiting/confirm/").look()
    assert WaitlistEntry.objects.get().status == WaitlistEntry.Status.WAITING


def test_tickets_are_sold_at_the_desk_and_places_named(enter, people):
    event = event_of_today("doors", people.busan)
    ticket = factories.make_ticket(event, prices={None: 30_000})
    student = factories.make_ticket(event, prices={None: 10_000})
    factories.make_addon(event, name_ko="점심")
    factories.make_addon(event, name_ko="교재").tickets.set([student])
    door = enter("doorkeeper").open("/staff/checkin/doors/sell/")
    addons = door.page.locator("label:has([name=extras]):visible")
    door.page.check(f"[name=ticket][value='{student.pk}']")
    assert addons.count() == 2
    door.page.check("label:has-text('교재') [name=extras]")
    door.page.check(f"[name=ticket][value='{ticket.pk}']")  # what does not fit is not sent
    assert addons.count() == 1
    door.press("key", ticket=ticket.pk, name="나그네", agrees=True).look()
    door.press("way", way="cash").look()
    assert Registration.objects.get().has_come

    later = factories.make_event("later", branch=people.busan)
    seat = factories.make_ticket(later)
    place = factories.make_place(seat, buyer=people.regular, name="")
    buyer = enter("regular").open(f"/tickets/orders/{place.line.order.code}/places/")
    buyer.press(
        f"name_{place.pk}",
        **{f"name_{place.pk}": "정민재", f"email_{place.pk}": "min@example.test"},
    ).look()
    place.refresh_from_db()
    assert place.name == "정민재"
    buyer.open(f"/tickets/{place.secret}/details/")
    buyer.press("affiliation", affiliation="누리상사", email="min@example.test")
    place.refresh_from_db()
    assert place.affiliation == "누리상사"

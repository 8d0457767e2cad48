"""The rooms of events in Chromium: exhibition, course, every kind of ticket, and what comes after.
Each page in English at both widths; and what people do there, clicked through in Korean."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.urls import reverse

from events import actions
from events.actions import Attendee, Company
from events.models import Attendance, BoothBooking, Event, Exhibitor, Question, Registration, Tally
from events.series import Rule
from kosna.api.actions import issue_token
from kosna.core import clock
from tests import factories
from tests.browser.tab import Tab
from tests.events.test_asking import ask
from tests.events.test_registering import pay
from tests.events.test_waiting import fresh

TYPED = (
    "가온소셜랩", "㈜별빛", "별을", "봅니다", "망원경", "지부", "일반", "회원", "만찬", "초청",
    "강의", "발표", "자료", "식사", "한식", "채식", "동료", "온라인", "대담", "글쓰기", "협력",
    "기관", "전시", "관", "1회", "2회", "메모", "어땠습니까", "교실", "제목", "누리집", "부스",
)  # fmt: skip


def card(tab: Tab) -> None:
    """To the payment page and back."""
    tab.press("/pay/", method="card").press("outcome", outcome="paid")
    tab.portal.work()


def link(tab: Tab, address: str) -> Tab:
    """Follows what the page itself offers; an address that ends so, or begins with ^."""
    how = "^" if address.startswith("^") else "$"
    with tab.page.expect_navigation():
        tab.page.locator(f"main a[href{how}='{address.lstrip('^')}']").first.click()
    return tab


# --- pages ---


@pytest.fixture
def world(people) -> dict[str, Any]:
    """Something on every page: the keys of what stands in their addresses."""
    return _exhibition(people) | _course(people) | _fair(people) | _past(people)


def _exhibition(people) -> dict[str, Any]:
    expo = factories.make_event("expo", kind=Event.Kind.EXHIBITION, branch=people.busan)
    factories.make_ticket(expo, prices={None: 0})
    booths = [factories.make_booth(expo, f"A{number}") for number in (1, 2, 3)]
    company = Company(people.company_rep, people.company)
    order = actions.book_booth(booths[0], company=company, by=people.company_rep)
    pay(order)
    other = Company(people.account, None, "㈜별빛")
    actions.book_any_booth(booths[0].booth_type, company=other, by=people.account)
    exhibitor = Exhibitor.objects.get(member=people.company)
    texts = {"about_ko": "별을 봅니다.", "products_ko": "망원경"}
    actions.write_page(
        exhibitor, logo=None, drops_logo=False, by=people.company_rep, name_ko=exhibitor.name_ko,
        **texts,
    )  # fmt: skip
    unassigned = BoothBooking.objects.unassigned().get()
    return {"exhibitor": exhibitor.pk, "booth_order": order.code, "booking": unassigned.pk}


def _course(people) -> dict[str, Any]:
    start = clock.now() - timedelta(days=1)
    course = factories.make_event(
        "course", kind=Event.Kind.COURSE, branch=people.busan, starts_at=start,
        ends_at=start + timedelta(days=9), attendance_percent=50,
    )  # fmt: skip
    sessions = [factories.make_session(course, hours=hours) for hours in (0, 48)]
    place = factories.make_place(factories.make_ticket(course), people.regular)
    actions.appoint_instructor(course, user=people.account, by=people.officer)
    actions.mark_attendance(sessions[0], shown=[place.pk], present=[place.pk], by=people.account)
    link = "https://meet.example.test/a-room"
    actions.set_online(
        course, mode="mixed", url=link, note_ko="메모", note_en="A note", by=people.officer
    )
    return {"learner": place.secret}


def _fair(people) -> dict[str, Any]:
    fair = factories.make_event("fair", branch=people.busan)
    ticket = factories.make_ticket(fair, capacity=30)
    online = factories.make_ticket(fair, name_ko="온라인", name_en="Online", prices={None: 33_000})
    talk = factories.make_ticket(fair, name_ko="대담", name_en="Talk", needs_approval=True)
    factories.make_addon(fair, name_en="Dinner")
    factories.make_quota(fair, ticket, online, capacity=40)
    meal = ask(fair, "식사", "choice", choices_ko="한식\n채식", text_en="Meal",
               choices_en="Korean\nVegetarian")  # fmt: skip
    voucher = factories.make_voucher(fair, code="BUSAN-2026")
    me = Attendee("regular", people.regular.email, is_buyer=True, answers={meal.pk: "1"})
    friend = Attendee("동료", "friend@example.test", answers={meal.pk: "2"})
    order = actions.register(ticket=fresh(ticket), attendees=[me, friend], by=people.regular)
    pay(order)
    asked = Attendee("associate", people.associate.email, is_buyer=True)
    actions.request_places(ticket=talk, attendees=[asked], by=people.associate)
    series = factories.make_event(
        "series", kind=Event.Kind.CLASS, branch=people.busan, status=Event.Status.DRAFT
    )
    place = Registration.objects.get(user=people.regular, event=fair)
    issue_token(
        branch=people.busan, label="누리집", scopes=["events:read"], days=30, by=people.officer
    )
    return {
        "order": order.code, "secret": place.secret, "place": place.pk, "voucher": voucher.pk,
        "rule": _series(series, people),
    }  # fmt: skip


def _series(event: Event, people) -> int:
    day = clock.today() + timedelta(days=40)
    rule = Rule(frozenset(range(5)), day, day + timedelta(days=6), time(19), time(21))
    made = actions.make_series(
        event, rule, title_ko="글쓰기", title_en="Writing", by=people.officer
    )
    return made.pk


def _past(people) -> dict[str, Any]:
    past = factories.make_event(
        "past", branch=people.busan, starts_at=clock.now() - timedelta(days=5)
    )
    factories.make_material(past, title_en="Slides", by=people.officer)
    place = factories.make_place(factories.make_ticket(past), people.regular)
    actions.check_in(event=past, typed=place.code, by=people.doorkeeper)
    Question.objects.create(event=past, text_ko="어땠습니까?", text_en="How was it?")
    return {"came": place.secret}


PAGES: dict[str, list[tuple[str, list[str]]]] = {
    "": [
        ("events:archive", []),
        ("events:booths", ["expo"]),
        ("events:exhibitors", ["expo"]),
        ("events:exhibitor", ["expo", "exhibitor"]),
        ("events:register-guest", ["expo"]),
        ("events:materials", ["past"]),
        ("tickets:ticket", ["learner"]),
        ("tickets:ticket", ["came"]),
        ("tickets:ticket-survey", ["came"]),
        ("api:guide", []),
    ],
    "regular": [
        ("events:register", ["fair"]),
        ("events:event", ["expo"]),
        ("tickets:order-places", ["order"]),
        ("tickets:order-cancel", ["order"]),
        ("tickets:ticket-hand-over", ["secret"]),
        ("tickets:ticket-details", ["secret"]),
        ("tickets:ticket-change", ["secret"]),
        ("tickets:ticket-cancel", ["secret"]),
    ],
    "company_rep": [
        ("events:register-list", ["fair"]),
        ("events:booth", ["expo", "A2"]),
        ("events:booth-any", ["expo", "S"]),
        ("me:booths", []),
        ("me:exhibitor", ["exhibitor"]),
        ("me:booth-give-up", ["booth_order"]),
    ],
    "account": [("me:teaching", []), ("me:roll", ["course"])],
    "associate": [("events:requested", ["fair"])],
    "doorkeeper": [
        ("events_staff:attendance", ["course"]),
        ("events_staff:sell", ["course"]),
    ],
    "officer": [
        ("events_staff:event", ["fair"]),
        ("events_staff:tickets", ["fair"]),
        ("events_staff:questions", ["fair"]),
        ("events_staff:answers", ["fair"]),
        ("events_staff:addons", ["fair"]),
        ("events_staff:quotas", ["fair"]),
        ("events_staff:vouchers", ["fair"]),
        ("events_staff:voucher-new", ["fair"]),
        ("events_staff:voucher", ["fair", "voucher"]),
        ("events_staff:requests", ["fair"]),
        ("events_staff:place-change", ["fair", "place"]),
        ("events_staff:booths", ["expo"]),
        ("events_staff:booth-types", ["expo"]),
        ("events_staff:booth-plan", ["expo"]),
        ("events_staff:booth", ["expo", "A1"]),
        ("events_staff:booth", ["expo", "A2"]),
        ("events_staff:booth-booking", ["expo", "booking"]),
        ("events_staff:exhibitors", ["expo"]),
        ("events_staff:online", ["course"]),
        ("events_staff:instructors", ["course"]),
        ("events_staff:material-access", ["past"]),
        ("events_staff:series", ["series"]),
        ("events_staff:series-change", ["series", "rule"]),
        ("api_staff:tokens", []),
    ],
}


@pytest.mark.parametrize("who", PAGES)
def test_every_room_reads_well_in_english(enter, world, people, who):
    typed = (*TYPED, people.company.name)
    tab = enter(who, language="en", both_ways=False, typed=typed)
    for name, args in PAGES[who]:
        tab.open(reverse(name, args=[world.get(arg, arg) for arg in args])).look()


# --- what people do ---


def test_a_booth_is_booked_paid_and_shown_and_a_visitor_comes_without_an_account(enter, people):
    expo = factories.make_event("expo", kind=Event.Kind.EXHIBITION, branch=people.busan)
    ticket = factories.make_ticket(expo, name_ko="참관", prices={None: 0})
    factories.make_booth(expo, "A1")
    company = enter("company_rep").open("/events/expo/booths/")
    link(company, "/booths/A1/").look()
    company.press("company", company=people.company.pk).look()
    card(company)
    link(company.open("/me/booths/"), "^/me/exhibitors/").look()
    company.press("about_ko", about_ko="별을 봅니다.", products_ko="망원경")

    visitor = enter().open("/events/expo/exhibitors/")
    link(visitor, "^/events/expo/exhibitors/").look()
    assert "망원경" in visitor.text and "A1" in visitor.text
    visitor.open("/events/expo/")
    link(visitor, "/register/guest/").look()
    visitor.press(
        "form_key", ticket=ticket.pk, myself=True, name="나그네", email="guest@example.test",
        phone="010-1234-5678", agrees=True,
    ).look()  # fmt: skip
    assert Registration.objects.get(name="나그네").status == Registration.Status.HELD


def test_the_roll_is_called_and_a_learner_sees_it_and_answers(enter, people):
    start = clock.now() - timedelta(hours=2)
    course = factories.make_event(
        "course", kind=Event.Kind.COURSE, branch=people.busan, starts_at=start,
        attendance_percent=100,
    )  # fmt: skip
    factories.make_session(course)
    place = factories.make_place(factories.make_ticket(course), people.regular)
    Question.objects.create(event=course, text_ko="어땠습니까?")
    desk = enter("officer").open("/staff/events/course/instructors/")
    desk.press("email", email=people.account.email).look()
    desk.open("/staff/events/course/online/")
    desk.press("mode", mode="online", url="https://meet.example.test/a-room").look()

    teacher = enter("account").open("/me/teaching/")
    link(teacher, "/me/teaching/course/")
    teacher.page.check(f"[name=present][value='{place.pk}']")
    with teacher.page.expect_navigation():
        teacher.page.click("main form[method=post] button[type=submit]")
    assert Attendance.objects.get().registration == place
    teacher.look()

    learner = enter("regular").open("/me/tickets/")
    link(learner, "^/tickets/")
    assert learner.page.locator("main a[href='https://meet.example.test/a-room']").is_visible()
    assert learner.page.locator("main a[href$='/certificate.pdf']").is_visible()
    learner.look()
    link(learner, "/survey/")
    question = course.questions.get()
    learner.press(f"question_{question.pk}", **{f"question_{question.pk}": 5})
    assert Tally.objects.get().value == 5


def test_places_are_handed_over_changed_and_given_up(enter, people):
    fair = factories.make_event("fair", branch=people.busan)
    ticket = factories.make_ticket(fair)
    dearer = factories.make_ticket(fair, name_ko="현장", prices={None: 77_000}, sort=1)
    buyer = enter("account").open("/events/fair/register/?people=2")
    buyer.press(
        "ticket", ticket=ticket.pk, myself=True, name_1="박서준", email_1="friend@example.test"
    ).look()
    buyer.press("/extend/")
    card(buyer)
    mine, theirs = Registration.objects.order_by("-user", "pk")
    if mine.user is None:
        mine, theirs = theirs, mine

    link(
        buyer.open(f"/tickets/orders/{mine.line.order.code}/places/"), f"{theirs.secret}/hand-over/"
    )
    buyer.press("confirm", name="최유나", email="new@example.test", confirm=True)
    theirs.refresh_from_db()
    assert theirs.name == "최유나"

    link(buyer.open(mine.get_absolute_url()), "/change/")
    buyer.page.check(f"[name=ticket][value='{dearer.pk}']")
    with buyer.page.expect_navigation():
        buyer.page.click("main form[method=get] button")
    buyer.look().press("confirm", confirm=True)
    card(buyer)
    mine.refresh_from_db()
    assert mine.ticket == dearer

    link(buyer.open(mine.get_absolute_url()), f"/orders/{mine.line.order.code}/cancel/")
    buyer.page.check(f"[name=line][value='{theirs.line_id}']")
    with buyer.page.expect_navigation():
        buyer.page.click("main form[method=get] button")
    buyer.look().press("quoted", confirm=True)
    theirs.refresh_from_db()
    assert (theirs.status, theirs.line.refunds.get().amount) == ("cancelled", 55_000)


def test_the_desk_lays_out_a_class_and_decides_on_a_request(enter, people):
    event = factories.make_event(
        "class", kind=Event.Kind.CLASS, branch=people.busan, status=Event.Status.DRAFT
    )
    day = clock.today() + timedelta(days=40)
    desk = enter("officer").open("/staff/events/class/series/")
    for weekday in (1, 3):
        desk.page.check(f"[name=weekdays][value='{weekday}']")
    hours = {"starts": "19:00", "ends": "21:00"}
    rule = {"title_ko": "글쓰기", "rhythm": "week", "first": day.isoformat(), **hours}
    desk.press("weekdays", **rule, last=(day + timedelta(days=13)).isoformat()).look()
    assert not event.drafts.exists()
    desk.press("weekdays")
    assert event.drafts.count() >= 3
    link(desk.open("/staff/events/class/series/"), f"/series/{event.series.get().pk}/")
    later = {"first": (day + timedelta(days=7)).isoformat(), "rhythm": "last"}
    desk.press("weekdays", **later, last=(day + timedelta(days=90)).isoformat()).look()
    desk.press("weekdays")
    assert event.series.get().rhythm == "last"

    fair = factories.make_event("fair", branch=people.busan)
    talk = factories.make_ticket(fair, needs_approval=True, prices={None: 0})
    member = enter("regular").open("/events/fair/register/")
    member.press("ticket", ticket=talk.pk, myself=True).look()
    desk.open("/staff/events/fair/requests/").press("/approve/").look()
    assert Registration.objects.get(event=fair).is_ticket
    assert "/tickets/" in member.open("/events/fair/").page.content()

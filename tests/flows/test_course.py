"""A class from its rule to what it leaves behind, and a day at the door, over HTTP."""

from datetime import timedelta

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile

from events.actions import group_address
from events.models import CheckIn, Event, Material, Registration, Tally
from kosna.core import batches, clock
from kosna.core.models import Batch
from kosna.payments.models import Order
from tests import factories
from tests.events.doors import event_of_today
from tests.flows.person import text_of
from tests.flows.test_story import books_agree, pay_by_card

LINK = "https://meet.example.test/a-room"


def test_a_class_is_laid_out_held_online_and_certified(portal, people, enter, settings, tmp_path):
    first = clock.start_of(clock.today() + timedelta(days=2)) + timedelta(hours=19)
    event = factories.make_event(
        "class", kind=Event.Kind.CLASS, branch=people.busan, status=Event.Status.DRAFT,
        starts_at=first, attendance_percent=60,
    )  # fmt: skip
    ticket = factories.make_ticket(event, prices={None: 0})
    day = clock.kst_date(first)
    rule = {
        "title_ko": "글쓰기", "weekdays": [str(n) for n in range(7)], "first": day.isoformat(),
        "last": (day + timedelta(days=2)).isoformat(), "starts": "19:00", "ends": "21:00",
    }  # fmt: skip
    officer = enter("officer").open("/staff/events/class/series/").press("weekdays", **rule)
    officer.press("weekdays", confirm="1")
    officer.open("/staff/events/class/programme/").press("note_ko", note_ko="")
    officer.open("/staff/events/class/online/").press("mode", mode="online", url=LINK)
    officer.open("/staff/events/class/instructors/").press("email", email=people.account.email)
    officer.open("/staff/events/class/").press("/publish/")
    held = list(event.sessions.all())
    assert held

    learner = enter("regular").open("/events/class/register/")
    learner.press("ticket", ticket=ticket.pk, myself=True)
    place = Registration.objects.get()
    assert LINK not in learner.open("/events/class/").content.decode()
    assert LINK in learner.open(place.get_absolute_url()).content.decode()

    def stand_at(moment) -> None:
        settings.KOSNA_CLOCK = str(tmp_path / "clock")
        (tmp_path / "clock").write_text(moment.isoformat())

    stand_at(held[0].starts_at - timedelta(hours=20))
    portal.work()  # what is posted here leaves with the next turn
    assert sum(LINK in mail.body for mail in portal.mails(people.regular.email)) == 1
    teacher = enter("account")
    for session in held:
        stand_at(session.starts_at + timedelta(minutes=5))
        teacher.open(f"/me/teaching/class/?session={session.pk}").press("present", present=place.pk)
    stand_at(held[-1].ends_at + timedelta(hours=1))
    learner.open(place.get_absolute_url())
    assert LINK not in learner.content.decode()
    assert event.title_ko in text_of(learner.download(f"/tickets/{place.secret}/certificate.pdf"))

    officer.open("/staff/events/class/survey/").press(
        "questions-0-text_ko", **{"questions-0-text_ko": "어땠습니까?", "questions-0-kind": "scale"}
    )
    paper = SimpleUploadedFile("교안.pdf", factories.make_pdf(), "application/pdf")
    officer.open("/staff/events/class/materials/").press("upload", title_ko="교안", upload=paper)
    name = f"question_{event.questions.get().pk}"
    learner.open(f"/tickets/{place.secret}/survey/").press(name, **{name: "5"})
    assert Tally.objects.get().count == 1
    assert "5건부터" in officer.open("/staff/events/class/survey/results/").text
    file = f"materials/{Material.objects.get().pk}/"
    assert learner.download(f"/events/class/{file}").startswith(b"%PDF")
    enter("associate").open(f"/events/class/{file}", 403)
    assert event.title_ko in enter().open("/events/archive/").text
    assert portal.problems() == {}


def test_a_day_at_the_door(portal, people, enter):
    event = event_of_today("doors", people.busan)
    ticket = factories.make_ticket(event, prices={None: 30_000})
    company = enter("company_rep").open("/events/doors/register/list/")
    names = ("박서준", "최유나", "정민재")
    lines = [f"{name},{number}@example.test" for number, name in enumerate(names)]
    company.press("people", ticket=ticket.pk, people="\n".join(lines))
    order = Order.objects.get()
    pay_by_card(company, order)
    officer = enter("officer").open("/staff/events/doors/badges/").press("size", size="sheet")
    batches.run_all()
    with Batch.objects.get().file.open() as file, pikepdf.open(file) as pdf:
        assert len(pdf.pages) == 1
    assert "3 / 3" in officer.open(officer.url).text

    door = enter("doorkeeper").open("/staff/checkin/doors/")
    door.press("code", code=group_address(order))
    assert "박*준" in door.text and "박서준" not in door.text
    here, away, _late = Registration.objects.order_by("pk")
    door.press("people", people=[here.code, away.code])
    door.press("code", code=here.code)
    assert CheckIn.objects.count() == 2
    door.open("/staff/checkin/doors/sell/").press(
        "key", ticket=ticket.pk, name="나그네", agrees=True
    )
    door.press("/paid/", way="cash")
    walked_in = Registration.objects.get(name="나그네")
    assert walked_in.has_come and walked_in.door_code in door.text

    numbers = officer.open("/staff/events/doors/numbers/").text
    assert "120,000원" in numbers
    assert "3" in officer.open("/staff/events/doors/door/").text
    books_agree()
    assert portal.problems() == {}


def test_a_class_every_other_week_and_one_of_second_saturdays_are_seen(portal, people, enter):
    first = clock.start_of(clock.today() + timedelta(days=3)) + timedelta(hours=10)
    monday = clock.kst_date(first) + timedelta(days=-first.weekday() % 7)
    for slug, rhythm, weekday in (("fortnight", "weeks-2", "1"), ("saturdays", "second", "5")):
        factories.make_event(
            slug, kind=Event.Kind.CLASS, branch=people.busan, status=Event.Status.DRAFT,
            starts_at=first,
        )  # fmt: skip
        rule = {
            "title_ko": "글쓰기", "rhythm": rhythm, "weekdays": [weekday], "starts": "10:00",
            "ends": "12:00", "first": monday.isoformat(),
            "last": (monday + timedelta(days=150)).isoformat(),
        }  # fmt: skip
        desk = enter("officer").open(f"/staff/events/{slug}/series/").press("weekdays", **rule)
        desk.press("weekdays", confirm="1")
        desk.open(f"/staff/events/{slug}/programme/").press("note_ko", note_ko="")
        desk.open(f"/staff/events/{slug}/").press("/publish/")
        event = Event.objects.get(slug=slug)
        days = [clock.kst_date(session.starts_at) for session in event.sessions.all()]
        if rhythm == "second":
            assert {(day.weekday(), (day.day - 1) // 7) for day in days} == {(5, 1)}
        else:
            assert {(day - monday).days % 14 for day in days} == {1}
        assert event.first_day == days[0]
        visitor = enter()
        assert f"글쓰기 {len(days)}회" in visitor.open(f"/events/{slug}/programme/?day=all").text
        entries = visitor.download(f"/events/{slug}/event.ics").decode()
        assert entries.count("BEGIN:VEVENT") == len(days)
    assert portal.problems() == {}

"""A programme from an empty draft to a calendar: drawn up, published, signed up for, moved."""

from datetime import timedelta

from icalendar import Calendar

from kosna.core import clock
from kosna.mail.models import Message
from tests import factories


def test_a_session_is_drawn_up_signed_up_for_and_moved(portal, people, enter):
    start = clock.start_of(clock.today() + timedelta(days=30)) + timedelta(hours=10)
    event = factories.make_event("forum", branch=people.busan, starts_at=start)
    place = factories.make_place(factories.make_ticket(event), people.regular)
    hour = lambda n: f"{start + timedelta(hours=n):%Y-%m-%dT%H:%M}"  # noqa: E731

    officer = enter("officer").open("/staff/events/forum/programme/rooms/")
    officer.press("rooms-0-name_ko", **{"rooms-0-name_ko": "실습실", "tracks-0-name_ko": "기술"})
    officer.open("/staff/events/forum/speakers/new/").press("name_ko", name_ko="여하준")
    room, speaker = event.rooms.get(), event.speakers.get()
    typed = {"starts_at": hour(1), "ends_at": hour(2), "title_ko": "지도 그리기", "capacity": 10}
    officer.open("/staff/events/forum/programme/sessions/new/")
    officer.press("title_ko", **typed, room=room.pk, speakers=True)
    assert "지도 그리기" not in enter().open("/events/forum/programme/").text
    officer.open("/staff/events/forum/programme/").press("note_ko", note_ko="공개합니다.")

    reader = enter().open("/events/forum/programme/")
    assert "지도 그리기" in reader.text and speaker.name_ko in reader.text
    session = event.sessions.get()
    member = enter("regular").open(session.get_absolute_url())
    member.press("sessions/", session=session.pk)
    assert "신청함" in member.text

    officer.open(f"/staff/events/forum/programme/sessions/{session.draft.pk}/")
    officer.press("title_ko", starts_at=hour(3), ends_at=hour(4))
    officer.open("/staff/events/forum/programme/").press("note_ko", note_ko="뒤로 옮깁니다.")
    portal.work()
    mail = Message.objects.get(template="programme_changed", to=people.regular.email)
    assert "뒤로 옮깁니다." in mail.text and "13:00" in mail.text
    [entry] = Calendar.from_ical(member.download(f"/tickets/{place.secret}/sessions.ics")).walk(
        "VEVENT"
    )
    assert entry["dtstart"].dt == start + timedelta(hours=3)
    assert "뒤로 옮깁니다." in reader.open("/events/forum/programme/changes/").text

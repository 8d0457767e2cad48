"""The draft of a programme, its versions, and who is told what."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from PIL import Image

from events import certificates, programme
from events.actions import (
    appoint_instructor,
    dismiss_instructor,
    drop_session,
    mark_attendance,
    publish,
    publish_programme,
    remove_speaker,
    restore_session,
    unpublish,
)
from events.models import DraftSession, Session, Speaker
from events.programme import Change
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.mail.models import Message
from tests import factories
from tests.core.test_uploads import picture, png_bomb


@pytest.fixture
def event(cast):
    starts_at = clock.start_of(clock.today() + timedelta(days=30)) + timedelta(hours=10)
    return factories.make_event("forum", branch=cast.busan, starts_at=starts_at)


@pytest.fixture
def people(cast, event):
    """One with an account in English, one with an address, one whom nobody can reach."""
    cast.regular.language = "en"
    cast.regular.save()
    return [
        Speaker.objects.create(event=event, name_ko="여하준", name_en="Yeo", user=cast.regular),
        Speaker.objects.create(event=event, name_ko="탁서린", email="tak@example.test"),
        Speaker.objects.create(event=event, name_ko="반지율"),
    ]


@pytest.fixture
def rooms(event):
    return [event.rooms.create(name_ko=f"{n}실", name_en=f"Room {n}", capacity=40) for n in (1, 2)]


def told() -> dict[str, tuple[str, str]]:
    """To whom: subject and text, as they would leave."""
    mails = Message.objects.filter(template="programme_changed")
    return {mail.to: post.render(mail)[:2] for mail in mails}


def test_nothing_of_a_draft_reaches_a_reader(cast, login, event, people, rooms):
    factories.make_draft(event, title_ko="비밀 강연", room=rooms[0], speakers=people)
    client = login("visitor")
    pages = [event.get_absolute_url()]
    pages += [reverse(f"events:{name}", args=["forum"]) for name in ("timetable", "timetable-ics")]

    def seen() -> list[bool]:
        return ["비밀 강연" in client.get(page).content.decode() for page in pages]

    assert seen() == [False] * 3
    assert "여하준" not in client.get(pages[0]).content.decode()
    version = publish_programme(event, by=cast.officer)
    assert seen() == [True] * 3
    assert "여하준" in client.get(pages[0]).content.decode()

    session = Session.objects.get()
    DraftSession.objects.update(title_ko="다른 제목", room=rooms[1])
    assert seen() == [True] * 3
    assert publish_programme(event, by=cast.officer).number == version.number + 1
    session.refresh_from_db()
    assert (session.title_ko, session.room) == ("다른 제목", rooms[1])
    assert seen() == [False] * 3


def test_a_version_says_what_differs_in_both_languages(cast, event, people, rooms):
    moved = factories.make_draft(event, title_ko="옮김", room=rooms[0], speakers=people[:1])
    renamed = factories.make_draft(event, hours=2, title_ko="이름", title_en="Name")
    gone = factories.make_draft(event, hours=3, title_ko="빠짐", speakers=people[1:2])
    factories.make_draft(event, hours=4, title_ko="그대로", room=rooms[0])
    first = publish_programme(event, by=cast.officer)
    assert [change["kind"] for change in first.changes] == ["added"] * 4

    moved.refresh_from_db()
    moved.starts_at += timedelta(minutes=30)
    moved.ends_at += timedelta(minutes=30)
    moved.room = rooms[1]
    moved.save()
    renamed.refresh_from_db()
    renamed.title_en = "Other name"
    renamed.save()
    renamed.speakers.set(people[2:])
    gone.refresh_from_db()
    drop_session(gone, by=cast.officer)
    factories.make_draft(event, hours=6, title_ko="새 강연")

    second = publish_programme(event, note_ko="일정을 조정했습니다.", by=cast.officer)
    with translation.override("en"):
        told = {
            change.title: (change.kind, [(part.name, part.old, part.new) for part in change.parts])
            for change in map(Change.of, second.changes)
        }
    time = told["옮김"][1].pop(0)
    assert time[0] == "time" and time[1] != time[2]
    assert told == {
        "옮김": ("moved", [("room", "Room 1", "Room 2")]),
        "Other name": ("changed", [("title", "Name", "Other name"), ("speakers", "", "반지율")]),
        "빠짐": ("dropped", []),
        "새 강연": ("added", []),
    }
    assert set(event.sessions.values_list("title_ko", flat=True)) == {
        "옮김", "이름", "그대로", "새 강연",
    }  # fmt: skip
    assert event.drafts.count() == 4
    with pytest.raises(Refused, match="공개할"):
        publish_programme(event, by=cast.officer)


def test_those_concerned_are_told_once_and_in_their_language(cast, event, people, rooms):
    one = factories.make_draft(event, title_ko="하나", title_en="One", speakers=people)
    two = factories.make_draft(event, hours=2, title_ko="둘", title_en="Two", speakers=people[:1])
    publish_programme(event, by=cast.officer)
    assert set(told()) == {cast.regular.email, "tak@example.test"}
    assert "One" in told()[cast.regular.email][1] and "Two" in told()[cast.regular.email][1]
    assert "둘" not in told()["tak@example.test"][1]

    Message.objects.all().delete()
    DraftSession.objects.filter(pk=two.pk).update(abstract_ko="더 자세히", capacity=20)
    publish_programme(event, by=cast.officer)
    assert told() == {}  # nobody is woken by a better text
    one.speakers.set(people[1:])
    publish_programme(event, note_ko="연사가 바뀌었습니다.", note_en="Another speaker.", by=None)
    assert set(told()) == {cast.regular.email, "tak@example.test"}  # who left it is told as well
    subject, text = told()[cast.regular.email]
    assert subject == "[KOSNA] The programme has changed: Social Data Conference"
    assert "Another speaker." in text and "Yeo" in text


def test_a_course_tells_who_learns_and_teaches_there(cast, event):
    """Nobody signs up for its sessions, so whoever has a place is expected at each."""
    event.kind = "course"
    event.save()
    every_day = factories.make_ticket(event)
    days = [factories.make_ticket(event, day=event.first_day + timedelta(days=n)) for n in range(3)]
    for name, ticket in (("all", every_day), *zip(("one", "two", "three"), days, strict=True)):
        factories.make_place(ticket, email=f"{name}@example.test")
    factories.make_place(every_day, status="held", email="unpaid@example.test")
    appoint_instructor(event, user=cast.associate, by=cast.officer)
    gone = appoint_instructor(event, user=cast.account, by=cast.officer)
    dismiss_instructor(gone, by=cast.officer)
    lesson = factories.make_draft(event, title_ko="2강")
    factories.make_draft(event, hours=2, title_ko="점심", is_break=True)
    factories.make_draft(event, hours=4, title_ko="실습", capacity=5)
    publish_programme(event, by=cast.officer)

    Message.objects.all().delete()
    event.drafts.exclude(pk=lesson.pk).update(title_ko="다른 이름")
    publish_programme(event, by=cast.officer)
    assert told() == {}  # a break, and what nobody has signed up for
    lesson.refresh_from_db()
    lesson.starts_at += timedelta(days=1)
    lesson.ends_at += timedelta(days=1)
    lesson.save()
    publish_programme(event, note_ko="하루 미룹니다.", by=cast.officer)
    concerned = {"all@example.test", "one@example.test", "two@example.test", cast.associate.email}
    assert set(told()) == concerned
    assert all("하루 미룹니다." in text for _subject, text in told().values())

    Message.objects.all().delete()
    lesson.refresh_from_db()
    drop_session(lesson, by=cast.officer)
    publish_programme(event, by=cast.officer)
    assert set(told()) == concerned - {"one@example.test"}


def test_nobody_is_told_of_an_event_that_nobody_sees(cast, event, people):
    event.status = "draft"
    event.save()
    kept = factories.make_draft(event, title_ko="하나", speakers=people)
    gone = factories.make_draft(event, hours=3, title_ko="빠짐", speakers=people)
    publish_programme(event, by=cast.officer)
    kept.refresh_from_db()
    kept.title_ko = "새 제목"
    kept.save()
    kept.speakers.set(people[:2])
    gone.refresh_from_db()
    drop_session(gone, by=cast.officer)
    publish_programme(event, by=cast.officer)
    assert told() == {}
    factories.make_ticket(event)

    # With the event, its speakers hear of what has come of it, once.
    publish(event=event, by=cast.officer)
    mails = told()
    assert set(mails) == {cast.regular.email, "tak@example.test"}
    for _subject, text in mails.values():
        assert "새 제목" in text and "빠짐" not in text
    Message.objects.all().delete()
    unpublish(event=event, by=cast.officer)
    publish(event=event, by=cast.officer)
    assert told() == {}


def test_an_earlier_version_is_laid_out_again(cast, login, event, people, rooms):
    moved = factories.make_draft(event, title_ko="옮김", room=rooms[0], speakers=people[:1])
    gone = factories.make_draft(event, hours=3, title_ko="빠짐", room=rooms[1])
    factories.make_draft(event, hours=4, title_ko="그대로", room=rooms[0])
    client, at = login("visitor"), lambda n: reverse("events:programme-version", args=["forum", n])

    def laid_out(number: int) -> list[tuple]:
        page = client.get(at(number))
        return [
            (cell.session.title, cell.session.speaker_names, cell.session.room.name, cell.column)
            for day in page.context["days"]
            for block in day.blocks
            for cell in block.cells
        ]

    publish_programme(event, by=cast.officer)
    first = laid_out(1)
    assert [row[0] for row in first] == ["옮김", "빠짐", "그대로"]
    for draft in (moved, gone):
        draft.refresh_from_db()
    moved.starts_at += timedelta(hours=6)
    moved.ends_at += timedelta(hours=6)
    moved.room = rooms[1]
    moved.save()
    moved.speakers.clear()
    drop_session(gone, by=cast.officer)
    factories.make_draft(event, hours=5, title_ko="새 강연", room=rooms[0])
    publish_programme(event, by=cast.officer)
    second = laid_out(2)
    assert [row[0] for row in second] == ["그대로", "새 강연", "옮김"]
    DraftSession.objects.filter(title_ko="옮김").update(title_ko="또 옮김")
    publish_programme(event, by=cast.officer)
    assert (laid_out(1), laid_out(2)) == (first, second)
    assert client.get(at(4)).status_code == 404
    told = client.get(at(1)).content.decode()
    assert "noindex" in told and "noindex" not in client.get(at(3)).content.decode()
    changes = client.get(reverse("events:programme-changes", args=["forum"])).content.decode()
    assert [n for n in (1, 2, 3) if f'href="{at(n)}"' in changes] == [1, 2, 3]


def test_versions_of_before_they_kept_what_they_replace_are_not_laid_out(cast, login, event):
    draft = factories.make_draft(event, title_ko="처음")
    for title in ("둘째", "셋째", "넷째"):
        publish_programme(event, by=cast.officer)
        DraftSession.objects.filter(pk=draft.pk).update(title_ko=title)
    publish_programme(event, by=cast.officer)
    old = event.programme_versions.get(number=2)
    changes = [{k: v for k, v in row.items() if k not in ("was", "session")} for row in old.changes]
    event.programme_versions.filter(pk=old.pk).update(changes=changes)
    client, at = login("visitor"), lambda n: reverse("events:programme-version", args=["forum", n])
    assert [client.get(at(n)).status_code for n in (1, 2, 3, 4)] == [404, 200, 200, 200]
    page = client.get(reverse("events:programme-changes", args=["forum"]))
    assert page.status_code == 200
    assert [n for n in (1, 2, 3, 4) if f'href="{at(n)}"' in page.content.decode()] == [2, 3, 4]


def test_a_room_and_a_speaker_are_in_one_place_at_a_time(cast, login, event, people, rooms):
    factories.make_draft(event, title_ko="먼저", room=rooms[0], speakers=people[:1])
    client, url = login("officer"), reverse("events_staff:session-new", args=["forum"])

    def typed(minutes: int, **more) -> dict:
        start = event.starts_at + timedelta(minutes=minutes)
        local = [in_korea(start), in_korea(start + timedelta(hours=1))]
        return {"starts_at": local[0], "ends_at": local[1], "title_ko": "나중", **more}

    answer = client.post(url, typed(30, room=rooms[0].pk, speakers=[people[0].pk]))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"room", "speakers"}
    assert "먼저" in str(answer.context["form"].errors["room"])
    assert 'value="나중"' in answer.content.decode()
    far = client.post(url, typed(60 * 24 * 9))
    assert set(far.context["form"].errors) == {"starts_at", "ends_at"}
    many = client.post(url, typed(90, room=rooms[0].pk, capacity=41))
    assert set(many.context["form"].errors) == {"capacity"}
    assert client.post(url, typed(60, room=rooms[0].pk)).status_code == 302
    assert event.drafts.count() == 2

    # Two people at two desks get past the form; nothing gets past publishing.
    factories.make_draft(event, hours=0.5, title_ko="함께", room=rooms[1], speakers=people[:1])
    with pytest.raises(Refused, match="여하준"):
        publish_programme(event, by=cast.officer)
    assert not Session.objects.exists()


def in_korea(instant) -> str:
    return f"{instant.astimezone(clock.KST):%Y-%m-%dT%H:%M}"


def test_a_change_of_the_draft_can_be_taken_back(cast, login, event, people, rooms):
    draft = factories.make_draft(event, title_ko="강연", room=rooms[0], speakers=people[:2])
    publish_programme(event, by=cast.officer)
    draft.refresh_from_db()
    draft.room, draft.title_ko = rooms[1], "다른 강연"
    draft.save()
    draft.speakers.clear()
    client = login("officer")
    for name in ("session-drop", "session-restore"):
        answer = client.post(reverse(f"events_staff:{name}", args=["forum", draft.pk]))
        assert answer.status_code == 302
    assert programme.steps(programme.draft_of(event)) == []
    with pytest.raises(Refused):
        restore_session(factories.make_draft(event, hours=3), by=cast.officer)


def test_what_has_a_roll_stays_and_a_draft_counts_for_no_certificate(cast, event):
    event.attendance_percent = 100
    event.save()
    event.starts_at -= timedelta(days=40)
    draft = factories.make_draft(event, title_ko="1회")
    publish_programme(event, by=cast.officer)
    draft.refresh_from_db()
    place = factories.make_place(factories.make_ticket(event), cast.regular)
    factories.make_draft(event, hours=2, title_ko="2회")
    mark_attendance(draft.session, shown=[place.pk], present=[place.pk], by=cast.officer)
    verdict = certificates.verdict(place)
    assert (verdict.allowed, verdict.attended, verdict.held) == (True, 1, 1)
    with pytest.raises(Refused):
        drop_session(draft, by=cast.officer)
    DraftSession.objects.filter(pk=draft.pk).update(is_dropped=True)
    with pytest.raises(Refused):
        publish_programme(event, by=cast.officer)
    assert event.sessions.count() == 1


def test_a_speaker_with_a_photo(cast, login, event, django_capture_on_commit_callbacks):
    client, url = login("officer"), reverse("events_staff:speaker-new", args=["forum"])
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    photo = picture("JPEG", (900, 600), exif=exif)
    assert b"taken at home" in photo

    def send(name: str, content: bytes, **more):
        upload = SimpleUploadedFile(name, content)
        return client.post(url, {"name_ko": "여하준", "upload": upload, **more})

    for name, content in (
        ("bomb.png", png_bomb(9000)),
        ("face.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"),
        ("face.jpg", b"<svg/>"),
    ):
        refused = send(name, content)
        assert refused.status_code == 422 and "upload" in refused.context["form"].errors, name
    assert send("me.jpg", photo, account="nobody@example.test").status_code == 422
    assert not Speaker.objects.exists()
    assert send("me.jpg", photo, account=cast.regular.email.upper()).status_code == 302
    speaker = Speaker.objects.get()
    assert speaker.user == cast.regular
    with speaker.photo.open() as file:
        kept = file.read()
    assert b"taken at home" not in kept
    with Image.open(io.BytesIO(kept)) as shown:
        assert (shown.format, shown.size) == ("JPEG", (480, 480))

    # Of the draft: for who prepares the event, and for nobody else.
    page = reverse("events:speaker-photo", args=["forum", speaker.pk])
    people = ("officer", "other_officer", "visitor")
    answers = [login(who).get(page) for who in people]
    assert [answer.status_code for answer in answers] == [200, 404, 404]
    assert b"".join(answers[0].streaming_content) == kept
    factories.make_draft(event, speakers=[speaker])
    publish_programme(event, by=cast.officer)
    answer = login("visitor").get(page)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert b"".join(answer.streaming_content) == kept
    with pytest.raises(Refused):
        remove_speaker(speaker, by=cast.officer)
    edit = reverse("events_staff:speaker-edit", args=["forum", speaker.pk])
    with django_capture_on_commit_callbacks(execute=True):
        client.post(edit, {"name_ko": "여하준", "without_photo": "on"})
    assert not speaker.photo.storage.exists(speaker.photo.name)
    assert login("visitor").get(page).status_code == 404
    entry = Entry.objects.filter(verb="events.change_speaker").first()
    assert entry.subjects == [cast.regular.pk]


def test_rooms_in_use_stay(cast, login, event, rooms):
    factories.make_draft(event, room=rooms[0])
    client, url = login("officer"), reverse("events_staff:rooms", args=["forum"])
    data = {
        "rooms-TOTAL_FORMS": 2, "rooms-INITIAL_FORMS": 2, "tracks-TOTAL_FORMS": 1,
        "tracks-INITIAL_FORMS": 0, "tracks-0-name_ko": "기술", "tracks-0-colour": "teal",
        "tracks-0-sort": 0,
    }  # fmt: skip
    for number, room in enumerate(rooms):
        data |= {
            f"rooms-{number}-id": room.pk, f"rooms-{number}-name_ko": room.name_ko,
            f"rooms-{number}-sort": 0,
        }  # fmt: skip
    assert client.post(url, {**data, "rooms-0-DELETE": "on"}).status_code == 422
    assert client.post(url, {**data, "rooms-1-DELETE": "on"}).status_code == 302
    assert [room.name_ko for room in event.rooms.all()] == ["1실"]
    assert event.tracks.get().colour == "teal"

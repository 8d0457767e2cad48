"""An event is held at another time or place, or not at all: whoever counts on it hears of it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from events import actions
from events.models import DraftSession, Event, Registration, Session, Speaker
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post as post_office
from kosna.mail.models import Message
from tests import factories
from tests.events.test_booths import book, other
from tests.events.test_registering import FRIEND, ME

MOVED, OFF = "event_moved", "event_called_off"
TIMES = ("starts_at", "ends_at")


@pytest.fixture
def event(cast):
    """Something of everybody: two places, one that was given up, one who waits, one who has asked,
    an exhibitor, a speaker without an account and an instructor."""
    start = clock.start_of(clock.today() + timedelta(days=30)) + timedelta(hours=10)
    event = factories.make_event("forum", branch=cast.busan, starts_at=start, venue_ko="회의실")
    ticket = factories.make_ticket(event, capacity=2)
    actions.register(ticket=ticket, attendees=[ME, FRIEND], by=cast.regular)
    factories.make_place(
        factories.make_ticket(event), name="gone", email="gone@example.test",
        status="cancelled", released_at=clock.now(),
    )  # fmt: skip
    actions.join(ticket=ticket, attendees=[ME], by=cast.account)
    talk = factories.make_ticket(event, needs_approval=True)
    actions.request_places(ticket=talk, attendees=[ME], by=cast.associate)
    book(factories.make_booth(event), other(cast.applicant))
    speaker = Speaker.objects.create(event=event, name_ko="여하준", email="speaker@example.test")
    factories.make_session(event).speakers.set([speaker])
    Speaker.objects.create(event=event, name_ko="아직", email="draft@example.test")
    actions.appoint_instructor(event, user=cast.lapsed, by=cast.officer)
    return event


def change(event: Event, by, **fields) -> int:
    event = Event.objects.select_related("branch").get(pk=event.pk)
    for name, value in fields.items():
        setattr(event, name, value)
    return actions.change_event(event, fields=list(fields), by=by)


def told(template: str) -> set[str]:
    return set(Message.objects.filter(template=template).values_list("to", flat=True))


@pytest.mark.miscounts
def test_another_time_is_told_to_everybody_who_counts_on_it(cast, event):
    later = {"starts_at": event.starts_at + timedelta(days=1)}
    later["ends_at"] = event.ends_at + timedelta(days=1)
    assert change(event, cast.officer, **later) == 7
    people = {"account", "associate", "applicant", "lapsed"}
    names = {f"{name}@example.test" for name in (*people, "me", "friend", "speaker")}
    assert told(MOVED) == names
    _subject, text, _html = post_office.render(Message.objects.get(to="speaker@example.test"))
    assert text.count("변경 전") == 1  # the place is where it was
    assert Entry.objects.get(verb="events.change").facts["fields"] == ["ends_at", "starts_at"]


@pytest.mark.miscounts
def test_each_hears_of_a_place_in_their_own_language(cast, event):
    """Only its English name is another: that is no news to who reads Korean."""
    cast.account.language = "en"
    cast.account.save()
    assert change(event, cast.officer, venue_en="Main hall") == 1
    subject, text, _html = post_office.render(Message.objects.get(template=MOVED))
    assert subject == "[KOSNA] Another time or place: Social Data Conference"
    assert "Venue: Main hall" in text and "Until now: 회의실" in text


@pytest.mark.miscounts
def test_other_words_and_a_draft_are_no_news(cast, event):
    assert change(event, cast.officer, title_ko="새 제목", summary_ko="요약") == 0
    Event.objects.update(status=Event.Status.DRAFT)
    assert change(event, cast.officer, venue_ko="강당") == 0
    Event.objects.update(status=Event.Status.PUBLISHED, starts_at=clock.now() - timedelta(days=9))
    Event.objects.update(ends_at=clock.now() - timedelta(days=8))
    assert change(event, cast.officer, venue_ko="본관") == 0
    assert told(MOVED) == set()


def test_the_desk_says_how_many_were_told(cast, login):
    start = clock.start_of(clock.today() + timedelta(days=30)) + timedelta(hours=10)
    event = factories.make_event("talk", branch=cast.busan, starts_at=start)
    factories.make_place(factories.make_ticket(event), cast.regular, email="me@example.test")
    client, url = login("officer"), reverse("events_staff:event-edit", args=["talk"])
    form = client.get(url).context["form"]
    typed = {
        field.html_name: field.value()
        for field in form
        if field.value() not in (None, False) and "_at" not in field.name
    }
    typed |= {
        name: f"{form.initial[name].astimezone(clock.KST):%Y-%m-%dT%H:%M}"
        for name in ("starts_at", "ends_at")
    }
    assert client.post(url, typed).status_code == 302
    assert told(MOVED) == set()
    wrong = client.post(url, {**typed, "ends_at": typed["starts_at"]})
    assert list(wrong.context["form"].errors) == ["ends_at"]
    page = client.post(url, {**typed, "venue_ko": "새 강당"}, follow=True).content.decode()
    assert "1명에게" in page
    assert told(MOVED) == {"me@example.test"}


@pytest.mark.miscounts
def test_who_speaks_teaches_or_offered_to_hears_that_it_is_called_off(cast, event):
    call = factories.make_call(event)
    typed = {"title_ko": "제안", "abstract_ko": "요약", "minutes": 30}
    actions.propose(call, by=cast.head_office, **typed)
    withdrawn = actions.propose(call, by=cast.editor, **typed)
    actions.withdraw_proposal(withdrawn, by=cast.editor)
    for _turn in range(2):
        actions.cancel_event(event=event, reason="태풍", by=cast.officer)
    names = ("head_office", "lapsed", "speaker")
    assert told(OFF) == {f"{name}@example.test" for name in names}
    assert Message.objects.filter(template=OFF).count() == 3
    _subject, text, _html = post_office.render(Message.objects.filter(template=OFF).first())
    assert "태풍" in text


def test_who_asked_or_proposed_is_not_left_with_an_event_that_nobody_sees(cast):
    event = factories.make_event("forum", branch=cast.busan)
    ticket = factories.make_ticket(event, needs_approval=True)
    asked = actions.request_places(ticket=ticket, attendees=[ME], by=cast.regular)
    with pytest.raises(Refused, match="승인을 기다리는"):
        actions.unpublish(event=event, by=cast.officer)
    actions.withdraw_request(asked, by=cast.regular)
    typed = {"title_ko": "제안", "abstract_ko": "요약", "minutes": 30}
    proposal = actions.propose(factories.make_call(event), by=cast.account, **typed)
    with pytest.raises(Refused, match="심사"):
        actions.unpublish(event=event, by=cast.officer)
    actions.withdraw_proposal(proposal, by=cast.account)
    actions.unpublish(event=event, by=cast.officer)


WEEK, HOUR = timedelta(days=7), timedelta(hours=1)


@pytest.fixture
def programme(cast):
    """Published: a workshop on the first of two days, and a talk on the second."""
    start = clock.start_of(clock.today() + timedelta(days=30)) + timedelta(hours=10)
    event = factories.make_event(
        "two-days", branch=cast.busan, starts_at=start, ends_at=start + timedelta(hours=30)
    )
    factories.make_draft(event, hours=1, title_ko="실습", capacity=5)
    factories.make_draft(event, hours=26, title_ko="강연")
    actions.publish_programme(event, by=cast.officer)
    return event


def starts(rows) -> list:
    return list(rows.order_by("pk").values_list("starts_at", flat=True))


def later(event: Event, by: timedelta) -> dict:
    return {"starts_at": event.starts_at + by, "ends_at": event.ends_at + by}


def test_the_programme_moves_with_its_event(cast, programme):
    ticket = factories.make_ticket(programme, day=programme.first_day)
    place = factories.make_place(ticket, cast.regular)
    actions.sign_up(programme.sessions.get(title_ko="실습"), place, by=None)
    before = starts(Session.objects)
    hours = timedelta(hours=2)  # of the same day
    change(programme, cast.officer, **later(programme, hours))
    assert starts(Session.objects) == before
    assert change(programme, cast.officer, **later(programme, WEEK)) == 1
    assert starts(Session.objects) == starts(DraftSession.objects) == [at + WEEK for at in before]
    assert Registration.objects.get().sign_ups.count() == 1
    version = programme.programme_versions.first()
    assert (version.number, version.is_told) == (2, True)
    assert version.note_ko and version.note_en and version.note_ko != version.note_en
    assert told("programme_changed") == {cast.regular.email}
    moved = Entry.objects.get(verb="events.change_programme").facts
    assert (moved["moved"], moved["sessions"]) == (7, 2)


def typed_later(client, url: str, by: timedelta) -> dict:
    form = client.get(url).context["form"]
    typed = {
        field.html_name: field.value()
        for field in form
        if field.value() not in (None, False) and "_at" not in field.name
    }
    times = {name: (form.initial[name] + by).astimezone(clock.KST) for name in TIMES}
    return typed | {name: f"{at:%Y-%m-%dT%H:%M}" for name, at in times.items()}


def test_a_draft_with_other_changes_moves_and_waits(cast, programme, login):
    DraftSession.objects.filter(title_ko="강연").update(title_ko="새 강연")
    before = starts(Session.objects)
    client, url = login("officer"), reverse("events_staff:event-edit", args=["two-days"])
    page = client.post(url, typed_later(client, url, WEEK), follow=True)
    assert starts(Session.objects) == before
    assert starts(DraftSession.objects) == [at + WEEK for at in before]
    said = [str(message) for message in page.context["messages"]]
    assert said[1:] == [
        "새 날짜의 프로그램은 아직 공개되지 않았습니다. 프로그램 초안을 확인해 주십시오."
    ]
    draft = client.get(reverse("events_staff:programme", args=["two-days"]))
    assert len(draft.context["steps"]) == 2 and not draft.context["outside"]


def test_sessions_outside_the_days_of_the_event_are_pointed_out(cast, programme, login):
    """What was held stays where it was, and so does what the rhythm of a class says."""
    talk = programme.sessions.get(title_ko="강연")
    place = factories.make_place(factories.make_ticket(programme))
    with clock.standing_at(talk.starts_at):
        actions.mark_attendance(talk, shown=[place.pk], present=[place.pk], by=cast.officer)
    client, url = login("officer"), reverse("events_staff:event-edit", args=["two-days"])
    assert "기간 밖" not in client.get(url).content.decode()
    page = client.post(url, typed_later(client, url, WEEK), follow=True)
    assert "행사 기간 밖에 있는 세션이 있습니다." in [str(row) for row in page.context["messages"]]
    for address in (url, reverse("events_staff:programme", args=["two-days"])):
        shown = client.get(address)
        assert [row.title for row in shown.context["outside"]] == ["강연"]
        assert "기간 밖" in shown.content.decode()
    assert Session.objects.get(title_ko="실습").starts_at == programme.starts_at + WEEK + HOUR
    typed = typed_later(client, url, timedelta(0))
    wrong = client.post(url, {**typed, "ends_at": typed["starts_at"]})
    assert [row.title for row in wrong.context["outside"]] == ["강연"]


def test_the_programme_of_what_is_over_stays(cast, programme):
    Event.objects.update(**later(programme, -timedelta(days=60)))
    before = starts(DraftSession.objects)
    moved = Event.objects.get()
    change(moved, cast.officer, **later(moved, WEEK))
    assert starts(DraftSession.objects) == before

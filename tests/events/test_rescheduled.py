"""An event is held at another time or place, or not at all: whoever counts on it hears of it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from events import actions
from events.models import Event, Speaker
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post as post_office
from kosna.mail.models import Message
from tests import factories
from tests.events.test_booths import book, other
from tests.events.test_registering import FRIEND, ME

MOVED, OFF = "event_moved", "event_called_off"


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

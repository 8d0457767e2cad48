"""A members' meeting as an event: its page, who may register, and the meeting's own door beside."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events import actions
from events.actions import Attendee
from events.models import Event, Registration
from kosna.core import clock
from kosna.core.errors import Refused
from members.models import Meeting, Presence, Voter
from tests import factories
from tests.members.assembly import called

ME = Attendee("회원", "me@example.test", is_buyer=True)


@pytest.fixture
def event(cast) -> Event:
    """Whose meeting has been called; ``regular`` is on its roll."""
    meeting = called(cast.head_office)
    event = factories.make_event(
        "assembly", kind=Event.Kind.MEETING, meeting=meeting, branch=cast.hq
    )
    factories.make_ticket(event, prices={None: 0})
    return event


def ticket(event: Event):
    return Event.objects.get(pk=event.pk).tickets.select_related("event").get()


def test_only_those_on_the_roll_register(cast, event):
    assert Voter.objects.of(cast.regular).filter(meeting=event.meeting).exists()
    actions.register(ticket=ticket(event), attendees=[ME], by=cast.regular)
    with pytest.raises(Refused):
        actions.register(ticket=ticket(event), attendees=[ME], by=cast.account)
    with pytest.raises(Refused):  # a companion is on no roll
        actions.register(ticket=ticket(event), attendees=[Attendee("동행")], by=cast.regular)
    place = Registration.objects.get()
    assert actions.handing_refusals(place)


def test_a_voter_corrects_their_details_and_hands_the_place_to_nobody(cast, event, login):
    actions.register(ticket=ticket(event), attendees=[ME], by=cast.regular)
    place = Registration.objects.select_related("line__order").get()
    client = login("regular")
    pages = {
        name: reverse(f"tickets:{name}", args=args)
        for name, args in {
            "ticket": [place.secret],
            "order-places": [place.line.order.code],
            "ticket-details": [place.secret],
            "ticket-hand-over": [place.secret],
        }.items()
    }
    for name in ("ticket", "order-places"):
        page = client.get(pages[name]).content.decode()
        assert pages["ticket-details"] in page
        assert pages["ticket-hand-over"] not in page
    page = client.get(pages["ticket-details"]).content.decode()
    assert 'name="affiliation"' in page
    assert pages["ticket-hand-over"] not in page
    typed = {"email": "new@example.test", "affiliation": "새 소속"}
    assert client.post(pages["ticket-details"], typed).status_code == 302
    place = Registration.objects.get()
    assert (place.email, place.affiliation, place.user) == (*typed.values(), cast.regular)
    with pytest.raises(Refused):
        actions.hand_over(place, Attendee("남", "other@example.test"), by=cast.regular)


def test_a_companys_voter_brings_nobody(cast, event):
    Voter.objects.filter(meeting=event.meeting, user=cast.company_rep).get()
    buy = {"ticket": ticket(event), "by": cast.company_rep}
    with pytest.raises(Refused):
        actions.register(attendees=[ME, Attendee("직원")], **buy)
    actions.register(attendees=[ME], **buy)
    assert Registration.objects.get().user == cast.company_rep


def test_a_roll_is_asked_once_however_many_tickets(cast, event, login):
    pages = []
    for _n in range(2):
        with CaptureQueriesContext(connection) as seen:
            login("regular").get("/events/assembly/")
        pages.append(sum('FROM "members_voter"' in row["sql"] for row in seen))
        for n in range(2):
            factories.make_ticket(event, prices={None: 0}, name_ko=f"자리 {n}")
        actions.touch(event)
    assert pages == [1, 1]


def test_its_page_leads_to_the_members_own_page_once_called(cast, event, login):
    page = login("regular").get("/events/assembly/").content.decode()
    assert f"/me/meetings/{event.meeting.number}/" in page
    Meeting.objects.filter(pk=event.meeting_id).update(
        status="draft", called_at=None, called_by=None
    )
    page = login("regular").get("/events/assembly/").content.decode()
    assert f"/me/meetings/{event.meeting.number}/" not in page


def test_presence_at_the_meeting_stands_beside_the_tickets(cast, event, login):
    voter = Voter.objects.of(cast.regular).get(meeting=event.meeting)
    Presence.objects.create(voter=voter, mode="person", at=clock.now(), by=cast.head_office)
    page = login("head_office").get("/staff/events/assembly/")
    assert page.context["present"].in_person == 1
    assert f"/staff/meetings/{event.meeting.number}/" in page.content.decode()
    assert Registration.objects.count() == 0  # presence is the meeting's, no ticket


def test_only_a_members_meeting_has_a_general_meeting(cast, event, login):
    client = login("head_office")
    form = client.get("/staff/events/assembly/edit/").context["form"]
    assert list(form.fields["meeting"].queryset) == [event.meeting]
    data = {name: form[name].value() or "" for name in form.fields}
    data |= {"kind": "seminar", "starts_at": "2027-05-20T14:00", "ends_at": "2027-05-20T18:00"}
    answer = client.post("/staff/events/assembly/edit/", data)
    assert "meeting" in answer.context["form"].errors


def test_who_is_no_member_is_told_why_there_is_nothing_to_open(cast, event, login):
    own = f"/me/meetings/{event.meeting.number}/"
    pages = {
        who: login(who).get("/events/assembly/").content.decode()
        for who in ("visitor", "account", "associate", "regular")
    }
    assert {who for who, page in pages.items() if own in page} == {"associate", "regular"}
    assert login("account").get(own).status_code == 404
    assert login("associate").get(own).status_code == 200
    assert "이 총회의 명부에도 없으므로" in pages["account"]
    assert "로그인하시면 의결권" in pages["visitor"]

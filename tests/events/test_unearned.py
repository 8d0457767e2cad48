"""A certificate and a check-in last as long as what they stand on: a place, the roll, the door."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from events import actions, materials, surveys
from events.actions import SentScan
from events.door import arrivals
from events.models import CheckIn, Direction, Event, Outcome, Registration
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.documents.models import Document
from kosna.mail import post
from kosna.mail.models import Message
from tests import factories
from tests.events.doors import event_of_today, make_device
from tests.events.test_certificates import come
from tests.events.test_registering import FRIEND, ME, give_back, pay

Status = Registration.Status


@pytest.fixture
def today(cast) -> Event:
    """A class that runs on; whoever came gets the certificate."""
    event = event_of_today("today", cast.busan)
    event.kind, event.ends_at = Event.Kind.CLASS, clock.now() + timedelta(days=20)
    event.save()
    return event


def fresh(place: Registration) -> Registration:
    return Registration.objects.with_event().get(pk=place.pk)


def is_valid(client, paper: Document) -> bool:
    page = client.get(reverse("documents:verified", args=[paper.code]))
    valid = Document.objects.valid().filter(pk=paper.pk).exists()
    assert page.context["is_valid"] is valid
    return valid


def test_who_leaves_a_class_loses_its_certificates(cast, today, client, login):
    ticket = factories.make_ticket(today, prices={None: 0})
    actions.register(ticket=ticket, attendees=[ME, FRIEND], by=cast.regular)
    place, other = Registration.objects.order_by("pk")
    mine, theirs = come(place, cast.officer), come(other, cast.officer)
    papers = [
        actions.issue_certificate(row, language)
        for row, language in ((mine, "ko"), (mine, "en"), (theirs, "ko"))
    ]
    pages = [reverse("tickets:ticket-cancel", args=[place.secret])]
    order = place.line.order
    pages.append(reverse("tickets:order-cancel", args=[order.code]) + f"?line={place.line_id}")
    for page in pages:
        assert "증명서는 무효" in login("regular").get(page).content.decode()
    actions.cancel_registration(registration=place, by=cast.regular)
    assert [is_valid(client, paper) for paper in papers] == [False, False, True]
    mail = Message.objects.get(template="registration_cancelled")
    assert "증명서는 무효" in post.render(mail)[1]


def test_a_place_whose_money_went_back_has_no_certificate(cast, today, client):
    ticket = factories.make_ticket(today, prices={None: 33_000})
    order = actions.register(ticket=ticket, attendees=[ME], by=cast.regular)
    pay(order)
    place = come(Registration.objects.get(), cast.officer)
    paper = actions.issue_certificate(place, "ko")
    give_back(cast, order, 33_000)
    assert fresh(place).status == Status.CANCELLED
    assert not is_valid(client, paper)


def test_a_check_in_that_is_taken_back_takes_the_certificate_along(cast, today, client):
    """But not what the roll says."""
    session = factories.make_session(today)
    device, ticket = make_device(today), factories.make_ticket(today)
    at, kept = clock.now(), {}
    for on_the_roll in (False, True):
        place = factories.make_place(ticket)
        scan = {"uuid": uuid4(), "at": at, "place": place.pk}
        actions.sync_scans(device=device, scans=[SentScan(**scan)], sent_at=at)
        paper = actions.issue_certificate(fresh(place), "ko")
        if on_the_roll:
            roll = {"shown": [place.pk], "present": [place.pk], "by": cast.officer}
            actions.mark_attendance(session, **roll)
        again = SentScan(**scan, told=Outcome.CANCELLED)
        actions.sync_scans(device=device, scans=[again], sent_at=at)
        kept[on_the_roll] = (fresh(place).has_come, is_valid(client, paper))
    assert kept == {False: (False, False), True: (True, True)}
    stands = CheckIn.objects.get()
    assert (stands.at, stands.by, stands.door) == (session.starts_at, cast.officer, "")
    assert (stands.inside_since, stands.is_from_roll) == (None, True)


def test_a_wrong_mark_on_the_roll_is_taken_back_whole(cast, today, client):
    first, later = factories.make_session(today), factories.make_session(today, hours=0.5)
    place = factories.make_place(factories.make_ticket(today), cast.regular)

    def mark(session, *present: int) -> None:
        actions.mark_attendance(session, shown=[place.pk], present=present, by=cast.officer)

    now = clock.start_of(clock.today()) + timedelta(hours=3)
    with clock.standing_at(now):
        for session, at in ((later, later.starts_at), (first, first.starts_at)):
            mark(session, place.pk)
            assert CheckIn.objects.get().at == at  # the first in which they sat
        paper = actions.issue_certificate(fresh(place), "ko")
        assert paper.facts["checked_in_at"] == first.starts_at.isoformat()
        mark(first)
        assert CheckIn.objects.get().at == later.starts_at and is_valid(client, paper)
        mark(later)
        assert not is_valid(client, paper)
        assert not materials.has_come(cast.regular, today)
        assert surveys.why_not(fresh(place), now)
        assert arrivals.numbers(today) == arrivals.Numbers(expected=1, came=0, inside=0)
        assert client.get(place.get_absolute_url() + "certificate.pdf").status_code == 404


def test_whom_a_door_has_seen_has_come_whatever_the_roll_says(cast, today):
    session, device = factories.make_session(today), make_device(today)
    ticket, roll = factories.make_ticket(today), {"session": session, "by": cast.officer}

    def seen_by_desk(place: Registration) -> str:
        return actions.check_in(event=today, typed=place.code, by=cast.doorkeeper).outcome

    def seen_by_device(place: Registration) -> str:
        scan = SentScan(uuid4(), clock.now(), place=place.pk)
        [answer] = actions.sync_scans(device=device, scans=[scan], sent_at=scan.at)
        return answer.outcome

    for see in (seen_by_desk, seen_by_device):
        for is_first in (True, False):
            place = factories.make_place(ticket)
            if is_first:
                assert see(place) == Outcome.ADMITTED
            actions.mark_attendance(**roll, shown=[place.pk], present=[place.pk])
            if not is_first:
                assert fresh(place).check_in.at == session.starts_at
                assert see(place) == Outcome.ADMITTED
                assert see(place) == Outcome.ALREADY
            actions.mark_attendance(**roll, shown=[place.pk], present=[])
            assert fresh(place).has_come
            assert fresh(place).check_in.is_inside_now
    admitted = Entry.objects.filter(verb="events.check_in")
    assert admitted.count() == 4


def test_a_roll_that_is_called_later_says_when_it_was(cast):
    """Nobody is inside by it, but while the session lasts."""
    past = factories.make_event(starts_at=clock.now() - timedelta(days=9))
    over = factories.make_session(past)
    running = factories.make_event("now", starts_at=clock.now() - timedelta(minutes=5))
    for session, is_inside in ((over, False), (factories.make_session(running), True)):
        place = factories.make_place(factories.make_ticket(session.event))
        actions.mark_attendance(session, shown=[place.pk], present=[place.pk], by=cast.officer)
        came = fresh(place).check_in
        assert (came.at, came.is_inside_now) == (session.starts_at, is_inside)
        assert arrivals.numbers(session.event).inside == is_inside
        typed = {"event": session.event, "typed": place.code, "by": cast.doorkeeper}
        assert actions.check_in(**typed, direction=Direction.OUT).outcome == Outcome.OUTSIDE
        assert fresh(place).has_come and not fresh(place).check_in.is_inside_now

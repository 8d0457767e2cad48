"""An instructor calls the roll of their course: names and attendance of it, nothing else."""

from datetime import timedelta

import pytest
from django.urls import reverse

from events import actions
from events.models import Attendance, Event, Instructor
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail.models import Message
from tests import factories
from tests.members.test_desk import queries_of


@pytest.fixture
def course(cast):
    """Four sessions, two of them held."""
    event = factories.make_event(
        "course",
        kind=Event.Kind.COURSE,
        branch=cast.busan,
        starts_at=clock.now() - timedelta(hours=30),
        ends_at=clock.now() + timedelta(days=3),
        attendance_percent=75,
    )
    for hours in (0, 24, 48, 72):
        factories.make_session(event, hours=hours, title_ko=f"{hours}시")
    return event


@pytest.fixture
def learner(cast, course):
    return factories.make_place(
        factories.make_ticket(course),
        cast.regular,
        name="김배움",
        email="learner@example.test",
        affiliation="배움회사",
    )


@pytest.fixture
def instructor(cast, course):
    return actions.appoint_instructor(course, user=cast.account, by=cast.officer)


def roll_of(client, **how):
    return client.get(reverse("me:roll", args=["course"]), **how)


def mark(client, session, place, present):
    url = reverse("me:roll", args=["course"]) + f"?session={session.pk}"
    return client.post(url, {"shown": place.pk} | ({"present": place.pk} if present else {}))


def test_an_instructor_marks_who_is_there(cast, course, learner, instructor, login):
    client = login("account")
    first = course.sessions.first()
    assert mark(client, first, learner, True).status_code == 302
    row = Attendance.objects.get()
    assert (row.session, row.registration, row.by) == (first, learner, cast.account)
    mark(client, first, learner, False)
    assert not Attendance.objects.exists()
    verbs = list(Entry.objects.filter(verb="events.mark_attendance").values_list("actor_id"))
    assert verbs == [(cast.account.pk,)] * 2


def test_an_instructor_sees_names_and_nothing_else(learner, instructor, login):
    text = roll_of(login("account")).content.decode()
    assert "김배움" in text
    for kept in ("배움회사", "learner@example.test", learner.secret, learner.code):
        assert kept not in text
    assert Entry.objects.filter(verb="privacy.view", actor_id=instructor.user_id).exists()
    for address in ("/staff/events/course/", "/staff/events/course/attendance/", "/staff/"):
        assert login("account").get(address).status_code == 403


def test_a_course_that_somebody_does_not_teach_does_not_exist(cast, learner, instructor, login):
    other = factories.make_event("other", branch=cast.busan)
    for name in ("regular", "company_rep", "officer"):
        assert roll_of(login(name)).status_code == 404
    client = login("account")
    assert client.get(reverse("me:roll", args=[other.slug])).status_code == 404


def test_twin_without_the_filter_everybody_calls_the_roll(learner, instructor, login, monkeypatch):
    monkeypatch.setattr(
        type(Instructor.objects.all()), "teaching", lambda rows, user, at=None: rows
    )
    assert roll_of(login("regular")).status_code == 200


def test_who_is_taken_off_sees_it_no_more(cast, learner, instructor, login):
    actions.dismiss_instructor(instructor, by=cast.officer)
    assert roll_of(login("account")).status_code == 404
    with pytest.raises(Refused):
        actions.dismiss_instructor(instructor, by=cast.officer)


def test_a_roll_can_be_mended_for_thirty_days(course, learner, instructor, login):
    now = clock.now()
    for days, status in [(29, 200), (31, 404)]:
        Event.objects.update(
            starts_at=now - timedelta(days=days + 3), ends_at=now - timedelta(days=days)
        )
        assert roll_of(login("account")).status_code == status


def test_staff_appoint_by_address(cast, course, login):
    client, url = login("officer"), reverse("events_staff:instructors", args=["course"])
    assert client.post(url, {"email": "nobody@example.test"}).status_code == 422
    assert client.post(url, {"email": cast.account.email}).status_code == 302
    answer = client.post(url, {"email": cast.account.email})
    assert "email" in answer.context["form"].errors
    assert Message.objects.filter(template="instructor_appointed").count() == 1
    row = Instructor.objects.get()
    end = reverse("events_staff:instructor-end", args=["course", row.pk])
    assert client.post(end).status_code == 302
    assert client.post(url, {"email": cast.account.email}).status_code == 302  # once more


def test_a_learner_sees_their_own_progress(cast, course, learner, instructor, login):
    mark(login("account"), course.sessions.first(), learner, True)
    page = login("visitor").get(reverse("tickets:ticket", args=[learner.secret]))
    told = [(step.session.title_ko, step.state) for step in page.context["progress"]]
    assert told == [("0시", "present"), ("24시", "absent"), ("48시", "ahead"), ("72시", "ahead")]


def test_the_roll_takes_as_many_statements_for_one_as_for_three(course, learner, instructor, login):
    counts = []
    for _n in range(3):
        counts.append(queries_of(login("account"), reverse("me:roll", args=["course"])))
        factories.make_place(course.tickets.get())
    assert len(set(counts)) == 1

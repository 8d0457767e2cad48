"""Who earns the certificate of an event, by its rule; a company's people all at once."""

import io
from datetime import timedelta

import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events import actions, certificates
from events.models import Attendance, CheckIn, Event, Registration
from kosna.audit.models import Entry
from kosna.core import batches, clock
from kosna.core.errors import Refused
from kosna.core.models import Batch
from kosna.documents.models import Document
from tests import factories

Status = Registration.Status


@pytest.fixture
def course(cast):
    """Five sessions in the past, a break between them; four are needed."""
    event = factories.make_event(
        "course", kind="course", branch=cast.busan, attendance_percent=80,
        starts_at=clock.now() - timedelta(days=9),
    )  # fmt: skip
    for hours in range(5):
        factories.make_session(event, hours=hours)
    factories.make_session(event, hours=6, is_break=True, title_ko="휴식")
    return event


@pytest.fixture
def seminar(cast):
    return factories.make_event("seminar", starts_at=clock.now() - timedelta(days=9))


def come(place: Registration, by) -> Registration:
    CheckIn.objects.create(registration=place, by=by)
    return Registration.objects.with_event().get(pk=place.pk)


def sit(place: Registration, count: int, by) -> Registration:
    sessions = place.event.sessions.filter(is_break=False)[:count]
    for session in sessions:
        actions.mark_attendance(session, shown=[place.pk], present=[place.pk], by=by)
    return Registration.objects.with_event().get(pk=place.pk)


@pytest.mark.miscounts
def test_the_rule_says_the_same_of_a_row_and_of_a_list(cast, course, seminar):
    places = []
    for event in (course, seminar):
        ticket = factories.make_ticket(event, capacity=20)
        for count in range(6):
            place = factories.make_place(ticket)
            if event == course:
                sit(place, count, cast.officer)
            elif count % 2:
                come(place, cast.officer)
            places.append(place)
        gone = factories.make_place(ticket, status="cancelled", released_at=clock.now())
        CheckIn.objects.create(registration=gone, by=cast.officer)
    none = factories.make_event("none", gives_certificate=False, starts_at=seminar.starts_at)
    come(factories.make_place(factories.make_ticket(none)), cast.officer)
    ahead = factories.make_event("ahead", starts_at=clock.now() + timedelta(days=1))
    come(factories.make_place(factories.make_ticket(ahead)), cast.officer)

    rows = Registration.objects.with_event()
    by_row = {place.pk for place in rows if certificates.verdict(place).allowed}
    annotated = certificates.with_attendance(Registration.objects.with_event())
    by_annotated_row = {place.pk for place in annotated if certificates.verdict(place).allowed}
    by_list = set(certificates.earned(Registration.objects.all()).values_list("pk", flat=True))

    earned = {places[index].pk for index in (4, 5, 7, 9, 11)}
    assert by_row == by_annotated_row == by_list == earned


def test_who_was_let_in_early_gets_the_paper_from_the_first_day(cast, client):
    day = clock.today() + timedelta(days=30)
    event = factories.make_event(starts_at=clock.end_of(day))
    place = come(factories.make_place(factories.make_ticket(event)), cast.officer)
    paper = reverse("tickets:ticket-certificate", args=[place.secret])
    for moment, allowed in (
        (clock.start_of(day) - timedelta(seconds=1), False),
        (clock.start_of(day), True),
    ):
        with clock.standing_at(moment):
            verdict = certificates.verdict(place)
            assert verdict.allowed is allowed
            assert certificates.earned(Registration.objects.all()).exists() is allowed
            page = client.get(place.get_absolute_url()).content.decode()
            assert (paper in page) is allowed and bool(verdict.reason) is not allowed
            assert verdict.reason in page
            assert client.get(paper).status_code == (200 if allowed else 404)


def test_who_missed_too_much_is_told_how_much(cast, course, client):
    place = sit(factories.make_place(factories.make_ticket(course)), 3, cast.officer)
    with pytest.raises(Refused, match=r"3.*5.*4|5.*3.*4"):
        actions.issue_certificate(place, "ko")
    assert client.get(reverse("tickets:ticket-certificate", args=[place.secret])).status_code == 404
    page = client.get(place.get_absolute_url()).content.decode()
    assert certificates.verdict(place).reason in page


def test_a_course_gives_a_certificate_of_completion(cast, course, client):
    place = sit(factories.make_place(factories.make_ticket(course)), 4, cast.officer)
    response = client.get(reverse("tickets:ticket-certificate", args=[place.secret]))
    assert response["Content-Type"] == "application/pdf"
    document = Document.objects.get()
    assert document.kind == Document.Kind.COMPLETION
    assert (document.facts["attended"], document.facts["held"]) == (4, 5)
    assert actions.issue_certificate(place, "ko") == document


def test_the_rule_is_data_of_the_event(cast, course):
    place = sit(factories.make_place(factories.make_ticket(course)), 3, cast.officer)
    course.attendance_percent = 60
    course.save()
    place = Registration.objects.with_event().get(pk=place.pk)
    assert certificates.verdict(place).allowed
    assert certificates.needed(course, 5) == 3


def test_a_roll_sent_twice_changes_nothing(cast, course):
    session = course.sessions.first()
    ticket = factories.make_ticket(course)
    here, away = factories.make_place(ticket, cast.regular), factories.make_place(ticket)
    roll = {"shown": [here.pk, away.pk], "present": [here.pk], "by": cast.officer}
    assert actions.mark_attendance(session, **roll) == 1
    assert actions.mark_attendance(session, **roll) == 0
    assert Attendance.objects.get().registration == here
    assert CheckIn.objects.get().registration == here
    entry = Entry.objects.get(verb="events.mark_attendance")
    assert entry.subjects == [cast.regular.pk]


def test_a_correction_takes_the_certificate_back(cast, course):
    place = sit(factories.make_place(factories.make_ticket(course)), 4, cast.officer)
    document = actions.issue_certificate(place, "ko")
    session = course.sessions.first()
    actions.mark_attendance(session, shown=[place.pk], present=[], by=cast.officer)
    document.refresh_from_db()
    assert document.status == Document.Status.VOID


def test_no_roll_of_a_break_or_before_the_session(cast, course):
    place = factories.make_place(factories.make_ticket(course))
    later = factories.make_session(course, hours=24 * 30)
    for session in (course.sessions.get(is_break=True), later):
        with pytest.raises(Refused):
            actions.mark_attendance(session, shown=[place.pk], present=[place.pk], by=cast.officer)
    assert not Attendance.objects.exists()


@pytest.mark.miscounts
def test_a_place_of_another_event_or_given_up_is_marked_in_no_roll(cast, course, seminar):
    other = factories.make_place(factories.make_ticket(seminar))
    gone = factories.make_place(
        factories.make_ticket(course), status="cancelled", released_at=clock.now()
    )
    ids = [other.pk, gone.pk]
    changed = actions.mark_attendance(
        course.sessions.first(), shown=ids, present=ids, by=cast.officer
    )
    assert changed == 0


def test_the_roll_is_called_on_its_page(cast, course, login):
    ticket = factories.make_ticket(course)
    places = [factories.make_place(ticket) for _n in range(3)]
    url = reverse("events_staff:attendance", args=["course"])
    client = login("officer")
    session = course.sessions.all()[1]
    data = {"shown": [p.pk for p in places], "present": [places[1].pk, "x", "9" * 40]}
    response = client.post(f"{url}?session={session.pk}", data)
    assert response.url == f"{url}?session={session.pk}"
    assert Attendance.objects.get().registration == places[1]
    page = client.get(response.url)
    assert page.context["present"] == {places[1].pk}
    assert client.get(url).context["session"] == course.sessions.filter(is_break=False).last()


def test_whoever_is_at_the_door_alone_sees_masked_names_on_the_roll(cast, course, login):
    factories.make_place(factories.make_ticket(course), name="남궁하늘")
    url = reverse("events_staff:attendance", args=["course"])
    for name, shown in (("doorkeeper", False), ("officer", True)):
        page = login(name).get(url).content.decode()
        assert ("남궁하늘" in page) is shown


def test_the_roll_takes_as_many_statements_for_three_as_for_one(cast, course, login):
    client, url = login("officer"), reverse("events_staff:attendance", args=["course"])
    ticket = factories.make_ticket(course)
    counts = []
    for more in (1, 2):
        for _n in range(more):
            factories.make_place(ticket, factories.make_user())
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.fixture
def company_at(cast, seminar):
    """The company's contact registered two colleagues; the person of a seat came on their own
    membership; a third colleague stayed away."""
    ticket = factories.make_ticket(seminar)
    for name in ("가", "나"):
        place = factories.make_place(ticket, buyer=cast.company_rep, tier="company", name=name)
        come(place, cast.officer)
    factories.make_place(ticket, buyer=cast.company_rep, tier="company", name="다")
    come(factories.make_place(ticket, cast.company_seat, tier="regular"), cast.officer)
    come(factories.make_place(ticket, cast.account), cast.officer)
    return seminar


def test_a_company_gets_all_its_peoples_certificates_in_one_file(cast, company_at, login):
    client = login("company_rep")
    page = client.get(reverse("me:certificates"))
    [(member, [attended])] = page.context["companies"]
    assert (member, attended.event, attended.people) == (cast.company, company_at, 2)

    url = reverse("me:company-certificates", args=[cast.company.pk, "seminar"])
    response = client.post(url)
    batch = Batch.objects.get()
    assert response.url == reverse("me:work", args=[batch.uuid])
    assert batches.run_all() == 1

    names = set(Document.objects.values_list("facts__name", flat=True))
    assert names == {"가", "나"}
    assert "2 / 2" in client.get(response.url).content.decode()
    file = client.get(reverse("me:work-file", args=[batch.uuid]))
    with pikepdf.open(io.BytesIO(b"".join(file.streaming_content))) as pdf:
        assert len(pdf.pages) == 2
    assert Entry.objects.get(verb="events.issue_certificates").facts["places"] == 2


def test_running_it_again_issues_nothing_twice(cast, company_at):
    for _turn in range(2):
        actions.issue_certificates(cast.company, company_at, language="ko", by=cast.company_rep)
        batches.run_all()
    assert Document.objects.count() == 2


def test_who_lost_the_claim_meanwhile_is_left_out(cast, company_at):
    actions.issue_certificates(cast.company, company_at, language="ko", by=cast.company_rep)
    company_at.gives_certificate = False
    company_at.save()
    batches.run_all()
    batch = Batch.objects.get()
    assert batch.status == Batch.Status.DONE
    assert not Document.objects.exists()
    assert sorted(batch.result.values()) == [0, 2]


def test_nobody_else_takes_a_companys_certificates(cast, company_at, login):
    url = reverse("me:company-certificates", args=[cast.company.pk, "seminar"])
    for name in ("company_seat", "regular", "head_office"):
        assert login(name).post(url).status_code == 404
    assert not Batch.objects.exists()
    assert login("company_seat").get(reverse("me:certificates")).context["companies"] == []


def test_the_page_takes_as_many_statements_for_three_events_as_for_one(cast, login):
    client, url = login("company_rep"), reverse("me:certificates")
    counts = []
    for more in (1, 2):
        for _n in range(more):
            event = factories.make_event(starts_at=clock.now() - timedelta(days=9))
            ticket = factories.make_ticket(event)
            place = factories.make_place(ticket, cast.company_rep, tier="company")
            come(place, cast.officer)
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("kind", "typed", "percent"),
    [("course", "", 80), ("course", "60", 60), ("seminar", "", 0), ("course", "0", 0)],
)
def test_a_course_asks_for_four_of_five_sessions_unless_said_otherwise(
    cast, login, kind, typed, percent
):
    data = {
        "slug": "new-one", "kind": kind, "branch": cast.busan.pk, "title_ko": "새 과정",
        "starts_at": "2027-03-02T10:00", "ends_at": "2027-03-02T12:00", "full_refund_days": 7,
        "half_refund_days": 3, "gives_certificate": "on", "attendance_percent": typed,
    }  # fmt: skip
    assert login("officer").post(reverse("events_staff:event-new"), data).status_code == 302
    assert Event.objects.get(slug="new-one").attendance_percent == percent

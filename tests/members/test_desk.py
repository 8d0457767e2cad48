"""The desk's pages about applications and members: whose rows, how many queries, what is traced."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.uploads import check_document
from kosna.payments.models import Order
from members import actions
from members.actions.applications import attach
from members.models import Application, Member, Period
from members.standing import LABELS, in_standing, standing_of
from tests import factories
from tests.members.conftest import make_application, upload

pytestmark = pytest.mark.django_db
BASIS = {
    "approve-meeting": "제12차 이사회",
    "approve-decided_on": "2026-11-20",
    "approve-number": "2026-3호",
}
BASIS_OF_REJECTION = {
    "reject-reason": "서류",
    "reject-meeting": "이사회",
    "reject-decided_on": "2026-11-20",
}


def queries_of(client, path: str) -> int:
    client.get(path)  # what a process or a session loads once
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_applications_list_takes_constant_queries(cast, login):
    client = login("head_office")
    applicants = [factories.make_user(f"지원자{n}") for n in range(3)]
    make_application(applicants[0], cast.regular_tier, cast.busan, submitted=True)
    one = queries_of(client, "/staff/applications/")
    for applicant in applicants[1:]:
        make_application(applicant, cast.associate_tier, cast.daegu, submitted=True)

    assert queries_of(client, "/staff/applications/") == one <= 8


def test_members_list_takes_constant_queries(cast, login):
    client = login("head_office")
    Member.objects.filter(pk=cast.company.pk).update(branch=cast.daegu)
    few = queries_of(client, f"/staff/members/?branch={cast.daegu.pk}")
    for _ in range(3):
        factories.make_member(branch=cast.daegu, tier=cast.company_tier)

    assert queries_of(client, f"/staff/members/?branch={cast.daegu.pk}") == few
    assert queries_of(client, "/staff/members/") <= 8


def test_applications_of_another_branch_do_not_exist(application, login):
    url = f"/staff/applications/{application.number}/"

    assert login("officer").get(url).status_code == 200
    assert login("other_officer").get(url).status_code == 404
    assert (
        application.number
        not in login("other_officer").get("/staff/applications/").content.decode()
    )
    assert login("other_officer").post(f"{url}revision/", {"revise-reason": "x"}).status_code == 404
    assert login("treasurer").get(url).status_code == 403
    assert login("regular").get(url).status_code == 403


def test_drafts_are_not_the_desks_business(cast, login):
    draft = make_application(cast.applicant, cast.regular_tier, cast.busan)

    assert login("officer").get(f"/staff/applications/{draft.number}/").status_code == 404


def test_looking_at_an_application_and_its_file_leaves_traces(cast, login):
    application = make_application(cast.applicant, cast.regular_tier, cast.busan)
    file = attach(application, check_document(upload()))
    actions.submit_application(application, by=cast.applicant)
    application.refresh_from_db()
    url = f"/staff/applications/{application.number}/"
    client = login("officer")

    client.get(url)
    response = client.get(f"{url}files/{file.pk}/")

    assert b"".join(response.streaming_content).startswith(b"%PDF-")
    assert response.headers["Content-Disposition"].startswith("attachment")
    traces = Entry.objects.filter(verb="privacy.view")
    assert [trace.subjects for trace in traces] == [[cast.applicant.pk]] * 2


def test_reviewer_decides_and_officer_only_asks_back(cast, application, login):
    url = f"/staff/applications/{application.number}/"

    assert login("officer").post(f"{url}approve/", BASIS).status_code == 403
    missing = login("reviewer").post(f"{url}approve/", BASIS | {"approve-meeting": ""})
    assert missing.status_code == 422
    assert not Order.objects.exists()

    login("reviewer").post(f"{url}approve/", BASIS)

    application.refresh_from_db()
    assert application.status == Application.Status.APPROVED
    # From tabs that were opened before.
    for way, typed in (("approve", BASIS), ("reject", BASIS_OF_REJECTION)):
        again = login("reviewer").post(f"{url}{way}/", typed)
        assert again.status_code == 422
        assert "다른 사람이 먼저 처리했습니다." in again.content.decode()
        assert "“승인” 상태" in again.content.decode()
    assert Order.objects.count() == 1


def test_reviewer_cannot_decide_about_themselves(cast, login):
    own = make_application(cast.reviewer, cast.regular_tier, cast.busan, submitted=True)

    response = login("reviewer").post(f"/staff/applications/{own.number}/approve/", BASIS)

    assert response.status_code == 422
    assert not Order.objects.exists()


def test_duplicates_are_pointed_out(cast, application, login):
    twin = factories.make_user("applicant")
    other = make_application(twin, cast.regular_tier, cast.busan, submitted=True)

    page = login("reviewer").get(f"/staff/applications/{application.number}/").content.decode()

    assert other.number in page


@pytest.mark.parametrize(("submitted", "found"), [(False, 0), (True, 1)])
def test_desk_search_finds_what_was_handed_in(cast, login, submitted, found):
    """A draft is still the applicant's own."""
    application = make_application(
        cast.applicant, cast.regular_tier, cast.busan, submitted=submitted
    )

    page = login("officer").get("/staff/search/", {"q": application.name})

    assert len(page.context["found"]["applications"]) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("하늘", {"김하늘"}),
        ("ㄱㅎㄴ", {"김하늘"}),
        ("26-77777", {"김하늘"}),
        ("010-0000-0009", {"김하늘"}),
        ("가온", {"㈜가온소셜랩"}),
        ("없는이름", set()),
    ],
)
def test_members_search(cast, login, query, found):
    factories.make_member(
        factories.make_user("김하늘"),
        branch=cast.busan,
        number="26-77777",
        search_text="김하늘 ㄱㅎㄴ 01000000009",
    )

    page = login("head_office").get("/staff/members/", {"q": query}).context["page"]

    assert {member.name for member, _label, _tone in page} == found


@pytest.mark.parametrize(
    ("standing", "found"),
    [("good", {"regular", "associate", "㈜가온소셜랩"}), ("arrears", {"lapsed"})],
)
def test_members_are_filtered_by_standing(cast, login, standing, found):
    page = login("head_office").get("/staff/members/", {"standing": standing}).context["page"]

    assert {member.name for member, _label, _tone in page} == found


def test_member_page_is_the_branchs_own_and_leaves_a_trace(cast, login):
    url = f"/staff/members/{cast.regular_member.pk}/"

    assert login("officer").get(url).status_code == 200
    assert login("other_officer").get(url).status_code == 404
    assert Entry.objects.get(verb="privacy.view").subjects == [cast.regular.pk]


def test_export_needs_a_reason_and_holds_only_the_own_branch(cast, login):
    client = login("officer")

    assert client.post("/staff/members/export/", {"reason": ""}).status_code == 303
    assert not Entry.objects.filter(verb="members.export_member").exists()

    response = client.post("/staff/members/export/", {"reason": "총회 소집통지 발송"})

    lines = b"".join(response.streaming_content).decode().splitlines()
    assert len(lines) == 3  # the heading, and Busan's two
    assert "lapsed@example.test" not in "".join(lines)
    entry = Entry.objects.get(verb="members.export_member")
    assert entry.reason == "총회 소집통지 발송"
    assert entry.subjects == sorted([cast.regular.pk, cast.associate.pk])


def test_export_is_refused_to_those_who_may_only_look(login):
    response = login("auditor").post("/staff/members/export/", {"reason": "연례 감사"})

    assert response.status_code == 403


@pytest.mark.parametrize("day", [date(2026, 6, 30), date(2026, 7, 1), date(2027, 1, 1)])
def test_filter_by_standing_agrees_with_the_row(cast, day):
    for paid_until in (None, date(2025, 8, 31), date(2025, 12, 31), date(2026, 6, 30)):
        factories.make_member(paid_until=paid_until)
    factories.make_member(status="withdrawn")
    Period.objects.create(
        member=factories.make_member(paid_until=None),
        tier=cast.regular_tier,
        starts_on=date(2026, 7, 1),
    )
    members = list(Member.objects.select_related("tier"))

    for code in LABELS:
        filtered = set(in_standing(Member.objects.all(), code, day))
        assert filtered == {m for m in members if standing_of(m, day).code == code}


def test_applications_open_on_what_waits(cast, login):
    submitted = make_application(cast.applicant, cast.regular_tier, cast.busan, submitted=True)
    decided = make_application(cast.account, cast.regular_tier, cast.busan, submitted=True)
    actions.approve_application(decided, basis="이사회 의결", by=cast.head_office)
    client = login("head_office")

    def shown(query=""):
        page = client.get(f"/staff/applications/{query}").context["page"]
        return {row.pk for row in page}

    assert shown() == {submitted.pk}
    assert shown("?status=approved") == {decided.pk}
    assert shown("?status=") == {submitted.pk, decided.pk}


def test_members_whose_days_end_soon(cast, login):
    today = clock.today()
    Period.objects.all().delete()

    def member(*periods):
        row = factories.make_member(branch=cast.busan, paid_until=None)
        for starts_on, ends_on in periods:
            Period.objects.create(member=row, tier=row.tier, starts_on=starts_on, ends_on=ends_on)
        return row.pk

    day = timedelta(days=1)
    soon = member((today - 300 * day, today + 60 * day))
    last_day = member((today - 300 * day, today))
    member((today - 300 * day, today + 61 * day))
    member((today - 300 * day, today - day))
    member((today - 300 * day, today + 5 * day), (today + 6 * day, today + 370 * day))
    member((today - 300 * day, None))
    client = login("head_office")

    desk = client.get("/staff/").context["queues"]
    queue = next(one for one in desk if one["queue"].name == "expiring")
    assert {row.pk for row in queue["rows"]} == {soon, last_day}
    assert [row.paid_to for row in queue["rows"]] == [today, today + 60 * day]
    page = client.get(queue["queue"].url).context["page"]
    assert {row.pk for row, _label, _tone in page} == {soon, last_day}


def test_doorkeepers_desk_leads_to_todays_door(cast, login):
    factories.make_event("today", starts_at=clock.now() - timedelta(hours=1))
    factories.make_event("later", starts_at=clock.now() + timedelta(days=9))
    factories.make_event("elsewhere", branch=cast.daegu)
    for status in ("draft", "cancelled"):
        factories.make_event(status, status=status)

    def events(name):
        response = login(name).get("/staff/")
        queues = response.context["queues"]
        rows = next(one["rows"] for one in queues if one["queue"].name == "events")
        return [row.slug for row in rows], response.content.decode()

    shown, page = events("doorkeeper")
    assert shown == ["today", "later", "elsewhere"]
    assert "/staff/checkin/today/" in page
    assert "/staff/checkin/later/" not in page
    assert "/staff/events/today/" not in page
    shown, page = events("auditor")
    assert "/staff/events/today/" in page
    assert "/staff/checkin/" not in page
    assert events("other_officer")[0] == ["elsewhere"]


def test_phones_are_kept_on_approval(cast):
    person = make_application(cast.applicant, cast.regular_tier, cast.busan, submitted=True)
    actions.approve_application(person, basis="이사회 의결", by=cast.head_office)
    cast.applicant.refresh_from_db()
    assert cast.applicant.phone == person.phone != ""
    company = make_application(
        cast.account,
        cast.company_tier,
        cast.busan,
        submitted=False,
        organisation_name="한빛데이터㈜",
        business_number="1348672683",
        representative="윤다온",
        size="large",
        phone="+821099990000",
    )
    attach(company, check_document(upload()))
    company = actions.submit_application(company, by=cast.account)
    actions.approve_application(company, basis="이사회 의결", by=cast.head_office)
    company.refresh_from_db()
    assert company.member.organisation.phone == "+821099990000"

"""The register of members: as of any day, whatever was written; who sees it; its files."""

import io
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from openpyxl import load_workbook

from kosna.audit.models import Entry
from kosna.core import batches, clock
from kosna.core.errors import Refused
from kosna.core.models import Batch
from members import actions, register
from members.actions import files
from members.models import Member, RegisterEntry, Suspension, Tier
from tests import factories
from tests.flows.person import text_of

Kind = RegisterEntry.Kind
START = date(2024, 1, 1)


def line_on(member: Member, day: date) -> RegisterEntry | None:
    return register.as_of(day).filter(member=member).first()


@pytest.mark.django_db
def test_the_next_line_closes_the_one_before():
    member = factories.make_member()
    register.enter(member, Kind.DETAILS, on=date(2021, 5, 1))

    first, second = member.register_entries.order_by("pk")
    assert (first.until, second.until) == (date(2021, 5, 1), None)
    assert line_on(member, date(2019, 12, 31)) is None
    assert line_on(member, date(2021, 4, 30)) == first
    assert line_on(member, date(2021, 5, 1)) == second


@pytest.mark.django_db
def test_two_lines_of_a_day_leave_the_later_one():
    member = factories.make_member(joined_on=date(2026, 1, 5))
    register.enter(member, Kind.DETAILS, on=date(2026, 1, 5))

    assert line_on(member, date(2026, 1, 5)).kind == Kind.DETAILS
    assert register.as_of(date(2026, 1, 5)).count() == 1


@pytest.mark.django_db
def test_the_database_keeps_the_past_as_it_was():
    member = factories.make_member()
    register.enter(member, Kind.DETAILS, on=date(2026, 1, 5))
    with pytest.raises(Refused):
        register.enter(member, Kind.DETAILS, on=date(2026, 1, 4))
    row = member.register_entries.get(kind=Kind.DETAILS)
    row.pk, row.on, row._state.adding = None, date(2026, 1, 4), True
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        row.save()
    for change in (
        "UPDATE members_registerentry SET name = 'x'",
        "UPDATE members_registerentry SET until = '2030-01-01'",  # of one that is closed
    ):
        with (
            pytest.raises((IntegrityError, DatabaseError)),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(change)


@pytest.mark.django_db
def test_lines_written_at_once_close_one_another():
    """An import writes thousands of lines in one statement."""
    member = factories.make_member(number=None, joined_on=None, status="admitted")
    facts = {
        "member": member,
        "tier": member.tier,
        "branch": member.branch,
        "number": "26-00009",
        "name": "김하늘",
        "joined_on": START,
        "status": Member.Status.ACTIVE,
    }
    RegisterEntry.objects.bulk_create(
        RegisterEntry(kind=Kind.DETAILS, on=START + timedelta(days=n), **facts) for n in range(3)
    )

    lines = member.register_entries.order_by("pk")
    assert [line.until for line in lines] == [lines[1].on, lines[2].on, None]


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 3),  # who
        st.integers(0, 60),  # days later than the line before
        st.sampled_from([Kind.DETAILS, Kind.SUSPENDED, Kind.RESTORED, Kind.WITHDRAWN]),
    ),
    max_size=12,
)


class AsOfAgreesWithAReplay(TestCase):
    @given(changes=CHANGES, day=st.integers(-5, 400))
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def test_any_day(self, changes, day):
        members = [factories.make_member(joined_on=START + timedelta(days=n)) for n in range(4)]
        written = [
            (entry.on, entry.pk, entry.member_id, entry.status)
            for entry in RegisterEntry.objects.all()
        ]
        at = {member.pk: member.joined_on for member in members}
        for who, later, kind in changes:
            member = members[who]
            at[member.pk] += timedelta(days=later)
            if kind == Kind.WITHDRAWN:
                Member.objects.filter(pk=member.pk).update(status=kind, ended_on=at[member.pk])
            entry = register.enter(member, kind, on=at[member.pk])
            written.append((entry.on, entry.pk, member.pk, entry.status))
        asked = START + timedelta(days=day)

        replayed: dict[int, tuple[int, str]] = {}
        for entered_on, pk, member_pk, status in sorted(written):
            if entered_on <= asked:
                replayed[member_pk] = (pk, status)

        lines = register.as_of(asked)
        assert {line.member_id: (line.pk, line.status) for line in lines} == replayed
        assert {line.member_id for line in lines.members()} == {
            member for member, (_pk, status) in replayed.items() if status == Member.Status.ACTIVE
        }


# The desk's page -----------------------------------------------------------------------------


def shown(client: Client, **query: str) -> list[str]:
    page = client.get("/staff/register/", query).context["page"]
    return [line.name for line, _suspended in page]


@pytest.mark.django_db
def test_register_lists_sawon_of_the_day(cast, login):
    client = login("head_office")
    factories.make_member(name="나간이", joined_on=date(2021, 1, 1), branch=cast.busan)
    left = Member.objects.get(name="나간이")
    Member.objects.filter(pk=left.pk).update(status="withdrawn", ended_on=date(2022, 2, 2))
    register.enter(left, Kind.WITHDRAWN, on=date(2022, 2, 2))

    assert shown(client) == ["regular", "lapsed"]  # the company's tier is none of a 사원 here
    assert shown(client, on="2022-02-01") == ["regular", "lapsed", "나간이"]
    assert shown(client, on="2019-01-01") == []
    assert shown(client, who="all") == ["regular", "associate", "lapsed", "㈜가온소셜랩"]
    assert shown(client, who="left") == ["나간이"]
    assert shown(client, branch=str(cast.daegu.pk)) == ["lapsed"]
    assert shown(client, q="regu") == ["regular"]
    assert shown(client, who="all", q="오세") == ["㈜가온소셜랩"]
    assert shown(client, on="2999-01-01") == ["regular", "lapsed"]  # no day that has not come


@pytest.mark.django_db
def test_register_marks_the_suspended_whatever_came_after(cast, login):
    Suspension.objects.create(
        member=cast.regular_member, starts_on=date(2026, 1, 1), decided_by=cast.head_office
    )
    register.enter(cast.regular_member, Kind.DETAILS, on=date(2026, 1, 2))

    page = login("head_office").get("/staff/register/", {"on": "2026-01-03"}).context["page"]

    assert [(line.name, suspended) for line, suspended in page] == [
        ("regular", True),
        ("lapsed", False),
    ]


@pytest.mark.django_db
def test_a_branch_sees_its_own_lines_and_each_look_is_on_record(cast, login):
    assert shown(login("officer")) == ["regular"]
    assert Entry.objects.get(verb="privacy.view").subjects == [cast.regular.pk]
    assert login("reviewer").get("/staff/register/").status_code == 403


@pytest.mark.django_db
def test_register_takes_constant_queries(cast, login):
    client = login("head_office")
    url = f"/staff/register/?branch={cast.daegu.pk}"

    def queries() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    one = queries()
    for _ in range(2):
        factories.make_member(branch=cast.daegu, tier=cast.regular_tier)

    assert len(shown(client, branch=str(cast.daegu.pk))) == 3
    assert queries() == one == 15


@pytest.mark.django_db
def test_a_members_page_tells_its_lines_oldest_first(cast, login):
    url = f"/staff/members/{cast.regular_member.pk}/"
    register.enter(cast.regular_member, Kind.DETAILS, on=date(2026, 1, 2), reason="이사")

    lines = login("officer").get(url).context["register_history"]
    assert [line.kind for line in lines] == [Kind.JOINED, Kind.DETAILS]
    assert login("reviewer").get(url).context["register_history"] is None


@pytest.mark.django_db
def test_a_kept_count_follows_the_next_line_and_the_tiers(cast):
    def lines():
        return register.as_of(clock.today()).members().sawon()

    assert register.count_of(lines()) == register.count_of(lines()) == 2
    factories.make_member(tier=cast.regular_tier)
    assert register.count_of(lines()) == 3
    Tier.objects.filter(pk=cast.company_tier.pk).update(is_sawon=True)
    assert register.count_of(lines()) == lines().count() == 4


# Its files -----------------------------------------------------------------------------------


def export(client: Client, *, form: str, query: str = "") -> Batch:
    data = {"form": form, "reason": "총회 소집 준비"}
    response = client.post(f"/staff/register/export/{query}", data)
    assert response.status_code == 302
    batches.run_all()
    return Batch.objects.latest("pk")


def content(batch: Batch) -> bytes:
    with batch.file.open("rb") as file:
        return file.read()


def sheet_of(content: bytes) -> list[tuple]:
    return list(load_workbook(io.BytesIO(content), read_only=True).active.values)


@pytest.mark.django_db
def test_a_file_needs_a_reason_and_is_on_record(cast, login):
    client = login("officer")
    assert client.post("/staff/register/export/", {"form": "sheet"}).status_code == 303
    assert not Batch.objects.exists()

    batch = export(client, form="sheet")

    assert (batch.status, batch.done, batch.total) == ("done", 1, 1)
    assert [row[1] for row in sheet_of(content(batch))] == ["성명", "regular"]
    entry = Entry.objects.get(verb="members.export_register")
    assert (entry.reason, entry.subjects) == ("총회 소집 준비", [cast.regular.pk])


@pytest.mark.django_db
def test_a_cell_of_the_file_is_no_formula(cast, login):
    Member.objects.filter(pk=cast.regular_member.pk).update(name="=1+1")
    register.enter(cast.regular_member, Kind.DETAILS, on=clock.today())

    book = load_workbook(io.BytesIO(content(export(login("officer"), form="sheet"))))
    cell = book.active["B2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


@pytest.mark.django_db
def test_on_paper_every_line_stands_and_pages_are_numbered(cast, login, monkeypatch):
    monkeypatch.setattr("kosna.documents.long_lists.LINES_AT_A_TIME", 2)
    for _ in range(3):
        factories.make_member(branch=cast.busan, tier=cast.regular_tier)

    batch = export(login("officer"), form="paper")

    assert batch.status == "done"
    text = text_of(content(batch))
    foot = text.replace(" ", "").splitlines()
    assert [f"{n}/2" in foot for n in (1, 2, 3)] == [True, True, False]
    numbers = register.as_of(clock.today()).filter(branch=cast.busan).sawon()
    assert all(line.number in text for line in numbers)
    assert text.count("회원 수") == text.count("위와 같이") == 1  # what is said once for all pages
    assert "강학주" in text


@pytest.mark.django_db
def test_too_much_for_paper_is_said_before(cast, login, monkeypatch):
    monkeypatch.setattr(files, "MOST_ON_PAPER", 1)

    with pytest.raises(Refused):
        actions.export_register(
            day=clock.today(), form="paper", reason="x", by=cast.head_office, ip="::1"
        )
    assert export(login("head_office"), form="sheet").status == "done"

"""The short lists that stand on the page of something else are taken along as every list is."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from events.models import DoorScan, Session
from events.models.door import Direction, Outcome
from kosna.audit.models import Entry, Look
from kosna.core import clock
from kosna.mail import post
from kosna.mail.models import Message
from kosna.payments.models import BankAccount, MoneyRule
from members.models import (
    Assessment,
    AssessmentItem,
    Claim,
    Import,
    ImportRow,
    Member,
    Notice,
    Proxy,
    Removal,
    Voter,
)
from tests import factories
from tests.conftest import Cast
from tests.members.assembly import prepared
from tests.test_list_exports import WHY, Login, ask, taken

pytestmark = pytest.mark.django_db
# What the record calls each, and who sees its page.
LISTS = {
    "sessions": ("events.export_sign_ups", "head_office"),
    "scans": ("events.export_scans", "head_office"),
    "proxies": ("members.export_proxies", "head_office"),
    "notices": ("members.export_notices", "head_office"),
    "claims": ("members.export_claims", "head_office"),
    "rows": ("members.export_import_rows", "head_office"),
    "assessment": ("members.export_assessment", "head_office"),
    "forfeitures": ("members.export_undecided_forfeitures", "head_office"),
    "accounts": ("payments.export_bank_accounts", "treasurer"),
    "rules": ("payments.export_rules", "treasurer"),
}
# Lists in which somebody's data stands.
OF_PEOPLE = sorted(set(LISTS) - {"accounts", "rules"})
# Lists of one branch's row, which for another branch does not exist.
OF_BUSAN = ("sessions", "scans", "claims", "rows")
# What stands in a cell of the page below something else.
BELOW = {
    "scans": {"Was let in", "Handed in"},
    "proxies": {"How"},
    "claims": {"Member number", "In use since"},
    "rows": {"Member number", "Phone", "E-mail", "Business number", "Tier", "Branch", "Remarks"},
    "assessment": {"Member number"},
    "forfeitures": {"Member number", "By"},
}


class Rows:
    """One more row in each of the lists."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.count = cast, 0
        self.event = factories.make_event("seminar", branch=cast.busan)
        self.ticket = factories.make_ticket(self.event)
        self.session = factories.make_session(self.event, capacity=9)
        self.meeting = prepared(cast.head_office)
        self.imported = Import.objects.create(
            branch=cast.busan, by=cast.officer, file_name="members.csv", sha256="0" * 64,
            status=Import.Status.CHECKED, headings=["성명"], mapping=["name"],
            samples=[{"first": [], "values": []}],
        )  # fmt: skip
        self.assessment = Assessment.objects.create(
            year=2026, branch=cast.busan, started_by=cast.head_office
        )
        self.addresses = {
            "sessions": f"/staff/events/seminar/sessions/{self.session.pk}/people/",
            "scans": "/staff/events/seminar/door/scans/",
            "proxies": f"/staff/meetings/{self.meeting.number}/proxies/",
            "notices": f"/staff/meetings/{self.meeting.number}/notices/",
            "claims": f"/staff/imports/{self.imported.uuid}/accounts/",
            "rows": f"/staff/imports/{self.imported.uuid}/",
            "assessment": f"/staff/dues/assessments/{self.assessment.pk}/",
            "forfeitures": "/staff/removals/forfeitures/decide/",
            "accounts": "/staff/deposits/accounts/",
            "rules": "/staff/payment-rules/",
        }

    def one_more(self) -> Member:
        self.count += 1
        cast, n = self.cast, self.count
        member = factories.make_member(
            factories.make_user(f"회원 {n}"), branch=cast.busan, number=f"26-7{n:04}"
        )
        self.attend(member)
        self.vote(member)
        Claim.objects.create(
            member=member, imported=self.imported, user=member.user, name=member.name,
            email=f"m{n}@example.test", sent_at=clock.now(),
        )  # fmt: skip
        ImportRow.objects.create(
            imported=self.imported, line=n, verdict=ImportRow.Verdict.SAME, member=member,
            name=member.name, tier=member.tier, branch=member.branch, remarks=[],
        )  # fmt: skip
        AssessmentItem.objects.create(
            assessment=self.assessment, member=member, kind=AssessmentItem.Kind.values[0],
            after=100_000, due_on=date(2026, 3, 31),
        )  # fmt: skip
        Removal.objects.create(
            member=member, kind=Removal.Kind.FORFEITURE, reason="x", proposed_by=cast.officer
        )
        BankAccount.objects.create(branch=cast.busan, name=f"{n}", bank="은행", number=f"{n}")
        MoneyRule.objects.create(late_money="ask", reason=f"{n}", decided_by=cast.treasurer)
        return member

    def attend(self, member: Member) -> None:
        place = factories.make_place(self.ticket, member.user)
        self.session.sign_ups.create(registration=place)
        Session.objects.filter(pk=self.session.pk).update(taken=F("taken") + 1)
        DoorScan.objects.create(
            event=self.event, registration=place, by=self.cast.doorkeeper, at=clock.now(),
            direction=Direction.IN, outcome=Outcome.ADMITTED, passed=True,
        )  # fmt: skip

    def vote(self, member: Member) -> None:
        voter = Voter.objects.create(
            meeting=self.meeting, member=member, user=member.user, number=member.number,
            name=member.name, tier=member.tier, branch=member.branch,
        )  # fmt: skip
        Proxy.objects.create(voter=voter, to_chair=True, given_by=member.user)
        post.send(
            "domain_code", [f"v{self.count}@example.test"], context={"domain": "example.test"},
            user=member.user,
        )  # fmt: skip
        Notice.objects.create(voter=voter, message=Message.objects.latest("pk"))


@pytest.fixture
def rows(cast: Cast) -> Rows:
    return Rows(cast)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_rows_is_taken_along_as_its_page_shows_it(
    name: str, rows: Rows, cast: Cast, login: Login
) -> None:
    verb, who = LISTS[name]
    member, address = rows.one_more(), rows.addresses[name]
    client = login(who)
    client.cookies["language"] = "en"
    page = client.get(address)

    headings, *lines = taken(client, address)

    assert len(lines) == page.context["page"].paginator.count == 1
    document = html.fromstring(page.content.decode())
    shown = {cell.text_content() for cell in document.xpath("//main//th[@scope='col']")}
    assert set(headings) - shown == BELOW.get(name, set())
    assert document.xpath(f"//main//form[@action='{address}export/' and @method='post']")
    entry = Entry.objects.get(verb=verb)
    assert (entry.reason, entry.facts["rows"]) == (WHY, 1)
    assert entry.subjects == ([member.user_id] if name in OF_PEOPLE else [])
    assert entry.words != verb  # the record calls it by a name


@pytest.mark.parametrize("name", LISTS)
def test_no_rows_are_taken_along_without_a_reason(name: str, rows: Rows, login: Login) -> None:
    verb, who = LISTS[name]

    assert ask(login(who), rows.addresses[name], reason=" ").status_code == 303

    assert not Entry.objects.filter(verb=verb).exists()


@pytest.mark.parametrize("name", OF_BUSAN)
def test_rows_of_another_branch_do_not_exist(name: str, rows: Rows, login: Login) -> None:
    rows.one_more()
    statuses = {
        who: ask(login(who), rows.addresses[name]).status_code
        for who in ("officer", "other_officer")
    }

    assert statuses == {"officer": 200, "other_officer": 404}
    assert Entry.objects.get(verb=LISTS[name][0]).branch_id == rows.cast.busan.pk


@pytest.mark.parametrize("name", OF_PEOPLE)
def test_each_reads_that_their_row_was_taken_along(name: str, rows: Rows, login: Login) -> None:
    member = rows.one_more()

    taken(login(LISTS[name][1]), rows.addresses[name])

    looks = Look.objects.filter(user_id=member.user_id).select_related("entry")
    assert [look.entry.verb for look in looks] == [LISTS[name][0]]


def test_rows_take_as_many_statements_for_one_as_for_three(rows: Rows, login: Login) -> None:
    clients: dict[str, Client] = {who: login(who) for _verb, who in LISTS.values()}

    def counted() -> dict[str, int]:
        return {name: spent(clients[who], rows.addresses[name]) for name, (_, who) in LISTS.items()}

    rows.one_more()
    one = counted()
    rows.one_more()
    rows.one_more()

    assert counted() == one


def spent(client: Client, address: str) -> int:
    counts = []
    for _again in range(2):  # what a process or a session loads once
        with CaptureQueriesContext(connection) as captured:
            taken(client, address)
        counts.append(len(captured))
    return counts[-1]


@pytest.mark.parametrize(
    ("name", "query"),
    [("scans", "outcome=wrongly"), ("claims", "state=claimed"), ("rows", "verdict=faulty")],
)
def test_rows_are_filtered_as_their_page_is(
    name: str, query: str, rows: Rows, login: Callable[[str], Any]
) -> None:
    rows.one_more()

    assert len(taken(login("head_office"), f"{rows.addresses[name]}?{query}")) == 1

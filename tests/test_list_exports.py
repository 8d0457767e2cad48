"""Every list of the desk can be taken along as a file: what the page shows, of the branches that
it shows, for a reason that stays on record with whose data it was."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html
from openpyxl import load_workbook

from kosna.audit import list_exports
from kosna.audit.models import Entry
from kosna.branches.models import Appointment, Branch, BranchNotice, Proposal, Term
from kosna.core import clock
from kosna.mail import post
from kosna.payments.models import (
    Adjustment,
    BankAccount,
    BankFile,
    BankLine,
    Deposit,
    Disagreement,
    LedgerEntry,
    Match,
    NotedDeposit,
    Order,
    OutgoingMatch,
    Payment,
    ProviderEvent,
    Refund,
    ShareEntry,
    Statement,
    Task,
    Till,
    TransferFile,
)
from kosna.payments.models.bank import new_deposits
from kosna.retention.models import Destruction
from members.community.models import Contributor
from members.models import CompanyChange, Import, Removal, TierChange, Transfer
from tests import factories
from tests.conftest import Cast
from tests.members.community.boards import make_abuse, make_exchange
from tests.members.directory.entries import make_entry, make_report
from tests.members.programmes.consulting import make_consultant, make_request, make_round
from tests.members.programmes.partners import make_partner
from tests.members.programmes.projects import make_project
from tests.test_lists import Stock

pytestmark = pytest.mark.django_db

Login = Callable[[str], Client]
# The page, who sees it, and what the record calls its file.
LISTS = {
    "/staff/branches/": ("head_office", "branches.export_branches"),
    "/staff/notices/": ("head_office", "branches.export_notices"),
    "/staff/proposals/": ("head_office", "branches.export_proposals"),
    "/staff/terms/": ("head_office", "branches.export_terms"),
    "/staff/partners/": ("head_office", "programmes.export_partners"),
    "/staff/community/": ("head_office", "community.export_posts"),
    "/staff/community/reports/": ("head_office", "community.export_reports"),
    "/staff/community/contributors/": ("head_office", "community.export_contributors"),
    "/staff/directory/": ("head_office", "directory.export_profiles"),
    "/staff/directory/reports/": ("head_office", "directory.export_reports"),
    "/staff/projects/": ("head_office", "programmes.export_projects"),
    "/staff/consulting/": ("head_office", "programmes.export_consulting"),
    "/staff/consulting/consultants/": ("head_office", "programmes.export_consultants"),
    "/staff/consulting/rounds/": ("head_office", "programmes.export_rounds"),
    "/staff/tier-changes/": ("head_office", "members.export_tier_changes"),
    "/staff/company-changes/": ("head_office", "members.export_company_changes"),
    "/staff/meetings/": ("head_office", "members.export_meetings"),
    "/staff/dues/assessments/": ("head_office", "members.export_assessments"),
    "/staff/register/requests/": ("head_office", "members.export_inspections"),
    "/staff/imports/": ("head_office", "members.export_imports"),
    "/staff/removals/forfeitures/": ("head_office", "members.export_forfeitures"),
    "/staff/events/busan-seminar/requests/": ("head_office", "events.export_requests"),
    "/staff/events/busan-seminar/proposals/": ("head_office", "events.export_proposals"),
    "/staff/events/busan-seminar/speakers/": ("head_office", "events.export_speakers"),
    "/staff/events/busan-seminar/exhibitors/": ("head_office", "events.export_exhibitors"),
    "/staff/events/busan-seminar/answers/": ("head_office", "events.export_answers"),
    "/staff/statistics/": ("editor", "research.export_series"),
    "/staff/reports/authors/": ("editor", "research.export_authors"),
    "/staff/applications/": ("head_office", "members.export_applications"),
    "/staff/orders/": ("head_office", "payments.export_orders"),
    "/staff/refunds/": ("head_office", "payments.export_refunds"),
    "/staff/deposits/": ("treasurer", "payments.export_deposits"),
    "/staff/events/": ("head_office", "events.export_events"),
    "/staff/documents/": ("head_office", "documents.export_documents"),
    "/staff/reports/": ("editor", "research.export_reports"),
    "/staff/audit/": ("auditor", "audit.export_entries"),
    "/staff/downloads/": ("editor", "research.export_downloads"),
    "/staff/mail/": ("head_office", "mail.export_messages"),
    "/staff/transfers/": ("head_office", "members.export_transfers"),
    "/staff/removals/": ("head_office", "members.export_removals"),
    "/staff/money-tasks/": ("head_office", "payments.export_tasks"),
    "/staff/tills/": ("treasurer", "payments.export_tills"),
    "/staff/refunds/transfers/": ("treasurer", "payments.export_bulk_transfers"),
    "/staff/deposits/outgoing/": ("treasurer", "payments.export_outgoing"),
    "/staff/deposits/noted/": ("treasurer", "payments.export_noted_deposits"),
    "/staff/deposits/files/": ("treasurer", "payments.export_bank_files"),
    "/staff/deposits/orders/": ("treasurer", "payments.export_waiting_orders"),
    "/staff/proofs/unasked/": ("treasurer", "payments.export_unasked"),
    "/staff/provider-events/": ("treasurer", "payments.export_provider_events"),
    "/staff/reconciliation/": ("treasurer", "payments.export_disagreements"),
    "/staff/settlements/adjustments/": ("head_office", "payments.export_adjustments"),
    "/staff/destruction/": ("head_office", "retention.export_destructions"),
}
OF_BRANCHES = [
    "/staff/directory/", "/staff/directory/reports/",
    "/staff/projects/",
    "/staff/consulting/", "/staff/consulting/consultants/", "/staff/consulting/rounds/",
    "/staff/notices/", "/staff/partners/", "/staff/tier-changes/", "/staff/company-changes/",
    "/staff/community/", "/staff/community/reports/",
    "/staff/imports/", "/staff/removals/forfeitures/",
    "/staff/applications/", "/staff/orders/", "/staff/refunds/", "/staff/events/",
    "/staff/documents/", "/staff/mail/", "/staff/transfers/", "/staff/removals/",
    "/staff/money-tasks/", "/staff/tills/", "/staff/settlements/adjustments/",
]  # fmt: skip
# Lists in which nothing is searched for.
UNSEARCHED = {
    "/staff/directory/", "/staff/directory/reports/",
    "/staff/projects/",
    "/staff/consulting/", "/staff/consulting/consultants/", "/staff/consulting/rounds/",
    "/staff/notices/", "/staff/terms/", "/staff/partners/", "/staff/company-changes/",
    "/staff/community/reports/", "/staff/community/contributors/",
    "/staff/meetings/", "/staff/dues/assessments/", "/staff/register/requests/",
    "/staff/imports/", "/staff/removals/forfeitures/",
    *(f"/staff/events/busan-seminar/{kind}/"
      for kind in ("requests", "proposals", "speakers", "exhibitors", "answers")),
    "/staff/refunds/transfers/", "/staff/deposits/files/", "/staff/proofs/unasked/",
    "/staff/settlements/adjustments/", "/staff/destruction/",
}  # fmt: skip
# What stands in a cell of the page below something else.
BELOW = {
    "/staff/consulting/": {"Round"},
    "/staff/tier-changes/": {"Member number"},
    "/staff/company-changes/": {"Organisation name", "Business number", "Representative"},
    "/staff/dues/assessments/": {"Date"},
    "/staff/register/requests/": {"Affiliation"},
    "/staff/removals/forfeitures/": {"Member number"},
    "/staff/events/busan-seminar/requests/": {
        "E-mail",
        "Answers",
        "Decided by",
        "Reason",
        "Order",
    },
    "/staff/events/busan-seminar/speakers/": {"Role"},
    "/staff/events/busan-seminar/exhibitors/": {"Reason"},
    "/staff/events/busan-seminar/answers/": {"1번"},  # what is asked
    "/staff/statistics/": {"Sample data"},
    "/staff/applications/": {"Held: expelled before"},
    "/staff/orders/": {"Refunded"},
    "/staff/refunds/": {"Reason"},
    "/staff/events/": {"Seats"},
    "/staff/mail/": {"Error"},
    "/staff/transfers/": {"Member number"},
    "/staff/removals/": {"Member number"},
    "/staff/money-tasks/": {"Deadline"},
    "/staff/tills/": {"Branch"},
    "/staff/refunds/transfers/": {"By"},
    "/staff/deposits/outgoing/": {"Description"},
    "/staff/deposits/noted/": {"Buyer", "Noted"},
    "/staff/reconciliation/": {"Reference", "Note", "Last seen", "Agrees again"},
    "/staff/settlements/adjustments/": {"Entered by", "What it rests on"},
}
WHY = "연례 감사 자료"
LONG_AGO = date(2020, 1, 1)


class Shelf(Stock):
    """One more of everything that can be taken along."""

    def one_more(self) -> None:
        super().one_more()
        self.house()
        self.cases()
        cast, n = self.cast, self.count
        moving = factories.make_member(branch=cast.busan, number=f"26-8{n:04}", paid_until=None)
        Transfer.objects.create(
            member=moving, from_branch=cast.busan, to_branch=cast.daegu, reason="이사",
            requested_by=moving.user,
        )  # fmt: skip
        leaving = factories.make_member(branch=cast.busan, number=f"26-9{n:04}")
        Removal.objects.create(
            member=leaving, kind=Removal.Kind.EXPULSION, reason="x", proposed_by=cast.officer
        )
        post.send(
            "domain_code", [f"someone{n}@example.test"], context={"domain": "example.test"},
            user=cast.regular, branch=cast.busan,
        )  # fmt: skip
        self.bank()
        self.money()
        self.settlements()

    def house(self) -> None:
        """What branches decide about themselves, and what research publishes."""
        cast, n, today = self.cast, self.count, clock.today()
        BranchNotice.objects.create(
            branch=cast.busan, title_ko=f"{n}번 공지", body_ko="알립니다.", valid_from=today,
            written_by=cast.officer,
        )  # fmt: skip
        Proposal.objects.create(
            user=factories.make_user(f"후보 {n}"), branch=cast.busan, valid_from=today,
            role=Appointment.Role.DOORKEEPER, proposed_by=cast.officer,
        )  # fmt: skip
        Term.objects.create(
            branch=cast.busan, title=Term.Title.DIRECTOR, name_ko=f"이사 {n}", basis="이사회",
            valid_from=today, valid_to=today + timedelta(days=30),
        )  # fmt: skip
        make_partner(cast.busan, by=cast.officer)
        Destruction.objects.create(
            status=Destruction.Status.WITHDRAWN, proposed_by=cast.officer,
            decided_by=cast.officer, decided_at=clock.now(),
        )  # fmt: skip
        make_abuse(make_exchange(cast.busan, by=cast.regular), by=cast.company_seat)
        Contributor.objects.create(user=factories.make_user(f"필진 {n}"), agreed_at=clock.now())
        entry = make_entry(factories.make_member(branch=cast.busan))
        make_report(entry, by=cast.regular)
        make_project(cast.busan, by=cast.officer)
        consultant = make_consultant(cast.busan, by=cast.officer)
        make_request(
            cast.regular_member, by=cast.regular, status="reported", consultant=consultant,
            round=make_round(cast.busan, by=cast.officer),
        )  # fmt: skip
        factories.make_values(factories.make_series(), {"2025": "12.3"})

    def cases(self) -> None:
        """What the branch has to answer, and who is long in arrears."""
        cast, n = self.cast, self.count
        company = factories.make_member(
            organisation=factories.make_organisation(), tier=cast.company_tier, branch=cast.busan
        )
        CompanyChange.objects.create(
            member=company, name=f"㈜새이름 {n}", business_number="1234567891",
            representative="오세린", note="변경등기", asked_by=cast.company_rep,
        )  # fmt: skip
        member = factories.make_member(
            branch=cast.busan, paid_until=date(clock.today().year - 6, 12, 31)
        )
        TierChange.objects.create(
            member=member, from_tier=cast.regular_tier, to_tier=cast.associate_tier,
            requested_by=cast.regular,
        )  # fmt: skip
        Import.objects.create(
            branch=cast.busan, by=cast.officer, file_name="회원.csv", sha256="0" * 64
        )

    def bank(self) -> None:
        """Two lines of the bank: one that is nobody's, one that is an order's in part."""
        cast, n = self.cast, self.count
        account = BankAccount.objects.filter(branch=cast.busan)[0]
        file = BankFile.objects.create(
            account=account, by=cast.treasurer, file_name="거래내역.csv", sha256="0" * 64,
            shape={}, heading_line=1, headings=["입금액"],
            samples=[{"first": [], "values": []}], mapping=["incoming"],
            status=BankFile.Status.CHECKED,
        )  # fmt: skip
        lines = [
            BankLine.objects.create(
                account=account, file=file, line=line, fingerprint=str(line), at=clock.now(),
                incoming=2_000, balance=line, payer="regular",
            )
            for line in (10 * n, 10 * n + 1)
        ]  # fmt: skip
        _whole, part = Deposit.objects.bulk_create(new_deposits(lines))
        for line in lines:
            booked(line, 2_000, cast.busan)
        order = Order.objects.order_by("-pk")[0]
        payment = Payment.objects.create(
            order=order, provider="bank", reference=f"part {n}", method="bank_transfer",
            amount=1_000, received_at=clock.now(),
        )  # fmt: skip
        factories.book(payment)
        part.take(1_000)
        booked(part.line, -1_000, cast.busan, turn=2)
        Match.objects.create(deposit=part, order=order, payment=payment, number=1, amount=1_000)
        # One that left us, of the amount of a refund that is on its way.
        BankLine.objects.create(
            account=account, file=file, line=10 * n + 2, fingerprint=f"out {n}", at=clock.now(),
            outgoing=700, balance=0, payer="regular",
        )  # fmt: skip
        Refund.objects.create(
            order=order, payment=payment, amount=700, reason="x", status=Refund.Status.SENT,
            approved_at=clock.now(), approved_by=cast.treasurer,
        )  # fmt: skip

    def money(self) -> None:
        """What somebody has to look at."""
        cast, n, now = self.cast, self.count, clock.now()
        order = Order.objects.order_by("-pk")[0]
        Order.objects.filter(status=Order.Status.PENDING).update(method=Order.Method.BANK)
        Task.objects.create(kind=Task.Kind.OVERPAID, order=order, note="x", key=f"{n}")
        NotedDeposit.objects.create(
            order=order, amount=1_000, received_at=now, depositor="regular", nonce=f"{n}",
            noted_by=cast.treasurer,
        )  # fmt: skip
        Till.objects.create(
            branch=cast.busan, occasion=f"{n}", title_ko="세미나", day=clock.today(),
            keeper=cast.officer,
        )  # fmt: skip
        TransferFile.objects.create(number=1, total=1_000, created_by=cast.treasurer)
        ProviderEvent.objects.create(
            provider="stripe", event=f"evt_{n}", type="charge.refunded", note="x",
            payload={"order": order.code, "amount": 1_000},
            outcome=ProviderEvent.Outcome.QUARANTINED,
        )  # fmt: skip
        Disagreement.objects.create(
            kind=Disagreement.Kind.UNBOOKED, provider="stripe", reference=f"cs_{n}", order=order,
            theirs=1_000,
        )  # fmt: skip

    def settlements(self) -> None:
        """A correction of a month that is over, booked in the one that runs."""
        cast, n = self.cast, self.count
        before, runs = (
            Statement.objects.get_or_create(branch=cast.busan, month=month)[0]
            for month in (LONG_AGO, clock.month_of(clock.now()))
        )
        adjustment = Adjustment.objects.create(
            branch=cast.busan, amount=n, reason="x", basis="x", corrects=before,
            proposed_by=cast.treasurer, status=Adjustment.Status.BOOKED, decided_at=clock.now(),
            decided_by=cast.head_office,
        )  # fmt: skip
        ShareEntry.objects.create(
            statement=runs, cause=ShareEntry.Cause.ADJUSTMENT, adjustment=adjustment, amount=n
        )


def booked(line: BankLine, amount: int, branch: Branch, *, turn: int = 1) -> None:
    LedgerEntry.objects.create(
        line=line, turn=turn, account=LedgerEntry.UNIDENTIFIED, amount=amount, branch=branch
    )


@pytest.fixture
def shelf(cast: Cast, settings: Any) -> Shelf:
    settings.CASH_RECEIPT_SELF_FROM_WON = 55_000  # what a place costs here
    shelf = Shelf(cast)
    shelf.one_more()
    return shelf


def ask(client: Client, address: str, **typed: str) -> Any:
    page, _mark, query = address.partition("?")
    typed = {"format": "csv", "reason": WHY} | typed
    return client.post(f"{page}export/?{query}", typed)


def taken(client: Client, address: str) -> list[list[str]]:
    """The lines of the file, the headings first."""
    response = ask(client, address)
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize("address", LISTS)
def test_a_list_is_taken_along_as_its_page_shows_it(
    address: str, shelf: Shelf, login: Login
) -> None:
    who, verb = LISTS[address]
    client = login(who)
    client.cookies["language"] = "en"
    page = client.get(address)

    headings, *rows = taken(client, address)

    assert len(rows) == page.context["page"].paginator.count > 0
    document = html.fromstring(page.content.decode())
    shown = {cell.text_content() for cell in document.xpath("//main//th[@scope='col']")}
    if address != "/staff/deposits/":  # no table
        assert set(headings) - shown == BELOW.get(address, set())
    assert document.xpath(f"//main//form[@action='{address}export/' and @method='post']")
    entry = Entry.objects.get(verb=verb)
    assert (entry.reason, entry.facts["rows"]) == (WHY, len(rows))


@pytest.mark.parametrize("address", [each for each in LISTS if each not in UNSEARCHED])
def test_what_is_filtered_out_stays_there(address: str, shelf: Shelf, login: Login) -> None:
    who, verb = LISTS[address]

    [_headings] = taken(login(who), f"{address}?q=nobody@example.test&page=3")

    entry = Entry.objects.get(verb=verb)
    assert entry.facts == {"rows": 0, "filters": {"q": "nobody@example.test"}}
    assert entry.subjects == []


@pytest.mark.parametrize("address", LISTS)
def test_nothing_is_taken_along_without_a_reason(address: str, cast: Cast, login: Login) -> None:
    who, verb = LISTS[address]
    factories.make_event("busan-seminar", branch=cast.busan)

    assert ask(login(who), address, reason=" ").status_code == 303

    assert not Entry.objects.filter(verb=verb).exists()


@pytest.mark.parametrize("address", OF_BRANCHES)
def test_of_another_branch_nothing_is_taken_along(
    address: str, shelf: Shelf, cast: Cast, login: Login
) -> None:
    _headings, *busan = taken(login("officer"), address)
    _headings, *daegu = taken(login("other_officer"), address)

    assert busan
    assert not {tuple(row) for row in busan} & {tuple(row) for row in daegu}
    entries = Entry.objects.filter(verb=LISTS[address][1]).order_by("pk")
    assert [entry.branch_id for entry in entries] == [cast.busan.pk, cast.daegu.pk]
    assert set(entries[0].subjects).isdisjoint(entries[1].subjects)


def test_each_file_takes_as_many_statements_for_one_row_as_for_three(
    shelf: Shelf, login: Login
) -> None:
    clients = {who: login(who) for who, _verb in LISTS.values()}

    def counted() -> dict[str, int]:
        numbers = {}
        for address, (who, _verb) in LISTS.items():
            taken(clients[who], address)  # what a process or a session loads once
            with CaptureQueriesContext(connection) as captured:
                taken(clients[who], address)
            numbers[address] = len(captured)
        return numbers

    one = counted()
    shelf.one_more()
    shelf.one_more()

    assert counted() == one
    assert max(one.values()) <= 20


# Orders stand for all -----------------------------------------------------------------------------


def test_the_record_says_whose_data_it_was(shelf: Shelf, cast: Cast, login: Login) -> None:
    buyers = set(Order.objects.exclude(user=None).values_list("user", flat=True))

    taken(login("officer"), "/staff/orders/?status=paid")

    entry = Entry.objects.get(verb="payments.export_orders")
    assert (entry.actor_id, entry.target_id) == (cast.officer.pk, str(cast.officer.pk))
    assert entry.subjects == sorted(buyers)
    assert entry.facts == {"rows": 2, "filters": {"status": "paid"}}
    assert entry.ip


def test_a_file_of_one_branch_is_on_record_there(shelf: Shelf, cast: Cast, login: Login) -> None:
    for address in ("/staff/orders/", f"/staff/orders/?branch={cast.busan.code}"):
        taken(login("head_office"), address)

    entries = Entry.objects.filter(verb="payments.export_orders").order_by("pk")
    assert [entry.branch_id for entry in entries] == [None, cast.busan.pk]


def test_a_file_of_an_event_is_on_record_with_it(shelf: Shelf, login: Login) -> None:
    response = ask(login("head_office"), "/staff/events/busan-seminar/requests/")

    entry = Entry.objects.get(verb="events.export_requests")
    assert (entry.target_type, entry.target_id) == ("events.event", str(shelf.event.pk))
    assert entry.branch_id == shelf.cast.busan.pk
    assert entry.subjects == sorted(shelf.event.place_requests.values_list("user", flat=True))
    assert quote(shelf.event.title) in response["Content-Disposition"]


def test_excel_holds_what_the_csv_does(shelf: Shelf, login: Login) -> None:
    Order.objects.update(buyer_name="=1+1")
    client = login("head_office")
    answer = ask(client, "/staff/orders/", format="xlsx")

    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = [[str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]

    lines = taken(client, "/staff/orders/")
    assert [[cell.removeprefix("'") for cell in row] for row in lines] == rows
    assert {cell.data_type for row in sheet.iter_rows(min_row=2, max_col=1) for cell in row} == {
        "s"
    }


def test_excel_takes_only_so_many_rows(
    shelf: Shelf, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_exports, "MOST_IN_XLSX", 1)
    client = login("head_office")

    assert ask(client, "/staff/orders/", format="xlsx").status_code == 303
    assert not Entry.objects.filter(verb="payments.export_orders").exists()
    assert len(taken(client, "/staff/orders/")) == 1 + 3


def test_the_form_takes_the_filters_along(shelf: Shelf, login: Login) -> None:
    page = login("head_office").get("/staff/orders/?status=paid&page=1").content.decode()

    assert 'action="/staff/orders/export/?status=paid"' in page


def test_deposits_say_whose_they_are(shelf: Shelf, login: Login) -> None:
    whole, part = taken(login("treasurer"), "/staff/deposits/")[1:]

    order = Order.objects.order_by("-pk")[0]
    assert (whole[1:3], whole[-1]) == (["2000", "2000"], "")
    assert (part[1:3], part[-1]) == (["2000", "1000"], f"{order.code} regular")
    entry = Entry.objects.get(verb="payments.export_deposits")
    assert entry.subjects == [order.user_id]


def test_an_address_of_mail_stays_masked(shelf: Shelf, login: Login) -> None:
    lines = taken(login("head_office"), "/staff/mail/?q=someone1@example.test")

    assert len(lines) == 2
    assert "someone1@" not in str(lines)


def test_requests_say_which_membership_stands_behind_them(shelf: Shelf, login: Login) -> None:
    client = login("officer")
    client.cookies["language"] = "en"

    headings, *lines = taken(client, "/staff/events/busan-seminar/requests/?sort=rank")

    asked, declined = (dict(zip(headings, line, strict=True)) for line in lines)
    assert (asked["Tier"], asked["Standing"], asked["Decided by"]) == ("No member", "", "")
    assert (declined["Tier"], declined["Status"]) == (shelf.cast.regular_tier.name_en, "Declined")
    assert declined["Member since"] == "2020-01-01"
    assert (declined["Participants"], declined["Decided by"]) == ("regular", "regular")


# Money --------------------------------------------------------------------------------------------


def test_outgoing_lines_say_what_they_were_found_to_show(
    shelf: Shelf, cast: Cast, login: Login
) -> None:
    shelf.one_more()
    line, _other = BankLine.objects.outgoing().order_by("pk")
    refund = Refund.objects.get(amount=700, order__matches__deposit__line__file=line.file)
    OutgoingMatch.objects.create(line=line, refund=refund, matched_by=cast.treasurer)
    client = login("treasurer")
    client.cookies["language"] = "en"

    told = {
        state: [row[-1] for row in taken(client, f"/staff/deposits/outgoing/?state={state}")[1:]]
        for state in ("", "open", "matched", "all")
    }

    shows = f"Refund to regular, {refund.order.code}"
    assert told == {"": [""], "open": [""], "matched": [shows], "all": ["", shows]}
    entries = Entry.objects.filter(verb="payments.export_outgoing").order_by("pk")
    of_buyer = [refund.order.user_id]
    assert [entry.subjects for entry in entries] == [[], [], of_buyer, of_buyer]


def test_adjustments_say_where_they_stand(shelf: Shelf, cast: Cast, login: Login) -> None:
    address, client = "/staff/settlements/adjustments/", login("head_office")

    [_headings, row] = taken(client, f"{address}?branch={cast.busan.code}&status=booked")

    assert row[3:8] == ["1", "x", "x", "2020-01", f"{clock.today():%Y-%m}"]
    entry = Entry.objects.get(verb="payments.export_adjustments")
    assert entry.branch_id == cast.busan.pk
    assert len(taken(client, f"{address}?status=refused")) == 1


def test_a_till_is_taken_along_by_whoever_may_see_it(
    shelf: Shelf, cast: Cast, login: Login
) -> None:
    rows = {who: len(taken(login(who), "/staff/tills/")) - 1 for who in ("officer", "doorkeeper")}

    assert rows == {"officer": 1, "doorkeeper": 0}
    entry = Entry.objects.filter(verb="payments.export_tills").earliest("pk")
    assert entry.subjects == [cast.officer.pk]


def test_whoever_is_on_a_list_reads_that_it_was_taken_along(shelf: Shelf, login: Login) -> None:
    taken(login("editor"), "/staff/downloads/")

    told = html.fromstring(login("regular").get("/me/looks/").content).xpath("//tbody/tr")[0]
    assert "내려받기 기록 내보내기" in told.text_content()
    assert WHY in told.text_content()

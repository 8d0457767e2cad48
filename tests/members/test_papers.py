"""Papers of a membership: in both languages, numbered once, issued again, void with what they rest
on, and by the hundred."""

import io
from datetime import date

import pikepdf
import pytest
from django.template.loader import render_to_string

from kosna.audit.models import Entry, Look
from kosna.core import batches, clock
from kosna.core.errors import Refused
from kosna.core.models import Batch
from kosna.documents.actions import pdf_of
from kosna.documents.models import Document
from kosna.documents.rendering import revive
from kosna.mail.models import Message
from kosna.payments.actions import record_payment
from kosna.payments.models import Order, Refund
from members import actions
from members.models import Import, Member, Period, Seat
from tests import factories
from tests.members.conftest import make_application
from tests.members.test_desk import queries_of

pytestmark = pytest.mark.django_db
Kind = Document.Kind


def pay(order: Order) -> Order:
    record_payment(
        order=order,
        provider="bank",
        reference=f"deposit-{order.code}",
        method="bank",
        amount=order.total,
        received_at=clock.now(),
    )
    order.refresh_from_db()
    return order


@pytest.fixture
def joined(cast) -> Member:
    """The applicant, approved and paid: with a card, an approval and dues of 100,000 won."""
    application = make_application(cast.applicant, cast.regular_tier, cast.busan, submitted=True)
    pay(actions.approve_application(application, basis="이사회", by=cast.reviewer))
    return Member.objects.get(user=cast.applicant)


def take(member: Member, kind: str, language: str = "ko", **facts) -> Document:
    holder = member.user
    facts = {"holder": holder, "by": holder, "purpose": "입찰 신청용", **facts}
    return actions.issue_paper(member, kind, language=language, **facts)


@pytest.mark.parametrize("kind", Document.OF_MEMBERSHIP)
def test_each_paper_in_each_language_is_one_paper(joined, kind):
    papers = [take(joined, kind, language) for language in ("ko", "en", "ko", "en")]

    assert papers[0] == papers[2] and papers[1] == papers[3] and papers[0] != papers[1]
    assert [paper.language for paper in papers[:2]] == ["ko", "en"]
    assert {paper.member_id for paper in papers} == {joined.pk}
    numbers = Document.objects.filter(kind=kind).values_list("number", flat=True)
    assert sorted(numbers) == [1, 2]


def test_names_and_figures_are_frozen_at_issue(joined, cast):
    paper, dues = take(joined, Kind.MEMBERSHIP), take(joined, Kind.DUES)
    Member.objects.filter(pk=joined.pk).update(name="다른 이름", branch=cast.daegu)

    paper.refresh_from_db()
    assert (paper.facts["name"], paper.facts["branch"]) == ("applicant", cast.busan.name)
    assert paper.facts["purpose"] == "입찰 신청용" and paper.facts["standing"] == "정상"
    assert [line["amount"] for line in dues.facts["lines"]] == [100_000]
    assert dues.facts["total"] == 100_000


def test_reissue_keeps_the_number_and_says_so(joined):
    paper = take(joined, Kind.MEMBERSHIP)
    first = pdf_of(paper)
    for _ in range(2):
        paper = actions.reissue_paper(paper, by=joined.user)

    assert paper.reissues == 2 and paper.reissued_at is not None
    again = pdf_of(paper)
    assert again != first
    assert Document.objects.filter(kind=Kind.MEMBERSHIP).count() == 1
    entries = Entry.objects.filter(verb="documents.reissue_document")
    assert [entry.facts["time"] for entry in entries.order_by("pk")] == [1, 2]
    actions.void_paper(paper, reason="오기", by=joined.user)
    with pytest.raises(Refused):
        actions.reissue_paper(paper, by=joined.user)


def test_a_void_paper_makes_room_for_another_number(joined, cast):
    paper = take(joined, Kind.MEMBERSHIP)
    actions.void_paper(paper, reason="이름이 틀림", by=cast.head_office)
    another = take(joined, Kind.MEMBERSHIP)

    assert (paper.status, another.status) == ("void", "valid")
    assert another.number == paper.number + 1
    with pytest.raises(Refused):
        actions.void_paper(paper, reason="또", by=cast.head_office)
    receipt = Document.objects.get(kind=Kind.RECEIPT)
    with pytest.raises(Refused):
        actions.void_paper(receipt, reason="x", by=cast.head_office)


def refund(order: Order, amount: int, *, ends_line: bool = False) -> Refund:
    """Dues that have gone back, as payments tells of it."""
    row = Refund.objects.create(
        order=order,
        payment=order.payments.get(),
        line=order.lines.get(kind="dues"),
        amount=amount,
        reason="x",
        status=Refund.Status.DONE,
        ends_line=ends_line,
    )
    factories.book(row)
    actions.dues_refunded(row)
    return row


def valid_kinds() -> set[str]:
    rows = Document.objects.valid().of_memberships()
    return set(rows.values_list("kind", flat=True))


def test_a_refund_takes_every_paper_that_stood_on_it(joined):
    for kind in Document.OF_MEMBERSHIP:
        take(joined, kind)
    order = joined.applications.get().order
    other = factories.make_member()  # whose papers stay

    refund(order, 100_000)

    assert valid_kinds() == set()
    with pytest.raises(Refused):
        take(joined, Kind.DUES)
    assert actions.issue_paper(
        other, Kind.MEMBERSHIP, holder=other.user, language="ko", purpose="x", by=other.user
    )


def test_a_part_of_the_dues_changes_what_is_certified(joined):
    for kind in Document.OF_MEMBERSHIP:
        take(joined, kind)

    refund(joined.applications.get().order, 40_000)

    assert valid_kinds() == set(Document.OF_MEMBERSHIP) - {Kind.DUES}
    assert take(joined, Kind.DUES).facts["total"] == 60_000


@pytest.mark.parametrize(
    ("ends", "kept"),
    [("withdraw", {Kind.APPROVAL, Kind.DUES}), ("void_membership", set())],
)
def test_papers_end_with_the_membership(joined, cast, ends, kept):
    for kind in Document.OF_MEMBERSHIP:
        take(joined, kind)

    getattr(actions, ends)(joined, reason="사유", by=cast.head_office)

    assert valid_kinds() == kept
    with pytest.raises(Refused):
        take(joined, Kind.MEMBERSHIP)


def test_papers_of_a_company_are_for_who_speaks_for_it(cast, login):
    seat, rep = cast.company_seat, cast.company_rep
    for holder, kind in (
        (seat, Kind.MEMBERSHIP),
        (seat, Kind.DUES),
        (cast.regular, Kind.MEMBERSHIP),
    ):
        with pytest.raises(Refused):
            actions.issue_paper(
                cast.company, kind, holder=holder, language="ko", purpose="x", by=holder
            )

    paper = actions.issue_paper(
        cast.company, Kind.MEMBERSHIP, holder=rep, language="en", purpose="x", by=rep
    )
    assert (paper.facts["name"], paper.name) == ("", cast.company.name)
    page = login("company_seat").get("/me/documents/").content.decode()
    assert f"{Kind.MEMBERSHIP_CARD}-{cast.company.pk}" in page
    assert f"{Kind.MEMBERSHIP}-{cast.company.pk}" not in page
    shown = login("visitor").get(f"/verify/{paper.code}/").content.decode()
    assert paper.serial in shown and cast.company.name not in shown


def test_my_documents_issue_in_two_clicks(cast, login):
    client = login("regular")
    key = f"{Kind.MEMBERSHIP}-{cast.regular_member.pk}"
    sent = {"paper": key, f"{key}-language": "en", f"{key}-purpose": "other"}

    assert client.post("/me/documents/", sent).status_code == 422
    answer = client.post("/me/documents/", sent | {f"{key}-typed": "Visa"})

    paper = Document.objects.get(kind=Kind.MEMBERSHIP)
    assert answer["Location"] == f"/verify/{paper.code}/document.pdf"
    assert (paper.language, paper.facts["purpose"], paper.subject) == ("en", "Visa", cast.regular)
    assert client.post("/me/documents/", {"paper": f"{Kind.DUES}-1"}).status_code == 404
    assert client.post("/me/documents/", {}).status_code == 404
    client.post(f"/me/documents/{paper.code}/reissue/")
    paper.refresh_from_db()
    assert paper.reissues == 1
    assert login("lapsed").post(f"/me/documents/{paper.code}/reissue/").status_code == 404


def test_the_card_on_the_phone_shows_what_a_counter_needs(cast, login):
    page = login("regular").get("/me/card/").content.decode()
    card = Document.objects.get(kind=Kind.MEMBERSHIP_CARD, subject=cast.regular)
    for shown in (cast.regular_member.name, cast.regular_member.number, card.serial, card.code):
        assert shown in page
    assert 'class="qr"' in page and "정상" in page
    assert login("regular").get("/me/card/") and Document.objects.count() == 1

    lapsed = login("lapsed").get("/me/card/").content.decode()
    assert 'class="qr"' not in lapsed and "/members/renew/" in lapsed
    assert 'class="empty' in login("account").get("/me/card/").content.decode()


def test_the_desk_issues_with_a_reason_and_looks_are_on_record(cast, login):
    member = cast.regular_member
    key = f"{Kind.MEMBERSHIP}-{member.pk}"
    sent = {"paper": key, f"{key}-language": "ko", f"{key}-purpose": "bid"}
    url = f"/staff/members/{member.pk}/documents/"

    assert login("officer").post(url, sent).status_code == 422
    login("officer").post(url, sent | {f"{key}-reason": "전화 요청"})
    paper = Document.objects.get()
    assert paper.subject == cast.regular
    assert Entry.objects.get(verb="documents.issue_document").reason == "전화 요청"
    before = Look.objects.count()

    office = login("head_office")
    assert office.get(f"/staff/documents/{paper.pk}/").status_code == 200
    assert office.get(f"/staff/documents/{paper.pk}/document.pdf").content.startswith(b"%PDF")
    assert (
        list(Look.objects.order_by("pk").values_list("user_id", flat=True))[before:]
        == [cast.regular.pk] * 2
    )
    assert login("other_officer").get(f"/staff/documents/{paper.pk}/").status_code == 404
    office.post(f"/staff/documents/{paper.pk}/reissue/", {"reissue-reason": "분실"})
    office.post(f"/staff/documents/{paper.pk}/void/", {"void-reason": "용도 오기"})
    paper.refresh_from_db()
    assert (paper.reissues, paper.status, paper.void_reason) == (1, "void", "용도 오기")


def make_paper(number: int, **fields) -> Document:
    return Document.objects.create(
        **{
            "kind": Kind.RECEIPT,
            "year": 2026,
            "number": number,
            "key": f"receipt:{number}:0",
            "language": "ko",
            "facts": {},
            "name": "김하늘",
            **fields,
        }
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("제2026-영수-000002호", {2}),
        ("2026-2", {2}),
        ("3", {3}),
        ("하늘", {1, 2}),
        ("kind=receipt", {1, 2}),
        ("year=2025", {3}),
        ("status=void", {2}),
        ("kind=nonsense", {1, 2, 3}),
    ],
)
def test_list_is_filtered_and_searched(cast, login, query, found):
    make_paper(1, branch=cast.busan)
    make_paper(2, status="void", voided_at=clock.now())
    make_paper(3, kind=Kind.APPROVAL, year=2025, name="박서준")
    name, _is, value = query.rpartition("=")

    page = login("head_office").get("/staff/documents/", {name or "q": value}).context["page"]

    assert {paper.number for paper in page} == found


def test_lists_take_constant_queries(cast, login):
    office, regular = login("head_office"), login("regular")
    mine = {"subject": cast.regular, "branch": cast.busan}
    make_paper(1, **mine)
    before = [queries_of(office, "/staff/documents/"), queries_of(regular, "/me/documents/")]
    for number in (2, 3):
        make_paper(number, **mine)

    assert [
        queries_of(office, "/staff/documents/"),
        queries_of(regular, "/me/documents/"),
    ] == before
    assert before[0] <= 8


MANY = {"language": "each", "purpose": "", "tier": "", "standing": "good"}


def start(client, **sent) -> Batch:
    answer = client.post("/staff/documents/batch/", MANY | sent)
    assert answer.status_code == 302, answer.context["form"].errors
    return Batch.objects.latest("pk")


def test_many_papers_in_one_file_and_never_twice(cast, login):
    members = [cast.regular_member, *(factories.make_member(branch=cast.busan) for _ in range(2))]
    factories.make_member(branch=cast.daegu)
    client = login("officer")
    for time in (1, 2):
        batch = start(client, kind=Kind.MEMBERSHIP_CARD, mails="on")
        assert batches.run_all() == 1
        batch.refresh_from_db()
        assert batch.status == "done", batch.note
        assert list(batch.result.values()) == ([4, 0, 0] if time == 1 else [0, 4, 0])
        with batch.file.open("rb") as file, pikepdf.open(io.BytesIO(file.read())) as pdf:
            assert len(pdf.pages) == 4  # the associate of the cast, too

    cards = Document.objects.filter(kind=Kind.MEMBERSHIP_CARD)
    assert cards.count() == 4 and set(cards.values_list("branch", flat=True)) == {cast.busan.pk}
    assert {card.member_id for card in cards} > {member.pk for member in members}
    assert Message.objects.filter(template="document_issued").count() == 4


def test_many_papers_reach_each_seat_and_only_who_has_something(cast, login):
    client = login("head_office")
    start(client, kind=Kind.MEMBERSHIP_CARD, tier=cast.company_tier.pk)
    start(client, kind=Kind.MEMBERSHIP, tier=cast.company_tier.pk, purpose="정기 발급")
    start(client, kind=Kind.DUES, tier=cast.company_tier.pk)
    batches.run_all()

    made = Document.objects.values_list("kind", "subject").order_by("pk")
    assert list(made) == [
        (Kind.MEMBERSHIP_CARD, cast.company_rep.pk),
        (Kind.MEMBERSHIP_CARD, cast.company_seat.pk),
        (Kind.MEMBERSHIP, cast.company_rep.pk),
    ]
    last = Batch.objects.latest("pk")
    assert list(last.result.values()) == [0, 0, 1] and not last.file


def test_many_papers_of_nobody_are_refused(cast, login, monkeypatch):
    client = login("officer")
    empty = client.post("/staff/documents/batch/", MANY | {"kind": Kind.DUES, "standing": "grace"})
    assert empty.status_code == 422
    unsaid = client.post("/staff/documents/batch/", MANY | {"kind": Kind.MEMBERSHIP})
    assert set(unsaid.context["form"].errors) == {"purpose"}
    monkeypatch.setattr("members.actions.many_papers.MOST", 1)
    many = client.post("/staff/documents/batch/", MANY | {"kind": Kind.MEMBERSHIP_CARD})
    assert many.status_code == 422 and not Batch.objects.exists()


def test_dues_of_several_years_stand_on_one_certificate(joined):
    earlier = Period.objects.create(
        member=joined, tier=joined.tier, starts_on=date(2020, 1, 1), ends_on=date(2020, 12, 31)
    )
    paper = take(joined, Kind.DUES)
    assert earlier.pk not in paper.facts["periods"]  # nobody says that it was paid
    with pytest.raises(Refused):
        take(joined, Kind.DUES, periods=[earlier.pk])


def test_imported_years_are_certified_without_an_amount_and_say_what_they_rest_on(joined, cast):
    """A year that an import called paid, beside one that an order paid; by itself, too."""
    now = clock.now()
    Import.objects.create(
        branch=cast.busan, by=cast.head_office, status="applied", applied_at=now, closed_at=now
    )
    year = Period.objects.create(
        member=joined,
        tier=joined.tier,
        starts_on=date(2020, 1, 1),
        ends_on=date(2020, 12, 31),
        created_at=now,
    )
    both = take(joined, Kind.DUES)
    assert [line["amount"] for line in both.facts["lines"]] == [None, 100_000]
    assert both.facts["total"] == 100_000
    alone = take(joined, Kind.DUES, "en", periods=[year.pk])
    [line] = alone.facts["lines"]
    assert line["title"] == "Annual dues 2020" and line["paid_on"] is None
    with pikepdf.open(io.BytesIO(pdf_of(alone))) as pdf:
        assert len(pdf.pages) == 1
    drawn = render_to_string(
        "documents/dues_certificate.html", {"facts": revive(alone.facts), "document": alone}
    )
    assert "종전 기록" in drawn and "₩" not in drawn


def test_days_off_are_not_called_paid(joined, cast):
    """Somebody let off has the days; dues were not paid for them."""
    actions.exempt(joined, from_year=2030, until_year=2030, reason="공로", by=cast.head_office)
    assert len(take(joined, Kind.DUES).facts["lines"]) == 1


def test_a_former_seat_keeps_what_they_have_and_gets_no_more(cast, login):
    Seat.objects.filter(user=cast.company_rep).update(valid_to=date(2026, 1, 1))
    with pytest.raises(Refused):
        actions.issue_paper(
            cast.company, Kind.MEMBERSHIP_CARD, holder=cast.company_rep, language="ko",
            by=cast.company_rep,
        )  # fmt: skip

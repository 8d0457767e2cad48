"""Notices of dues: whom they reach, on which day, and never twice; and bills on paper."""

import io
from datetime import date, datetime, timedelta

import pikepdf
import pytest
from django.core import signing

from kosna.core import batches, clock
from kosna.core.models import Batch
from kosna.mail.models import Message
from kosna.mail.post import render
from members import actions, bills, letters
from members.models import Balance, DuesCalendar, DuesNotice, Member, Seat
from members.standing import standing_of
from tests import factories
from tests.flows.person import text_of

pytestmark = pytest.mark.django_db
DUE = date(2026, 3, 31)


def on(day: date, hour: int = 9):
    return clock.standing_at(datetime(day.year, day.month, day.day, hour, tzinfo=clock.KST))


@pytest.fixture
def hq(db):
    return factories.make_user("사무국")


@pytest.fixture
def member(hq) -> Member:
    person = factories.make_user("김하늘", email="haneul@example.test")
    row = factories.make_member(person, paid_until=date(2025, 12, 31), number="19-00042")
    with on(date(2026, 1, 5)):
        actions.assess(year=2026, by=hq)
    return row


@pytest.mark.parametrize(
    ("day", "occasions"),
    [
        (DUE - timedelta(days=31), []),
        (DUE - timedelta(days=30), ["-30"]),
        (DUE - timedelta(days=24), ["-30"]),  # no worker ran for six days
        (DUE - timedelta(days=23), []),
        (DUE - timedelta(days=7), ["-7"]),
        (DUE, ["0"]),
        (DUE + timedelta(days=7), []),
        (DUE + timedelta(days=30), ["30"]),
    ],
)
def test_notice_goes_out_on_its_day_and_some_days_after(member, day, occasions):
    with on(day):
        actions.send_due_notices()
        actions.send_due_notices()

    sent = sorted(DuesNotice.objects.values_list("occasion", flat=True))
    assert sent == occasions
    assert Message.objects.filter(template="dues_notice").count() == len(sent)


@pytest.mark.parametrize(
    ("instant", "sent"),
    [
        (datetime(2026, 2, 28, 23, 59, 59, tzinfo=clock.KST), 0),
        (datetime(2026, 3, 1, 0, 0, 0, tzinfo=clock.KST), 1),
    ],
)
def test_days_begin_at_midnight_in_korea(member, instant, sent):
    with clock.standing_at(instant):
        actions.send_due_notices()

    assert DuesNotice.objects.count() == sent


def test_days_are_those_of_the_calendar(member):
    DuesCalendar.objects.create(from_year=2020, notice_days=[-3])
    with on(DUE - timedelta(days=30)):
        actions.send_due_notices()
    assert not DuesNotice.objects.exists()

    with on(DUE - timedelta(days=3)):
        actions.send_due_notices()
    assert DuesNotice.objects.get().occasion == "-3"


def test_notice_says_how_much_by_when_why_and_how(member):
    with on(DUE + timedelta(days=30)):
        actions.send_due_notices()
        message = Message.objects.get()
        subject, text, _html = render(message)
        assert standing_of(member, clock.today()).sentence in text

    assert subject == "2026년 회비 납부기한이 지났습니다: 100,000원"
    for part in ("100,000원", "2026-03-31", "권리가 정지", "김하늘0042", "한누리은행", "/dues/"):
        assert part in text
    assert message.key == f"dues:{member.pk}:2026:30:haneul@example.test"


def test_no_notice_to_who_paid_left_or_is_let_off(hq, member):
    left, exempt, elsewhere = (
        factories.make_member(paid_until=date(2025, 12, 31)) for _ in range(3)
    )
    with on(date(2026, 1, 6)):
        actions.assess(year=2026, by=hq)
        actions.withdraw(left, by=left.user)
        actions.exempt(exempt, from_year=2026, until_year=None, reason="만 65세", by=hq)
        elsewhere.periods.create(
            tier=elsewhere.tier, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31)
        )
    with on(DUE):
        actions.send_due_notices()

    assert [notice.member for notice in DuesNotice.objects.all()] == [member]


def test_organisation_is_written_to_by_its_contact_and_tax_address(hq):
    firm = factories.make_organisation(tax_email="tax@example.test")
    row = factories.make_member(organisation=firm, paid_until=None)
    people = {
        role: factories.make_user(role, email=f"{role}@example.test") for role in Seat.Role.values
    }
    for role, person in people.items():
        factories.make_seat(row, person, role)
    with on(date(2026, 1, 6)):
        actions.assess(year=2026, by=hq)
    with on(DUE):
        actions.send_due_notices()

    to = set(Message.objects.filter(template="dues_notice").values_list("to", flat=True))
    assert to == {"contact@example.test", "tax@example.test"}


def test_who_has_no_email_is_told_to_the_desk_and_not_called_written_to(hq, member, cast, login):
    """Brought along by a list without addresses: the record of notices holds no notice that never
    was, and the desk finds who gets a bill on paper."""
    fields = {"paid_until": None, "user": None}
    silent = factories.make_organisation(name="㈜우편")
    mailed = factories.make_organisation(name="㈜메일", tax_email="tax@example.test")
    seated = factories.make_organisation(name="㈜담당")
    rows = [factories.make_member(organisation=firm, **fields) for firm in (silent, mailed, seated)]
    factories.make_seat(rows[2], factories.make_user(), Seat.Role.CONTACT)
    person = factories.make_member(paid_until=None)
    Member.objects.filter(pk=person.pk).update(user=None)
    with on(date(2026, 1, 6)):
        actions.assess(year=2026, by=hq)
    with on(DUE):
        actions.send_due_notices()
        batch = actions.start_notices(Balance.objects.all(), by=hq)
        batches.run_all()

    unreached = {rows[0], person}
    told = {notice.member for notice in DuesNotice.objects.filter(occasion="0")}
    assert {member, *rows[1:]} <= told and not unreached & told
    batch.refresh_from_db()
    assert batch.result["메일 주소 없음"] == len(unreached)
    found = login("head_office").get("/staff/dues/?year=2026&state=no_email").context["page"]
    assert {balance.member for balance, _days, _told in found} == unreached
    everybody = Balance.objects.select_related("member__user", "member__organisation")
    without = {row.member for row in everybody if not letters.addresses_of(row.member)}
    assert without == unreached


def test_sending_again_by_hand_is_done_once_a_batch(hq, member):
    with on(date(2026, 5, 1)):
        batch = actions.start_notices(Balance.objects.all(), by=hq)
        batches.run_all()
        Batch.objects.filter(pk=batch.pk).update(status="queued")  # its worker was killed
        batches.run_all()
        actions.start_notices(Balance.objects.all(), by=hq)
        batches.run_all()

    assert Message.objects.filter(template="dues_notice").count() == 2
    assert DuesNotice.objects.filter(sent_by=hq).count() == 2


def test_link_leads_the_right_person_and_nobody_else(member, cast, login):
    url = f"/dues/{letters.token_for(cast.lapsed_member)}/"

    assert login("visitor").get(url).status_code == 302
    assert login("regular").get(url).status_code == 404
    assert login("head_office").get(url).status_code == 404
    page = login("lapsed").get(url)
    assert [offer["member"] for offer in page.context["offers"]] == [cast.lapsed_member]


def test_link_of_another_purpose_opens_nothing(cast, login):
    foreign = signing.TimestampSigner(salt="members.seats").sign(str(cast.lapsed_member.pk))

    assert login("lapsed").get(f"/dues/{foreign}/").status_code == 404
    assert login("lapsed").get("/dues/1/").status_code == 404


def test_old_link_opens_nothing(cast, login, monkeypatch):
    token = letters.token_for(cast.lapsed_member)
    monkeypatch.setattr(letters, "LINK_DAYS", -1)

    assert login("lapsed").get(f"/dues/{token}/").status_code == 404


# Bills ----------------------------------------------------------------------------------------


def test_bill_says_what_a_bill_says(member):
    with on(date(2026, 3, 1)):
        text = text_of(bills.bill_pdf(member))

    for part in (
        "회비 고지서",
        "금 일십만원정",
        "100,000원",
        "김하늘0042",
        "2026. 3. 31.",
        "강학주",
    ):
        assert part in text


def test_nothing_open_is_no_bill(hq):
    assert bills.bill_pdf(factories.make_member(paid_until=None)) is None


def test_many_bills_are_one_document_in_the_order_of_numbers(hq, monkeypatch):
    monkeypatch.setattr(bills, "PAGES_AT_ONCE", 2)
    rows = [
        factories.make_member(
            factories.make_user(f"회원{n}", language="en" if n == 2 else "ko"),
            paid_until=None,
            number=f"25-{n:05d}",
        )
        for n in range(5)
    ]
    with on(date(2026, 3, 1)):
        actions.assess(year=2026, by=hq)
        batch = actions.start_bills(Balance.objects.all(), by=hq)
        batches.run_all()

    batch.refresh_from_db()
    assert (batch.status, batch.result) == ("done", {"작성한 고지서": 5})
    content = batch.file.read()
    batch.file.close()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == 5
    pages = text_of(content).split("\f")
    assert [row.number in page for row, page in zip(rows, pages, strict=False)] == [True] * 5
    assert "Bill for membership dues" in pages[2]

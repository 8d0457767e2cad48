"""Bringing members: what a file would do, row by row; all of it or nothing; and back again."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections, transaction
from django.urls import reverse
from openpyxl import load_workbook

from kosna.accounts.models import User
from kosna.audit.models import Entry
from kosna.core import batches, clock, sheets
from kosna.core.errors import Refused
from kosna.core.models import Batch, Counter
from kosna.core.numbering import next_number
from kosna.documents.models import Document
from kosna.mail.models import Message
from kosna.verify import balances_are_counted
from members import actions, register
from members.actions import imports as actions_imports
from members.imports import staging, writing
from members.imports.remarks import told
from members.imports.writing import whole
from members.models import (
    Balance,
    Import,
    ImportLine,
    ImportRow,
    Member,
    Period,
    Renewal,
    Seat,
    Tier,
)
from tests import factories

pytestmark = pytest.mark.django_db

HEAD = (
    "성명,휴대폰,이메일,회원구분,지부,입회일,회비납부,회원번호,"
    "사업자번호,상호,대표자,주소,우편번호,상태"
)
Verdict, Choice = ImportRow.Verdict, ImportRow.Choice
TODAY = date(2026, 11, 25)


@pytest.fixture(autouse=True)
def standing():
    with time_machine.travel("2026-11-25T03:00:00Z", tick=False) as standing:
        yield standing


def read(cast, *lines: str, by=None, branch=None, head: str = HEAD) -> Import:
    content = "\n".join([head, *lines]).encode()
    upload = SimpleUploadedFile("회원명부.csv", content)
    shape = sheets.recognise(upload.file, upload.size)
    imported = actions.start_import(
        upload, shape, branch=branch or cast.hq, by=by or cast.head_office
    )
    batches.run_all()
    imported.refresh_from_db()
    return imported


def check(cast, *lines: str, **more) -> Import:
    imported = read(cast, *lines, **more)
    return check_again(cast, imported)


def check_again(cast, imported: Import) -> Import:
    actions.check_import(
        imported,
        mapping=imported.mapping,
        values={
            "tier": {"정회원": cast.regular_tier.pk, "법인": cast.company_tier.pk},
            "branch": {"부산": cast.busan.pk, "대구": cast.daegu.pk},
        },
        defaults={},
        by=imported.by,
    )
    batches.run_all()
    imported.refresh_from_db()
    assert imported.status == Import.Status.CHECKED, imported.batch.note
    return imported


def write(imported: Import, *, leaves_out: bool = False) -> Import:
    actions.apply_import(imported, leaves_out=leaves_out, by=imported.by)
    batches.run_all()
    imported.refresh_from_db()
    return imported


def verdicts(imported: Import) -> list[str]:
    return list(imported.checked.order_by("line").values_list("verdict", flat=True))


def codes(imported: Import, line: int = 2) -> list[str]:
    return [code for code, _value in imported.checked.get(line=line).remarks]


PERSON = (
    "홍길동,010-1111-2222,hong@example.test,정회원,부산,2019-05-03,2024 2025,,,,,해운대로 1,48058,"
)


def test_person_comes_along(cast):
    imported = write(check(cast, PERSON))

    member = Member.objects.get(name="홍길동")
    assert (member.status, member.number, member.joined_on) == (
        "active",
        "19-00001",
        date(2019, 5, 3),
    )
    assert (member.tier, member.branch) == (cast.regular_tier, cast.busan)
    assert member.address == "(48058) 해운대로 1"
    assert Member.objects.search("ㅎㄱㄷ").get() == member
    assert Member.objects.search("01011112222").get() == member
    assert not member.user.has_usable_password()
    assert (member.user.email, member.user.phone) == ("hong@example.test", "+821011112222")
    assert list(member.periods.values_list("starts_on", "ends_on", "line")) == [
        (date(2024, 1, 1), date(2024, 12, 31), None),
        (date(2025, 1, 1), date(2025, 12, 31), None),
    ]
    entry = member.register_entries.get()
    assert (entry.kind, entry.on, entry.by) == ("joined", date(2019, 5, 3), cast.head_office)
    assert [e.member for e in register.as_of(date(2020, 1, 1)).filter(member=member)] == [member]
    assert member.claim.claimed_at is None
    record = Entry.objects.get(verb="members.import_member")
    assert record.facts["sha256"] == imported.sha256
    assert record.facts["result"]["members"] == 1
    assert not Message.objects.exists()


def test_organisation_comes_along_with_its_contact(cast):
    write(
        check(
            cast,
            "담당이,010-3333-4444,desk@example.test,법인,부산,2020-01-01,2026,,123-45-67891,"
            "㈜새회사,대표님,부산로 1,48058,",
        )
    )

    member = Member.objects.get(name="㈜새회사")
    assert member.user is None
    organisation = member.organisation
    assert (organisation.business_number, organisation.representative) == ("1234567891", "대표님")
    seat = member.seat_rows.get()
    assert (seat.user.name, seat.user.email, seat.role) == (
        "담당이",
        "desk@example.test",
        Seat.Role.CONTACT,
    )
    assert member.register_entries.get().representative == "대표님"


def test_person_without_email_has_no_account_yet(cast):
    write(check(cast, "임꺽정,010-5555-6666,,정회원,대구,2020-01-01,,,,,,,,"))

    member = Member.objects.get(name="임꺽정")
    assert member.user is None
    assert (member.claim.email, member.claim.phone) == ("", "+821055556666")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (",010-1111-2222,,정회원,부산,2019-05-03,,,,,,,,", "no_name"),
        ("홍길동,010-12,,정회원,부산,2019-05-03,,,,,,,,", "bad_phone"),
        ("홍길동,,hong@,정회원,부산,2019-05-03,,,,,,,,", "bad_email"),
        ("홍길동,,,특별,부산,2019-05-03,,,,,,,,", "unknown_tier"),
        ("홍길동,,,,부산,2019-05-03,,,,,,,,", "no_tier"),
        ("홍길동,,,정회원,광주,2019-05-03,,,,,,,,", "unknown_branch"),
        ("홍길동,,,정회원,,2019-05-03,,,,,,,,", "no_branch"),
        ("홍길동,,,정회원,부산,,,,,,,,,", "no_joined_on"),
        ("홍길동,,,정회원,부산,옛날,,,,,,,,", "bad_date"),
        ("홍길동,,,정회원,부산,2026-11-26,,,,,,,,", "joined_in_future"),
        ("홍길동,,,정회원,부산,2019-05-03,2018,,,,,,,", "paid_before_joining"),
        ("홍길동,,,정회원,부산,2019-05-03,2028,,,,,,,", "paid_in_future"),
        ("홍길동,,,정회원,부산,2019-05-03,작년,,,,,,,", "bad_year"),
        ("홍길동,,,정회원,부산,2019-05-03,,,,,,,,탈퇴", "has_left"),
        ("홍길동,,,정회원,부산,2019-05-03,,1234567890123,,,,,,", "too_long"),
        ("홍길동,,,법인,부산,2019-05-03,,,,새회사,,,,", "no_business_number"),
        ("홍길동,,,법인,부산,2019-05-03,,,123-45-67890,새회사,,,,", "bad_business_number"),
        ("홍길동,,regular@example.test,정회원,부산,2019-05-03,,,,,,,,", "email_taken"),
        ("홍길동,,account@example.test,정회원,부산,2019-05-03,,,,,,,,", "email_taken"),
    ],
)
def test_faulty_row_is_told_and_kept_out(cast, line, code):
    imported = check(cast, line)

    assert verdicts(imported) == [Verdict.FAULTY]
    assert code in codes(imported)
    with pytest.raises(Refused):
        actions.apply_import(imported, leaves_out=True, by=cast.head_office)


def test_today_is_a_day_to_join_until_midnight_in_seoul(cast):
    line = "홍길동,,,정회원,부산,2026-11-26,,,,,,,,"
    with time_machine.travel("2026-11-25T14:59:59Z", tick=False):
        assert verdicts(check(cast, line)) == [Verdict.FAULTY]
    with time_machine.travel("2026-11-25T15:00:00Z", tick=False):
        assert verdicts(check(cast, line)) == [Verdict.NEW_PERSON]


def test_year_column_of_its_own_counts_as_paid(cast):
    head = "성명,이메일,회원구분,지부,입회일,2024년,2025회비"
    write(check(cast, "홍길동,h@example.test,정회원,부산,2024-06-01,○,미납", head=head))

    assert list(
        Period.objects.filter(member__name="홍길동").values_list("starts_on", "ends_on")
    ) == [(date(2024, 6, 1), date(2024, 12, 31))]


@pytest.mark.parametrize(
    ("joined", "years", "days"),
    [
        ("2024-05-03", "2025", [(date(2025, 5, 3), date(2026, 5, 2))]),
        (
            "2024-02-29",
            "2026~2027",
            [(date(2026, 3, 1), date(2027, 2, 28)), (date(2027, 3, 1), date(2028, 2, 28))],
        ),
    ],
)
def test_years_of_a_tier_by_anniversary_begin_on_the_day_of_joining(cast, joined, years, days):
    Tier.objects.filter(pk=cast.regular_tier.pk).update(dues_basis="anniversary")
    line = f"홍길동,010-1111-2222,,정회원,부산,{joined},{years},,,,,,,"
    write(check(cast, line))

    rows = Period.objects.filter(member__name="홍길동").order_by("starts_on")
    assert list(rows.values_list("starts_on", "ends_on")) == days
    assert verdicts(check(cast, line)) == [Verdict.SAME]


def test_number_is_kept_when_nobody_has_it_and_the_counter_moves_past(cast):
    taken = cast.regular_member.number  # 20-…
    write(
        check(
            cast,
            "하나,010-1111-0001,,정회원,부산,2025-01-01,,25-00041,,,,,,",
            f"둘,010-1111-0002,,정회원,부산,2025-01-01,,{taken},,,,,,",
            "셋,010-1111-0003,,정회원,부산,2025-01-01,,25-00041,,,,,,",
            "넷,010-1111-0004,,정회원,부산,2019-01-01,,A-7,,,,,,",
        )
    )

    numbers = dict(
        Member.objects.filter(name__in=["하나", "둘", "셋", "넷"]).values_list("name", "number")
    )
    assert numbers == {"하나": "25-00041", "둘": "25-00042", "셋": "25-00043", "넷": "A-7"}
    assert Counter.objects.get(kind="member", year=2025).value == 43
    with transaction.atomic():
        assert next_number("member", 2025) == 44


def test_same_name_with_other_contacts_is_kept_apart(cast):
    imported = check(
        cast,
        "김민준,010-1111-0001,kim1@example.test,정회원,부산,2020-01-01,,,,,,,,",
        "김민준,010-1111-0002,kim2@example.test,정회원,부산,2020-01-01,,,,,,,,",
    )

    assert verdicts(imported) == [Verdict.NEW_PERSON, Verdict.NEW_PERSON]


def test_certain_twin_is_merged_on_request(cast):
    imported = check(
        cast,
        "김민준,010-1111-0001,kim@example.test,정회원,부산,2020-01-01,2024,,,,,,,",
        "김민준,010-1111-0001,kim@example.test,정회원,부산,2020-01-01,2024 2025,,,,,,,",
        "김민준,010-1111-0001,,정회원,부산,2020-01-01,2023,,,,,,,",
    )
    assert verdicts(imported) == [Verdict.NEW_PERSON, Verdict.LIKELY, Verdict.LIKELY]
    twin = imported.checked.get(line=3)
    with pytest.raises(Refused):
        actions.apply_import(imported, leaves_out=False, by=cast.head_office)
    with pytest.raises(Refused):
        actions.choose(imported, twin, Choice.APART)

    assert actions.merge_certain(imported) == 2
    write(imported)

    years = Member.objects.get(name="김민준").periods.values_list("starts_on__year", flat=True)
    assert sorted(years) == [2023, 2024, 2025]


@pytest.mark.parametrize(("choice", "members"), [("merge", 1), ("apart", 2), ("skip", 1)])
def test_likely_twin_becomes_what_is_chosen(cast, choice, members):
    imported = check(
        cast,
        "김민준,010-1111-0001,kim1@example.test,정회원,부산,2020-01-01,2024,,,,,,,",
        "김민준,010-1111-0001,kim2@example.test,정회원,부산,2020-01-01,2025,,,,,,,",
    )
    actions.choose(imported, imported.checked.get(line=3), choice)

    write(imported, leaves_out=True)

    found = Member.objects.filter(name="김민준")
    assert found.count() == members
    periods = Period.objects.filter(member__in=found)
    assert periods.count() == (1 if choice == "skip" else 2)


def test_likely_member_is_merged_into_the_one_who_is_there(cast):
    cast.regular.phone = "+821077770000"
    cast.regular.save()
    name = cast.regular_member.name
    imported = check(
        cast, f"{name},010-7777-0000,new@example.test,정회원,부산,2020-01-01,2022,,,,,,,"
    )
    assert verdicts(imported) == [Verdict.LIKELY]
    actions.choose(imported, imported.checked.get(), Choice.MERGE)

    write(imported)

    assert Member.objects.filter(name=name).count() == 1
    assert cast.regular_member.periods.filter(starts_on=date(2022, 1, 1)).exists()
    assert not User.objects.filter(email="new@example.test").exists()


def test_email_of_another_name_in_the_file_is_a_fault(cast):
    imported = check(
        cast,
        "홍길동,,same@example.test,정회원,부산,2020-01-01,,,,,,,,",
        "임꺽정,,same@example.test,정회원,부산,2020-01-01,,,,,,,,",
    )

    assert verdicts(imported) == [Verdict.NEW_PERSON, Verdict.FAULTY]


def test_member_who_is_there_gains_years_and_what_was_empty(cast):
    name, email = cast.regular_member.name, cast.regular.email
    imported = check(
        cast,
        f"{name},010-7777-0000,{email},정회원,대구,2020-01-01,2021 2026,,,,,해운대로 1,48058,",
    )
    assert verdicts(imported) == [Verdict.UPDATE]
    assert codes(imported) == ["adds_years", "adds_phone", "adds_address", "other_branch"]

    write(imported)

    member = Member.objects.get(pk=cast.regular_member.pk)
    assert (member.branch, member.address) == (cast.busan, "(48058) 해운대로 1")
    assert member.user.phone == "+821077770000"
    assert member.periods.filter(starts_on__year=2021).count() == 1
    assert member.periods.filter(starts_on__year=2026).count() == 1
    latest = member.register_entries.order_by("-pk")[0]
    assert (latest.kind, latest.on, latest.address) == ("details", TODAY, "(48058) 해운대로 1")


def test_an_address_that_is_new_to_a_member_is_told_and_not_lost(cast):
    """A second list, with the addresses that the first one lacked."""
    write(check(cast, "임꺽정,010-5555-6666,,정회원,대구,2020-01-01,2025,,,,,,,"))
    line = "임꺽정,010-5555-6666,lim@example.test,정회원,대구,2020-01-01,2025,,,,,,,"
    imported = check(cast, line)

    assert verdicts(imported) == [Verdict.SAME]
    assert codes(imported) == ["other_email"]
    [told_of] = told(imported.checked.get().remarks)
    assert "lim@example.test" in told_of
    number = Member.objects.get(name="임꺽정").number
    moved = f"임꺽정,010-9999-9999,,정회원,대구,2020-01-01,2025,{number},,,,,,"
    assert codes(check(cast, moved)) == ["other_phone"]


def test_account_without_membership_becomes_the_members(cast):
    imported = write(check(cast, "account,,account@example.test,정회원,부산,2020-01-01,,,,,,,,"))

    assert cast.account.memberships.get().status == "active"
    assert not imported.claims.exists()  # in use already
    assert imported.result["accounts"] == 0


def test_second_run_changes_nothing(cast):
    lines = [PERSON, "임꺽정,010-5555-6666,,정회원,대구,2020-01-01,2025,,,,,,,"]
    write(check(cast, *lines))
    before = Member.objects.count(), Period.objects.count(), User.objects.count()

    again = check(cast, *lines)

    assert verdicts(again) == [Verdict.SAME, Verdict.SAME]
    with pytest.raises(Refused):
        actions.apply_import(again, leaves_out=True, by=cast.head_office)
    assert (Member.objects.count(), Period.objects.count(), User.objects.count()) == before


def test_branch_imports_for_itself_only(cast):
    imported = check(
        cast,
        "홍길동,,h@example.test,정회원,부산,2020-01-01,,,,,,,,",
        "임꺽정,,i@example.test,정회원,대구,2020-01-01,,,,,,,,",
        "lapsed,,lapsed@example.test,정회원,부산,2020-01-01,,,,,,,,",
        by=cast.officer,
        branch=cast.busan,
    )

    assert verdicts(imported) == [Verdict.NEW_PERSON, Verdict.FAULTY, Verdict.FAULTY]
    assert codes(imported, 3) == ["foreign_branch"]
    assert codes(imported, 4) == ["member_elsewhere"]


# What nobody may bring for themselves -------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "officer,,officer@example.test,정회원,부산,2012-01-02,평생,,,,,,,",
        "다른이름,,second@example.test,정회원,부산,2012-01-02,평생,,,,,,,",
        "officer,010-7777-0000,new@example.test,정회원,부산,2012-01-02,평생,,,,,,,",
        "officer,,officer@example.test,법인,부산,2020-01-01,2026,,123-45-67891,㈜새회사,,,,",
    ],
)
def test_nobody_brings_themselves(cast, line):
    officer = cast.officer
    User.objects.filter(pk=officer.pk).update(
        name="officer", email="officer@example.test", phone="+821077770000"
    )
    officer.refresh_from_db()
    officer.emailaddress_set.create(email="second@example.test", verified=True)

    imported = check(cast, line, PERSON, by=officer, branch=cast.busan)

    assert verdicts(imported) == [Verdict.FAULTY, Verdict.NEW_PERSON]
    assert codes(imported) == ["own_row"]
    assert "직접 가져올 수 없습니다" in told(imported.checked.get(line=2).remarks)[0]
    write(imported, leaves_out=True)
    assert not Member.objects.filter(user=officer).exists()


def test_member_who_brings_a_file_is_recognised_in_it(cast):
    member = factories.make_member(
        user=cast.officer, branch=cast.busan, number="20-00077", tier=cast.regular_tier
    )
    name = member.name
    imported = check(
        cast,
        f"{name},,new@example.test,정회원,부산,2020-01-01,2027,20-00077,,,,,,",
        f"{name},,,정회원,부산,2020-01-01,,,,,,,,",
        f"{name},,third@example.test,정회원,부산,2020-01-01,2027,,,,,,,",
        by=cast.officer,
        branch=cast.busan,
    )

    assert verdicts(imported) == [Verdict.FAULTY, Verdict.LIKELY, Verdict.LIKELY]
    assert codes(imported, 3)[-1] == "own_if_merged"
    assert codes(imported, 4) == ["like_line", "own_if_merged"]
    for row in imported.checked.filter(line__in=[3, 4]):
        with pytest.raises(Refused, match="합칠 수 없습니다"):
            actions.choose(imported, row, Choice.MERGE)
        actions.choose(imported, row, Choice.SKIP)


def test_nobody_applies_a_file_in_which_they_are(cast, login):
    officer = cast.officer
    imported = check(
        cast,
        f"{officer.name},,{officer.email},정회원,부산,2020-01-01,,,,,,,,",
        branch=cast.busan,
    )
    with pytest.raises(Refused, match="2행"):
        actions.apply_import(imported, leaves_out=True, by=officer)
    answer = login("officer").post(f"{imported.get_absolute_url()}apply/", {"leaves_out": "on"})
    assert answer.status_code == 422
    assert "2행은 본인이나" in answer.content.decode()

    write(imported)
    assert Member.objects.get(user=officer).status == "active"


def test_nobody_applies_years_of_their_own_membership(cast):
    member = factories.make_member(user=cast.officer, branch=cast.busan, tier=cast.regular_tier)
    name, email = member.name, cast.officer.email
    lines = [
        f"{name},,,정회원,부산,2020-01-01,,,,,,,,",
        f"{name},,other@example.test,정회원,부산,2020-01-01,2024,,,,,,,",
    ]
    imported = check(cast, *lines, branch=cast.busan)
    assert verdicts(imported) == [Verdict.LIKELY, Verdict.LIKELY]
    actions.choose(imported, imported.checked.get(line=2), Choice.SKIP)
    actions.choose(imported, imported.checked.get(line=3), Choice.MERGE)
    with pytest.raises(Refused, match="3행"):
        actions.apply_import(imported, leaves_out=True, by=cast.officer)

    imported = check(cast, f"{name},,{email},정회원,부산,2020-01-01,2024,,,,,,,", branch=cast.busan)
    assert verdicts(imported) == [Verdict.UPDATE]
    with pytest.raises(Refused, match="2행"):
        actions.apply_import(imported, leaves_out=True, by=cast.officer)


def test_branch_adds_no_paid_years_to_a_member_who_is_there(cast):
    name, email = cast.regular_member.name, cast.regular.email
    years = f"{name},,{email},정회원,부산,2020-01-01,2021,,,,,,,"
    phone = f"{name},010-7777-0000,{email},정회원,부산,2020-01-01,,,,,,,,"
    by_branch = {"by": cast.officer, "branch": cast.busan}

    imported = check(cast, years, phone, PERSON, **by_branch)

    assert verdicts(imported) == [Verdict.FAULTY, Verdict.UPDATE, Verdict.NEW_PERSON]
    assert codes(imported) == ["years_of_member"]
    write(imported, leaves_out=True)
    assert not cast.regular_member.periods.filter(starts_on=date(2021, 1, 1)).exists()
    assert Member.objects.get(name="홍길동").periods.count() == 2
    by_office = check(cast, years, branch=cast.busan)
    assert verdicts(by_office) == [Verdict.UPDATE]
    # What the columns mean is said by a branch: its word counts no more than its file.
    actions.check_import(
        by_office,
        mapping=by_office.mapping,
        values=by_office.values,
        defaults={},
        by=cast.officer,
    )
    batches.run_all()
    assert codes(by_office) == ["years_of_member"]


def test_branch_merges_no_paid_years_into_a_member_who_is_there(cast):
    name = cast.regular_member.name
    imported = check(
        cast,
        f"{name},,,정회원,부산,2020-01-01,,,,,,,,",
        f"{name},,n@example.test,정회원,부산,2020-01-01,2021,,,,,,,",
        f"{name},,n@example.test,정회원,부산,2020-01-01,2022,,,,,,,",
        f"{name},,,정회원,부산,2020-01-01,2023,,,,,,,",
        by=cast.officer,
        branch=cast.busan,
    )

    assert verdicts(imported) == [Verdict.LIKELY] * 4
    barred = [line for line in range(2, 6) if "years_if_merged" in codes(imported, line)]
    assert barred == [3, 4, 5]
    assert actions.merge_certain(imported) == 0
    for row in imported.checked.filter(line__in=barred):
        with pytest.raises(Refused, match="합칠 수 없습니다"):
            actions.choose(imported, row, Choice.MERGE)
    actions.choose(imported, imported.checked.get(line=2), Choice.MERGE)


def test_expelled_person_is_held_back(cast):
    Member.objects.filter(pk=cast.lapsed_member.pk).update(status="expelled")

    imported = check(cast, "lapsed,,lapsed@example.test,정회원,부산,2020-01-01,,,,,,,,")

    assert codes(imported) == ["expelled"]


def test_nothing_is_written_when_something_changed_since_the_check(cast):
    imported = check(cast, PERSON, "임꺽정,010-5555-6666,,정회원,대구,2020-01-01,,,,,,,,")
    factories.make_user("홍길동", email="hong@example.test")

    write(imported)

    assert (imported.status, imported.batch.status) == ("checked", "failed")
    assert not Member.objects.filter(name__in=["홍길동", "임꺽정"]).exists()


def test_all_or_nothing(cast, monkeypatch):
    imported = check(cast, PERSON)

    def killed(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(whole, "write_claims", killed)
    actions.apply_import(imported, leaves_out=False, by=cast.head_office)
    with pytest.raises(KeyboardInterrupt):
        batches.run_all()
    assert not Member.objects.filter(name="홍길동").exists()
    assert not User.objects.filter(email="hong@example.test").exists()
    monkeypatch.undo()

    Batch.objects.filter(pk=imported.batch_id).update(beat_at=clock.now() - timedelta(minutes=5))
    batches.run_all()

    imported.refresh_from_db()
    assert imported.status == "applied"
    assert Member.objects.filter(name="홍길동").count() == 1


@pytest.mark.parametrize("step", ["read", "check"])
def test_step_is_begun_anew_after_a_kill(cast, monkeypatch, step):
    lines = [f"홍길{i},,h{i}@example.test,정회원,부산,2020-01-01,,,,,,,," for i in range(5)]
    monkeypatch.setattr(staging, "PIECE", 2)
    monkeypatch.setattr(staging.pieces, "__defaults__", (2,))
    what = "keep_lines" if step == "read" else "keep_drafts"
    kept, calls = getattr(staging, what), []

    def dying(*args):
        kept(*args)
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(staging, what, dying)
    with pytest.raises(KeyboardInterrupt):
        check(cast, *lines)
    Batch.objects.filter(status="running").update(beat_at=clock.now() - timedelta(minutes=5))
    batches.run_all()

    imported = Import.objects.get()
    assert imported.lines.count() == 5
    if step == "read":
        check_again(cast, imported)
    imported.refresh_from_db()
    assert (imported.status, imported.counts) == ("checked", {"person": 5})


def test_stopped_work_can_be_taken_up_again(cast):
    imported = read(cast, PERSON)
    actions.check_import(imported, mapping=imported.mapping, values={}, defaults={}, by=imported.by)
    batches.cancel(imported.batch)

    assert check_again(cast, imported).status == "checked"


def test_file_with_a_title_above_its_headings(cast):
    imported = read(
        cast, "성명,이메일,회원구분", "홍길동,h@example.test,정회원", head="2026년 회원명부,,"
    )

    assert (imported.headings, imported.rows) == (["성명", "이메일", "회원구분"], 1)
    assert imported.lines.get().line == 3


def test_same_headings_are_read_the_same_way_again(cast):
    first = read(cast, PERSON)
    first.mapping[first.headings.index("대표자")] = ""
    check_again(cast, first)
    order = ",".join(reversed(HEAD.split(",")))

    second = read(cast, ",,,,,,,2020-01-01,부산,정회원,,,홍길동", head=order)

    assert second.mapping[second.headings.index("대표자")] == ""
    assert second.mapping[second.headings.index("성명")] == "name"
    assert second.values["branch"] == {"부산": cast.busan.pk, "대구": cast.daegu.pk}
    other = read(cast, PERSON, branch=cast.daegu, by=cast.other_officer)
    assert other.values == {}


# Taking back --------------------------------------------------------------------------------------


def test_a_paper_that_was_issued_keeps_an_import_from_being_taken_back(cast):
    imported = write(check(cast, PERSON))
    member = Member.objects.get(name="홍길동")
    paper = actions.issue_paper(
        member,
        Document.Kind.DUES,
        holder=member.user,
        language="ko",
        by=cast.head_office,
    )
    assert [line["title"] for line in paper.facts["lines"]] == ["2024년 연회비", "2025년 연회비"]
    with pytest.raises(Refused, match="문서"):
        undo(imported)
    actions.void_paper(paper, reason="다른 파일", by=cast.head_office)
    undo(imported)
    assert Period.objects.valid().filter(member=member).count() == 0


def test_a_year_that_an_import_calls_paid_closes_what_is_open(cast):
    """And opens it again when the import is taken back."""
    member = factories.make_member(
        factories.make_user("임꺽정", email="lim@example.test", phone="+821033334444"),
        tier=cast.regular_tier,
        branch=cast.busan,
        paid_until=date(2025, 12, 31),
    )
    actions.assess(year=2026, by=cast.head_office)
    owed = Balance.objects.get(member=member)
    assert owed.open == 100_000
    row = f"임꺽정,010-3333-4444,lim@example.test,정회원,부산,2020-01-01,2026,{member.number},,,,,,"
    imported = write(check(cast, row))
    owed.refresh_from_db()
    assert owed.open == 0 and balances_are_counted() == []
    undo(imported)
    owed.refresh_from_db()
    assert owed.open == 100_000 and balances_are_counted() == []


def undo(imported: Import) -> Import:
    actions.undo_import(imported, reason="다른 파일이었습니다", by=imported.by)
    batches.run_all()
    imported.refresh_from_db()
    return imported


def test_import_is_taken_back(cast, standing):
    checked = check(
        cast,
        PERSON,
        f"{cast.regular_member.name},,{cast.regular.email},정회원,부산,2020-01-01,2021,,,,,,,",
    )
    standing.shift(60)
    imported = write(checked)
    actions.send_invitations(imported, by=cast.head_office)
    batches.run_all()

    undo(imported)

    member = Member.objects.get(name="홍길동")
    assert (imported.status, member.status, member.user) == ("undone", "voided", None)
    assert not User.objects.filter(email="hong@example.test").exists()
    assert not member.periods.valid().exists()
    assert list(member.register_entries.order_by("pk").values_list("kind", "on")) == [
        ("joined", date(2019, 5, 3)),
        ("voided", date(2019, 5, 3)),
    ]
    assert register.as_of(date(2020, 1, 1)).get(member=member).status == "voided"
    assert not cast.regular_member.periods.valid().filter(starts_on__year=2021).exists()
    assert cast.regular_member.periods.valid().exists()
    assert verdicts(check(cast, PERSON)) == [Verdict.NEW_PERSON]


@pytest.mark.django_db(transaction=True)
def test_an_account_on_which_something_rests_stays_and_ends_nothing_else(cast):
    """Somebody of the list was given an office meanwhile: the work comes to its end."""
    lines = [f"홍길{i},,h{i}@example.test,정회원,부산,2020-01-01,2025,,,,,,," for i in range(3)]
    imported = write(check(cast, *lines))
    factories.appoint(User.objects.get(email="h1@example.test"), "secretariat", cast.busan)

    undo(imported)

    assert imported.batch.status == "done"
    assert Member.objects.filter(name__startswith="홍길", status="voided").count() == 3
    left = User.objects.filter(email__in=["h0@example.test", "h1@example.test", "h2@example.test"])
    assert [user.email for user in left] == ["h1@example.test"]


def test_a_case_on_its_way_ends_with_the_import(cast):
    """As where a branch closes next week and takes its imported members along."""
    imported = write(check(cast, PERSON))
    member = Member.objects.get(name="홍길동")
    case = actions.move_for_closing(
        member.pk,
        to_branch=cast.daegu,
        moves_on=TODAY + timedelta(days=7),
        basis="이사회",
        by=cast.head_office,
    )

    undo(imported)

    case.refresh_from_db()
    assert case.status == "dropped"
    with time_machine.travel("2026-12-03T03:00:00Z", tick=False):
        assert actions.move_due() == 0
    assert member.register_entries.count() == 2


def test_import_is_not_taken_back_a_day_later(cast):
    imported = write(check(cast, PERSON))
    with (
        time_machine.travel("2026-11-26T03:00:01Z", tick=False),
        pytest.raises(Refused) as refused,
    ):
        actions.undo_import(imported, reason="x", by=cast.head_office)
    assert len(refused.value.reasons) == 1
    assert Member.objects.get(name="홍길동").status == "active"


def test_import_is_not_taken_back_once_built_upon(cast):
    imported = write(check(cast, PERSON))
    member = Member.objects.get(name="홍길동")
    User.objects.filter(pk=member.user_id).update(last_login=clock.now())
    order = actions.renew(member, by=member.user)
    assert Renewal.objects.filter(order=order).exists()

    with pytest.raises(Refused) as refused:
        actions.undo_import(imported, reason="x", by=cast.head_office)

    assert len(refused.value.reasons) == 2


# Keeping and deleting -----------------------------------------------------------------------------


def test_file_and_rows_go_a_week_after_the_end(cast):
    imported = write(check(cast, PERSON))
    path = imported.file.name
    assert actions.purge_imports() == 0
    assert imported.file.storage.exists(path)

    with time_machine.travel("2026-12-02T03:00:01Z", tick=False):
        assert actions.purge_imports() == 1
        assert actions.purge_imports() == 0

    assert not imported.file.storage.exists(path)
    assert not ImportLine.objects.exists()
    assert not ImportRow.objects.exists()
    imported.refresh_from_db()
    assert (imported.samples, bool(imported.file)) == ([], False)
    assert imported.claims.count() == 1


def test_forgotten_file_is_given_up(cast):
    imported = read(cast, PERSON)
    with time_machine.travel("2026-12-26T03:00:00Z", tick=False):
        actions.purge_imports()
    imported.refresh_from_db()
    assert imported.status == "abandoned"


# Pages --------------------------------------------------------------------------------------------


def test_whole_way_over_http(cast, login):
    client = login("head_office")
    content = "\n".join([HEAD, PERSON, "임꺽정,010-1,,정회원,부산,2020-01-01,,,,,,,,"])
    answer = client.post(
        reverse("members_staff:imports"),
        {"file": SimpleUploadedFile("명부.csv", content.encode("cp949")), "branch": cast.hq.pk},
    )
    url = answer.url
    assert 'http-equiv="refresh"' in client.get(url).content.decode()
    batches.run_all()
    columns = f"{url}columns/"
    page = client.get(columns)
    form = page.context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    data["tier_0"], data["branch_0"] = cast.regular_tier.pk, cast.busan.pk
    assert client.post(columns, data).url == url
    batches.run_all()
    report = client.get(url).content.decode()
    assert "휴대전화" in report or "010-1" in report
    assert client.post(f"{url}apply/", {}).status_code == 422
    assert client.post(f"{url}apply/", {"leaves_out": "on"}).status_code == 302
    batches.run_all()
    assert Member.objects.get(name="홍길동").user.email == "hong@example.test"
    faulty = client.get(f"{url}faulty.xlsx")
    sheet = load_workbook(io.BytesIO(b"".join(faulty.streaming_content))).active
    rows = [[cell.value for cell in row] for row in sheet]
    assert rows[0][1:-1] == HEAD.split(",")
    assert (rows[1][0], rows[1][1]) == (3, "임꺽정")
    assert "010-1" in rows[1][-1]


def test_mapping_says_at_the_field_what_is_wrong(cast, login):
    imported = read(cast, PERSON)
    url = reverse("members_staff:import-columns", args=[imported.uuid])
    client = login("head_office")
    form = client.get(url).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    data["column_1"] = "name"

    answer = client.post(url, data)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["column_1"]


def test_wrong_file_is_refused_at_the_field(cast, login):
    answer = login("head_office").post(
        reverse("members_staff:imports"),
        {
            "file": SimpleUploadedFile("명부.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(99)),
            "branch": cast.hq.pk,
        },
    )
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["file"]
    assert not Import.objects.exists()


def test_officer_cannot_bring_a_file_for_another_branch(cast, login):
    answer = login("officer").post(
        reverse("members_staff:imports"),
        {"file": SimpleUploadedFile("a.csv", b"a,b\n1,2\n"), "branch": cast.daegu.pk},
    )
    assert list(answer.context["form"].errors) == ["branch"]


@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_a_constant_number_of_queries(cast, login, django_assert_num_queries, count):
    lines = [f"홍길{i},,h{i}@example.test,정회원,부산,2020-01-01,,,,,,,," for i in range(count)]
    imported = write(check(cast, *lines))
    for _ in range(count - 1):
        read(cast, *lines)
    client = login("head_office")
    for url, queries in [
        (reverse("members_staff:imports"), 6),
        (imported.get_absolute_url(), 7),
        (reverse("members_staff:claims", args=[imported.uuid]), 10),
    ]:
        client.get(url)
        with django_assert_num_queries(queries):
            client.get(url)


def test_looks_at_rows_are_recorded(cast, login):
    imported = check(
        cast, f"{cast.regular_member.name},,{cast.regular.email},정회원,부산,2020-01-01,,,,,,,,"
    )
    login("head_office").get(imported.get_absolute_url())

    entry = Entry.objects.filter(verb="privacy.view").latest("pk")
    assert entry.subjects == [cast.regular.pk]


def test_address_that_an_owner_has_proven_is_theirs(cast):
    cast.account.emailaddress_set.create(email="second@example.test", verified=True)

    imported = check(
        cast,
        "account,,second@example.test,정회원,부산,2020-01-01,,,,,,,,",
        "다른이,,second@example.test,정회원,부산,2020-01-01,,,,,,,,",
    )

    assert codes(imported) == ["has_account"]
    assert codes(imported, 3) == ["email_in_file", "email_taken"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_write_a_file_once(cast):
    """One was taken for dead and is not: both write, and one of them finds it done."""
    imported = check(cast, PERSON)
    actions.apply_import(imported, leaves_out=False, by=cast.head_office)
    Batch.objects.filter(pk=imported.batch_id).update(status="running", tries=1)
    gate = threading.Barrier(2, timeout=20)

    def write_it(_number):
        try:
            work = batches.Work(Batch.objects.select_related("by").get(pk=imported.batch_id))
            gate.wait()
            actions_imports.write_rows(work)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write_it, range(2)))

    imported.refresh_from_db()
    assert imported.status == "applied"
    assert Member.objects.filter(name="홍길동").count() == 1
    assert Period.objects.filter(member__name="홍길동").count() == 2
    assert Entry.objects.filter(verb="members.import_member").count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_export_takes_a_constant_number_of_queries(cast, login, django_assert_num_queries, count):
    lines = [f"홍길{i},,h{i}@example.test,정회원,부산,2020-01-01,2025,,,,,,," for i in range(count)]
    write(check(cast, *lines))
    client, url = login("head_office"), reverse("members_staff:members-export") + "?q=홍길"
    asked = {"reason": "총회 소집통지 발송", "format": "xlsx"}
    b"".join(client.post(url, asked).streaming_content)

    with django_assert_num_queries(11):
        answer = client.post(url, asked)
        rows = list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active)

    assert len(rows) == 1 + count
    assert [cell.value for cell in rows[1]][1:9] == [
        "홍길0",
        None,
        None,
        "h0@example.test",
        "regular 회원",
        "busan 지부",
        datetime(2020, 1, 1),  # noqa: DTZ001 - a day, as a workbook keeps it
        "2025",
    ]


def test_numbers_are_given_out_anew_when_somebody_joined_meanwhile(cast, monkeypatch):
    imported = check(cast, "하나,010-1111-0001,,정회원,부산,2025-01-01,,,,,,,,")
    move, calls = whole.move_counters, []

    def joined_first(plan):
        if not calls:
            calls.append(1)
            next_number("member", 2025)
            factories.make_member(number="25-00001")
        move(plan)

    monkeypatch.setattr(whole, "move_counters", joined_first)
    # What happens inside is undone with the attempt, so the rival is written anew after it.
    give = writing.give_numbers

    def give_after(row):
        if calls:
            with transaction.atomic():
                Counter.objects.update_or_create(kind="member", year=2025, defaults={"value": 7})
        return give(row)

    monkeypatch.setattr(writing, "give_numbers", give_after)
    write(imported)

    assert Member.objects.get(name="하나").number == "25-00008"
    assert Counter.objects.get(kind="member", year=2025).value == 8

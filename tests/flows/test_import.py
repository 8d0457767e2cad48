"""A secretariat brings its list along, a member comes to their account; and the export, brought
into an empty association, makes the same members again."""

import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from kosna.accounts.models import User
from kosna.core import batches
from kosna.mail import post
from kosna.mail.models import Message
from members.models import Import, Member, Seat
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
LIST = """성명,휴대폰,E-mail,회원구분,지부,입회일,2025년,2026년,상호,사업자번호,대표자,우편번호,주소
홍길동,010-1111-2222,hong@example.test,regular 회원,busan 지부,2019-05-03,O,O,,,,48058,해운대로 1
임꺽정,010-5555-6666,,regular 회원,busan 지부,2020-01-02,O,,,,,,
임꺽정,010-55,,regular 회원,busan 지부,2020-01-02,O,,,,,,
담당이,010-3333-4444,desk@example.test,company 회원,hq 지부,2021-02-03,,O,새회사,1234567891,대표님,,
"""


def bring(office, content: bytes, name: str, branch, *, leaves_out: bool = False) -> Import:
    """From the file to the written members, by what the pages offer."""
    url = bring_to_the_check(office, content, name, branch).get_absolute_url()
    office.open(url)
    if leaves_out:
        office.press("apply/", leaves_out=True)
    else:
        office.press("apply/")
    batches.run_all()
    office.open(url)
    return Import.objects.latest("pk")


def test_list_becomes_members_who_come_to_their_accounts(enter, people):
    office = enter("head_office")
    imported = bring(office, LIST.encode("cp949"), "명부.csv", people.hq, leaves_out=True)
    assert imported.result["members"] == 3
    assert imported.result["left_out"] == 1

    office.open(f"{imported.get_absolute_url()}accounts/").press("invite/")
    batches.run_all()
    [mail] = Message.objects.filter(template="member_invitation", to="hong@example.test")
    link = re.search(r"https?://\S+(/members/claim/\S+/)", post.render(mail)[1])[1]
    member = enter()
    member.open(link).press("born_on", born_on="1990-01-01", agrees_to_terms=True)
    assert member.url == "/me/"
    assert "2026" in member.text
    assert "링크" in enter().open(link).text

    office.open(f"{imported.get_absolute_url()}accounts/?state=claimed")
    assert "홍길동" in office.text
    assert "임꺽정" not in office.text


def test_import_is_taken_back(enter, people):
    office = enter("officer")
    content = "\n".join(LIST.splitlines()[:2]).encode()
    imported = bring(office, content, "명부.csv", people.busan)

    office.press("undo/", reason="다른 지부의 명부였습니다")
    batches.run_all()

    imported.refresh_from_db()
    assert imported.status == "undone"
    assert Member.objects.get(name="홍길동").status == "voided"
    assert not User.objects.filter(email="hong@example.test").exists()


def days_of(member: Member) -> list[tuple[date, date | None]]:
    """The paid days, those of years that follow on one another as one."""
    days: list[tuple[date, date | None]] = []
    for period in member.periods.valid().order_by("starts_on"):
        if days and days[-1][1] == period.starts_on - timedelta(days=1):
            days[-1] = (days[-1][0], period.ends_on)
        else:
            days.append((period.starts_on, period.ends_on))
    return days


def facts() -> list[tuple]:
    """What an export and an import carry of every member."""
    return sorted(
        (
            member.number,
            member.name,
            member.tier.code,
            member.branch.code,
            member.joined_on,
            member.address,
            member.user.email if member.user else "",
            member.user.phone if member.user else "",
            member.organisation.business_number if member.organisation else "",
            member.organisation.representative if member.organisation else "",
            [seat.user.email for seat in member.seat_rows.filter(role=Seat.Role.CONTACT)],
            days_of(member),
        )
        for member in Member.objects.active().select_related("tier", "branch", "user")
    )


def empty_the_association() -> None:
    """No members, and no accounts but the desk's: the guards of append-only rows do not watch
    TRUNCATE, and SQLite's against DELETE are taken away for tests."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("TRUNCATE members_member, members_organisation CASCADE")
        else:
            for table in ("registerentry", "period", "seat", "claim", "member", "organisation"):
                cursor.execute(f"DELETE FROM members_{table}")  # noqa: S608 - of this list
    User.objects.filter(appointments=None, batches=None).delete()


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_export_makes_the_same_members_again(enter, people, kind):
    office = enter("head_office")
    bring(office, LIST.encode(), "명부.csv", people.hq, leaves_out=True)
    rolling = factories.make_tier("rolling", dues_basis="anniversary")
    turns = factories.make_member(tier=rolling, paid_until=None, joined_on=date(2024, 5, 3))
    for year in (2024, 2025, 2026):
        turns.periods.create(tier=rolling, starts_on=date(year, 5, 3), ends_on=date(year + 1, 5, 2))
    lifelong = factories.make_tier("lifetime", is_for_life=True)
    factories.make_member(tier=lifelong, paid_until=None).periods.create(
        tier=lifelong, starts_on=date(2020, 1, 1)
    )
    late = factories.make_member(
        tier=people.regular_tier, paid_until=None, joined_on=date(2023, 3, 2)
    )
    for first, last in [((2023, 3, 2), 2023), ((2025, 6, 10), 2025), ((2026, 11, 3), 2027)]:
        late.periods.create(
            tier=people.regular_tier, starts_on=date(*first), ends_on=date(last, 12, 31)
        )
    factories.make_member(tier=rolling, status="withdrawn", ended_on=date(2026, 1, 1))
    office.open("/staff/members/")
    office.press("export/", reason="다른 포털로 이관", format=kind)
    exported = office.content
    before = facts()
    assert len(before) == 10
    empty_the_association()
    assert not Member.objects.exists()

    imported = bring(office, exported, f"회원.{kind}", people.hq, leaves_out=True)

    assert imported.counts == {"person": 8, "organisation": 2, "faulty": 1}
    assert facts() == before
    again = bring_to_the_check(office, exported, f"회원.{kind}", people.hq)
    assert again.counts == {"same": 10, "faulty": 1}


def bring_to_the_check(office, content: bytes, name: str, branch) -> Import:
    office.open("/staff/imports/")
    office.press("file", file=SimpleUploadedFile(name, content), branch=branch.pk)
    url = office.url
    batches.run_all()
    office.open(f"{url}columns/").press("column_0")
    batches.run_all()
    return Import.objects.latest("pk")

"""What 100,000 members leave behind: orders of dues, papers, cases, offices, a roll of voters."""

import itertools
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

from django.db import connection

from kosna.accounts.models import User
from kosna.branches.models import Appointment, Branch, Proposal, Term
from kosna.core import clock
from kosna.documents.models import Document, about_member
from kosna.payments.models import Order, OrderLine
from members.models import (
    Application,
    Balance,
    Charge,
    CompanyChange,
    DuesNotice,
    Exemption,
    Inspection,
    Member,
    Organisation,
    Period,
    Removal,
    Renewal,
    Seat,
    Tier,
    TierChange,
    Transfer,
)
from tests import factories
from tests.bench.data import make, world
from tests.bench.imports import imported

PAPERS, CASES, OFFICES, COMPANIES = 100_000, 20_000, 5_000, 2_000
TERMS = 400  # of officers, fifty a branch
DUES = 100_000


@cache
def crowd() -> list[tuple[int, int | None]]:
    """(member, account) of each who was imported, with all that stands around them."""
    imported()
    rows = Member.objects.filter(claim__isnull=False).order_by("pk")
    members = list(rows.values_list("pk", "user"))
    _renewals(members[::5])
    _papers(members[:PAPERS])
    _transfers(members[:CASES])
    _tier_changes(members[CASES : 2 * CASES])
    _removals(members[2 * CASES : 3 * CASES])
    _applications(members)
    _offices([user for _pk, user in members[:OFFICES] if user])
    _companies([user for _pk, user in members[-COMPANIES:] if user])
    _inspections([user for _pk, user in members[:COMPANIES] if user])
    _exemptions([pk for pk, _user in members[-COMPANIES:]])
    analyse()
    return members


def analyse() -> None:
    """As autovacuum would, soon after so many rows."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def branches() -> "itertools.cycle[Branch]":
    return itertools.cycle(Branch.objects.order_by("pk"))


def _renewals(members: Iterable[tuple[int, int | None]]) -> None:
    """Paid orders for the year of those who had not paid it when they were imported."""
    year, now, tier = clock.today().year, clock.now(), world().tier
    paid = set(
        Member.objects.paid_through(date(year, 12, 31), begun_by=clock.today()).values_list(
            "pk", flat=True
        )
    )
    owing = [(pk, user) for pk, user in members if pk not in paid]
    orders = make(
        Order(
            payable="members.renewal",
            title_ko=f"{year}년 연회비",
            user_id=user or world().regular.pk,
            buyer_name="김하늘",
            branch=world().hq,
            status=Order.Status.PAID,
            method=Order.Method.BANK,
            total=DUES,
            expires_at=now,
            release_at=now,
            paid_at=now,
        )
        for _pk, user in owing
    )
    lines = make(
        OrderLine(
            order=order,
            kind="dues",
            title_ko="연회비",
            amount=DUES,
            dues_year=year,
            vat_class="none",
        )
        for order in orders
    )
    make(
        Renewal(member_id=pk, order=order, dues_year=year)
        for (pk, _user), order in zip(owing, orders, strict=True)
    )
    make(
        Period(
            member_id=pk,
            line=line,
            tier=tier,
            starts_on=date(year, 1, 1),
            ends_on=date(year, 12, 31),
        )
        for (pk, _user), line in zip(owing, lines, strict=True)
    )


def _papers(members: Iterable[tuple[int, int | None]]) -> None:
    year, now, place = clock.today().year, clock.now(), branches()
    make(
        Document(
            kind=Document.Kind.MEMBERSHIP_CARD,
            year=year,
            number=number,
            key=f"card:{pk}",
            about=about_member(pk),
            name=f"김하늘{number % 1000:03d}",
            subject_id=user,
            branch=next(place),
            language="ko",
            facts={"name": "김하늘"},
            valid_until=date(year, 12, 31),
            issued_at=now,
            file="documents/none.pdf",
        )
        for number, (pk, user) in enumerate(members, 1)
    )


def _transfers(members: Iterable[tuple[int, int | None]]) -> None:
    """One in a hundred waits for the old branch, as many for the new one; the rest have moved."""
    by, now = world().head_office, clock.now()
    busan, daegu = Branch.objects.filter(code__in=["busan", "daegu"]).order_by("code")
    make(
        Transfer(
            member_id=pk,
            from_branch=busan,
            to_branch=daegu,
            status="requested" if number % 100 == 0 else "cleared" if waits else "done",
            reason="이사했습니다.",
            requested_by=by,
            requested_at=now,
            cleared_at=now if number % 100 else None,
            cleared_by=by if number % 100 else None,
            decided_at=None if waits else now,
            decided_by=None if waits else by,
            moves_on=None if waits else clock.today(),
        )
        for number, (pk, _user) in enumerate(members)
        if (waits := number % 100 < 2) in (True, False)
    )


def _tier_changes(members: Iterable[tuple[int, int | None]]) -> None:
    by, asker, now = world().head_office, world().regular, clock.now()
    other = factories.make_tier("associate", annual_dues=30_000)
    make(
        TierChange(
            member_id=pk,
            from_tier=other,
            to_tier=world().tier,
            status="requested" if number % 50 == 0 else "effective",
            requested_by=asker,
            requested_at=now,
            decided_at=now if number % 50 else None,
            decided_by=by if number % 50 else None,
            effective_on=clock.today() if number % 50 else None,
        )
        for number, (pk, _user) in enumerate(members)
    )


def _removals(members: Iterable[tuple[int, int | None]]) -> None:
    by, asker, now = world().head_office, world().regular, clock.now()
    make(
        Removal(
            member_id=pk,
            kind=Removal.Kind.FORFEITURE,
            status="proposed" if number % 50 == 0 else "dropped",
            reason="2년 이상 회비 미납",
            proposed_by=asker,
            decided_at=now if number % 50 else None,
            decided_by=by if number % 50 else None,
        )
        for number, (pk, _user) in enumerate(members)
    )


def _applications(members: Iterable[tuple[int, int | None]]) -> None:
    """Of each who has an account, approved long ago."""
    now, by, place = clock.now(), world().head_office, branches()
    make(
        Application(
            number=f"old-{number:06d}",
            applicant_id=user,
            member_id=pk,
            tier=world().tier,
            branch=next(place),
            status=Application.Status.APPROVED,
            name="김하늘",
            phone="01012345678",
            postcode="08507",
            address="서울특별시 금천구 가산디지털1로 1",
            submitted_at=now - timedelta(minutes=number),
            decided_at=now,
            decided_by=by,
            basis="제1차 이사회",
        )
        for number, (pk, user) in enumerate(members)
        if user
    )


def _offices(people: list[int]) -> None:
    """Proposals of offices, most of them decided, and officers' terms, a tenth about to end."""
    by, asker, now, today = world().head_office, world().regular, clock.now(), clock.today()
    place = branches()
    make(
        Proposal(
            user_id=user,
            branch=next(place),
            role=Appointment.Role.BRANCH_OFFICER,
            valid_from=today,
            status="proposed" if number % 50 == 0 else "confirmed",
            proposed_by=asker,
            decided_at=now if number % 50 else None,
            decided_by=by if number % 50 else None,
        )
        for number, user in enumerate(people)
    )
    make(
        Term(
            branch=next(place),
            title=Term.Title.DIRECTOR,
            name_ko="김하늘",
            valid_from=today - timedelta(days=700),
            valid_to=today + timedelta(days=30 if number % 10 == 0 else 400),
            basis="제10차 총회",
        )
        for number in range(TERMS)
    )


def _companies(people: list[int]) -> None:
    """Companies whose branch has something to confirm; the first has a seat for each of 100."""
    now, place = clock.now(), branches()
    tier = factories.make_tier("company", holder=Tier.Holder.ORGANISATION, seats=1_000)
    firms = make(
        Organisation(
            name=f"㈜회사{number:04d}",
            business_number=f"{number:010d}",
            representative="오세린",
            size=Organisation.Size.SMALL,
        )
        for number in range(len(people))
    )
    members = make(
        Member(
            organisation=firm,
            tier=tier,
            branch=next(place),
            status=Member.Status.ACTIVE,
            number=f"C-{number:06d}",
            joined_on=clock.today() - timedelta(days=900),
            name=firm.name,
            search_text=firm.name,
        )
        for number, firm in enumerate(firms)
    )
    first = members[0]
    make(
        Seat(member=first, user_id=user, role=Seat.Role.STAFF, valid_from=date(2020, 1, 1))
        for user in people[:100]
    )
    make(
        CompanyChange(
            member=member,
            name=member.name,
            business_number=firm.business_number,
            representative="한지호",
            note="대표자가 바뀌었습니다.",
            asked_by_id=user,
            asked_at=now,
        )
        for member, firm, user in zip(members, firms, people, strict=True)
    )


def _inspections(people: list[int]) -> None:
    make(
        Inspection(
            number=f"I-{number:06d}",
            branch=world().hq,
            requester_id=user,
            name="김하늘",
            email="a@example.test",
            purpose="총회 소집을 위하여 열람을 청구합니다.",
            entered_by_id=user,
        )
        for number, user in enumerate(people)
    )


def _exemptions(members: list[int]) -> None:
    year, by = clock.today().year, world().head_office
    make(
        Exemption(member_id=pk, from_year=year + 1, reason="만 65세 이상", granted_by=by)
        for pk in members
    )


def year_before(members: list[tuple[int, int | None]]) -> None:
    """Charges of the year before, all of them paid elsewhere."""
    year, by, tier = clock.today().year - 1, world().head_office, world().tier
    charges = make(
        Charge(
            member_id=pk,
            year=year,
            tier=tier,
            amount=DUES,
            reason=Charge.Reason.ANNUAL,
            starts_on=date(year, 1, 1),
            ends_on=date(year, 12, 31),
            due_on=date(year, 3, 31),
            booked_by=by,
        )
        for pk, _user in members
    )
    make(
        Balance(
            charge=charge,
            member_id=charge.member_id,
            tier=tier,
            year=year,
            due_on=charge.due_on,
            amount=DUES,
            paid=DUES,
            open=0,
        )
        for charge in charges
    )


def notices_of_dues(members: list[tuple[int, int | None]]) -> None:
    """All were told a month before, and some once more."""
    year = clock.today().year
    told = [(pk, "-30") for pk, _user in members] + [(pk, "30") for pk, _user in members[::4]]
    make(
        DuesNotice(member_id=pk, year=year, occasion=occasion, amount=DUES) for pk, occasion in told
    )


def users_of(pks: Iterable[int]) -> list[User]:
    return list(User.objects.filter(pk__in=pks).order_by("pk"))

"""What is measured on: one busy event, and lists long enough to be slow."""

import hashlib
import io
import itertools
import os
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pikepdf
from django.conf import settings
from django.db import connection
from django.db.models import Model

from events.models import Event, Registration, Session, Speaker, Ticket
from kosna.accounts.models import User
from kosna.branches.models import Appointment, Branch
from kosna.core import clock
from kosna.payments.models import Order, OrderLine
from members import register
from members.models import Application, Member, Period, Tier
from research.models import Report
from tests import factories

ROWS, REPORTS, BUYERS = 10_000, 20_000, 1_000
PDF_PAGES, PDF_BYTES = 50, 5_000_000
SURNAMES, GIVEN = "김이박최정강조윤장임", ["하늘", "도윤", "서준", "유나", "민재", "세린", "지호"]
WORDS = [
    "소셜",
    "네트워크",
    "데이터",
    "소상공인",
    "콘텐츠",
    "전략",
    "숏폼",
    "시장",
    "동향",
    "분석",
    "플랫폼",
    "이용자",
    "광고",
    "지역",
    "축제",
    "공공",
    "기관",
    "신뢰",
    "알고리즘",
    "추천",
    "커뮤니티",
    "청년",
    "창업",
    "교육",
    "정책",
    "통계",
    "조사",
    "방법",
    "사례",
    "연구",
    "미디어",
    "라이브",
    "커머스",
    "팬덤",
    "생성형",
    "인공지능",
    "저작권",
    "개인정보",
    "보호",
    "브랜드",
    "관광",
    "협업",
    "도시",
    "재생",
    "참여",
]


@dataclass
class World:
    event: Event
    report: Report
    pdf: Path
    regular: User  # a member of the association
    head_office: User
    doorkeeper: User
    buyers: list[User]
    hq: Branch
    tier: Tier
    crowded: Event  # with ROWS registrations; all of them paid
    spare_ticket: Ticket  # for the machine's own limit: no end of seats
    spare_lines: list[int]  # order lines that no registration has taken


def world() -> World:
    return _world[0]


_world: list[World] = []


def load() -> None:
    die = random.Random(1)
    hq = factories.make_branch("hq")
    for code in ("seoul", "busan", "daegu", "daejeon", "incheon", "gwangju", "jeju"):
        factories.make_branch(code)
    tier = factories.make_tier("regular", is_sawon=True)
    users = _users(die)
    regular, head_office, doorkeeper = users[:3]
    year_end = clock.today().replace(month=12, day=31)
    factories.make_member(regular, tier=tier, branch=hq, paid_until=year_end)
    factories.appoint(head_office, Appointment.Role.SECRETARIAT, hq)
    factories.appoint(doorkeeper, Appointment.Role.DOORKEEPER, hq)
    _members(users[3:], tier, die)
    _applications(users[3:], tier, die)
    crowded = factories.make_event("crowded", branch=hq, starts_at=clock.now())
    _registrations(crowded, users, die)
    spare = factories.make_event("spare", branch=hq)
    report, pdf = _reports(tier, die)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum would, soon after so many rows
    _world[:] = [
        World(
            event=make_conference("conference", hq, tier),
            report=report,
            pdf=pdf,
            regular=regular,
            head_office=head_office,
            doorkeeper=doorkeeper,
            buyers=users[-BUYERS:],
            hq=hq,
            tier=tier,
            crowded=crowded,
            spare_ticket=factories.make_ticket(spare, capacity=1_000_000),
            spare_lines=_lines(users, hq, 2 * ROWS, die),
        )
    ]


def make_conference(slug: str, branch: Branch, tier: Tier, capacity: int = 200) -> Event:
    """Two days, four tracks, ten speakers, three kinds of ticket, open to all, early to members."""
    now = clock.now()
    event = factories.make_event(
        slug,
        branch=branch,
        clock=factories.make_clock({tier: now - timedelta(days=2), None: now - timedelta(days=1)}),
        description_ko="\n\n".join(text(random.Random(2), 60) for _ in range(4)),
        summary_ko="소셜 데이터가 지역을 바꾸는 방법을 함께 봅니다.",
        venue_ko="부산 벡스코",
        address_ko="부산광역시 해운대구 APEC로 55",
    )
    speakers = Speaker.objects.bulk_create(
        Speaker(event=event, name_ko=f"{SURNAMES[i]}하늘", role_ko="연구위원") for i in range(10)
    )
    rooms = [event.rooms.create(name_ko=f"{n}홀", sort=n) for n in range(1, 5)]
    tracks = [event.tracks.create(name_ko=f"트랙 {n}", sort=n) for n in range(1, 5)]
    for number in range(16):
        starts_at = event.starts_at + timedelta(days=number // 8, minutes=50 * (number % 8))
        session = Session.objects.create(
            event=event,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=45),
            title_ko=f"세션 {number + 1}: 숏폼 시대의 지역 콘텐츠",
            abstract_ko="사례와 수치로 봅니다.",
            room=rooms[number % 4],
            track=tracks[number % 4],
        )
        session.speakers.set(speakers[number % 10 : number % 10 + 2])
    for name, price in [("일반", 55_000), ("온라인", 11_000), ("학생", 22_000)]:
        factories.make_ticket(
            event, capacity=capacity, name_ko=name, prices={None: price, tier: price * 6 // 10}
        )
    return event


def text(die: random.Random, words: int) -> str:
    return " ".join(die.choices(WORDS, k=words)) + "."


def _name(die: random.Random) -> str:
    return die.choice(SURNAMES) + die.choice(GIVEN)


def make(rows: Iterable[Model]) -> list:
    """Inserts rows of one model, a thousand at a time."""
    made: list = []
    rows = iter(rows)
    while batch := list(itertools.islice(rows, 1000)):
        made += type(batch[0])._base_manager.bulk_create(batch)
    return made


def _users(die: random.Random) -> list[User]:
    return make(
        User(email=f"person{number}@example.test", name=_name(die), password="!")
        for number in range(ROWS + 3)
    )


def _members(users: list[User], tier: Tier, die: random.Random) -> None:
    branches = list(Branch.objects.all())
    joined_on = clock.today() - timedelta(days=900)
    members = make(
        Member(
            user=user,
            tier=tier,
            branch=die.choice(branches),
            status=Member.Status.ACTIVE,
            number=f"24-{number:05d}",
            joined_on=joined_on,
            name=user.name,
            search_text=user.name,
        )
        for number, user in enumerate(users)
    )
    make(register.first_line(member) for member in members)
    year = clock.today().year
    make(
        Period(
            member=member,
            tier=tier,
            starts_on=joined_on.replace(year=covered, month=1, day=1),
            ends_on=joined_on.replace(year=covered, month=12, day=31),
        )
        for member in members
        for covered in range(year - die.randrange(4), year + 1)
    )


def _applications(users: list[User], tier: Tier, die: random.Random) -> None:
    branches = list(Branch.objects.all())
    now = clock.now()
    make(
        Application(
            number=f"{now.year}-{number:05d}",
            applicant=user,
            tier=tier,
            branch=die.choice(branches),
            status=die.choice(["submitted", "revision"]),
            name=user.name,
            phone="01012345678",
            postcode="08507",
            address="서울특별시 금천구 가산디지털1로 1",
            submitted_at=now - timedelta(minutes=number),
        )
        for number, user in enumerate(users)
    )


def _lines(users: list[User], branch: Branch, count: int, die: random.Random) -> list[int]:
    """So many paid orders with one line each; the ids of the lines."""
    now = clock.now()
    orders = make(
        Order(
            payable="events.registration",
            title_ko="소셜 데이터 컨퍼런스",
            user=(buyer := die.choice(users)),
            buyer_name=buyer.name,
            branch=branch,
            status=Order.Status.PAID,
            method=Order.Method.CARD,
            total=55_000,
            expires_at=now,
            release_at=now,
            paid_at=now,
        )
        for _ in range(count)
    )
    lines = make(
        OrderLine(order=order, kind="ticket", title_ko="일반", amount=55_000, vat_class="exempt")
        for order in orders
    )
    return [line.pk for line in lines]


def _registrations(event: Event, users: list[User], die: random.Random) -> None:
    ticket = factories.make_ticket(event, capacity=ROWS, taken=ROWS)
    lines = _lines(users, event.branch, ROWS, die)
    codes = ("".join(code) for code in itertools.product("23456789ABCDEFGH", repeat=4))
    make(
        Registration(
            event=event,
            ticket=ticket,
            line_id=line,
            name=user.name,
            email=user.email,
            user=user,
            code=f"AAAA{code}",
            status=Registration.Status.CONFIRMED,
            confirmed_at=event.starts_at,
        )
        for line, user, code in zip(lines, users, codes, strict=False)
    )


def _reports(tier: Tier, die: random.Random) -> tuple[Report, Path]:
    """20,000 in the library; one of them, for members, with the file that is stamped."""
    now = clock.now()
    rows = []
    for number in range(REPORTS):
        report = Report(
            slug=f"report-{number}",
            topic=die.choice(Report.Topic.values),
            status=Report.Status.PUBLISHED,
            title_ko=text(die, 5),
            abstract_ko=text(die, 50),
            contents_ko="\n".join(text(die, 4) for _ in range(6)),
            authors_ko=f"연구위원 {_name(die)}",
            keywords_ko=", ".join(die.choices(WORDS, k=4)),
            published_at=now - timedelta(hours=number + 1),
            is_public=number % 3 == 0,
            file="reports/none.pdf",
            pages=PDF_PAGES,
        )
        report.fill_search()
        rows.append(report)
    reports = make(rows)
    through = Report.tiers.through
    make(through(report=report, tier=tier) for report in reports if not report.is_public)
    report = reports[1]
    content = _pdf()
    path = Path(settings.MEDIA_ROOT) / "reports" / "bench.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    report.file.name = "reports/bench.pdf"
    report.sha256 = hashlib.sha256(content).hexdigest()
    report.save(update_fields=["file", "sha256"])
    return report, path


def _pdf() -> bytes:
    """50 pages of text, each with a picture of its own that does not compress."""
    pdf = pikepdf.new()
    side = int((PDF_BYTES / PDF_PAGES) ** 0.5)
    for _number in range(PDF_PAGES):
        page = pdf.add_blank_page(page_size=(595, 842))
        picture = pikepdf.Stream(pdf, os.urandom(side * side))
        for key, value in {
            "/Type": pikepdf.Name.XObject,
            "/Subtype": pikepdf.Name.Image,
            "/Width": side,
            "/Height": side,
            "/ColorSpace": pikepdf.Name.DeviceGray,
            "/BitsPerComponent": 8,
        }.items():
            picture[key] = value
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        page.Resources = pikepdf.Dictionary(
            XObject=pikepdf.Dictionary(Im0=picture), Font=pikepdf.Dictionary(F0=font)
        )
        lines = b"".join(b"(line %d of a page of text) Tj T* " % line for line in range(40))
        page.Contents = pikepdf.Stream(
            pdf, b"q 400 0 0 300 90 60 cm /Im0 Do Q BT /F0 10 Tf 12 TL 72 780 Td %sET" % lines
        )
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()

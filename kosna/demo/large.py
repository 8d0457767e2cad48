"""A large association for load tests: rows in bulk, on top of the demonstration, the same for the
same seed. Counters, seats, books, papers and the audit chain agree, as ``verify`` shows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from random import Random
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F, Model

from events.models import DOOR_ALPHABET, CheckIn, Event, Registration, Ticket, TicketPrice
from kosna.accounts.models import User
from kosna.audit.actions import seal
from kosna.audit.models import Entry, Look
from kosna.branches.models import Branch
from kosna.core import clock, korean
from kosna.core.errors import Refused
from kosna.core.models import Counter
from kosna.demo.people import GIVEN, PASSWORD, SURNAMES, account
from kosna.documents.models import CODE_ALPHABET as PAPER_ALPHABET
from kosna.documents.models import Document
from kosna.founding import SINCE
from kosna.payments.models import CODE_ALPHABET, LedgerEntry, Order, OrderLine, Payment
from members import register
from members.models import Member, Period, Tier
from research.models import Download, Report

BATCH = 5_000
PRICE = 33_000  # won; of every fifth event, the others are free
SERIAL_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
VERBS = (
    "members.review_application",
    "events.check_in",
    "research.download_report",
    "payments.settle",
    "members.renew",
    "events.register",
    "mail.send",
    "payments.place_order",
    "members.open_period",
    "privacy.view",
)


@dataclass(frozen=True)
class Scale:
    members: int = 50_000
    reports: int = 5_000
    events: int = 300
    registrations: int = 200_000
    downloads: int = 1_000_000
    entries: int = 2_000_000


def load_large(seed: int, scale: Scale | None = None) -> None:
    """Adds a large association to the demonstration. Raises Refused in production, and where it
    was added before."""
    if settings.PRODUCTION:
        raise Refused("A large demonstration is never loaded in production.")
    if User.objects.filter(email=email_of(0)).exists():
        raise Refused("The large association is loaded already.")
    Filling(seed, scale or Scale()).fill()


def email_of(index: int) -> str:
    return f"person{index:05d}@example.test"


def store(rows: Iterable[Model]) -> int:
    """Writes rows of one model in batches, each in its own transaction."""
    rows, stored = iter(rows), 0
    while batch := list(islice(rows, BATCH)):
        with transaction.atomic():
            type(batch[0])._base_manager.bulk_create(batch)
        stored += len(batch)
    return stored


class Filling:
    def __init__(self, seed: int, scale: Scale) -> None:
        self.rng = Random(seed)
        self.scale = scale
        self.now = clock.now()
        self.today = clock.kst_date(self.now)
        self.branches = list(Branch.objects.order_by("pk"))
        self.head_office = Branch.objects.get(code="hq")

    def fill(self) -> None:
        self.people()
        self.reports()
        self.tickets()
        self.registrations()
        self.downloads()
        self.entries()
        while seal():
            pass

    def token(self, alphabet: str, length: int) -> str:
        return "".join(self.rng.choices(alphabet, k=length))

    def past(self, days: int) -> datetime:
        """Some instant of the last so many days."""
        return self.now - timedelta(seconds=self.rng.randrange(1, days * 86_400))

    # People and memberships

    def people(self) -> None:
        password = make_password(PASSWORD)
        rng = self.rng
        store(
            User(
                email=email_of(index),
                name=rng.choice(SURNAMES) + rng.choice(GIVEN),
                phone=f"+8210{index:08d}",
                password=password,
                created_at=self.past(3_000),
            )
            for index in range(self.scale.members)
        )
        users = User.objects.filter(email__startswith="person").order_by("pk")
        self.users = list(users.only("pk", "email", "name", "phone"))
        store(
            EmailAddress(user=user, email=user.email, verified=True, primary=True)
            for user in self.users
        )
        store(self._members())
        self.members = list(Member.objects.filter(user__email__startswith="person").order_by("pk"))
        store(register.first_line(member) for member in self.members)
        store(self._periods())

    def _members(self) -> Iterator[Member]:
        holders = Tier.objects.filter(code__in=["regular", "associate", "student"])
        tiers = [row for row in holders for _share in range(6 if row.code == "regular" else 2)]
        given: dict[int, int] = {}
        for user in self.users:
            joined = clock.kst_date(self.past((self.today.year - SINCE) * 365))
            year = joined.year
            if year not in given:
                given[year] = self._counter("member", year).value
            given[year] += 1
            yield Member(
                user=user,
                tier=self.rng.choice(tiers),
                branch=self.rng.choice(self.branches),
                number=f"{joined:%y}-{given[year]:05d}",
                status=Member.Status.ACTIVE,
                joined_on=joined,
                name=user.name,
                search_text=" ".join(
                    [
                        korean.fold(user.name),
                        korean.initials(user.name),
                        user.phone.replace("+82", "0"),
                        korean.fold(user.email),
                    ]
                ),
            )
        for year, value in given.items():
            Counter.objects.filter(kind="member", year=year).update(value=value)

    def _periods(self) -> Iterator[Period]:
        """From the day of joining to the end of this year; every fifth stopped paying before."""
        for member in self.members:
            last = self.today.year - self.rng.choice((0, 0, 0, 0, 1 + self.rng.randrange(4)))
            ends_on = date(max(last, member.joined_on.year), 12, 31)
            yield Period(
                member=member, tier_id=member.tier_id, starts_on=member.joined_on, ends_on=ends_on
            )

    def _counter(self, kind: str, year: int) -> Counter:
        return Counter.objects.get_or_create(kind=kind, year=year)[0]

    # The library

    def reports(self) -> None:
        """Every report has the PDF of one of the demonstration's."""
        model = Report.objects.exclude(file="").order_by("pk").first()
        words = (
            "여론",
            "데이터",
            "위기관리",
            "소상공인",
            "커뮤니티",
            "숏폼",
            "플랫폼",
            "지자체",
            "참여",
        )
        kinds = ("조사", "사례 연구", "시장 전망", "방법론", "실무 안내")
        rng = self.rng

        def made() -> Iterator[Report]:
            for index in range(self.scale.reports):
                one, two = rng.sample(words, 2)
                report = Report(
                    slug=f"sample-{index:05d}",
                    status=Report.Status.PUBLISHED,
                    topic=rng.choice(Report.Topic.values),
                    title_ko=f"{one} {two} {rng.choice(kinds)} {SINCE + index % 14}",
                    title_en=f"Sample report {index}",
                    abstract_ko=f"{one} 분야의 {two}에 관한 시연용 자료입니다.",
                    abstract_en="A sample for load tests.",
                    authors_ko=rng.choice(SURNAMES) + rng.choice(GIVEN),
                    keywords_ko=f"{one}, {two}",
                    published_at=self.past(5_000),
                    is_public=index % 5 == 0,
                    file=model.file.name,
                    sha256=model.sha256,
                    pages=model.pages,
                )
                report.fill_search()
                yield report

        store(made())
        gated = Report.objects.filter(slug__startswith="sample-", is_public=False)
        tiers = Tier.objects.filter(code__in=["regular", "company", "large"])
        link = Report.tiers.through
        pairs = [
            (report, tier.pk) for report in gated.values_list("pk", flat=True) for tier in tiers
        ]
        store(link(report_id=report, tier_id=tier) for report, tier in pairs)

    # Events and who comes

    def tickets(self) -> None:
        """Five in six lie in the past. Each order takes two seats."""
        self.orders_each = self.scale.registrations // 2 // self.scale.events

        def made() -> Iterator[Event]:
            for index in range(self.scale.events):
                ahead = index % 6 == 5
                days = self.rng.randrange(5, 300) * (1 if ahead else -1)
                starts_at = self.now + timedelta(days=days)
                yield Event(
                    slug=f"sample-{index:04d}",
                    kind=Event.Kind.SEMINAR,
                    status=Event.Status.PUBLISHED,
                    branch=self.rng.choice(self.branches),
                    title_ko=f"시연 세미나 {index + 1}",
                    title_en=f"Sample seminar {index + 1}",
                    starts_at=starts_at,
                    ends_at=starts_at + timedelta(hours=3),
                )

        store(made())
        self.events = list(Event.objects.filter(slug__startswith="sample-").order_by("pk"))
        taken = self.orders_each * 2
        store(
            Ticket(
                event=event, name_ko="참가", name_en="Admission", capacity=taken + 50, taken=taken
            )
            for event in self.events
        )
        tickets = Ticket.objects.filter(event__in=self.events).order_by("pk")
        self.ticket_of = {ticket.event_id: ticket for ticket in tickets}
        store(
            TicketPrice(ticket=self.ticket_of[event.pk], amount=self._price(index))
            for index, event in enumerate(self.events)
        )

    def _price(self, index: int) -> int:
        return 0 if index % 5 else PRICE

    def registrations(self) -> None:
        for index, event in enumerate(self.events):
            with transaction.atomic():
                self._sell(event, self._price(index))

    def _sell(self, event: Event, price: int) -> None:
        """All orders of one event, with what was paid for them."""
        buyers = self.rng.sample(self.members, self.orders_each)
        sold_by = min(self.now, event.starts_at) - timedelta(days=1)
        orders = [self._order(event, member, price, sold_by) for member in buyers]
        Order.objects.bulk_create(orders)
        lines = [
            OrderLine(
                order=order,
                kind="ticket",
                title_ko=order.title_ko,
                title_en=order.title_en,
                amount=price,
                vat_class=OrderLine.VatClass.EXEMPT,
            )
            for order in orders
            for _seat in range(2)
        ]
        OrderLine.objects.bulk_create(lines)
        places = [
            Registration(
                event=event,
                ticket=self.ticket_of[event.pk],
                line=line,
                secret=self.token(PAPER_ALPHABET, 26),
                code=self.token(DOOR_ALPHABET, 8),
                name=line.order.buyer_name if seat % 2 == 0 else f"{line.order.buyer_name} 동행",
                user_id=line.order.user_id if seat % 2 == 0 else None,
                status=Registration.Status.CONFIRMED,
                created_at=line.order.created_at,
                confirmed_at=line.order.paid_at,
            )
            for seat, line in enumerate(lines)
        ]
        Registration.objects.bulk_create(places)
        if event.ends_at < self.now:
            door = account("door")
            came = [place for place in places if self.rng.random() < 0.8]
            CheckIn.objects.bulk_create(
                CheckIn(registration=place, at=event.starts_at, by=door) for place in came
            )
        self._pay(orders)

    def _order(self, event: Event, member: Member, price: int, sold_by: datetime) -> Order:
        at = sold_by - timedelta(seconds=self.rng.randrange(30 * 86_400))
        return Order(
            code=self.token(CODE_ALPHABET, 10),
            payable="events.registration",
            title_ko=event.title_ko,
            title_en=event.title_en,
            user_id=member.user_id,
            buyer_name=member.name,
            branch_id=event.branch_id,
            status=Order.Status.PAID,
            method=Order.Method.CARD if price else Order.Method.FREE,
            total=price * 2,
            created_at=at,
            expires_at=at + timedelta(minutes=40),
            release_at=at + timedelta(minutes=45),
            paid_at=at,
        )

    def _pay(self, orders: list[Order]) -> None:
        payments = [
            Payment(
                order=order,
                provider="stripe" if order.total else "free",
                reference=f"{'pi_seed' if order.total else 'free:'}{order.code}",
                method="kr_card" if order.total else "free",
                amount=order.total,
                received_at=order.paid_at,
                recorded_at=order.paid_at,
            )
            for order in orders
        ]
        Payment.objects.bulk_create(payments)
        LedgerEntry.objects.bulk_create(
            LedgerEntry(
                order=payment.order,
                payment=payment,
                account=f"cash:{payment.provider}",
                amount=payment.amount,
                branch_id=payment.order.branch_id,
                booked_at=payment.received_at,
            )
            for payment in payments
        )
        Document.objects.bulk_create(self._receipts([order for order in orders if order.total]))

    def _receipts(self, orders: list[Order]) -> list[Document]:
        """Numbered in the year in which the rows are made, as papers are."""
        if not orders:
            return []
        kind, year = Document.Kind.RECEIPT, self.today.year
        counter = self._counter(f"document.{kind}", year)
        Counter.objects.filter(pk=counter.pk).update(value=F("value") + len(orders))
        return [
            Document(
                kind=kind,
                year=year,
                number=counter.value + position,
                code=self.token(PAPER_ALPHABET, 26),
                key=f"receipt:{order.pk}:0",
                name=order.buyer_name,
                subject_id=order.user_id,
                branch_id=order.branch_id,
                language="ko",
                issued_at=self.now,
                facts={
                    "name": order.buyer_name,
                    "order_code": order.code,
                    "lines": [
                        {
                            "title": order.title_ko,
                            "quantity": 2,
                            "amount": order.total,
                            "vat": 0,
                        }
                    ],
                    "total": order.total,
                    "refunded": 0,
                    "vat": 0,
                    "method": "국내 카드",
                    "paid_on": clock.kst_date(order.paid_at).isoformat(),
                    "purpose": order.title_ko,
                },
            )
            for position, order in enumerate(orders, 1)
        ]

    # What was read, and what was done

    def downloads(self) -> None:
        reports = list(
            Report.objects.filter(slug__startswith="sample-").values_list("pk", "sha256")
        )

        def made() -> Iterator[Download]:
            for _copy in range(self.scale.downloads):
                report, sha256 = self.rng.choice(reports)
                member = self.rng.choice(self.members)
                yield Download(
                    report_id=report,
                    user_id=member.user_id,
                    serial=self.token(SERIAL_ALPHABET, 16),
                    at=self.past(1_500),
                    name=member.name,
                    member_number=member.number,
                    tier="regular",
                    original_sha256=sha256,
                )

        store(made())

    def entries(self) -> None:
        """Deeds of the last three years, in order; every tenth is a look at somebody's data."""
        staff = [account(key) for key in ("hq", "busan", "daegu", "treasurer", "editor")]
        step = timedelta(days=3 * 365) / max(self.scale.entries, 1)
        start = self.now - timedelta(days=3 * 365)
        for first in range(0, self.scale.entries, BATCH):
            last = min(first + BATCH, self.scale.entries)
            with transaction.atomic():
                rows = Entry.objects.bulk_create(
                    self._entry(start + step * index, VERBS[index % len(VERBS)], staff)
                    for index in range(first, last)
                )
                Look.objects.bulk_create(
                    Look(entry=row, user_id=row.subjects[0])
                    for row in rows
                    if row.verb == "privacy.view"
                )

    def _entry(self, at: datetime, verb: str, staff: list[User]) -> Entry:
        actor, member = self.rng.choice(staff), self.rng.choice(self.members)
        return Entry(
            at=at,
            actor_id=actor.pk,
            actor=actor.name,
            verb=verb,
            target_type="members.member",
            target_id=str(member.pk),
            target=f"{member.name} ({member.number})",
            branch_id=member.branch_id,
            subjects=[member.user_id],
            facts={"seed": str(UUID(int=self.rng.getrandbits(128)))},
            ip="192.0.2.20",
        )

"""Plain factories: what you name is what you get, nothing hidden."""

import hashlib
import io
import itertools
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pikepdf
from django.core.files.base import ContentFile
from django.db.models import F

from events.actions import QuotaTerms, VoucherTerms, change_quotas, make_vouchers, touch
from events.models import (
    AddOn,
    Booth,
    BoothPrice,
    BoothType,
    Call,
    DraftSession,
    Event,
    Material,
    Quota,
    Registration,
    Session,
    Ticket,
    TicketPrice,
    Voucher,
)
from kosna.accounts.models import User
from kosna.branches.models import Appointment, Branch, Region
from kosna.core import clock
from kosna.payments.models import LedgerEntry, Order, OrderLine, Payment, Refund
from members import register
from members.models import (
    Clock,
    DuesRate,
    Member,
    Opening,
    Organisation,
    Period,
    RegisterEntry,
    Right,
    Seat,
    Tier,
    TierRight,
)
from research.actions import place_report
from research.models import Observation, Report, Series
from research.statistics import periods

_numbers = itertools.count(1)
# Valid by every rule, and fictional (domain.md §3.4).
BUSINESS_NUMBERS = ["9998100349", "9998700467", "9998200050", "9998100150", "1234567891"]


def make_user(name: str = "김하늘", *, email: str = "", **fields: Any) -> User:
    """An account whose e-mail address is verified; the password is ``password``."""
    user = User.objects.create_user(
        email or f"user{next(_numbers)}@example.test", "password", name=name, **fields
    )
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


def make_branch(code: str = "busan", **fields: Any) -> Branch:
    region, _ = Region.objects.get_or_create(
        code=code, valid_from=date(1995, 1, 1), defaults={"name_ko": code, "name_en": code.title()}
    )
    fields = {
        "name_ko": f"{code} 지부",
        "name_en": f"{code.title()} branch",
        "status": Branch.Status.OPEN,
        "is_head_office": code == "hq",
        **fields,
    }
    branch, created = Branch.objects.get_or_create(code=code, defaults=fields)
    if created:
        branch.regions.add(region)
    return branch


def appoint(user: User, role: str, branch: Branch) -> Appointment:
    return Appointment.objects.create(
        user=user, role=role, branch=branch, valid_from=date(2020, 1, 1)
    )


ALL_RIGHTS = tuple(Right.values)


def make_tier(
    code: str = "regular",
    *,
    admission_fee: int = 100_000,
    annual_dues: int = 100_000,
    rights: tuple[str, ...] = ALL_RIGHTS,
    **fields: Any,
) -> Tier:
    """A tier with its rights in good standing; all but the vote in grace; none in arrears."""
    existing = Tier.objects.filter(code=code).first()
    if existing:
        return existing
    fields = {
        "name_ko": f"{code} 회원",
        "name_en": f"{code.title()} member",
        "holder": Tier.Holder.PERSON,
        "rank": Tier.objects.count() + 1,
        **fields,
    }
    tier = Tier.objects.create(code=code, **fields)
    DuesRate.objects.create(
        tier=tier, from_year=2000, admission_fee=admission_fee, annual_dues=annual_dues
    )
    TierRight.objects.bulk_create(
        TierRight(tier=tier, right=right, in_grace=right != Right.VOTE) for right in rights
    )
    return tier


def make_member(
    user: User | None = None,
    *,
    tier: Tier | None = None,
    branch: Branch | None = None,
    organisation: Organisation | None = None,
    paid_until: date | None = date(2026, 12, 31),
    **fields: Any,
) -> Member:
    """An active member; ``paid_until=None`` leaves it without any period."""
    if user is None and organisation is None:
        user = make_user()
    name = organisation.name if organisation else user.name
    number = next(_numbers)
    fields = {
        "status": Member.Status.ACTIVE,
        "number": f"20-{number:05d}",
        "joined_on": date(2020, 1, 1),
        "name": name,
        "search_text": name,
        **fields,
    }
    member = Member.objects.create(
        user=user if organisation is None else None,
        organisation=organisation,
        tier=tier or make_tier(),
        branch=branch or make_branch(),
        **fields,
    )
    if member.number:
        register.enter(member, RegisterEntry.Kind.JOINED, on=member.joined_on)
    if paid_until:
        Period.objects.create(
            member=member,
            tier=member.tier,
            starts_on=date(paid_until.year, 1, 1),
            ends_on=paid_until,
        )
    return member


def make_organisation(name: str = "㈜가온소셜랩", **fields: Any) -> Organisation:
    fields = {
        "business_number": BUSINESS_NUMBERS[Organisation.objects.count()],
        "representative": "오세린",
        "size": Organisation.Size.SMALL,
        **fields,
    }
    return Organisation.objects.create(name=name, **fields)


def make_seat(member: Member, user: User, role: str = Seat.Role.STAFF) -> Seat:
    return Seat.objects.create(member=member, user=user, role=role, valid_from=date(2020, 1, 1))


def make_clock(openings: dict[Tier | None, datetime]) -> Clock:
    clock_row = Clock.objects.create(name="clock")
    for tier, opens_at in openings.items():
        Opening.objects.create(clock=clock_row, tier=tier, opens_at=opens_at)
    return clock_row


def make_event(
    slug: str = "",
    *,
    branch: Branch | None = None,
    starts_at: datetime | None = None,
    **fields: Any,
) -> Event:
    """A published conference, thirty days ahead unless said otherwise."""
    starts_at = starts_at or clock.now() + timedelta(days=30)
    fields = {
        "kind": Event.Kind.CONFERENCE,
        "status": Event.Status.PUBLISHED,
        "title_ko": "소셜 데이터 컨퍼런스",
        "title_en": "Social Data Conference",
        "ends_at": starts_at + timedelta(hours=8),
        **fields,
    }
    return Event.objects.create(
        slug=slug or f"event-{next(_numbers)}",
        branch=branch or make_branch("hq"),
        starts_at=starts_at,
        **fields,
    )


def make_ticket(
    event: Event,
    *,
    capacity: int = 10,
    prices: dict[Tier | None, int] | None = None,
    **fields: Any,
) -> Ticket:
    """A ticket; everyone pays 55,000 won unless ``prices`` says otherwise."""
    ticket = Ticket.objects.create(
        event=event, capacity=capacity, **{"name_ko": "일반", "name_en": "General", **fields}
    )
    for tier, amount in (prices or {None: 55_000}).items():
        TicketPrice.objects.create(ticket=ticket, tier=tier, amount=amount)
    return ticket


def make_quota(event: Event, *tickets: Ticket, capacity: int = 10, name: str = "") -> Quota:
    """Seats that these tickets share, beside those that the event has."""
    kept = [
        QuotaTerms(
            quota.pk,
            quota.name_ko,
            quota.name_en,
            quota.capacity,
            frozenset(quota.tickets.values_list("pk", flat=True)),
        )
        for quota in event.quotas.all()
    ]
    keys = frozenset(ticket.pk for ticket in tickets)
    new = QuotaTerms(None, name or f"{len(kept) + 1}관", "", capacity, keys)
    change_quotas(event, [*kept, new], by=make_user())
    return event.quotas.latest("pk")


def make_voucher(event: Event, *, code: str = "", **terms: Any) -> Voucher:
    """Good for one place at its own price, unless said otherwise."""
    terms = {"purpose": "초청", **terms}
    (voucher,) = make_vouchers(event, VoucherTerms(**terms), code=code, by=make_user())
    return voucher


def make_addon(event: Event, *, price: int = 10_000, **fields: Any) -> AddOn:
    """Sold with every ticket, with no end of them and by the ladder, unless said otherwise."""
    addon = AddOn.objects.create(event=event, price=price, **{"name_ko": "만찬", **fields})
    touch(event)
    return addon


def make_place(
    ticket: Ticket, user: User | None = None, *, buyer: User | None = None, **fields: Any
) -> Registration:
    """A confirmed place on a paid order of its own, without a payment; ``tier`` is the buyer's."""
    now, buyer = clock.now(), buyer or user or make_user()
    order = Order.objects.create(
        payable="events.registration", title_ko="행사", user=buyer, buyer_name=buyer.name,
        branch=ticket.event.branch, total=0, status=Order.Status.PAID, expires_at=now,
        release_at=now, paid_at=now,
    )  # fmt: skip
    line = OrderLine.objects.create(
        order=order, kind="ticket", title_ko="입장권", vat_class="exempt",
        amount=fields.pop("amount", 0), tier=fields.pop("tier", ""),
    )  # fmt: skip
    Ticket.objects.filter(pk=ticket.pk).update(taken=F("taken") + 1)
    return Registration.objects.create(
        event=ticket.event, ticket=ticket, line=line, user=user,
        **{"name": buyer.name, "status": "confirmed", "confirmed_at": now, **fields},
    )  # fmt: skip


def make_booth(
    event: Event, number: str = "A1", *, prices: dict[Tier | None, int] | None = None, **fields: Any
) -> Booth:
    """A booth in the first row; of the event's first kind, which costs everyone 1,100,000 won with
    VAT unless ``prices`` says otherwise."""
    kind = event.booth_types.first()
    if kind is None:
        kind = BoothType.objects.create(event=event, code="S", name_ko="기본 부스", name_en="Booth")
        for tier, amount in (prices or {None: 1_100_000}).items():
            BoothPrice.objects.create(booth_type=kind, tier=tier, amount=amount)
    fields = {"row": 1, "column": event.booths.count() + 1, **fields}
    return Booth.objects.create(event=event, booth_type=kind, number=number, **fields)


def make_session(event: Event, *, hours: float = 0, **fields: Any) -> Session:
    """An hour, so many hours after the event's start."""
    starts_at = event.starts_at + timedelta(hours=hours)
    fields = {"title_ko": "강의", "ends_at": starts_at + timedelta(hours=1), **fields}
    return Session.objects.create(event=event, starts_at=starts_at, **fields)


def make_draft(event: Event, *, hours: float = 0, **fields: Any) -> DraftSession:
    """The same in the draft; no reader sees it yet."""
    starts_at = event.starts_at + timedelta(hours=hours)
    fields = {"title_ko": "강의", "ends_at": starts_at + timedelta(hours=1), **fields}
    speakers = fields.pop("speakers", ())
    draft = DraftSession.objects.create(event=event, starts_at=starts_at, **fields)
    draft.speakers.set(speakers)
    return draft


def make_call(event: Event, *, reviewers: Iterable[User] = (), **fields: Any) -> Call:
    """Open since yesterday, for a week."""
    now = clock.now()
    fields = {
        "text_ko": "발표를 제안해 주십시오.",
        "opens_at": now - timedelta(days=1),
        "closes_at": now + timedelta(days=7),
        **fields,
    }
    call = Call.objects.create(event=event, **fields)
    call.reviewers.set(reviewers)
    return call


def make_material(
    event: Event, *, by: User, tiers: tuple[Tier, ...] = (), **fields: Any
) -> Material:
    """A PDF for those who came, unless said otherwise."""
    content = make_pdf()
    fields = {"title_ko": "발표 자료", "file_name": "발표.pdf", **fields}
    material = Material(
        event=event, added_by=by, content_type="application/pdf", size=len(content), **fields
    )
    material.file.save("x.pdf", ContentFile(content))
    material.tiers.set(tiers)
    return material


def book(cause: Payment | Refund) -> LedgerEntry:
    """The entry of a payment, or of a refund that is done."""
    is_payment = isinstance(cause, Payment)
    payment = cause if isinstance(cause, Payment) else cause.payment
    return LedgerEntry.objects.create(
        order=cause.order,
        payment=cause if is_payment else None,
        refund=None if is_payment else cause,
        account=f"cash:{payment.provider}",
        amount=cause.amount if is_payment else -cause.amount,
        branch=cause.order.branch,
    )


def make_pdf(pages: int = 1) -> bytes:
    with pikepdf.new() as pdf, io.BytesIO() as file:
        for _page in range(pages):
            pdf.add_blank_page()
        pdf.save(file)
        return file.getvalue()


def make_report(
    slug: str = "",
    *,
    tiers: tuple[Tier, ...] = (),
    content: bytes = b"",
    **fields: Any,
) -> Report:
    """A published report of one empty page; public when no tier is named."""
    content = content or make_pdf()
    fields = {
        "topic": Report.Topic.MARKET,
        "status": Report.Status.PUBLISHED,
        "title_ko": "숏폼 시대 소상공인 콘텐츠 전략 2025",
        "title_en": "Short-form content for small merchants 2025",
        "abstract_ko": "요약입니다.",
        "abstract_en": "An abstract.",
        "authors_ko": "연구위원 김서연",
        "published_at": clock.now() - timedelta(days=1),
        "is_public": not tiers,
        "pages": 1,
        "sha256": hashlib.sha256(content).hexdigest(),
        **fields,
    }
    report = Report(slug=slug or f"report-{next(_numbers)}", **fields)
    report.file.save("report.pdf", ContentFile(content), save=False)
    report.save()
    report.tiers.set(tiers)
    place_report(report)
    return report


def make_series(code: str = "", *, tiers: tuple[Tier, ...] = (), **fields: Any) -> Series:
    """A published yearly series in per cent, open to everyone, without a value."""
    fields = {
        "status": Series.Status.PUBLISHED,
        "topic": "management",
        "name_ko": "SNS 이용률",
        "name_en": "Use of SNS",
        "unit_ko": "%",
        "unit_en": "%",
        "places": 1,
        "frequency": "year",
        "source_ko": "시연용 생성자료",
        "source_en": "Generated sample",
        **fields,
    }
    series = Series(code=code or f"series-{next(_numbers)}", **fields)
    series.fill_search()
    series.save()
    series.tiers.set(tiers)
    return series


def make_values(series: Series, values: dict[tuple[str, ...] | str, str], **fields: Any) -> None:
    """``{"2025": "12.3", ("2025", "busan", "", ""): "4.5"}``: values as first told."""
    for key, value in values.items():
        period, region, first, second = (*((key,) if isinstance(key, str) else key), "", "", "")[:4]
        Observation.objects.create(
            series=series,
            period=periods.parse(period, series.frequency),
            region=region,
            first=first,
            second=second,
            value=Decimal(value),
            **fields,
        )

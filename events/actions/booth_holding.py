"""What every booking of a booth is made of: its event's lock, the exhibitor's row and the order."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from events.booth_offers import BoothOffer, why_closed
from events.models import Booth, BoothBooking, BoothType, Event, Exhibitor
from kosna.accounts.models import User
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions as payments
from kosna.payments.models import Order, OrderLine
from members.access import memberships_of
from members.models import Member

BOOTH_PAYABLE = "events.booth"
Status = BoothBooking.Status
# What one person may hold unpaid at an exhibition.
MOST_UNPAID = 2


@dataclass(frozen=True)
class Company:
    """Who exhibits: a member's company, or another one by its name; ``contact`` orders and pays."""

    contact: User
    member: Member | None = None
    name: str = ""


def lock_event(event: Event) -> Event:
    """As it stands now; nobody publishes it, calls it off or books one of its booths meanwhile."""
    return Event.objects.select_for_update(no_key=True).get(pk=event.pk)


def refuse_unless_published(event: Event) -> None:
    """The event's row stays locked until the transaction is over."""
    if reason := why_closed(lock_event(event), clock.now()):
        raise Refused(reason)


def refuse_hoarding(event: Event, contact: User) -> None:
    unpaid = BoothBooking.objects.filter(event=event, status=Status.HELD)
    if unpaid.filter(line__order__user=contact).count() >= MOST_UNPAID:
        raise Refused(
            _(
                "You hold %(max)s unpaid booths of this exhibition. Please pay or cancel one of "
                "these orders first: My page shows them under Orders."
            )
            % {"max": MOST_UNPAID}
        )


def hold(
    booth: Booth | None,
    kind: BoothType,
    company: Company,
    offer: BoothOffer,
    at: datetime,
    by: User,
    expires_at: datetime | None = None,
    form_key: UUID | None = None,
) -> BoothBooking:
    """``booth`` None: any of its kind. The event's row is locked, and ``form_key`` has ordered
    nothing. Raises Refused: another's."""
    exhibitor = _exhibitor(kind.event, company)
    order = _place_order(booth, kind, exhibitor, company, offer, at, by, expires_at, form_key)
    try:
        with transaction.atomic():
            return BoothBooking.objects.create(
                event=kind.event,
                booth=booth,
                any_of=None if booth else kind,
                exhibitor=exhibitor,
                line=order.placed_lines[0],
                created_at=at,
            )
    except IntegrityError:
        if booth is None:
            raise
        raise Refused(taken(booth)) from None


def taken(booth: Booth) -> str:
    return _("Booth %(number)s has just been taken. Please choose another one.") % {
        "number": booth.number
    }


def _exhibitor(event: Event, company: Company) -> Exhibitor:
    if company.member is not None:
        row, _created = Exhibitor.objects.get_or_create(
            event=event,
            member=company.member,
            defaults={"contact": company.contact, "name_ko": company.member.name[:120]},
        )
        return row
    row, _created = Exhibitor.objects.get_or_create(
        event=event, member=None, contact=company.contact, name_ko=company.name.strip()
    )
    return row


def _place_order(
    booth: Booth | None,
    kind: BoothType,
    exhibitor: Exhibitor,
    company: Company,
    offer: BoothOffer,
    at: datetime,
    by: User,
    expires_at: datetime | None,
    form_key: UUID | None,
) -> Order:
    event = kind.event
    ko, en = _named(booth, kind)
    held = [row for row in memberships_of(company.contact, at) if row.member == company.member]
    return payments.place_order(
        payable=BOOTH_PAYABLE,
        user=company.contact,
        branch=event.branch,
        buyer_name=exhibitor.name_ko,
        title_ko=event.title_ko,
        title_en=event.title_en,
        lines=[
            payments.Line(
                kind="booth",
                of_ko=event.title_ko,
                of_en=event.title_en or event.title_ko,
                title_ko=ko,
                title_en=en,
                amount=offer.price or 0,
                list_price=offer.everyone_price,
                vat_class=OrderLine.VatClass(kind.vat_class),
                tier=held[0].tier.code if held else "",
                standing=held[0].standing if held else "",
                refund_policy=event.refund_terms,
            )
        ],
        expires_at=expires_at,
        form_key=form_key,
        by=by,
    )


def _named(booth: Booth | None, kind: BoothType) -> tuple[str, str]:
    """In Korean and in English, as an order freezes it."""
    english = kind.name_en or kind.name_ko
    if booth is None:
        return f"부스 ({kind.name_ko}, 번호 추후 배정)", f"Booth ({english}, number to follow)"
    return f"부스 {booth.number} ({kind.name_ko})", f"Booth {booth.number} ({english})"

"""Which proof may be asked for over which payment, and by when it is issued (domain.md §3.2).

An amount of money that a proof is for is a setting; which lines are taxable was frozen with them.
"""

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext as _

from kosna.core import clock
from kosna.core.holidays import working_day_from
from kosna.core.templatetags.ui import kdate, won
from kosna.payments.coverage import Piece, Sum, pieces_of, total
from kosna.payments.models import CASH_METHODS, Order, OrderLine, Payment, Proof

Kind, VatClass = Proof.Kind, OrderLine.VatClass
INVOICES: tuple[str, ...] = (Kind.TAX_INVOICE, Kind.INVOICE)
_APPROVAL = re.compile(r"[0-9A-Za-z]+", re.ASCII)


@dataclass(frozen=True)
class Choice:
    """What may be asked for over one payment: each kind with its won, or why nothing is."""

    payment: Payment
    cash_receipt: Sum = field(default_factory=Sum)
    invoices: dict[str, Sum] = field(default_factory=dict)  # kind → won; two where both fit
    proofs: tuple[Proof, ...] = ()  # that live already
    why_not: str = ""
    last_day: date | None = None

    @property
    def is_open(self) -> bool:
        return bool(self.cash_receipt.amount or self.invoices)


def grounds() -> tuple[str | Prefetch, ...]:
    """What decides about the proofs of an order, to be prefetched."""
    live = Proof.objects.live().prefetch_related("issues").order_by("pk")
    proofs = Prefetch("payments__proofs", live, to_attr="live_proofs")
    return "lines", "refunds", "payments", proofs


def choices_of(order: Order) -> list[Choice]:
    """One for each payment of an order whose ``grounds`` are there, as they came."""
    pieces = pieces_of(order)
    taken_back = {payment.reverses_id for payment in order.payments.all()}
    payments: list[Any] = sorted(order.payments.all(), key=lambda payment: payment.pk)
    return [
        _choice(order, payment, pieces[payment.pk])
        for payment in payments
        if payment.amount > 0 and (payment.pk not in taken_back or _live(payment))
    ]


def _live(payment: Payment) -> tuple[Proof, ...]:
    return tuple(payment.live_proofs)  # type: ignore[attr-defined]


def _choice(order: Order, payment: Payment, pieces: list[Piece]) -> Choice:
    proofs = _live(payment)
    last_day = last_day_to_ask(payment)
    if payment.method not in CASH_METHODS:
        why = _("Paid by card: the slip of the card is the proof, and nothing else is issued.")
        return Choice(payment, why_not=why)
    if blocks(proofs):
        return Choice(payment, proofs=proofs, last_day=last_day)
    cash = _above(_part(pieces, Kind.CASH_RECEIPT), settings.CASH_RECEIPT_ABOVE_WON)
    parts = {kind: _part(pieces, kind) for kind in INVOICES}
    invoices = {kind: part for kind, part in parts.items() if part.amount}
    if sum(part.amount for part in parts.values()) <= settings.INVOICE_ABOVE_WON:
        invoices = {}
    if clock.today() > last_day or not (cash.amount or invoices):
        return Choice(payment, why_not=_why_not(order, pieces, last_day), proofs=proofs)
    return Choice(payment, cash, invoices, proofs, last_day=last_day)


def blocks(proofs: Iterable[Proof]) -> bool:
    """Whether another one may not be asked for. A receipt that nobody asked for gives way until it
    is on its way to the tax office."""
    return any(
        proof.purpose != Proof.Purpose.SELF
        or proof.status != Proof.Status.REQUESTED
        or proof.exported_at is not None
        for proof in proofs
    )


def _part(pieces: list[Piece], kind: str) -> Sum:
    return total(piece for piece in pieces if piece.line.vat_class in Proof.COVERS[kind])


def _above(part: Sum, limit: int) -> Sum:
    return part if part.amount > limit else Sum()


def _why_not(order: Order, pieces: list[Piece], last_day: date) -> str:
    if order.status == Order.Status.REFUNDED:
        return _("Nothing is left of this payment that it could prove.")
    if order.status != Order.Status.PAID:
        return _("A proof is issued once the order is paid.")
    if pieces and all(piece.line.vat_class == VatClass.NONE for piece in pieces):
        return _(
            "Dues need no tax invoice or cash receipt: the receipt and the certificate of payment "
            "prove them."
        )
    part = _part(pieces, Kind.CASH_RECEIPT)
    limit = max(settings.INVOICE_ABOVE_WON, settings.CASH_RECEIPT_ABOVE_WON)
    if part.amount <= limit:
        return _("For %(won)s or less none is issued; the receipt is enough.") % {"won": won(limit)}
    return _("A proof could be asked for until %(day)s.") % {"day": kdate(last_day)}


def unasked(orders: QuerySet[Order]) -> QuerySet[Payment]:
    """Payments in cash that the law wants a receipt for though nobody asked for a proof, and for
    which one can still be issued."""
    today = clock.today()
    since = months_after(today, -settings.PROOF_MONTHS)
    lines = OrderLine.objects.filter(order=OuterRef("order"))
    return Payment.objects.standing().filter(
        Exists(lines.exclude(vat_class=VatClass.NONE)),
        ~Exists(Proof.objects.live().filter(payment=OuterRef("pk"))),
        order__in=orders.filter(status=Order.Status.PAID).values("pk"),
        method__in=CASH_METHODS,
        amount__gte=settings.CASH_RECEIPT_SELF_FROM_WON,
        received_at__gte=clock.start_of(since),
    )


# Days ---------------------------------------------------------------------------------------------


def day_of(payment: Payment) -> date:
    return clock.kst_date(payment.received_at)


def last_day_to_ask(payment: Payment) -> date:
    return months_after(day_of(payment), settings.PROOF_MONTHS)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def due_day(kind: str, payment: Payment, written_on: date) -> date:
    """By when it is issued: a cash receipt some days after the payment, the day of the payment not
    counted; an invoice by a day of the month that follows the date it bears, or the working day
    after."""
    if kind == Kind.CASH_RECEIPT:
        return day_of(payment) + timedelta(days=settings.CASH_RECEIPT_DAYS)
    return invoice_day(written_on)


def invoice_day(written_on: date) -> date:
    following = months_after(written_on.replace(day=1), 1)
    last = calendar.monthrange(following.year, following.month)[1]
    return working_day_from(following.replace(day=min(settings.INVOICE_DUE_DAY, last)))


# Numbers ------------------------------------------------------------------------------------------


def parse_approval(text: str, kind: str) -> str:
    """국세청 승인번호 as it is stored: 24 letters and digits that begin with a date, or the 8 or 9
    of a cash receipt. Raises ValueError with the reason."""
    number = "".join(text.replace("-", "").split())
    if kind == Kind.CASH_RECEIPT:
        if len(number) not in (8, 9) or not _APPROVAL.fullmatch(number):
            raise ValueError(_("A cash receipt's approval number has 8 or 9 letters and digits."))
        return number.upper()
    try:
        if len(number) != 24 or not _APPROVAL.fullmatch(number):
            raise ValueError
        date(int(number[:4]), int(number[4:6]), int(number[6:8]))
    except ValueError:
        raise ValueError(
            _("The approval number has 24 letters and digits, and begins with its date.")
        ) from None
    return number

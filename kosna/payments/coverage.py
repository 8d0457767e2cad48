"""What each payment of an order paid for, won by won: the ground of every proof and paper.

Payments stand in the order in which they came, lines in theirs, both less what has gone back or
was another's; the first won pay for the first line. So no won is in two pieces, and all pieces of
a line bear its VAT to the won. What was paid too much is in none.

Every function reads ``lines``, ``payments`` and ``refunds`` of the order as a whole: prefetch them
(``ProofQuerySet.with_grounds``) where there are many.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from kosna.core.korean import vat_split
from kosna.payments.models import Order, OrderLine, Proof, Refund

# Nothing of another order was supplied: it may still end without.
SETTLED = (Order.Status.PAID, Order.Status.REFUNDED)


class Sum(NamedTuple):
    """Whole won; signed where it is a difference."""

    supply: int = 0
    vat: int = 0

    @property
    def amount(self) -> int:
        return self.supply + self.vat

    def less(self, other: "Sum") -> "Sum":
        return Sum(self.supply - other.supply, self.vat - other.vat)


NOTHING = Sum()


class Piece(NamedTuple):
    """Some won of a line, all of them or a part."""

    line: OrderLine
    supply: int
    vat: int

    @property
    def amount(self) -> int:
        return self.supply + self.vat


def total(pieces: Iterable[Piece]) -> Sum:
    pieces = list(pieces)
    return Sum(sum(piece.supply for piece in pieces), sum(piece.vat for piece in pieces))


def kept_lines(order: Order) -> list[Piece]:
    """The lines less what has gone back of each; one that went back wholly is left out."""
    back = _done(order, "line_id")
    kept = []
    for line in _in_order(order.lines.all()):
        won = line.amount - back.get(line.pk, 0)
        if won > 0:
            vat = vat_of(line, won)
            kept.append(Piece(line, won - vat, vat))
    return kept


def pieces_of(order: Order) -> dict[int, list[Piece]]:
    """Payment's key → what it paid for. Of an order that is not settled, nothing."""
    payments = [row for row in _in_order(order.payments.all()) if row.reverses_id is None]
    pieces: dict[int, list[Piece]] = {payment.pk: [] for payment in payments}
    if order.status not in SETTLED:
        return pieces
    back = _done(order, "payment_id")
    for payment in order.payments.all():
        if payment.reverses_id:
            back[payment.reverses_id] = back.get(payment.reverses_id, 0) - payment.amount
    lines = iter(kept_lines(order))
    line, paid = next(lines, None), 0
    for payment in payments:
        left = payment.amount - back.get(payment.pk, 0)
        while line and left > 0:
            won = line.amount
            upto = min(won, paid + left)
            # Counted from the line's first won, so that the roundings of its pieces add up.
            vat = _vat_upto(line, upto) - _vat_upto(line, paid)
            pieces[payment.pk].append(Piece(line.line, upto - paid - vat, vat))
            left, paid = left - (upto - paid), upto
            if paid == won:
                line, paid = next(lines, None), 0
    return pieces


def paid_lines(order: Order) -> list[Piece]:
    """The lines as far as they were paid and kept, whichever payments did."""
    pieces: dict[int, list[Piece]] = {}
    for paid in pieces_of(order).values():
        for piece in paid:
            pieces.setdefault(piece.line.pk, []).append(piece)
    return [Piece(parts[0].line, *total(parts)) for parts in pieces.values()]


def pieces_for(proof: Proof) -> list[Piece]:
    """What a proof is a proof of today."""
    pieces = pieces_of(proof.payment.order)[proof.payment_id]
    return [piece for piece in pieces if piece.line.vat_class in Proof.COVERS[proof.kind]]


def allowed(proof: Proof) -> Sum:
    """What a proof may amount to today."""
    return total(pieces_for(proof))


def issued(proof: Proof) -> Sum:
    """What the tax office has for it."""
    issues = list(proof.issues.all())
    return Sum(sum(issue.supply for issue in issues), sum(issue.vat for issue in issues))


def to_correct(proof: Proof) -> Sum:
    """What an issued proof says too little, or (negative) too much."""
    return allowed(proof).less(issued(proof))


def _in_order(rows: Any) -> list[Any]:
    return sorted(rows, key=lambda row: row.pk)


def _done(order: Order, by: str) -> dict[int | None, int]:
    """Won that went back, by the refund's line or payment."""
    back: dict[int | None, int] = {}
    for refund in order.refunds.all():
        if refund.status == Refund.Status.DONE:
            back[getattr(refund, by)] = back.get(getattr(refund, by), 0) + refund.amount
    return back


def vat_of(line: OrderLine, won: int) -> int:
    """The VAT in so many won of a line, as it was frozen when they are all of it."""
    if won == line.amount:
        return line.vat
    return vat_split(won)[1] if line.vat_class == OrderLine.VatClass.TAXABLE else 0


def _vat_upto(kept: Piece, won: int) -> int:
    if won == kept.amount:
        return kept.vat
    return vat_of(kept.line, won) if won else 0

"""Papers about an order that a buyer's office asks for: 견적서, 청구서, 거래명세서, 납부확인서.
Each is issued when somebody takes it, numbered, and void once what it asserts has ended."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import translation
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.documents import actions as documents
from kosna.documents.models import Document, about_order
from kosna.payments.actions.settlement import locked, net_paid
from kosna.payments.coverage import Piece, kept_lines, paid_lines, total
from kosna.payments.labels import method_label
from kosna.payments.models import Order, Payment, Refund
from kosna.payments.providers import bank

Kind = Document.Kind
# What holds as long as the order waits for its money, and what says that it came.
BEFORE, AFTER = (Kind.QUOTATION, Kind.BILL), (Kind.TRANSACTION, Kind.PAYMENT)


def offered(order: Order) -> list[str]:
    """The kinds that this order can be given now. A bill names an account, so the buyer has chosen
    the transfer; free orders have none."""
    if not order.total:
        return []
    if order.status == Order.Status.PENDING and order.expires_at > clock.now():
        by_transfer = order.method == Order.Method.BANK and bank.is_configured()
        return [Kind.QUOTATION, Kind.BILL] if by_transfer else [Kind.QUOTATION]
    return [*AFTER] if order.status == Order.Status.PAID else []


@transaction.atomic
def issue_paper(
    order: Order, kind: str, *, language: str, recipient: str = "", by: User
) -> Document:
    """One of ``offered``, made out to ``recipient`` (an organisation) where the buyer names one;
    the same paper for the same facts. Raises Refused."""
    order = locked(order)
    if kind not in offered(order):
        raise Refused(_("This paper cannot be issued for the order as it stands."))
    prefetch_related_objects([order], "lines", "payments", "refunds")
    with translation.override(language):
        facts = _facts(order, kind) | {"name": order.buyer_name, "organisation": recipient}
    if kind == Kind.BILL:
        void_papers(order, [kind], _("Another amount is due"), unless_due=facts["due"])
    document = documents.issue(
        kind,
        key=_key(order, kind, language, facts),
        subject=order.user,
        facts=facts,
        language=language,
        branch=order.branch,
        valid_until=_valid_until(order, kind),
        about=about_order(order.pk),
    )
    audit.record(
        "payments.issue_paper",
        order,
        by=by,
        subjects=[order.user_id],
        kind=kind,
        document=document.pk,
    )
    return document


def _key(order: Order, kind: str, language: str, facts: dict[str, Any]) -> str:
    """The same facts are the same paper, however often it is taken."""
    said = hashlib.sha256(repr(sorted(facts.items())).encode()).hexdigest()[:16]
    return f"{kind}:{order.pk}:{language}:{said}"


def _valid_until(order: Order, kind: str) -> date | None:
    return clock.kst_date(order.expires_at) if kind in BEFORE else None


def _facts(order: Order, kind: str) -> dict[str, Any]:
    """What the paper says, in the language that is active."""
    kept = paid_lines(order) if kind in AFTER else kept_lines(order)
    sums = total(kept)
    facts: dict[str, Any] = {
        "order_code": order.code,
        "title": order.title,
        "ordered_on": clock.kst_date(order.created_at).isoformat(),
        "lines": grouped(kept),
        "supply": sums.supply,
        "vat": sums.vat,
        "total": sums.amount,
    }
    if kind in BEFORE:
        facts["valid_until"] = clock.kst_date(order.expires_at).isoformat()
    if kind == Kind.BILL:
        facts |= _account(order)
    if kind in AFTER:
        facts["payments"] = [
            {
                "paid_on": clock.kst_date(payment.received_at).isoformat(),
                "method": str(method_label(payment.method)),
                "amount": payment.amount,
            }
            for payment in _standing(order)
        ]
        done = [row for row in order.refunds.all() if row.status == Refund.Status.DONE]
        facts["refunded"] = sum(refund.amount for refund in done)
    return facts


def _standing(order: Order) -> list[Payment]:
    """What came and was for this order, as it came."""
    taken_back = {payment.reverses_id for payment in order.payments.all()}
    came = [row for row in order.payments.all() if row.pk not in taken_back and row.amount > 0]
    return sorted(came, key=lambda row: row.pk)


def _account(order: Order) -> dict[str, Any]:
    held = net_paid(order)
    account = settings.BANK_ACCOUNT
    return {
        "paid": held,
        "due": order.total - held,
        "bank": account["bank"],
        "account": account["number"],
        "holder": account["holder"],
        "depositor": order.depositor_name,
    }


def grouped(pieces: Iterable[Piece]) -> list[dict[str, Any]]:
    """Lines that say and cost the same, as one with its quantity, in the order of the first."""
    rows: dict[tuple[str, str, int, int], dict[str, Any]] = {}
    for line, supply, vat in pieces:
        row = rows.setdefault(
            (line.title, line.vat_class, supply, vat),
            {
                "title": line.title,
                "vat_class": str(line.get_vat_class_display()),
                "quantity": 0,
                "unit": supply,
                "supply": 0,
                "vat": 0,
                "amount": 0,
            },
        )
        row["quantity"] += 1
        row["supply"] += supply
        row["vat"] += vat
        row["amount"] += supply + vat
    return list(rows.values())


def erase_papers(orders: Iterable[int]) -> None:
    """Of orders, by their keys, whose buyer is erased: quotations and bills were promises, and no
    law asks to keep them."""
    papers = Document.objects.filter(
        about__in=[about_order(key) for key in orders], kind__in=BEFORE
    )
    documents.erase(papers, facts=("name", "organisation", "depositor"))


def void_papers(
    order: Order, kinds: Iterable[str], reason: str, *, unless_due: int | None = None
) -> None:
    """Of an order that is locked; but for bills over the won that are still due."""
    for paper in Document.objects.of_order(order.pk).valid().filter(kind__in=kinds):
        if unless_due is None or paper.facts.get("due") != unless_due:
            documents.void(paper, reason=reason)

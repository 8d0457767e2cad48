"""Money arrives. It is recorded first, in a transaction of its own; then the rules have their say.
Webhook, success page, reconciliation, treasurer and free orders all end here."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, Subquery, Sum, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock, tokens
from kosna.core.errors import Refused
from kosna.documents import actions as documents
from kosna.documents.models import Document
from kosna.mail import post
from kosna.payments import payables
from kosna.payments.actions import shares
from kosna.payments.coverage import paid_lines, total
from kosna.payments.labels import method_label
from kosna.payments.models import (
    Attempt,
    LedgerEntry,
    MoneyRule,
    Order,
    Payment,
    Refund,
    Task,
)
from kosna.payments.providers import returns_by_itself

GUEST_LINK = "guest_link"


def guest_link(seed: str) -> str:
    return str(settings.SITE_URL + reverse("payments:guest", args=[tokens.token(seed)]))


def lock(orders: Any) -> Any:
    """Every money action decides with the order's row locked. On SQLite the transaction itself,
    begun IMMEDIATE, is the lock."""
    return orders.select_for_update(of=("self",))


def locked(order: Order) -> Order:
    """The order as it stands now, nobody else deciding about it until this transaction ends."""
    return lock(Order.objects.select_related("user", "branch")).get(pk=order.pk)


def net_paid(order: Order) -> int:
    """Won that we hold for an order: what arrived, less what has gone back or is on its way."""
    claims = Refund.objects.filter(order=order.pk, status__in=Refund.CLAIMS).order_by()
    leaving = claims.values("order").annotate(sum=Sum("amount")).values("sum")
    return order.payments.aggregate(
        net=Coalesce(Sum("amount"), 0) - Coalesce(Subquery(leaving), 0)
    )["net"]


def price_kept(order: Order) -> int:
    """Won of an order's price that have not gone back. What was paid beyond the price goes first:
    returning a second payment takes nothing of what the first one bought."""
    done = order.refunds.filter(status=Refund.Status.DONE)
    back = done.aggregate(
        of_lines=Coalesce(Sum("amount", filter=Q(line__isnull=False)), 0),
        alone=Coalesce(Sum("amount", filter=Q(line=None)), 0),
    )
    beyond = max(order.sum_paid() - order.total, 0)
    return max(order.total - back["of_lines"] - max(back["alone"] - beyond, 0), 0)


def record_payment(
    *,
    order: Order,
    provider: str,
    reference: str,
    method: str,
    amount: int,
    received_at: datetime,
    attempt: Attempt | None = None,
    by: User | None = None,
    note: str = "",
) -> Payment:
    """Writes down money that arrived (whole won), whatever the rules will say, then settles.

    Idempotent by (provider, reference): a second call returns the first payment and only makes
    sure that it was settled, so a crash between the two steps is mended by any later call.
    """
    payment = write_payment(
        order=order,
        provider=provider,
        reference=reference,
        method=method,
        amount=amount,
        received_at=received_at,
        attempt=attempt,
        by=by,
        note=note,
    )
    settle(payment.order, by=by)
    return payment


def write_payment(
    *,
    order: Order,
    provider: str,
    reference: str,
    method: str,
    amount: int,
    received_at: datetime,
    attempt: Attempt | None = None,
    by: User | None = None,
    note: str = "",
) -> Payment:
    """The payment and its entry in the books, or the payment that bears this reference already;
    ``payment.order`` is the given ``order`` only when it is new."""
    payment = Payment(
        order=order,
        attempt=attempt,
        provider=provider,
        reference=reference,
        method=method,
        amount=amount,
        received_at=received_at,
        recorded_by=by,
        note=note,
    )
    with transaction.atomic(savepoint=False):
        if _book(payment):
            audit.record(
                "payments.record_payment",
                order,
                by=by,
                subjects=[order.user_id],
                amount=amount,
                provider=provider,
                reference=reference,
            )
        else:
            written = Payment.objects.select_related("order")
            payment = written.get(provider=provider, reference=reference)
    if attempt:
        undecided = (*Attempt.UNDECIDED, Attempt.Status.FAILED, Attempt.Status.EXPIRED)
        Attempt.objects.filter(pk=attempt.pk, status__in=undecided).update(
            status=Attempt.Status.SUCCEEDED
        )
    return payment


def _book(payment: Payment) -> bool:
    """Whether this is the first to write it down."""
    try:
        with transaction.atomic():
            payment.save()
            LedgerEntry.objects.create(
                order=payment.order,
                payment=payment,
                account=f"cash:{payment.provider}",
                amount=payment.amount,
                branch_id=payment.order.branch_id,
            )
    except IntegrityError:
        return False
    return True


@transaction.atomic
def settle(order: Order, *, by: User | None = None) -> Order:
    """Draws the consequences of the money that an order holds. Call it as often as you like."""
    order = locked(order)
    shares.follow(order)
    payment = order.payments.standing().order_by("pk").last()
    if payment is None:
        return order
    held = net_paid(order)
    match order.status:
        case Order.Status.PENDING | Order.Status.EXPIRED if held >= order.total:
            complete(order, payment, by=by)
        case Order.Status.EXPIRED | Order.Status.CANCELLED if held:
            raise_task(Task.Kind.PAID_AFTER_EXPIRY, order, payment, order.get_status_display())
            if returns_by_itself(payment):
                apologise(order, payment, order.get_status_display(), late=True)
            if order.status == Order.Status.CANCELLED:
                order.move_to(Order.Status.REVIEW)
            return order
        case Order.Status.REFUNDED if held:
            raise_task(Task.Kind.OVERPAID, order, payment, f"{held:,}원")
            return order
    if held > order.total:
        raise_task(Task.Kind.OVERPAID, order, payment, f"{held - order.total:,}원")
    return order


def complete(order: Order, payment: Payment, *, by: User | None) -> None:
    """Paid in full: the thing bought becomes real, or a person must decide what to do instead."""
    late = order.status == Order.Status.EXPIRED and payment.received_at > order.expires_at
    try:
        with transaction.atomic():
            order.move_to(Order.Status.PAID, paid_at=payment.received_at, closed_at=None)
            payables.get(order.payable).on_paid(order)
            shares.book(order)
    except Refused as refusal:
        order.refresh_from_db(fields=["status", "paid_at", "closed_at"])
        order.move_to(Order.Status.REVIEW)
        kind = Task.Kind.PAID_AFTER_EXPIRY if late else Task.Kind.REFUSED
        raise_task(kind, order, payment, str(refusal))
        apologise(order, payment, str(refusal), late=late)
    else:
        if order.total:
            issue_receipt(order)
            post.send(
                "payment_received",
                [order.user.mailbox],
                language=order.user.language,
                key=f"paid:{order.code}:{payment.pk}",
                context=mail_facts(order) | {"amount": order.total},
                user=order.user,
                branch=order.branch,
            )
    audit.record(
        "payments.settle",
        order,
        by=by,
        subjects=[order.user_id],
        status=order.status,
        total=order.total,
    )


def apologise(order: Order, payment: Payment, reason: str, *, late: bool) -> None:
    """The money is here and the thing is not to be had. Says whether it goes back by itself."""
    if translation.get_language() != order.user.language:
        reason = ""  # it was said in another language than the buyer's
    rule = MoneyRule.objects.in_force()
    is_returned = rule.returns_late_money and returns_by_itself(payment)
    post.send(
        "payment_late" if late else "payment_review",
        [order.user.mailbox],
        language=order.user.language,
        key=f"review:{order.code}:{payment.pk}",
        context=mail_facts(order)
        | {"amount": payment.amount, "reason": reason, "is_returned": is_returned},
        user=order.user,
        branch=order.branch,
    )


def raise_task(
    kind: Task.Kind, order: Order, payment: Payment | None, note: str, *, mark: str = ""
) -> Task:
    """Asks a person to decide, once for each payment and kind; or for each ``mark``."""
    mark = mark or str(payment.pk if payment else note)
    task, is_new = Task.objects.get_or_create(
        key=f"{kind}:{order.pk}:{mark}"[:120],
        defaults={"kind": kind, "order": order, "payment": payment, "note": note[:500]},
    )
    if is_new:
        audit.record("payments.raise_task", order, task=kind, note=note[:500])
    return task


@transaction.atomic
def resolve_task(task: Task, *, resolution: str, by: User | None) -> None:
    """A person says what they decided; or the portal, what it did by itself."""
    task.move_to(Task.Status.DONE, done_at=clock.now(), done_by=by, resolution=resolution)
    audit.record("payments.resolve_task", task.order, by=by, reason=resolution, task=task.kind)


@transaction.atomic
def try_again(order: Order, *, by: User) -> Order:
    """Asks the rules once more about a paid order under review, say after a seat became free.

    Raises Refused with the same reasons when nothing has changed.
    """
    order = locked(order)
    payment = order.payments.standing().order_by("pk").last()
    if payment is None or order.status != Order.Status.REVIEW or net_paid(order) < order.total:
        raise Refused(_("Only a paid order under review can be tried again."))
    order.move_to(Order.Status.PAID, paid_at=payment.received_at, closed_at=None)
    payables.get(order.payable).on_paid(order)
    shares.book(order)
    if order.total:
        issue_receipt(order)
    audit.record("payments.try_again", order, by=by, subjects=[order.user_id])
    return order


# Papers and mails -----------------------------------------------------------------------------


def mail_facts(order: Order) -> dict[str, Any]:
    """What every mail about an order may say, as plain facts in the buyer's language."""
    english = order.user.language == "en" and order.title_en
    return {
        "name": order.buyer_name,
        "code": order.code,
        "title": english or order.title_ko,
        "total": order.total,
        "url": address_of(order),
    }


def address_of(order: Order) -> str | dict[str, str]:
    """Of its page, for its buyer's mails: a guest's is a secret that the outbox does not hold."""
    if order.user.is_guest:
        return post.secretly(GUEST_LINK, order.user.guest.seed)
    return str(settings.SITE_URL + order.get_absolute_url())


def receipt_of(order: Order) -> Document | None:
    """The latest receipt: the valid one, or the void one of an order that was given back."""
    return Document.objects.filter(key__startswith=f"receipt:{order.pk}:").order_by("-pk").first()


def issue_receipt(order: Order) -> Document:
    """영수증 over the won that we keep: a line is listed with what is kept of it, so that they sum
    to the total. After a refund this paper is void and another follows."""
    prefetch_related_objects([order], "lines", "payments", "refunds")
    refunds = [row for row in order.refunds.all() if row.status == Refund.Status.DONE]
    language = order.user.language
    pieces = paid_lines(order)
    with translation.override(language):
        lines = [
            {"title": line.title, "quantity": 1, "amount": supply + vat, "vat": vat}
            for line, supply, vat in pieces
        ]
        paid_by = order.payments.standing()
        methods = {str(method_label(payment.method)) for payment in paid_by}
        purpose = order.title
    kept = total(pieces)
    return documents.issue(
        Document.Kind.RECEIPT,
        key=f"receipt:{order.pk}:{len(refunds)}",
        subject=order.user,
        facts={
            "name": order.buyer_name,
            "order_code": order.code,
            "lines": lines,
            "total": kept.amount,
            "refunded": order.total - kept.amount,
            "vat": kept.vat,
            "method": ", ".join(sorted(methods)),
            "paid_at": (order.paid_at or clock.now()).isoformat(),
            "purpose": purpose,
        },
        language=language,
        branch=order.branch,
    )

"""A deposit was another's: what it did is taken back, and the order stands as it stood before. The
money stays where it is, at the bank, and is nobody's again."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.holidays import working_day_from
from kosna.documents import actions as documents
from kosna.mail import post
from kosna.payments import payables
from kosna.payments.actions import papers
from kosna.payments.actions.matching import enter
from kosna.payments.actions.proofs import review_proofs
from kosna.payments.actions.settlement import (
    locked,
    mail_facts,
    receipt_of,
    settle,
)
from kosna.payments.matching import printed
from kosna.payments.models import (
    Alias,
    LedgerEntry,
    Match,
    Order,
    OutgoingMatch,
    Payment,
    Refund,
    Task,
)
from kosna.payments.providers import bank

Status = Order.Status
UNPAID = (Status.PENDING, Status.EXPIRED, Status.CANCELLED)


@transaction.atomic
def unmatch_deposit(match: Match, *, reason: str, by: User) -> Match:
    """Takes a match back by a dated reversal: payment and books by opposite entries, receipt void,
    the thing bought given up, the order as it stood. A payment that somebody had typed by hand
    stays, and only its line is free again. What was learnt from it is forgotten.

    Raises Refused when a refund of that money was asked for, or when the thing bought cannot be
    taken back any more (somebody came to the event).
    """
    order = locked(match.order)
    match = Match.objects.select_related("payment", "deposit__line__account").get(pk=match.pk)
    mark(match, reason, by)
    if not match.is_found:
        _reverse(match.payment, by=by)
    match.deposit.give_back(match.amount)
    enter(match.deposit.line, match.amount)
    text = printed(match.deposit.line.payer)
    Alias.objects.filter(text=text.key, user=order.user_id).delete()
    audit.record(
        "payments.unmatch_deposit",
        order,
        by=by,
        reason=reason,
        subjects=[order.user_id],
        deposit=match.deposit_id,
        amount=match.amount,
    )
    if not match.is_found:
        _restore(order, match.payment, by=by)
    return match


def mark(match: Match | OutgoingMatch, reason: str, by: User) -> None:
    """From now on it does not stand; raises Refused where somebody was faster."""
    now = clock.now()
    marked = type(match).objects.standing().filter(pk=match.pk)
    if not marked.update(unmatched_at=now, unmatched_by=by, unmatched_reason=reason[:300]):
        raise Refused(_("Somebody else has just changed this. Reload the page and look again."))
    match.unmatched_at, match.unmatched_by, match.unmatched_reason = now, by, reason[:300]


@transaction.atomic
def retract_deposit(payment: Payment, *, reason: str, by: User) -> None:
    """A deposit that was typed by hand never came, or was another's. Raises Refused as un-matching
    does; one that a line of the bank bears out is un-matched first."""
    order = locked(payment.order)
    if not Payment.objects.typed_by_hand().filter(pk=payment.pk).exists():
        raise Refused(_("Only a deposit that was typed by hand is taken back here."))
    _reverse(payment, by=by)
    audit.record(
        "payments.retract_deposit",
        order,
        by=by,
        reason=reason,
        subjects=[order.user_id],
        amount=payment.amount,
        reference=payment.reference,
    )
    _restore(order, payment, by=by)


def _reverse(payment: Payment, *, by: User) -> None:
    """The opposite payment and its entry; the order's row is locked."""
    if payment.refunds.filter(status__in=Refund.CLAIMS).exists():
        raise Refused(
            _("A refund of this money was asked for. Reject it first, or leave things as they are.")
        )
    opposite = Payment.objects.create(
        order=payment.order,
        provider=payment.provider,
        reference=f"back:{payment.pk}",
        method=payment.method,
        amount=-payment.amount,
        reverses=payment,
        received_at=clock.now(),
        recorded_by=by,
        note=payment.note,
    )
    LedgerEntry.objects.create(
        order=payment.order,
        payment=opposite,
        account=f"cash:{payment.provider}",
        amount=opposite.amount,
        branch_id=payment.order.branch_id,
    )


def _restore(order: Order, payment: Payment, *, by: User) -> None:
    """What that money had brought about is undone, as far as the rest does not bear it."""
    Task.objects.filter(payment=payment, status=Task.Status.OPEN).update(
        status=Task.Status.DONE,
        done_at=clock.now(),
        done_by=by,
        resolution=_("The deposit was another's."),
    )
    if order.status in (Status.PAID, Status.REVIEW) and _borne(order) < order.total:
        _reopen(order, payment)
    elif order.status == Status.PAID and order.sum_refunded() >= order.sum_paid():
        _end_refunded(order)
    settle(order)
    review_proofs(order)


def _borne(order: Order) -> int:
    """Won that came for the price. What of it was asked back has paid it nevertheless; what went
    back as too much has not."""
    gone = order.refunds.filter(line=None, status__in=(Refund.Status.SENT, Refund.Status.DONE))
    return order.sum_paid() - (gone.aggregate(sum=Sum("amount"))["sum"] or 0)


def _end_refunded(order: Order) -> None:
    """All that was really paid for it has gone back before."""
    order.move_to(Status.REFUNDED, closed_at=clock.now())
    if receipt := receipt_of(order):
        documents.void(receipt, reason=_("Refund"))


def _reopen(order: Order, payment: Payment) -> None:
    was = order.status
    status, closed_at = _before(order)
    times = _deadlines(order) if status == Status.PENDING else {}
    order.restore_to(status, paid_at=None, closed_at=closed_at, **times)
    if was == Status.PAID:
        payables.get(order.payable).on_unpaid(order)
    if receipt := receipt_of(order):
        documents.void(receipt, reason=_("The deposit was another's."))
    papers.void_papers(order, papers.AFTER, _("The deposit was another's."))
    post.send(
        "payment_reversed",
        [order.user.mailbox],
        language=order.user.language,
        key=f"reversed:{payment.pk}",
        context=mail_facts(order)
        | {
            "amount": payment.amount,
            "waits": order.status == Status.PENDING,
            "deadline": f"{order.expires_at.astimezone(clock.KST):%Y-%m-%d %H:%M}",
        },
        user=order.user,
        branch=order.branch,
    )


def _before(order: Order) -> tuple[str, datetime | None]:
    """How the order stood before money completed it: what the latest deposit found that did not
    find it paid already."""
    found = order.matches.filter(before__status__in=UNPAID).order_by("-pk").first()
    if found is None:
        return Status.PENDING, None
    closed_at = found.before["closed_at"]
    return found.before["status"], datetime.fromisoformat(closed_at) if closed_at else None


def _deadlines(order: Order) -> dict[str, datetime]:
    """The old ones; anew where they have passed while we said that it was paid."""
    if order.release_at > clock.now():
        return {}
    last_day = clock.today() + timedelta(days=settings.BANK_TRANSFER_DAYS)
    expires_at = clock.end_of(working_day_from(last_day))
    return {"expires_at": expires_at, "release_at": bank.release_after(expires_at)}

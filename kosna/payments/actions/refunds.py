"""Money goes back that was claimed: approved (by another person when it is much), sent once."""

import logging
from copy import copy
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.documents import actions as documents
from kosna.mail import post
from kosna.payments import payables
from kosna.payments.actions import accounts, papers, shares
from kosna.payments.actions.claims import refundable, sum_of
from kosna.payments.actions.proofs import review_proofs
from kosna.payments.actions.settlement import (
    issue_receipt,
    locked,
    mail_facts,
    price_kept,
    raise_task,
    receipt_of,
    settle,
)
from kosna.payments.failures import failure_label
from kosna.payments.models import (
    LedgerEntry,
    Order,
    Payment,
    Refund,
    RefundAccount,
    Task,
    TransferFile,
)
from kosna.payments.providers import by_name
from kosna.payments.providers.base import (
    PayoutAccount,
    ProviderDown,
    ProviderRefused,
    Quarantined,
    RefundState,
)

logger = logging.getLogger(__name__)

BESIDE = timedelta(days=1)  # between requests for one buyer that count together


@transaction.atomic
def approve_refund(refund: Refund, *, by: User) -> None:
    """Lets a refund go. Nobody approves money to themselves, and from TWO_PERSON_REFUND_WON on
    whoever asked does not decide; many small ones count together (``_together``)."""
    order = locked(refund.order)
    if order.user_id == by.pk:
        raise Refused(_("You cannot approve a refund to yourself."))
    asked = sum_of(_together(refund).filter(requested_by=by))
    if refund.requested_by_id == by.pk and asked >= settings.TWO_PERSON_REFUND_WON:
        raise Refused(
            _("From %(limit)s won on, another person must approve the refund.")
            % {"limit": f"{settings.TWO_PERSON_REFUND_WON:,}"}
        )
    if refund.status == Refund.Status.REQUESTED and accounts.needs_account(refund.payment):
        account = accounts.account_of(refund)
        if account is None:
            raise accounts.no_account()
        _must_be_another(refund, account, by)
    refund.move_to(Refund.Status.APPROVED, approved_at=clock.now(), approved_by=by)
    _record("payments.approve_refund", refund, by=by)


def _together(refund: Refund) -> QuerySet[Refund]:
    """What counts as one with a refund: all of its order, and what is asked back for the same buyer
    within a day of it. A place whose ticket was changed was paid by several orders."""
    first, last = (refund.requested_at + sign * BESIDE for sign in (-1, 1))
    beside = Q(order__user=refund.order.user_id, requested_at__range=(first, last))
    return Refund.objects.filter(Q(order=refund.order_id) | beside, status__in=Refund.CLAIMS)


def _must_be_another(refund: Refund, account: RefundAccount, by: User | None) -> None:
    """Where it is much, whoever typed an account for the buyer neither approves nor sends; many
    small refunds count together."""
    if by is None or account.typed_by_id != by.pk:
        return
    typed = RefundAccount.objects.filter(typed_by=by)
    if (
        sum_of(_together(refund).filter(pk__in=typed.values("refund")))
        >= settings.TWO_PERSON_REFUND_WON
    ):
        raise Refused(
            _("You typed the account: from %(limit)s won on, another person must go on from here.")
            % {"limit": f"{settings.TWO_PERSON_REFUND_WON:,}"}
        )


def reject_refund(refund: Refund, *, by: User, reason: str) -> None:
    """Drops a request, or a refund that failed for good: its claim is free again, and an order
    that waits may be paid by it."""
    with transaction.atomic():
        locked(refund.order)
        _reject(refund, reason, by=by)
    settle(refund.order, by=by)


def _reject(refund: Refund, reason: str, *, by: User | None = None) -> None:
    refund.move_to(Refund.Status.REJECTED, error=reason[:500])
    accounts.purge(refund)
    _record("payments.reject_refund", refund, by=by, reason=reason)


def send_refund(refund: Refund, *, by: User | None = None) -> Refund:
    """Sends an approved refund, or one whose sending failed or never answered, at most once.

    SENT is committed with its idempotency key before the provider hears of it, and its answer is
    written down after. A bank refund stays SENT until the treasurer says that it was wired.
    """
    provider = by_name(refund.payment.provider)
    account = None
    with transaction.atomic():
        locked(refund.order)
        refund.refresh_from_db()
        if provider.needs_account(refund) and not (
            refund.status == Refund.Status.SENT and refund.reference
        ):
            account = _account_for(refund, by)
        if refund.transfer and refund.transfer.status == TransferFile.Status.MADE:
            raise Refused(_("This refund is in a bulk transfer: it is sent together with that."))
        if refund.status != Refund.Status.SENT:
            refund.move_to(Refund.Status.SENT, tries=refund.tries + 1, reference=None, error="")
            _record("payments.send_refund", refund, by=by)
        elif refund.reference:
            return refund
    try:
        state = provider.refund(refund, account)
    except ProviderRefused as no:
        _fail(refund, str(no))
    except ProviderDown as problem:
        Refund.objects.filter(pk=refund.pk).update(error=str(problem)[:500])
        logger.warning("refund %s: %s", refund.uuid, problem)
    else:
        if state:
            apply_state(state)
    refund.refresh_from_db()
    return refund


def _account_for(refund: Refund, by: User | None) -> PayoutAccount:
    if standing := accounts.account_of(refund):
        _must_be_another(refund, standing, by)
    return accounts.payout_account(refund)


def complete_bank_refund(refund: Refund, *, reference: str, by: User) -> None:
    """The treasurer has wired the money, or cancelled it at the card terminal; ``reference`` is the
    bank's, or that of the slip."""
    payment = refund.payment
    if not payment.goes_back_by_hand:
        raise Refused(_("Only what a person gives back is marked as done by hand."))
    reference = f"{'bank' if payment.is_wired_back else payment.provider}:{reference}"
    if Refund.objects.filter(reference=reference).exclude(pk=refund.pk).exists():
        raise Refused(_("Another refund bears this reference already."), field="reference")
    _finish(refund, reference, by=by)


@transaction.atomic
def bounce_bank_refund(refund: Refund, *, reason: str, by: User) -> None:
    """The bank did not take the transfer, or sent the money back: whatever was done is undone in
    the books, the account was wrong, and the buyer is asked for another one."""
    if not refund.payment.goes_back_by_hand:
        raise Refused(_("The payment provider itself says when a refund has failed."))
    locked(refund.order)
    refund.refresh_from_db()
    if refund.status not in (Refund.Status.SENT, Refund.Status.DONE):
        raise Refused(_("Only a transfer that was made can come back."))
    accounts.purge(refund)
    _fail(refund, reason, by=by)


# What the provider says ---------------------------------------------------------------------------


def apply_state(state: RefundState) -> Refund | None:
    """Books what a provider says about a refund, once; one that nobody asked for here (made in
    its dashboard) is taken over. None when it takes back no payment of ours. Raises Quarantined
    when it is of another amount or currency than can be."""
    refund = _ours(state) or _import(state)
    if refund is None:
        return None
    if (state.amount, state.currency) != (refund.amount, "krw"):
        raise Quarantined(
            _("%(theirs)s %(currency)s were returned, %(ours)s won were asked for.")
            % {
                "theirs": f"{state.amount:,}",
                "currency": state.currency.upper(),
                "ours": f"{refund.amount:,}",
            }
        )
    if state.status == "done":
        _finish(refund, state.reference)
    elif state.status == "failed":
        _fail(refund, state.error or _("The provider could not return the money."))
    else:
        Refund.objects.filter(pk=refund.pk, reference=None).update(reference=state.reference)
    refund.refresh_from_db()
    return refund


def sync_refunds(charge: str, refunds: list[RefundState]) -> int:
    """Applies every refund of a charge. Returns how many are ours."""
    return sum(apply_state(state) is not None for state in refunds if state.charge == charge)


def _ours(state: RefundState) -> Refund | None:
    refunds = Refund.objects.select_related("order", "payment")
    found = refunds.filter(reference=state.reference).first()
    if found is None and state.refund:
        found = refunds.filter(uuid=state.refund, reference=None).first()
        if found and state.status == "failed" and found.tries > 1:
            return None  # of an earlier try, while the next one is on its way
    return found


def _import(state: RefundState) -> Refund | None:
    payment = Payment.objects.select_related("order").filter(reference=state.charge).first()
    if payment is None or state.status == "failed":
        return None
    try:
        with transaction.atomic():
            order = locked(payment.order)
            _must_be_left(state, payment)
            refund = Refund.objects.create(
                order=order,
                payment=payment,
                amount=state.amount,
                reason=_("Refunded at the payment provider"),
                status=Refund.Status.SENT,
                reference=state.reference,
                approved_at=clock.now(),
            )
            _record("payments.import_refund", refund)
            _drop_overtaken(payment)
    except IntegrityError:
        refund = Refund.objects.select_related("order", "payment").get(reference=state.reference)
    return refund


def _must_be_left(state: RefundState, payment: Payment) -> None:
    gone = sum_of(payment.refunds.filter(status=Refund.Status.DONE))
    if state.currency != "krw" or not 0 < state.amount <= payment.amount - gone:
        raise Quarantined(
            _("%(theirs)s %(currency)s were taken back, where %(left)s won were left.")
            % {
                "theirs": f"{state.amount:,}",
                "currency": state.currency.upper(),
                "left": f"{payment.amount - gone:,}",
            }
        )


def _drop_overtaken(payment: Payment) -> None:
    """Claims that the payment can no longer bear, the latest first: what they asked for has been
    returned past the portal. One on its way stays; the provider decides about it."""
    unsent = (Refund.Status.REQUESTED, Refund.Status.APPROVED, Refund.Status.FAILED)
    for refund in payment.refunds.filter(status__in=unsent).order_by("-pk"):
        if refundable(payment) >= 0:
            return
        reason = _("The payment provider has returned the money otherwise.")
        _reject(refund, reason)


@transaction.atomic
def _finish(refund: Refund, reference: str, *, by: User | None = None) -> None:
    """The money has left: books, order, thing bought, papers and mail, together and once."""
    order = locked(refund.order)
    refund.refresh_from_db(fields=["status"])
    if refund.status == Refund.Status.DONE:
        return
    if refund.status == Refund.Status.FAILED:
        refund.move_to(Refund.Status.SENT)  # the provider has the last word
    kept = price_kept(order)
    refund.move_to(Refund.Status.DONE, done_at=clock.now(), reference=reference, error="")
    accounts.purge(refund)
    _book(refund, -refund.amount)
    _end_failures(refund, by)
    if is_of_price := price_kept(order) < kept:
        _take_back(refund, order)
    review_proofs(order)
    shares.follow(order, refund)
    post.send(
        "refund_done" if is_of_price else "surplus_returned",
        [order.user.mailbox],
        language=order.user.language,
        key=f"refund:{refund.uuid}:{refund.entries.count()}",
        context=mail_facts(order) | {"amount": refund.amount},
        user=order.user,
        branch=order.branch,
    )
    _record("payments.finish_refund", refund, by=by)


def _take_back(refund: Refund, order: Order) -> None:
    """What a refund does to the order, the things bought and the receipt. Money alone ends the
    things when it was the last that their order held."""
    was_paid = order.status == Order.Status.PAID
    if order.sum_refunded() >= order.sum_paid() and order.may_move_to(Order.Status.REFUNDED):
        order.move_to(Order.Status.REFUNDED, closed_at=clock.now())
    refund.order = order
    on_refunded = payables.get(order.payable).on_refunded
    if refund.line is None and was_paid and order.status == Order.Status.REFUNDED:
        for line in order.lines.all():
            piece = copy(refund)
            piece.line, piece.amount = line, line.amount
            on_refunded(piece)
    else:
        on_refunded(refund)
    if receipt := receipt_of(order):
        documents.void(receipt, reason=_("Refund"))
        if order.status == Order.Status.PAID:
            issue_receipt(order)
    papers.void_papers(order, papers.AFTER, _("Refund"))


@transaction.atomic
def _fail(refund: Refund, error: str, *, by: User | None = None) -> None:
    """The money is still here, or has come back: a person must find another way."""
    order = locked(refund.order)
    refund.refresh_from_db(fields=["status"])
    if refund.status not in (Refund.Status.SENT, Refund.Status.DONE):
        return
    was_done = refund.status == Refund.Status.DONE
    if was_done:
        _book(refund, refund.amount)
    refund.move_to(Refund.Status.FAILED, error=error[:500], done_at=None)
    if was_done:
        papers.void_papers(order, papers.AFTER, str(failure_label(error)))
        review_proofs(order)
    shares.follow(order, refund)
    raise_task(
        Task.Kind.REFUND_FAILED,
        order,
        refund.payment,
        f"{refund.amount:,}원: {failure_label(error)}",
        mark=f"{refund.uuid} {refund.tries} {refund.entries.count()}",
    )
    _record("payments.fail_refund", refund, by=by, reason=error)
    _drop_overtaken(refund.payment)
    refund.order = order
    accounts.ask(refund, came_back=True)


def _end_failures(refund: Refund, by: User | None) -> None:
    """Whatever asked a person to find another way: none is needed any more."""
    mine = f"{Task.Kind.REFUND_FAILED}:{refund.order_id}:{refund.uuid} "
    Task.objects.filter(key__startswith=mine, status=Task.Status.OPEN).update(
        status=Task.Status.DONE,
        done_at=clock.now(),
        done_by=by,
        resolution=_("The money has gone back since."),
    )


def _book(refund: Refund, amount: int) -> None:
    LedgerEntry.objects.create(
        order_id=refund.order_id,
        refund=refund,
        turn=refund.entries.count() + 1,
        account=f"cash:{refund.payment.provider}",
        amount=amount,
        branch_id=refund.order.branch_id,
    )


def _record(verb: str, refund: Refund, *, by: User | None = None, reason: str = "") -> None:
    order = refund.order
    audit.record(
        verb,
        order,
        by=by,
        reason=reason,
        subjects=[order.user_id],
        amount=refund.amount,
        refund=refund.pk,
    )

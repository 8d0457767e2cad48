"""Deposits find their orders: by themselves where only one fits, else a person says so. Every won
of a line is either an order's, or wired back, or nobody's yet."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branches.models import Branch
from kosna.core import batches, clock
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.payments.actions.settlement import locked, mail_facts, net_paid, settle, write_payment
from kosna.payments.matching import Decision, Pool, buyer_key, decide, printed
from kosna.payments.matching import pool as pools
from kosna.payments.models import (
    Alias,
    BankLine,
    Deposit,
    DepositReturn,
    LedgerEntry,
    Match,
    Order,
    OrderQuerySet,
    Payment,
)

MATCH = "payments.match_deposits"
AT_ONCE = 60  # deposits; more of them are matched by the worker
LOOKED_BACK = timedelta(days=90)  # for orders that have ended
Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class Share:
    """Won of a deposit for one order. ``seen`` is what the order had received when its page was
    drawn, so that two people cannot both pay it."""

    order: Order
    amount: int
    seen: int | None = None


def match_deposit(
    deposit: Deposit, *, shares: Sequence[Share], why: Iterable[str] = ("chosen",), by: User | None
) -> list[Match]:
    """Books won of a deposit to one order or to several; what of it remains stays nobody's. Money
    first, in a transaction of its own; then the rules have their say about each order.

    ``by=None``: it was the only one that fitted. Raises Refused when less is left than that, or
    when an order has received something meanwhile.
    """
    if not shares or any(share.amount <= 0 for share in shares):
        raise Refused(_("Say how much of the deposit each order gets."))
    with transaction.atomic():
        orders = {pk: locked(Order(pk=pk)) for pk in sorted({s.order.pk for s in shares})}
        _take(deposit, sum(share.amount for share in shares))
        matches = [_book(deposit, orders[share.order.pk], share, list(why), by) for share in shares]
    for match in matches:
        settle(match.order, by=by)
        tell_partial(match.order, match.payment)
    return matches


def _take(deposit: Deposit, amount: int) -> None:
    if not deposit.take(amount):
        raise Refused(
            _("Of this deposit only %(left)s won are left. Somebody else may have been faster.")
            % {"left": f"{deposit.left:,}"}
        )


def _book(deposit: Deposit, order: Order, share: Share, why: list[str], by: User | None) -> Match:
    if by and order.user_id == by.pk:
        raise Refused(_("You cannot confirm a deposit for your own order."))
    if not order.total:
        raise Refused(_("Nothing is owed on a free order."))
    if share.seen is not None and order.sum_paid() != share.seen:
        raise Refused(
            _("Another payment for this order has just been recorded. Please look again.")
        )
    line, number = deposit.line, next_number(deposit)
    before = snapshot(order)
    payment = write_payment(
        order=order,
        provider="bank",
        reference=f"line:{line.fingerprint}:{number}",
        method="bank_transfer",
        amount=share.amount,
        received_at=line.at,
        by=by,
        note=line.payer,
    )
    return _connect(deposit, payment, number=number, why=why, before=before, by=by)


def find_payment(
    deposit: Deposit, *, payment: Payment, why: Iterable[str] = ("chosen",), by: User | None
) -> Match:
    """The deposit is the one that somebody had typed by hand: nothing is booked a second time."""
    with transaction.atomic():
        order = locked(payment.order)
        if not Payment.objects.typed_by_hand().filter(pk=payment.pk).exists():
            raise Refused(_("This payment is borne out by another line already."))
        _take(deposit, payment.amount)
        return _connect(
            deposit,
            payment,
            number=next_number(deposit),
            why=list(why),
            before=snapshot(order),
            by=by,
            is_found=True,
        )


def next_number(deposit: Deposit) -> int:
    """Of a deposit's matches; its row is held since won were taken from it."""
    return deposit.matches.count() + 1


def snapshot(order: Order) -> dict[str, str]:
    """How an order stood before money came for it."""
    closed = order.closed_at.isoformat() if order.closed_at else ""
    return {"status": order.status, "closed_at": closed}


def _connect(
    deposit: Deposit,
    payment: Payment,
    *,
    number: int,
    why: list[str],
    before: dict[str, str],
    by: User | None,
    is_found: bool = False,
) -> Match:
    order = payment.order
    match = Match.objects.create(
        deposit=deposit,
        order=order,
        payment=payment,
        number=number,
        amount=payment.amount,
        is_found=is_found,
        why=why,
        before=before,
        matched_by=by,
    )
    enter(deposit.line, -match.amount)
    if by:
        _learn(match)
    audit.record(
        "payments.match_deposit",
        order,
        by=by,
        subjects=[order.user_id],
        deposit=deposit.pk,
        amount=match.amount,
        why=why,
    )
    return match


def enter(line: BankLine, amount: int) -> None:
    """An entry of what of a line is nobody's: more or less of it."""
    LedgerEntry.objects.create(
        line=line,
        turn=line.entries.count() + 1,
        account=LedgerEntry.UNIDENTIFIED,
        amount=amount,
        branch_id=line.account.branch_id,
    )


def _learn(match: Match) -> None:
    """A name on the bank's list that is not the buyer's: next time it is known."""
    order, text = match.order, printed(match.deposit.line.payer)
    buyer = buyer_key(order.buyer_name)
    if not text.key or text.name == buyer:
        return
    is_for_others = order.buyer_name != order.user.name
    Alias.objects.update_or_create(
        text=text.key,
        user=order.user,
        defaults={"buyer": buyer if is_for_others else "", "match": match},
    )


def tell_partial(order: Order, payment: Payment) -> None:
    """부분납: the buyer is told what is still missing, and until when."""
    order.refresh_from_db(fields=["status"])
    missing = order.total - net_paid(order)
    if order.status != Order.Status.PENDING or missing <= 0:
        return
    account = {f"bank_{name}": value for name, value in settings.BANK_ACCOUNT.items()}
    post.send(
        "deposit_partial",
        [order.user.mailbox],
        language=order.user.language,
        key=f"partial:{payment.pk}",
        context=mail_facts(order)
        | account
        | {
            "amount": payment.amount,
            "missing": missing,
            "depositor": order.depositor_name,
            "deadline": f"{order.expires_at.astimezone(clock.KST):%Y-%m-%d %H:%M}",
        },
        user=order.user,
        branch=order.branch,
    )


# What is not matched ------------------------------------------------------------------------------


@transaction.atomic
def set_aside(deposit: Deposit, *, note: str, by: User) -> None:
    """Out of the queue for now: nobody knows whose it is. It can be claimed at any time."""
    deposit.move_to(Deposit.Status.ASIDE, note=note[:200])
    audit.record(
        "payments.set_aside_deposit",
        deposit,
        branch=deposit.line.account.branch_id,
        by=by,
        reason=note,
    )


@transaction.atomic
def take_up(deposit: Deposit, *, by: User) -> None:
    """Back into the queue."""
    deposit.move_to(Deposit.Status.OPEN, note="")
    audit.record("payments.take_up_deposit", deposit, branch=deposit.line.account.branch_id, by=by)


@transaction.atomic
def return_deposit(
    deposit: Deposit, *, amount: int, reason: str, evidence: BankLine | None = None, by: User
) -> DepositReturn:
    """Somebody has wired unclaimed won back to where they came from. Much money needs the bank's
    own line that shows it; what of a deposit went back without one counts together. Raises
    Refused."""
    Deposit.objects.select_for_update().get(pk=deposit.pk)
    if evidence is None and _unproven(deposit) + amount >= settings.TWO_PERSON_REFUND_WON:
        raise Refused(
            _("From %(limit)s won on, choose the line of the bank file that shows the transfer.")
            % {"limit": f"{settings.TWO_PERSON_REFUND_WON:,}"},
            field="evidence",
        )
    if evidence and (
        evidence.outgoing != amount or evidence.account.branch_id != deposit.line.account.branch_id
    ):
        raise Refused(_("This line shows another amount, or another account."), field="evidence")
    if evidence:
        BankLine.objects.select_for_update().get(pk=evidence.pk)
        if not BankLine.objects.unexplained().filter(pk=evidence.pk).exists():
            raise Refused(_("This line is the evidence of something else."), field="evidence")
    _take(deposit, amount)
    row = DepositReturn.objects.create(
        deposit=deposit, amount=amount, reason=reason[:300], evidence=evidence, returned_by=by
    )
    enter(deposit.line, -amount)
    audit.record(
        "payments.return_deposit",
        deposit,
        branch=deposit.line.account.branch_id,
        by=by,
        reason=reason,
        amount=amount,
    )
    return row


def _unproven(deposit: Deposit) -> int:
    """Won of a deposit that went back on somebody's word alone."""
    rows = DepositReturn.objects.filter(deposit=deposit.pk, evidence=None)
    return rows.aggregate(sum=Sum("amount"))["sum"] or 0


# By themselves ------------------------------------------------------------------------------------


def start_matching(branch: Branch, *, by: User) -> Any:
    """Confirms all open deposits of a branch's accounts that are beyond doubt: at once where they
    are few, else by the worker. Returns how many, or the batch."""
    count = Deposit.objects.open().filter(line__account__branch=branch).count()
    if count <= AT_ONCE:
        return match_open(branch, by=by)
    return batches.start(MATCH, by=by, title=_("Matching deposits"), total=count, branch=branch.pk)


def url_of_deposits(_batch: Any) -> str:
    return reverse("payments_staff:deposits")


def run_matching(work: batches.Work) -> None:
    """Begins anew when it was killed: what was confirmed is no longer open."""
    branch = Branch.objects.get(pk=work.params["branch"])

    def progress(done: int, total: int) -> None:
        at_an_end = done in (0, total)
        work.progress(done, total=total if at_an_end else None)

    matched = match_open(branch, by=work.batch.by, progress=progress)
    work.tell(**{_("Deposits matched"): matched})


def match_open(branch: Branch, *, by: User, progress: Progress | None = None) -> int:
    """Returns how many deposits were confirmed. ``by`` asked for it; nobody's own order is
    confirmed by that, and no deposit that a person has taken back from an order: it would be
    matched to the same one again."""
    rows = Deposit.objects.open().filter(line__account__branch=branch)
    deposits = list(rows.select_related("line__account").order_by("line__at", "pk"))
    doubted = set(Match.objects.taken_back().filter(deposit__in=rows).values_list("deposit"))
    decisions = [
        decision
        for decision in decide(deposits, pool_of(branch, deposits))
        if decision.candidate.order.user_id != by.pk and (decision.deposit.pk,) not in doubted
    ]
    if progress:
        progress(0, len(decisions))
    matched = 0
    for number, decision in enumerate(decisions, start=1):
        try:
            _confirm(decision)
        except Refused:
            pass  # something has come between; a person will look
        else:
            matched += 1
        if progress:
            progress(number, len(decisions))
    return matched


def _confirm(decision: Decision) -> None:
    deposit, order, why = decision.deposit, decision.candidate.order, decision.candidate.why
    if order.payment:
        payment = Payment.objects.select_related("order__user").get(pk=order.payment)
        find_payment(deposit, payment=payment, why=why, by=None)
    else:
        share = Share(Order(pk=order.pk), deposit.left, seen=order.paid)
        match_deposit(deposit, shares=[share], why=why, by=None)


def pool_of(branch: Branch, deposits: Sequence[Deposit]) -> Pool:
    """What a branch's deposits could be for without a person's look: orders that wait, or that
    were open still when the money came; and what was typed by hand."""
    if not deposits:
        return Pool([])
    first = min(deposit.line.at for deposit in deposits)
    orders = Order.objects.all() if branch.is_head_office else Order.objects.filter(branch=branch)
    return _load(orders, orders.could_be_paid(since=first), deposits)


def pool_for(user: User, deposits: Sequence[Deposit]) -> Pool:
    """What a person may choose from: also orders that have ended lately, or are paid already."""
    if not deposits:
        return Pool([])
    orders = Order.objects.permitted(user, "payments.confirm_deposit")
    first = min(deposit.line.at for deposit in deposits)
    texts = [printed(deposit.line.payer) for deposit in deposits]
    lately = orders.lately(
        since=first - LOOKED_BACK,
        names={deposit.line.payer.rstrip("0123456789 ")[:40] for deposit in deposits},
        suffixes={int(suffix) for text in texts for suffix in text.suffixes},
    )
    return _load(orders, lately, deposits)


def _load(orders: OrderQuerySet, chosen: OrderQuerySet, deposits: Sequence[Deposit]) -> Pool:
    near = timedelta(days=pools.NEAR + 1)
    days = [deposit.line.at for deposit in deposits]
    typed = (
        Payment.objects.typed_by_hand()
        .filter(order__in=orders, received_at__range=(min(days) - near, max(days) + near))
        .select_related("order")
    )
    return pools.load(chosen, typed, Alias.objects.values_list("text", "user_id", "buyer"))

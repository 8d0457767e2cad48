"""What is owed: placing an order, choosing how to pay it, and the ends that are not payment."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts import guests
from kosna.accounts.models import Guest, User
from kosna.audit import actions as audit
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.korean import vat_split
from kosna.core.prepared import insert
from kosna.mail import post
from kosna.payments import payables
from kosna.payments.actions import card, papers, shares
from kosna.payments.actions.settlement import (
    complete,
    locked,
    mail_facts,
    net_paid,
    raise_task,
    settle,
    write_payment,
)
from kosna.payments.models import Attempt, Order, OrderLine, Payment, Task
from kosna.payments.providers import bank
from kosna.payments.providers.base import ProviderDown

logger = logging.getLogger(__name__)

RELEASE_GRACE = timedelta(minutes=5)
# How long an order outlives its release while its provider cannot be asked whether it was paid.
DOUBT = timedelta(hours=1)
LONGEST_TITLE = 200


@dataclass(frozen=True)
class Line:
    """One thing to buy; ``amount`` is whole won, VAT included. Frozen into an OrderLine, whose
    title begins with ``of``, such as an event's title; that is cut where both are too long."""

    kind: str
    title_ko: str
    title_en: str
    amount: int
    vat_class: OrderLine.VatClass
    tier: str = ""
    standing: str = ""
    dues_year: int | None = None
    # What the branch gets, where the seller has promised it; else the rule of the day says it.
    branch_share: int | None = None
    share_percent: int | None = None
    share_rule: str = ""
    refund_policy: Sequence[Sequence[int]] | Mapping[str, Any] = ()
    list_price: int | None = None  # what everyone pays, where there is such a price
    of_ko: str = ""
    of_en: str = ""

    @property
    def vat(self) -> int:
        taxable = self.vat_class == OrderLine.VatClass.TAXABLE
        return vat_split(self.amount)[1] if taxable else 0


def _titled(of: str, title: str) -> str:
    """A line's title, no longer than may be: what it is stays readable before whose it is."""
    end = f" · {title}" if of else title
    return _cut(_cut(of, LONGEST_TITLE - len(end)) + end)


def _cut(text: str, most: int = LONGEST_TITLE) -> str:
    return text if len(text) <= most else f"{text[: max(most - 1, 0)]}…"


def place_order(
    *,
    payable: str,
    user: User,
    branch: Branch,
    buyer_name: str,
    title_ko: str,
    title_en: str,
    lines: Sequence[Line],
    expires_at: datetime | None = None,
    form_key: UUID | None = None,
    by: User,
) -> Order:
    """An order over ``lines``; ``order.placed_lines`` are their rows in the given order.

    ``expires_at`` is what the buyer is told; by default the seat hold. An order over 0 won is
    settled by ``settle_free(order, by=by)``, which the caller calls once the things bought hang on
    their lines: only then can the payable's ``on_paid`` find them. ``form_key`` was drawn with the
    form: sent again, it raises IntegrityError, and ``sent_before`` finds the order.
    """
    payables.get(payable)
    now = clock.now()
    expires_at = expires_at or now + timedelta(minutes=settings.SEAT_HOLD_MINUTES)
    total = sum(line.amount for line in lines)
    with transaction.atomic(savepoint=False):
        order = Order(
            payable=payable,
            title_ko=_cut(title_ko),
            title_en=_cut(title_en),
            user=user,
            buyer_name=buyer_name,
            branch=branch,
            method=Order.Method.NONE if total else Order.Method.FREE,
            total=total,
            created_at=now,
            expires_at=expires_at,
            release_at=expires_at + RELEASE_GRACE,
            form_key=form_key,
        )
        insert([order])
        order.placed_lines = [
            OrderLine(
                order=order,
                kind=line.kind,
                title_ko=_titled(line.of_ko, line.title_ko),
                title_en=_titled(line.of_en, line.title_en),
                amount=line.amount,
                vat_class=line.vat_class,
                vat=line.vat,
                tier=line.tier,
                standing=line.standing,
                dues_year=line.dues_year,
                branch_share=line.branch_share,
                share_percent=line.share_percent,
                share_rule=line.share_rule,
                refund_policy=line.refund_policy,
                list_price=line.list_price,
            )
            for line in shares.divided(lines, payable=payable, branch=branch)
        ]
        insert(order.placed_lines)
        audit.record("payments.place_order", order, by=by, subjects=[user], total=total)
    return order


def sent_before(by: User, form_key: UUID | None) -> Order | None:
    """What this person has ordered with this very form."""
    return Order.objects.filter(user=by, form_key=form_key).first() if form_key else None


@transaction.atomic(savepoint=False)
def settle_free(order: Order, *, by: User) -> None:
    """Free is a payment of 0 won that somebody wrote down, never "nothing to pay". Other orders
    are left alone, so that callers need not ask. ``order`` shows its new status afterwards.

    Called in the transaction that placed the order, which nobody else sees yet: there is nothing
    to lock and nothing to read again, unless its payment was there already.
    """
    if order.total:
        return
    payment = write_payment(
        order=order,
        provider="free",
        reference=f"free:{order.code}",
        method="free",
        amount=0,
        received_at=clock.now(),
        by=by,
    )
    if payment.order is order:
        complete(order, payment, by=by)
    else:
        settle(order, by=by)
        order.refresh_from_db(fields=["status", "paid_at"])


@transaction.atomic
def prove(guest: Guest) -> str:
    """Their link was opened: from now on the address is theirs. Why what they ordered was given up
    then by whoever sold it; or empty."""
    orders = Order.objects.filter(user=guest.user).order_by("pk")
    waiting = [locked(order) for order in orders]
    if User.objects.select_related("guest").get(pk=guest.pk).is_unproven:
        guests.confirm(guest)
        return " ".join(filter(None, (_proven(order) for order in waiting)))
    return ""


def counts_once_proven(guest: Guest, order: Order) -> bool:
    """Whether opening their link is not enough: the order would count for an address."""
    return guest.confirmed_at is None and payables.get(order.payable).counts_once_proven(order)


def _proven(order: Order) -> str:
    return payables.get(order.payable).on_proven(order)


@transaction.atomic
def accept_free(order: Order, *, by: User) -> Order:
    """Takes what an order over 0 won holds: for what was offered, and so not settled at once.
    Raises Refused when its time is over. Accepting twice takes it once."""
    order = locked(order)
    if order.status == Order.Status.PAID and not order.total:
        return order
    if order.user.is_unproven:
        raise Refused(
            _("Please open the link in our e-mail first: it shows that the address is yours.")
        )
    if order.total or order.status != Order.Status.PENDING or order.expires_at <= clock.now():
        raise Refused(_("This can no longer be accepted: its deadline has passed."))
    settle_free(order, by=by)
    return order


def choose_bank_transfer(order: Order, *, by: User) -> Order:
    """무통장입금: shows the account and waits for some days. Choosing twice prolongs nothing.

    An open payment page is closed first, or somebody could pay twice; may raise ProviderDown.
    """
    if order.method != Order.Method.NONE:  # else no page was ever opened: that chooses CARD
        card.close_sessions(order)
    with transaction.atomic():
        order = locked(order)
        card.must_be_payable(order)
        if order.method == Order.Method.BANK:
            return order
        if not bank.is_configured():
            raise Refused(_("Bank transfer is not offered at the moment."))
        expires_at = bank.deadline(order)
        release_at = max(order.release_at, bank.release_after(expires_at))
        order.change(method=Order.Method.BANK, expires_at=expires_at, release_at=release_at)
        audit.record("payments.choose_bank_transfer", order, by=by, subjects=[order.user_id])
        _tell_to_transfer("bank_transfer", order, f"bank:{order.code}")
    return order


def _tell_to_transfer(template: str, order: Order, key: str) -> None:
    """What is to be transferred, where to, under which name and until when."""
    account = {f"bank_{name}": value for name, value in settings.BANK_ACCOUNT.items()}
    post.send(
        template,
        [order.user.mailbox],
        language=order.user.language,
        key=key,
        context=mail_facts(order)
        | account
        | {
            "amount": order.total - net_paid(order),
            "depositor": order.depositor_name,
            "deadline": f"{clock.kst_date(order.expires_at):%Y-%m-%d} 23:59",
        },
        user=order.user,
        branch=order.branch,
    )


def remind_to_transfer() -> int:
    """Tells who chose a bank transfer before today that its deadline is tomorrow, once of each
    deadline; not where money was noted that a second person is to look at. Safe to run twice.
    Returns how many orders wait."""
    today = clock.today()
    day = today + timedelta(days=1)
    waiting = Order.objects.waiting().filter(
        method=Order.Method.BANK,
        expires_at__range=(clock.start_of(day), clock.end_of(day)),
        created_at__lt=clock.start_of(today),
    )
    orders = [
        order
        for order in waiting.select_related("user__guest", "branch").order_by("pk")
        if net_paid(order) < order.total and not order.noted.waiting().exists()
    ]
    for order in orders:
        with transaction.atomic():
            _tell_to_transfer("transfer_due", order, f"transfer_due:{order.code}:{day}")
    return len(orders)


@transaction.atomic
def cancel_order(order: Order, *, by: User, reason: str) -> Order:
    """Gives up an unpaid order and what it held. Money that still arrives goes to REVIEW.

    An open payment page is closed after the commit; call ``card.close_sessions`` before, outside
    a transaction, where a person waits for the answer.
    """
    order = locked(order)
    _end(order, Order.Status.CANCELLED)
    audit.record("payments.cancel_order", order, by=by, reason=reason, subjects=[order.user_id])
    return order


@transaction.atomic
def expire_order(order: Order) -> Order:
    """Ends an order whose time is over. Raises Refused when it is paid or not yet due, or when a
    second person has yet to confirm what came in time."""
    order = locked(order)
    if order.release_at > clock.now():
        raise Refused(_("The deadline of this order has not passed yet."))
    if order.noted.waiting().in_time().exists():
        raise Refused(_("A deposit that came in time waits for a second person."))
    was_told = _end(order, Order.Status.EXPIRED)
    audit.record("payments.expire_order", order, subjects=[order.user_id])
    if was_told:
        return order
    post.send(
        "order_expired",
        [order.user.mailbox],
        language=order.user.language,
        key=f"expired:{order.code}",
        context=mail_facts(order),
        user=order.user,
        branch=order.branch,
    )
    return order


def _end(order: Order, status: Order.Status) -> bool:
    """Whether the buyer was told already, by whoever sold it."""
    order.move_to(status, closed_at=clock.now())
    order.attempts.filter(status__in=Attempt.UNDECIDED).update(status=Attempt.Status.EXPIRED)
    was_told = payables.get(order.payable).on_expired(order)
    papers.void_papers(order, papers.BEFORE, str(order.get_status_display()))
    if held := net_paid(order):
        payment = Payment.objects.standing().filter(order=order).order_by("pk").last()
        raise_task(Task.Kind.AMOUNT_DIFFERS, order, payment, f"{held:,}원")
    transaction.on_commit(lambda: card.close_leftovers(order), robust=True)
    return bool(was_told)


def expire_due() -> int:
    """Ends every order that is due, once its provider has been asked whether it was paid after
    all. Safe to run twice and in parallel. Returns how many ended."""
    ended = 0
    due = Order.objects.overdue(clock.now()).order_by("release_at")
    for order in due.prefetch_related("attempts"):
        try:
            card.look_up(order)
        except ProviderDown as problem:
            logger.warning("order %s: %s", order.code, problem)
            if order.release_at > clock.now() - DOUBT:
                continue
        try:
            expire_order(order)
        except Refused:
            continue  # paid meanwhile, or another worker was faster
        ended += 1
    return ended

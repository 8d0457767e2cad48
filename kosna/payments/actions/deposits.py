"""The treasurer reads the bank's list and says which order a deposit was for. Of much money that no
imported line bears out, a second person says so too."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.actions.matching import find_payment, tell_partial
from kosna.payments.actions.settlement import locked, settle, write_payment
from kosna.payments.matching import printed
from kosna.payments.models import Deposit, Match, NotedDeposit, Order, Payment

Status = NotedDeposit.Status


@dataclass(frozen=True)
class Typed:
    """What somebody read in the bank's list; whole won."""

    amount: int
    received_at: datetime
    depositor: str
    nonce: str

    @property
    def day(self) -> date:
        return clock.kst_date(self.received_at)


def confirm_deposit(
    order: Order,
    *,
    amount: int,
    received_on: date,
    depositor: str,
    nonce: str,
    seen: int,
    by: User,
) -> Payment | NotedDeposit:
    """Records a deposit (won) of a Korean day. A partial one leaves the order waiting for the
    rest; too much raises a task.

    ``nonce`` was drawn with the form, so sending it twice books once; ``seen`` is what the order
    had received when the form was drawn, so two treasurers cannot book one deposit twice. Where a
    line of a bank file is plainly this deposit, it is taken to be the same and booked no more.

    From TWO_PERSON_DEPOSIT_WON on a deposit without such a line is only noted, and waits for
    ``confirm_noted``; what one person typed for an order counts together.
    """
    with transaction.atomic():
        order = locked(order)
        known = _known(nonce)
        if known and known.order_id != order.pk:
            raise Refused(_("This form was drawn for another order. Please look again."))
        if isinstance(known, NotedDeposit):
            return known
        if known is None:
            _must_fit(order, received_on, seen=seen, by=by)
            noon = datetime.combine(received_on, time(12), clock.KST)
            typed = Typed(amount, min(noon, clock.now()), depositor, nonce)
            line = _on_the_list(order, typed)
            if line is None and _same_noted(order, typed).exists():
                raise Refused(
                    _("Such a deposit of this day is noted already, and waits for another person.")
                )
            if line is None and _typed_alone(order, by) + amount >= _limit():
                return _note(order, typed, by=by)
            known = _book(order, typed, line, by=by)
    _conclude(order, known, by=by)
    return known


def _limit() -> int:
    return settings.TWO_PERSON_DEPOSIT_WON


def _known(nonce: str) -> Payment | NotedDeposit | None:
    """What this form did when it was sent before."""
    payment = Payment.objects.filter(provider="bank", reference=f"bank:{nonce}").first()
    return payment or NotedDeposit.objects.filter(nonce=nonce).first()


def _must_fit(order: Order, received_on: date, *, seen: int, by: User) -> None:
    if order.user_id == by.pk:
        raise Refused(_("You cannot confirm a deposit for your own order."))
    if order.sum_paid() != seen:
        raise Refused(
            _("Another payment for this order has just been recorded. Please look again.")
        )
    if received_on > clock.today():
        raise Refused(_("This day has not come yet."), field="received_on")


def _typed_alone(order: Order, by: User) -> int:
    """Won of an order that rest on this person's word alone, or wait to rest on another's too."""
    booked = Payment.objects.of_one_person(by).filter(order=order)
    noted = order.noted.waiting().filter(noted_by=by)
    return sum(rows.aggregate(sum=Sum("amount"))["sum"] or 0 for rows in (booked, noted))


def _same_noted(order: Order, typed: Typed) -> QuerySet:
    """What another form has said of this deposit; whoever read it too confirms that one."""
    return order.noted.waiting().of_day(typed.day).filter(amount=typed.amount)


def _on_the_list(order: Order, typed: Typed) -> Deposit | None:
    """The one open deposit of this amount, day and name."""
    name = printed(typed.depositor).name
    deposits = Deposit.objects.open().filter(
        Q(line__account__branch=order.branch_id) | Q(line__account__branch__is_head_office=True),
        left=typed.amount,
        line__incoming=typed.amount,
        line__at__range=(clock.start_of(typed.day), clock.end_of(typed.day)),
    )
    alike = [
        deposit
        for deposit in deposits.select_related("line__account")
        if name and printed(deposit.line.payer).name == name
    ]
    return alike[0] if len(alike) == 1 else None


def _book(order: Order, typed: Typed, line: Deposit | None, *, by: User) -> Payment:
    """The order's row is locked."""
    payment = write_payment(
        order=order,
        provider="bank",
        reference=f"bank:{typed.nonce}",
        method="bank_transfer",
        amount=typed.amount,
        received_at=typed.received_at,
        by=by,
        note=typed.depositor,
    )
    if line:
        find_payment(line, payment=payment, why=["by_hand", "name", "amount"], by=by)
    return payment


def _conclude(order: Order, payment: Payment, *, by: User) -> None:
    settle(order, by=by)
    tell_partial(order, payment)


# Two people ---------------------------------------------------------------------------------------


def _note(order: Order, typed: Typed, *, by: User) -> NotedDeposit:
    noted = NotedDeposit.objects.create(
        order=order,
        amount=typed.amount,
        received_at=typed.received_at,
        depositor=typed.depositor,
        nonce=typed.nonce,
        noted_by=by,
    )
    _record("payments.note_deposit", noted, by=by)
    return noted


def confirm_noted(noted: NotedDeposit, *, seen: int, by: User) -> Payment:
    """Another person has read it in the bank's list too: it is booked as any deposit that is typed.
    ``seen`` is what the order had received when the page was drawn.

    A line of a bank file that came meanwhile is taken to be the same, also when it was matched to
    this order already: then nothing more is booked. Raises Refused for who noted it.
    """
    with transaction.atomic():
        order = locked(noted.order)
        noted = NotedDeposit.objects.get(pk=noted.pk)
        if noted.noted_by_id == by.pk:
            raise Refused(_("Another person than who noted this deposit must confirm it."))
        _must_fit(order, noted.received_on, seen=seen, by=by)
        typed = Typed(noted.amount, noted.received_at, noted.depositor, noted.nonce)
        payment = came_meanwhile(noted)
        if payment is None:
            payment = _book(order, typed, _on_the_list(order, typed), by=by)
        noted.move_to(Status.CONFIRMED, payment=payment, decided_at=clock.now(), decided_by=by)
        _record("payments.confirm_noted", noted, by=by)
    _conclude(order, payment, by=by)
    return payment


def came_meanwhile(noted: NotedDeposit) -> Payment | None:
    """What was booked for its order since from a line of the bank of this amount and day."""
    day = noted.received_on
    match = (
        Match.objects.standing()
        .filter(
            order=noted.order_id,
            amount=noted.amount,
            deposit__line__at__range=(clock.start_of(day), clock.end_of(day)),
            payment__recorded_at__gte=noted.noted_at,
            payment__noted=None,
        )
        .select_related("payment")
        .order_by("pk")
        .first()
    )
    return match.payment if match else None


@transaction.atomic
def refuse_noted(noted: NotedDeposit, *, reason: str, by: User) -> NotedDeposit:
    """It is not on the bank's list, or is another's. Who noted it may take it back so."""
    locked(noted.order)
    noted.move_to(Status.REFUSED, reason=reason[:300], decided_at=clock.now(), decided_by=by)
    _record("payments.refuse_noted", noted, by=by, reason=reason)
    return noted


def _record(verb: str, noted: NotedDeposit, *, by: User, reason: str = "") -> None:
    audit.record(
        verb,
        noted.order,
        by=by,
        reason=reason,
        subjects=[noted.order.user_id],
        amount=noted.amount,
        noted=noted.pk,
    )

"""Money is taken at a door, and its till is counted and handed over, by two people."""

from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.actions import card
from kosna.payments.actions.settlement import locked, net_paid, settle, write_payment
from kosna.payments.models import Order, Payment, Taking, Till
from kosna.payments.models.tills import sum_of

# How money is taken: the account that it stands in, and its method.
WAYS = {
    "cash": ("till", "cash"),
    "card": ("terminal", "card_terminal"),
    "transfer": ("bank", "bank_transfer"),
}


@dataclass(frozen=True)
class Occasion:
    """What money is taken for: a key of the seller's, and its title."""

    key: str
    title_ko: str
    title_en: str


def take_money(order: Order, *, way: str, slip: str, occasion: Occasion, by: User) -> Payment:
    """Somebody at a door has what is owed in their hand: it is written down, in their till of
    today, and then settled. ``slip``: the approval number of the card terminal, or the name of the
    depositor.

    Twice is once. Raises Refused, before anything is written, when the order is their own, was paid
    otherwise or given back, when a slip is another order's, and for a transfer of so much that two
    people must see it. ProviderDown when nobody knows whether it is being paid online this moment.
    """
    card.close_sessions(order)
    with transaction.atomic():
        order = locked(order)
        payment = _taken_before(order) or _write_down(order, way, slip, occasion, by)
    settle(order, by=by)
    return payment


def _taken_before(order: Order) -> Payment | None:
    """What was taken for it already; a button that is pressed twice finds it."""
    if order.status == Order.Status.REFUNDED:
        raise Refused(_("The money for this was given back already. Begin a new sale."))
    payment = order.payments.standing().order_by("pk").last()
    # Of what is paid a part may have gone back since: that is not owed again.
    is_paid = order.status == Order.Status.PAID or net_paid(order) >= order.total
    if payment is None or not is_paid:
        return None
    if not hasattr(payment, "taking"):
        raise Refused(_("This was paid otherwise already. Give the money back."))
    return payment


def _write_down(order: Order, way: str, slip: str, occasion: Occasion, by: User) -> Payment:
    amount, today = order.total - net_paid(order), clock.today()
    if order.user_id == by.pk:
        raise Refused(_("You cannot take money for your own order."))
    if way == "transfer" and amount >= settings.TWO_PERSON_DEPOSIT_WON:
        raise Refused(
            _(
                "From %(limit)s won on two people must see a transfer. Take the money in cash or "
                "by card, or ask the treasurer."
            )
            % {"limit": f"{settings.TWO_PERSON_DEPOSIT_WON:,}"}
        )
    provider, method = WAYS[way]
    reference = {
        "cash": order.code,
        "card": f"{occasion.key}:{today}:{''.join(slip.split()).casefold()}",
        "transfer": f"bank:{order.code}",
    }[way]
    payment = write_payment(
        order=order,
        provider=provider,
        reference=reference,
        method=method,
        amount=amount,
        received_at=clock.now(),
        by=by,
        note=slip,
    )
    if payment.order_id != order.pk:
        raise Refused(
            _("This slip is written down for the order %(code)s already. Look at its number again.")
            % {"code": payment.order.code},
            field="slip",
        )
    order.change(method=Order.Method.DOOR)
    till = _open_till(order, occasion, by)
    Taking.objects.create(till=till, payment=payment)
    return payment


def _open_till(order: Order, occasion: Occasion, by: User) -> Till:
    """Locked, so that what is counted is all that it took. The order is locked before it."""
    facts = {"occasion": occasion.key, "day": clock.today(), "keeper": by}
    rows = Till.objects.select_for_update(of=("self",)).filter(status=Till.Status.OPEN, **facts)
    if till := rows.first():
        return till
    titles = {"title_ko": occasion.title_ko, "title_en": occasion.title_en}
    try:
        with transaction.atomic():
            return Till.objects.create(branch=order.branch, **facts, **titles)
    except IntegrityError:  # opened by another sale of theirs this moment
        return rows.get()


def expected(till: Till) -> tuple[int, int]:
    """Won of cash and of card slips that a till should hold."""
    rows = till.entries.values_list("payment__method", "payment__amount")
    sums: dict[str, int] = {}
    for method, won in rows:
        sums[method] = sums.get(method, 0) + won
    took = sum_of(sums.items())
    return took.cash, took.cards


@transaction.atomic
def count_till(till: Till, *, cash: int, cards: int, reason: str, by: User) -> Till:
    """Somebody has counted it: the cash in it (without the change that was brought along) and the
    sum of its slips, whole won. It takes nothing more; until it is handed over it may be counted
    again. Raises Refused where it is not what was taken and no reason says why."""
    till = _locked(till)
    if till.status == Till.Status.HANDED:
        raise Refused(_("This till was handed over already."))
    due_cash, due_cards = expected(till)
    if (cash, cards) == (due_cash, due_cards):
        reason = ""
    elif not reason.strip():
        raise Refused(_("It is not what was taken: please say why."), field="reason")
    facts = {
        "expected_cash": due_cash,
        "expected_cards": due_cards,
        "counted_cash": cash,
        "counted_cards": cards,
        "reason": reason.strip(),
        "counted_at": clock.now(),
        "counted_by": by,
    }
    if till.status == Till.Status.OPEN:
        till.move_to(Till.Status.COUNTED, **facts)
    else:
        Till.objects.filter(pk=till.pk).update(**facts)
        till.refresh_from_db()
    audit.record(
        "payments.count_till",
        till,
        by=by,
        branch=till.branch_id,
        reason=till.reason,
        cash=cash,
        cards=cards,
        difference=till.difference,
    )
    return till


@transaction.atomic
def receive_till(till: Till, *, cash: int, cards: int, by: User) -> Till:
    """Another person has it now, and counted too. Raises Refused for whoever took or counted it,
    and where they count otherwise: then both count again."""
    till = _locked(till)
    if by.pk in (till.keeper_id, till.counted_by_id):
        raise Refused(_("Another person than who took and counted the money must receive it."))
    if till.status == Till.Status.COUNTED and (cash, cards) != (
        till.counted_cash,
        till.counted_cards,
    ):
        raise Refused(
            _("This is not what was counted. Count it again together, and save that first.")
        )
    till.move_to(Till.Status.HANDED, received_at=clock.now(), received_by=by)
    audit.record(
        "payments.receive_till", till, by=by, branch=till.branch_id, cash=cash, cards=cards
    )
    return till


def _locked(till: Till) -> Till:
    return Till.objects.select_for_update(of=("self",)).select_related("branch").get(pk=till.pk)

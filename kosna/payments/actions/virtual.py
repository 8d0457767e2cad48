"""가상계좌: an account that a gateway gives out for one order. The order waits for the deposit, and
what it holds follows the account's own deadline."""

from django.db import transaction

from kosna.audit import actions as audit
from kosna.core import clock
from kosna.mail import post
from kosna.payments.actions.settlement import locked, mail_facts
from kosna.payments.models import Attempt, Order
from kosna.payments.providers import gateway
from kosna.payments.providers.base import Account, ProviderState


@transaction.atomic
def hold_for_deposit(attempt: Attempt, state: ProviderState) -> bool:
    """Writes the account down, holds what was ordered until it closes, and tells the buyer, once.
    False when the order does not wait for money any more."""
    order, account = locked(attempt.order), state.account
    attempt.refresh_from_db()
    if order.status != Order.Status.PENDING or attempt.status not in Attempt.UNDECIDED:
        return False
    if attempt.account or account is None:
        return True
    if attempt.status != Attempt.Status.OPEN:
        attempt.move_to(Attempt.Status.OPEN)
    Attempt.objects.filter(pk=attempt.pk).update(
        account={"bank": account.bank, "number": account.number, "holder": account.holder},
        expires_at=account.due_at,
        url="",
        error="",
    )
    order.change(
        method=Order.Method.VIRTUAL,
        expires_at=max(order.expires_at, account.due_at),
        release_at=max(order.release_at, account.due_at + gateway(attempt.provider).page.grace),
    )
    audit.record("payments.give_out_account", order, subjects=[order.user_id], amount=state.amount)
    _tell(order, attempt, account)
    return True


def _tell(order: Order, attempt: Attempt, account: Account) -> None:
    post.send(
        "virtual_account",
        [order.user.mailbox],
        language=order.user.language,
        key=f"account:{attempt.uuid}",
        context=mail_facts(order)
        | {
            "amount": attempt.amount,
            "bank_bank": account.bank,
            "bank_number": account.number,
            "bank_holder": account.holder,
            "deadline": f"{account.due_at.astimezone(clock.KST):%Y-%m-%d %H:%M}",
        },
        user=order.user,
        branch=order.branch,
    )

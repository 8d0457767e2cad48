"""The account into which a refund goes that cannot go back the way it came: asked for, named, read
for the transfer, and emptied when the refund has ended."""

import json

from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock, sealing
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.payments.actions.settlement import locked, mail_facts
from kosna.payments.banks import BANKS
from kosna.payments.models import Order, Payment, Refund, RefundAccount
from kosna.payments.providers import WIRED
from kosna.payments.providers.base import PayoutAccount

Status = Refund.Status
# Whoever approved it has looked at the account; nobody changes it while money is on its way there.
NAMEABLE = (Status.REQUESTED, Status.FAILED)


def needs_account(payment: Payment) -> bool:
    """Whether money that came so cannot go back the same way: as its provider says (which need not
    be set up any more to be asked)."""
    return payment.is_wired_back or payment.method in WIRED


def account_of(refund: Refund) -> RefundAccount | None:
    return RefundAccount.objects.standing().filter(refund=refund.pk).first()


def open_to_account(order: Order) -> list[tuple[Refund, RefundAccount | None]]:
    """The refunds of an order for which an account may be named now, or another one, each with the
    one that stands."""
    unfinished = order.refunds.filter(status__in=[*NAMEABLE, Status.APPROVED])
    rows = list(unfinished.select_related("payment", "line").order_by("pk"))
    standing = RefundAccount.objects.standing().filter(refund__in=rows)
    named = {account.refund_id: account for account in standing}
    return [
        (refund, named.get(refund.pk))
        for refund in rows
        if needs_account(refund.payment) and (refund.status in NAMEABLE or refund.pk not in named)
    ]


@transaction.atomic
def name_account(
    order: Order, *, bank: str, number: str, holder: str, by: User, refund: Refund | None = None
) -> int:
    """Says into which account the refunds of an order go, or one of them; ``number`` is digits.
    Returns how many. Raises Refused when none of them waits for an account."""
    order = locked(order)
    refunds = [each for each, _account in open_to_account(order) if refund in (None, each)]
    if not refunds:
        raise Refused(_("No refund of this order waits for an account."))
    if bank not in BANKS:
        raise Refused(_("Choose the bank."), field="bank")
    for each in refunds:
        purge(each)
        account = RefundAccount.objects.create(
            refund=each,
            bank=bank,
            last_digits=number[-4:],
            sealed=sealing.seal(json.dumps({"number": number, "holder": holder})),
            typed_by=by,
        )
        audit.record(
            "payments.name_refund_account",
            order,
            by=by,
            subjects=[order.user_id],
            refund=each.pk,
            account=str(account),
        )
    return len(refunds)


def payout_account(refund: Refund) -> PayoutAccount:
    """Where the money of a refund goes that cannot go back the way it came. Raises Refused, with
    what to do, where nobody has said so."""
    account = account_of(refund)
    if account is None:
        raise no_account()
    return opened(account)


def opened(account: RefundAccount) -> PayoutAccount:
    """What was sealed. Raises Refused where its key is lost."""
    assert account.sealed is not None
    try:
        facts = json.loads(sealing.unseal(account.sealed))
    except sealing.Unreadable:
        raise Refused(
            _("This account cannot be read any more: ask the buyer to name it again.")
        ) from None
    return PayoutAccount(BANKS[account.bank][0], facts["number"], facts["holder"])


def no_account() -> Refused:
    return Refused(
        _(
            "This money cannot go back the way it came, and nobody has said into which account. "
            "Ask the buyer to name it on the page of the order, or type it here for them."
        )
    )


def purge(refund: Refund) -> None:
    """Empties the account of a refund, in the transaction that ends it; the day stays."""
    standing = RefundAccount.objects.standing().filter(refund=refund.pk)
    standing.update(sealed=None, purged_at=clock.now())


def ask(refund: Refund, *, came_back: bool = False) -> None:
    """Writes to the buyer, once for all refunds of an order that wait together."""
    order = refund.order
    waiting = [each for each, account in open_to_account(order) if account is None]
    if not waiting:
        return
    first = waiting[0]
    facts = mail_facts(order)
    post.send(
        "refund_account_wanted",
        [order.user.mailbox],
        language=order.user.language,
        key=f"refund-account:{first.uuid}:{first.tries}:{first.entries.count()}",
        context=facts
        | {
            "amount": sum(each.amount for each in waiting),
            "came_back": came_back,
            "url": f"{facts['url']}refund-account/",
        },
        user=order.user,
        branch=order.branch,
    )


@transaction.atomic
def reseal() -> int:
    """Every standing account under the first of the keys. Returns how many."""
    accounts = RefundAccount.objects.standing().select_for_update()
    number = 0
    for account in accounts:
        assert account.sealed is not None
        account.sealed = sealing.reseal(account.sealed)
        account.save(update_fields=["sealed"])
        number += 1
    return number

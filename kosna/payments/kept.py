"""Orders of a closed account keep the buyer's name as long as the law asks for it. Amounts, the
books and the bank's own lines stay: they are the association's accounts."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.accounts.models import User
from kosna.accounts.retention import (
    NOBODY,
    PAYMENT,
    Fate,
    Obstacle,
    destroys,
    on_closing,
    rule,
    settle_first,
)
from kosna.core.uploads import discard
from kosna.payments.models import Alias, Attempt, Order, Proof, Refund

SETTLED = (
    Order.Status.PAID,
    Order.Status.REFUNDED,
    Order.Status.EXPIRED,
    Order.Status.CANCELLED,
)
ON_THE_WAY = (
    Refund.Status.REQUESTED,
    Refund.Status.APPROVED,
    Refund.Status.SENT,
    Refund.Status.FAILED,
)


def tell() -> None:
    rule(
        Fate.STAYS,
        PAYMENT,
        *("orders", "order_lines", "payments", "refunds", "refund_accounts", "proofs"),
    )
    settle_first(_open_money)
    on_closing(_erase)
    destroys("orders", gettext_lazy("Names on orders of closed accounts"), PAYMENT, _due, _destroy)


def _open_money(user: User) -> Iterator[Obstacle]:
    mine = Order.objects.filter(user=user)
    for order in mine.filter(status=Order.Status.PENDING).order_by("pk"):
        yield Obstacle(
            _("An order is not paid: %(title)s.") % {"title": order.title},
            order.get_absolute_url(),
            _("Pay or cancel it"),
        )
    back = Q(status=Order.Status.REVIEW) | Q(refunds__status__in=ON_THE_WAY)
    for order in mine.filter(back).distinct().order_by("pk"):
        yield Obstacle(
            _("Money is on its way back to you: %(title)s.") % {"title": order.title},
            order.get_absolute_url(),
            _("To the order"),
        )


def _erase(user: User) -> None:
    """Whose money a text on the bank's list was."""
    Alias.objects.filter(user=user).delete()


def _due(at: datetime) -> QuerySet[Order]:
    """Settled, and nothing of it has moved for as long as the law asks."""
    cutoff = PAYMENT.cutoff(at)
    lately = Refund.objects.filter(Q(done_at__gte=cutoff) | Q(status__in=ON_THE_WAY))
    return (
        Order.objects.filter(
            Q(paid_at=None) | Q(paid_at__lt=cutoff),
            Q(closed_at=None) | Q(closed_at__lt=cutoff),
            user__closed_at__isnull=False,
            status__in=SETTLED,
            created_at__lt=cutoff,
        )
        .exclude(buyer_name=NOBODY)
        .exclude(pk__in=lately.values("order"))
    )


def _destroy(keys: Collection[int]) -> None:
    Order.objects.filter(pk__in=keys).update(buyer_name=NOBODY)
    Attempt.objects.filter(order__in=keys).update(account={})
    proofs = Proof.objects.filter(payment__order__in=keys)
    for proof in proofs.exclude(certificate=""):
        discard(proof.certificate)
    proofs.update(
        identity="",
        sub_number="",
        company="",
        representative="",
        business_type="",
        business_item="",
        address="",
        email="",
        email2="",
        note="",
        certificate="",
        certificate_name="",
        certificate_type="",
    )

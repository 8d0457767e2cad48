"""Money of a person, as it is told to them. What a bank wrote of a transfer is not here: it may
name somebody else."""

from django.utils.translation import gettext_lazy as _

from kosna.accounts.own_data import register
from kosna.payments.models import Order, OrderLine, Payment, Proof, Refund, RefundAccount


def tell() -> None:
    register(
        "orders",
        _("Orders"),
        lambda user: Order.objects.filter(user=user),
        *("code", "payable", "title_ko", "title_en", "buyer_name", "status", "method", "total"),
        *("created_at", "expires_at", "paid_at", "closed_at", "terms_version"),
        branch="branch__name_ko",
    )
    register(
        "order_lines",
        _("Lines of orders"),
        lambda user: OrderLine.objects.filter(order__user=user),
        *("kind", "title_ko", "title_en", "amount", "list_price", "vat_class", "vat"),
        *("tier", "standing", "dues_year"),
        order="order__code",
    )
    register(
        "payments",
        _("Payments"),
        lambda user: Payment.objects.filter(order__user=user),
        *("provider", "method", "amount", "received_at"),
        order="order__code",
        # Of one that takes another back, as a bank or a card does: when that one had arrived.
        reverses_payment_of="reverses__received_at",
    )
    register(
        "refunds",
        _("Refunds"),
        lambda user: Refund.objects.filter(order__user=user),
        *("amount", "status", "reason", "requested_at", "approved_at", "done_at"),
        order="order__code",
    )
    register(
        "refund_accounts",
        _("Accounts for refunds"),
        lambda user: RefundAccount.objects.filter(refund__order__user=user),
        *("bank", "last_digits", "typed_at", "purged_at"),
        order="refund__order__code",
    )
    register(
        "proofs",
        _("Cash receipts and tax invoices"),
        lambda user: Proof.objects.filter(payment__order__user=user),
        *("kind", "purpose", "status", "identity", "company", "representative", "address"),
        *("email", "email2", "requested_at", "written_on", "cancelled_at"),
        order="payment__order__code",
    )

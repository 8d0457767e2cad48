"""How a payment was made and where it was booked, in the reader's words."""

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kosna.payments.providers import GATEWAYS

METHODS: dict[str, Promise] = {
    "card": _("Credit card"),
    "kr_card": _("Korean card"),
    "kakao_pay": _("Kakao Pay"),
    "naver_pay": _("Naver Pay"),
    "payco": _("PAYCO"),
    "samsung_pay": _("Samsung Pay"),
    "toss_pay": _("Toss Pay"),
    "easy_pay": _("Easy pay"),
    "mobile_phone": _("Mobile phone bill"),
    "account_transfer": _("Account transfer"),
    "virtual_account": _("Virtual account"),
    "bank_transfer": _("Bank transfer"),
    "free": _("Free of charge"),
    "cash": _("In cash, at the door"),
    "card_terminal": _("By card terminal, at the door"),
}


# What stands in the books, "cash:" and the way it came in.
ACCOUNTS: dict[str, Promise] = {
    **{
        f"cash:{gateway.name}": format_lazy(
            "{cash} ({name})", cash=_("Cash: payment gateway"), name=gateway.title
        )
        for gateway in GATEWAYS.values()
    },
    "cash:bank": _("Cash: bank account"),
    "cash:free": _("Free of charge"),
    "cash:till": _("Cash: tills at the door"),
    "cash:terminal": _("Cash: card terminals at the door"),
    "unidentified:bank": _("Unidentified deposits"),
}


def account_label(account: str) -> Promise | str:
    return ACCOUNTS.get(account, account)


def method_label(method: str) -> Promise | str:
    return METHODS.get(method, method)


# What an order's line is about.
KINDS: dict[str, Promise] = {
    "addon": _("Add-on"),
    "admission_fee": _("Admission fee"),
    "dues": _("Dues"),
    "ticket": _("Ticket"),
    "ticket_change": _("Change of ticket"),
    "booth": _("Booth"),
    "report": _("Report"),
    "tier_change": _("Change of tier"),
}


def kind_label(kind: str) -> Promise | str:
    return KINDS.get(kind, kind)


# What a provider's notice tells, by its type.
EVENTS: dict[str, Promise] = {
    "checkout.session.completed": _("The payment page was completed"),
    "checkout.session.async_payment_succeeded": _("The bank has paid"),
    "checkout.session.async_payment_failed": _("The bank has refused to pay"),
    "checkout.session.expired": _("The payment page has closed unpaid"),
    "payment_intent.payment_failed": _("The card was declined"),
    "charge.refunded": _("A payment was refunded"),
    "refund.created": _("A refund was made"),
    "refund.updated": _("A refund has changed"),
    "refund.failed": _("A refund failed"),
    "charge.dispute.created": _("The payer disputes the payment"),
    "charge.dispute.closed": _("A dispute was decided"),
}


def event_label(type: str) -> Promise | str:
    return EVENTS.get(type, _("Another notice"))


# What a person does about a disagreement, by its kind.
ADVICE: dict[str, Promise] = {
    "unbooked": _(
        "Look for this payment in the provider's dashboard. If it is ours, apply its notice; if it "
        "is nobody's, refund it there."
    ),
    "missing": _(
        "Look for this payment in the provider's dashboard. If it is not there, nothing was paid: "
        "ask the operator how it was booked before anybody is refunded."
    ),
    "amount": _(
        "Compare both amounts with the order. Refund what was paid too much, or ask for the rest."
    ),
    "refund_in": _(
        "Somebody refunded in the provider's dashboard what our books cannot take. Compare it with "
        "the order's refunds, and correct it there."
    ),
    "refund_out": _(
        "Our books say that this was returned, the provider knows nothing of it. Ask the provider; "
        "the buyer may still wait for the money."
    ),
    "unsettled": _("Open the order and try it again there; if that is refused, refund it."),
    "silent": _(
        "The provider has not answered for an hour. Look at its status page; the next comparison "
        "asks again by itself."
    ),
}


def advice(kind: str) -> Promise | str:
    return ADVICE.get(kind, "")

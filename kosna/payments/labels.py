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
}


def account_label(account: str) -> Promise | str:
    return ACCOUNTS.get(account, account)


def method_label(method: str) -> Promise | str:
    return METHODS.get(method, method)


# What an order's line is about.
KINDS: dict[str, Promise] = {
    "admission_fee": _("Admission fee"),
    "dues": _("Dues"),
    "ticket": _("Ticket"),
    "tier_change": _("Change of tier"),
}


def kind_label(kind: str) -> Promise | str:
    return KINDS.get(kind, kind)

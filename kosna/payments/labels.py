"""How a payment was made and where it was booked, in the reader's words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

METHODS: dict[str, Promise] = {
    "card": _("Credit card"),
    "kr_card": _("Korean card"),
    "kakao_pay": _("Kakao Pay"),
    "naver_pay": _("Naver Pay"),
    "payco": _("PAYCO"),
    "samsung_pay": _("Samsung Pay"),
    "bank_transfer": _("Bank transfer"),
    "free": _("Free of charge"),
}


# What stands in the books, "cash:" and the way it came in.
ACCOUNTS: dict[str, Promise] = {
    "cash:stripe": _("Cash: card and easy payment (Stripe)"),
    "cash:bank": _("Cash: bank account"),
    "cash:free": _("Free of charge"),
    "unidentified:bank": _("Unidentified deposits"),
}


def account_label(account: str) -> Promise | str:
    return ACCOUNTS.get(account, account)


def method_label(method: str) -> Promise | str:
    return METHODS.get(method, method)

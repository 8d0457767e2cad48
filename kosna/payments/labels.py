"""How a payment was made, in the reader's words."""

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


def method_label(method: str) -> Promise | str:
    return METHODS.get(method, method)

"""Why a provider said no, and what to do about it, in the reader's words.

What a provider answers is kept as it came, as ``code: its own words`` or the code alone; what
people wrote has no code and stays as it is. Codes: docs.stripe.com (error-codes, declines/codes,
refunds#failed-refunds), docs.tosspayments.com (reference/error-codes).
"""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# stripe: snake_case; toss: UPPER_CASE; no answer at all: the client's own APIConnectionError.
CODE = re.compile(
    r"([a-z]+(?:_[a-z0-9]+)*|[A-Z]+(?:_[A-Z0-9]+)+|UNKNOWN|\w+(?:Error|Timeout)|HTTP \d+)"
    r"(?:[:,] |$)",
    re.ASCII,
)

SILENT = re.compile(
    r"\w+(?:Error|Timeout)|HTTP \d+|PROVIDER_ERROR|COMMON_ERROR|CARD_PROCESSING_ERROR"
    r"|FAILED_INTERNAL_SYSTEM_PROCESSING|IDEMPOTENT_REQUEST_PROCESSING"
)
_SILENT = _(
    "The provider has not answered. The portal asks again by itself; nothing is to be done."
)
# Of either, at the same place: what the operator can do.
_OUR_KEY = _("The provider does not accept our key. Ask the operator to look at the settings.")
_KEYS = dict.fromkeys(
    (
        "AuthenticationError", "PermissionError", "UNAUTHORIZED_KEY", "INVALID_API_KEY",
        "FORBIDDEN_REQUEST", "INCORRECT_BASIC_AUTH_FORMAT",
    ),
    _OUR_KEY,
)  # fmt: skip
_REFUSED_CARD = _(
    "The card company refused the payment. The buyer may call it, or pay with another card or by "
    "bank transfer."
)
_TOO_MUCH = _(
    "The amount is beyond the limit of the card. The buyer may pay with another card or by bank "
    "transfer."
)
_DEAD_CARD = _("The card is no longer valid. The buyer may pay with another one.")
_MISTYPED = _("The card's details were mistyped. The buyer may try once more.")
_NOT_CONFIRMED = _(
    "The cardholder did not confirm the payment with their bank. The buyer may try once more, or "
    "pay another way."
)
_LEFT = _("The buyer left the payment page. They may open it again from the order.")
_RETURNED = _(
    "This payment was returned already. Look at the order's refunds, and run the reconciliation."
)
_NO_BALANCE = _(
    "There is not enough money on our balance with the provider. Top it up, then send the refund "
    "again."
)
_BAD_ACCOUNT = _(
    "The account for the refund is wrong. Ask the buyer for another, then send it again."
)
_TO_AN_ACCOUNT = _("Ask the buyer for an account, and refund by bank transfer.")

# Of a payment: what the buyer can do.
DECLINES: dict[str, Promise] = {
    **_KEYS,
    **dict.fromkeys(
        (
            "card_declined", "generic_decline", "do_not_honor", "call_issuer", "fraudulent",
            "transaction_not_allowed", "not_permitted", "restricted_card", "try_again_later",
            "REJECT_CARD_PAYMENT", "REJECT_CARD_COMPANY", "REJECT_ACCOUNT_PAYMENT",
            "REJECT_TOSSPAY_INVALID_ACCOUNT", "NOT_AVAILABLE_PAYMENT",
        ),
        _REFUSED_CARD,
    ),
    **dict.fromkeys(
        (
            "insufficient_funds", "card_velocity_exceeded", "withdrawal_count_limit_exceeded",
            "EXCEED_MAX_AMOUNT", "EXCEED_MAX_DAILY_PAYMENT_COUNT", "EXCEED_MAX_PAYMENT_AMOUNT",
        ),
        _TOO_MUCH,
    ),
    **dict.fromkeys(
        (
            "expired_card", "lost_card", "stolen_card", "pickup_card", "card_not_supported",
            "INVALID_STOPPED_CARD", "INVALID_CARD_LOST_OR_STOLEN", "NOT_SUPPORTED_CARD_TYPE",
        ),
        _DEAD_CARD,
    ),
    **dict.fromkeys(
        (
            "incorrect_number", "invalid_number", "incorrect_cvc", "invalid_cvc", "incorrect_pin",
            "invalid_expiry_month", "invalid_expiry_year", "incorrect_zip",
            "INVALID_CARD_NUMBER", "INVALID_CARD_EXPIRATION", "INVALID_PASSWORD",
        ),
        _MISTYPED,
    ),
    **dict.fromkeys(
        ("authentication_required", "payment_intent_authentication_failure"), _NOT_CONFIRMED
    ),
    **dict.fromkeys(("PAY_PROCESS_CANCELED", "PAY_PROCESS_ABORTED", "USER_CANCEL"), _LEFT),
    **dict.fromkeys(
        ("EXPIRED_PAYMENT", "NOT_FOUND_PAYMENT_SESSION", "resource_missing"),
        _("The payment page has expired. The buyer may open a new one from the order."),
    ),
    **dict.fromkeys(
        ("amount_too_small", "BELOW_MINIMUM_AMOUNT"),
        _("The amount is below what the provider takes. The buyer may pay by bank transfer."),
    ),
}  # fmt: skip
# Of a refund: what the treasurer can do.
FAILURES: dict[str, Promise] = {
    **_KEYS,
    **dict.fromkeys(
        ("expired_or_canceled_card", "lost_or_stolen_card"),
        _("The card is gone. Ask the buyer for an account, and refund by bank transfer."),
    ),
    "declined": _(
        "The payer's bank refused it. Ask the buyer for an account, and refund by bank transfer."
    ),
    **dict.fromkeys(("insufficient_funds", "balance_insufficient"), _NO_BALANCE),
    **dict.fromkeys(
        ("charge_already_refunded", "ALREADY_CANCELED_PAYMENT", "EXCEED_CANCEL_AMOUNT"), _RETURNED
    ),
    **dict.fromkeys(
        ("charge_disputed", "charge_for_pending_refund_disputed", "refund_disputed_payment"),
        _("The payer disputes this payment. Wait until that is decided: it may be returned there."),
    ),
    **dict.fromkeys(
        (
            "INVALID_REFUND_ACCOUNT_INFO", "INVALID_REFUND_ACCOUNT_NUMBER", "INVALID_BANK",
            "REFUND_REJECTED",
        ),
        _BAD_ACCOUNT,
    ),
    **dict.fromkeys(
        ("NOT_CANCELABLE_AMOUNT", "NOT_CANCELABLE_PAYMENT", "REJECT_CARD_PAYMENT", "unknown"),
        _TO_AN_ACCOUNT,
    ),
    **dict.fromkeys(
        ("resource_missing", "NOT_FOUND_PAYMENT"),
        _("The provider does not know this payment. Run the reconciliation before trying again."),
    ),
}  # fmt: skip

KNOWN = {*DECLINES, *FAILURES, "UNKNOWN"}
_NO_PAYMENT = _("The provider refused the payment. The buyer may try again, or pay another way.")
_NO_REFUND = _(
    "The provider refused the refund. Send it once more, then refund by bank transfer instead."
)
# What the portal itself wrote down.
_OURS: dict[str, Promise] = {
    "the cancellation is not in the answer": _SILENT,
    "the order wants no such payment any more": _(
        "The order wants no such payment any more. Nothing was taken."
    ),
    "no session was opened": _("The payment page was never opened. Nothing was taken."),
}


def decline_label(error: str) -> Promise | str:
    """Why a payment did not come about."""
    return _told(error, DECLINES, _NO_PAYMENT)


def failure_label(error: str) -> Promise | str:
    """Why money could not be given back."""
    return _told(error, FAILURES, _NO_REFUND)


def is_theirs(error: str) -> bool:
    """Whether a provider said this, so that its own words are worth keeping at hand."""
    return bool(_code(error))


def _told(error: str, known: dict[str, Promise], otherwise: Promise) -> Promise | str:
    code = _code(error)
    if not code:
        return _OURS.get(error, error)
    return known.get(code, _SILENT if SILENT.fullmatch(code) else otherwise)


def _code(error: str) -> str:
    """A single word that we do not know may be anybody's."""
    found = CODE.match(error)
    code = found[1] if found else ""
    return code if not code.isalpha() or SILENT.fullmatch(code) or code in KNOWN else ""


def coded(code: str | None, words: str | None) -> str:
    """As it is kept."""
    return f"{code}: {words}" if code and words else code or words or ""

"""Parameters that Stripe, or the sandbox, would refuse."""

from typing import Any

from . import shapes
from .errors import StripeError

SHORTEST, LONGEST = 30 * 60, 24 * 60 * 60
# Contract-valid parameters that the sandbox acts upon. Others it refuses rather than ignores.
SESSION_PARAMS = {
    "cancel_url", "client_reference_id", "currency", "customer_email", "expand", "expires_at",
    "line_items", "locale", "metadata", "mode", "payment_intent_data", "payment_method_types",
    "submit_type", "success_url", "ui_mode",
}  # fmt: skip
LINE_PARAMS = {"price_data", "quantity", "metadata"}
PRICE_PARAMS = {"currency", "product_data", "tax_behavior", "unit_amount"}
INTENT_PARAMS = {
    "description", "metadata", "receipt_email", "statement_descriptor",
    "statement_descriptor_suffix",
}  # fmt: skip
REFUND_PARAMS = {"amount", "charge", "expand", "metadata", "payment_intent", "reason"}


def check_session(params: dict[str, Any], now: int) -> list[str]:
    """Refuse what Stripe would refuse; return the payment methods to offer."""
    for name in ("mode", "line_items", "success_url"):
        if not params.get(name):
            raise StripeError(
                f"Missing required param: {name}.", code="parameter_missing", param=name
            )
    if params["mode"] != "payment" or params.get("ui_mode", "hosted_page") != "hosted_page":
        raise StripeError("The sandbox takes mode=payment on a hosted page only.", param="mode")
    for name in ("success_url", "cancel_url"):
        if name in params and not params[name].startswith(("http://", "https://")):
            raise StripeError("Not a valid URL", code="url_invalid", param=name)
    for index, line in enumerate(params["line_items"]):
        _check_line(line, f"line_items[{index}]")
    only(params.get("payment_intent_data", {}), INTENT_PARAMS, "payment_intent_data")
    for data in (params, params.get("payment_intent_data", {})):
        check_metadata(data.get("metadata", {}))
    if not now + SHORTEST - 5 <= params.get("expires_at", now + LONGEST) <= now + LONGEST:
        raise StripeError(
            "The `expires_at` timestamp must be at least 30 minutes and less than 24 hours "
            "from Checkout Session creation.",
            param="expires_at",
        )
    methods = params.get("payment_method_types")
    if methods is None:
        return [method for method in shapes.METHODS if method not in shapes.MAXIMUM]
    for method in methods:
        if method not in shapes.METHODS:
            raise StripeError(
                f"The payment method type provided: {method} is invalid.",
                param="payment_method_types",
            )
    if not methods or len(set(methods)) < len(methods):
        raise StripeError("Invalid payment_method_types", param="payment_method_types")
    return methods


def only(params: dict[str, Any], known: set[str], within: str = "") -> None:
    """What the contract allows and the sandbox does not do is refused, never quietly dropped."""
    if unknown := sorted(set(params) - known):
        param = f"{within}[{unknown[0]}]" if within else unknown[0]
        raise StripeError(f"The sandbox does not support {param}.", param=param)


def _check_line(line: dict[str, Any], where: str) -> None:
    only(line, LINE_PARAMS, where)
    price = line.get("price_data")
    if price is None:
        raise StripeError(
            f"Missing required param: {where}[price_data].",
            code="parameter_missing",
            param=f"{where}[price_data]",
        )
    only(price, PRICE_PARAMS, f"{where}[price_data]")
    for name in ("unit_amount", "product_data"):
        if name not in price:
            raise StripeError(
                f"Missing required param: {where}[price_data][{name}].",
                code="parameter_missing",
                param=f"{where}[price_data][{name}]",
            )
    if price["currency"] != "krw":
        raise StripeError(
            "Korean payment methods take krw only.", param=f"{where}[price_data][currency]"
        )
    if price["unit_amount"] < 0 or line.setdefault("quantity", 1) < 1:
        raise StripeError(
            "Invalid non-negative integer", code="parameter_invalid_integer", param=where
        )


def check_metadata(metadata: dict[str, str]) -> None:
    if len(metadata) > 50:
        raise StripeError("Metadata can have at most 50 keys.", param="metadata")
    for key, value in metadata.items():
        if len(key) > 40 or len(value) > 500:
            raise StripeError(
                f"Metadata '{key}': keys have up to 40 characters and values up to 500.",
                param=f"metadata[{key}]",
            )

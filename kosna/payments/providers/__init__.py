from functools import cache

from django.conf import settings

from kosna.core.errors import Refused
from kosna.payments.providers.bank import BankTransfer
from kosna.payments.providers.base import HostedProvider, Provider
from kosna.payments.providers.stripe import Stripe


@cache
def _stripe(key: str, api_base: str) -> Stripe:
    return Stripe(key, api_base)


def hosted() -> HostedProvider | None:
    """The provider with a payment page, when its key is set."""
    if not settings.STRIPE_SECRET_KEY:
        return None
    return _stripe(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


def by_name(name: str) -> Provider:
    if name == Stripe.name and (provider := hosted()):
        return provider
    if name == BankTransfer.name:
        return BankTransfer()
    raise Refused(f"{name}: this payment provider is not set up.")


def returns_by_itself(name: str) -> bool:
    """Whether money that came this way can go back without a person: a card's, not a transfer's."""
    return name not in (BankTransfer.name, "free")

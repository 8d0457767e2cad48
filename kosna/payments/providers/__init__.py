"""Who moves money here. ``PAYMENT_GATEWAY`` says whose page new payments are made on; a gateway
whose key is still set goes on answering for what was paid through it."""

from collections.abc import Mapping

from django.conf import settings

from kosna.core.errors import Refused
from kosna.payments.models import Payment
from kosna.payments.providers.bank import BankTransfer
from kosna.payments.providers.base import HostedProvider, Provider, Returned
from kosna.payments.providers.hand import Terminal, Till
from kosna.payments.providers.stripe import Stripe
from kosna.payments.providers.toss import Toss

WIRED = ("virtual_account",)
CLERKS: dict[str, type[Provider]] = {each.name: each for each in (BankTransfer, Till, Terminal)}
GATEWAYS: dict[str, type[Stripe] | type[Toss]] = {Stripe.name: Stripe, Toss.name: Toss}


def configured() -> list[HostedProvider]:
    """Every gateway whose key is set."""
    found = (gateway.from_settings() for gateway in GATEWAYS.values())
    return [provider for provider in found if provider]


def hosted() -> HostedProvider | None:
    """The gateway that takes new payments, when its key is set."""
    return GATEWAYS[settings.PAYMENT_GATEWAY].from_settings()


def gateway(name: str) -> HostedProvider:
    """A gateway that is set up, whether or not it takes new payments. Raises Refused."""
    found = next((provider for provider in configured() if provider.name == name), None)
    if found is None:
        raise Refused(f"{name}: this payment provider is not set up.")
    return found


def by_name(name: str) -> Provider:
    return CLERKS[name]() if name in CLERKS else gateway(name)


def returned(query: Mapping[str, str]) -> Returned | None:
    """What a browser brings to an order's page from a payment page, or from a link of ours that
    names the session (``sid``)."""
    if session := query.get("sid"):
        return Returned(session)
    answers = (provider.returned(query) for provider in configured())
    return next((answer for answer in answers if answer), None)


def returns_by_itself(payment: Payment) -> bool:
    """Whether money that came this way can go back without a person: a card's can, what was wired
    to an account, or came into a person's hands, cannot."""
    by_itself = payment.provider not in CLERKS and payment.provider != "free"
    return by_itself and payment.method not in WIRED

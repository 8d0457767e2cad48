"""What the portal asks of whoever moves money. A domestic gateway is one more file like
``stripe.py``; bank transfer is the provider whose clerk is our treasurer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, runtime_checkable

from kosna.payments.models import Attempt, Order, Refund


class ProviderDown(Exception):
    """No answer, or none that can be believed. The call may or may not have had its effect.

    ``answered``: an error came back, so that the call is over, whatever it did.
    """

    def __init__(self, message: str, *, answered: bool = False) -> None:
        super().__init__(message)
        self.answered = answered


class ProviderRefused(Exception):
    """The provider answered no, and nothing moved."""


class Quarantined(Exception):
    """What the provider says does not fit what we asked for: nothing is booked before a person
    has looked."""


@dataclass(frozen=True)
class Started:
    session: str
    url: str  # where the browser goes to pay


@dataclass(frozen=True)
class ProviderState:
    """A payment session as the provider sees it now. ``amount`` is whole won."""

    session: str
    status: Literal["open", "processing", "paid", "failed", "expired"]
    order: str  # code and attempt uuid that we gave it, empty when it is not ours
    attempt: str
    environment: str
    amount: int
    currency: str
    is_live: bool
    reference: str = ""  # of the charge; what makes a payment unique
    method: str = ""
    paid_at: datetime | None = None
    refunded: int = 0  # of the amount, so far


@dataclass(frozen=True)
class RefundState:
    reference: str
    status: Literal["done", "pending", "failed"]
    amount: int
    charge: str  # the reference of the payment that it takes back
    refund: str = ""  # our uuid, empty when somebody refunded past the portal
    error: str = ""
    currency: str = "krw"


class Provider(Protocol):
    """Any way in which money comes and goes back."""

    name: str

    def refund(self, refund: Refund) -> RefundState | None:
        """Sends money back, at most once for a refund's uuid and try; None when a person does it.

        Raises ProviderDown (outcome unknown) or ProviderRefused (nothing moved).
        """


class HostedProvider(Provider, Protocol):
    """A provider with a payment page of its own."""

    is_live: bool

    def start(self, attempt: Attempt, order: Order) -> Started:
        """Opens a session, one for an attempt's uuid however often it is called."""

    def find(self, attempt: Attempt) -> Started | None:
        """The session of an attempt whose answer never arrived."""

    def fetch(self, session: str) -> ProviderState: ...

    def expire(self, session: str) -> bool:
        """Closes a session; False when it is not open any more (it may have been paid)."""

    def refunds_of(self, charge: str) -> list[RefundState]: ...

    def sessions_since(self, since: datetime) -> Iterator[ProviderState]: ...

    def refunds_since(self, since: datetime) -> Iterator[RefundState]: ...


@runtime_checkable
class Recalls(Protocol):
    """A provider that can be asked again for what it told us, as its own events."""

    def events_since(self, since: datetime, kinds: Sequence[str]) -> Iterator[dict[str, Any]]: ...

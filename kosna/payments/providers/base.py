"""What the portal asks of whoever moves money. Two gateways answer; at one of them the payer
agrees first and the money moves on our word. Bank transfer's clerk is our treasurer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

from django.utils.functional import Promise

from kosna.core import clock
from kosna.payments.failures import coded
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


class BadNotice(Exception):
    """Not from the provider, or not now: not even looked at."""


@dataclass(frozen=True)
class PageLife:
    """How long a payment page may stay open, and for how long after that it may still be paid:
    what is held outlives both."""

    shortest: timedelta
    longest: timedelta
    grace: timedelta


@dataclass(frozen=True)
class Started:
    session: str
    url: str  # where the browser goes to pay


@dataclass(frozen=True)
class Returned:
    """What a browser brings back from the payment page. It proves nothing."""

    session: str  # empty when the page did not say
    amount: int | None = None  # whole won, where the page says it
    is_abandoned: bool = False


@dataclass(frozen=True)
class Account:
    """가상계좌: an account that takes one amount of one payer until its time is over."""

    bank: str
    number: str
    holder: str
    due_at: datetime


@dataclass(frozen=True)
class PayoutAccount:
    """Where money goes that cannot go back the way it came."""

    bank: str  # its name, or its code
    number: str
    holder: str


@dataclass(frozen=True)
class ProviderState:
    """A payment session as the provider sees it now. ``amount`` is whole won.

    agreed: the payer has, and the provider moves nothing until we approve. waiting: an account was
    given out. processing: the payer's bank decides.
    """

    provider: str
    session: str
    status: Literal["open", "agreed", "waiting", "processing", "paid", "failed", "expired"]
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
    account: Account | None = None
    error: str = ""  # why it failed, in the provider's words
    key: str = ""  # the provider's own name of it, where the session bears ours
    secret: str = ""  # what a notice about it must bring along, where the provider sets one


@dataclass(frozen=True)
class RefundState:
    reference: str
    status: Literal["done", "pending", "failed"]
    amount: int
    charge: str  # the reference of the payment that it takes back
    refund: str = ""  # our uuid, empty when somebody refunded past the portal
    error: str = ""
    currency: str = "krw"


@dataclass(frozen=True)
class DisputeState:
    """The payer has asked their bank for the money back."""

    reference: str
    amount: int
    reason: str
    outcome: Literal["", "won", "lost"] = ""  # "" until the bank has decided
    currency: str = "krw"
    due_at: datetime | None = None  # until when the bank waits for evidence


@dataclass(frozen=True)
class Notice:
    """A delivery whose sender is known, in our words. It is only a reason to look: what it says of
    itself is compared with what the provider answers when asked."""

    provider: str
    event: str  # its id: a replay bears the same
    type: str  # the provider's own word
    about: Literal["payment", "refunds", "decline", "dispute", "nothing"]
    kept: dict[str, Any]  # what is stored of it, and no personal data
    is_live: object = None
    account: str = ""  # another account than ours, where the provider names one
    environment: str = ""
    order: str = ""
    attempt: str = ""
    session: str = ""
    charge: str = ""  # whose refunds have changed, or which is disputed
    told: Mapping[str, object] | None = None  # fields of the state that it speaks of
    secret: str | None = None
    error: str = ""
    dispute: DisputeState | None = None


class Provider(Protocol):
    """Any way in which money comes and goes back."""

    name: ClassVar[str]

    def needs_account(self, refund: Refund) -> bool:
        """Whether a refund cannot go back the way the money came."""

    def refund(self, refund: Refund, account: PayoutAccount | None = None) -> RefundState | None:
        """Sends money back, at most once for a refund's uuid and try; None when a person does it.

        Raises ProviderDown (outcome unknown) or ProviderRefused (nothing moved).
        """


class HostedProvider(Provider, Protocol):
    """A provider with a payment page of its own."""

    title: ClassVar[str | Promise]  # its brand, for people
    page: ClassVar[PageLife]
    is_live: bool

    @classmethod
    def from_settings(cls) -> "HostedProvider | None":
        """None when its key is not set."""

    def methods(self, amount: int) -> list[Order.Method]:
        """The ways of paying an amount in won that its page offers, in the order to show them."""

    def start(self, attempt: Attempt, order: Order) -> Started:
        """Opens a session, one for an attempt's uuid however often it is called."""

    def find(self, attempt: Attempt) -> Started | None:
        """The session of an attempt whose answer never arrived."""

    def returned(self, query: Mapping[str, str]) -> Returned | None:
        """What the page sent the browser back with; None when this is no such return."""

    def fetch(self, session: str) -> ProviderState: ...

    def approve(self, attempt: Attempt, state: ProviderState) -> ProviderState:
        """Moves the money of a session that the payer has agreed to, once however often it is
        called, and says what became of it: never "agreed" again. Raises ProviderDown or
        ProviderRefused."""

    def expire(self, session: str) -> bool:
        """Closes a session; False when it is not open any more (it may have been paid)."""

    def refunds_of(self, charge: str) -> list[RefundState]: ...

    def sessions_since(self, since: datetime) -> Iterator[ProviderState]: ...

    def refunds_since(self, since: datetime) -> Iterator[RefundState]: ...

    def notice(self, body: bytes, headers: Mapping[str, str], secret: str) -> Notice:
        """The delivery at our webhook address (``secret``: the last part of the address).

        Raises BadNotice before anything of it is believed.
        """

    def reread(self, event: str, kind: str, kept: dict[str, Any]) -> Notice:
        """The notice again, from what was kept of it (``kept``, with its id and type)."""


@runtime_checkable
class Recalls(Protocol):
    """A provider that can be asked again for the disputes that it told us of."""

    def disputes_since(self, since: datetime) -> Iterator[Notice]: ...


def over(problem: Exception) -> Exception:
    """After a look that found no effect: an error that came back means that there will be none."""
    if isinstance(problem, ProviderDown) and problem.answered:
        return ProviderRefused(coded("not_done", str(problem)))
    return problem


def skew() -> int:
    """Seconds by which the business clock stands off the real one, zero in production."""
    return round((clock.now() - datetime.now(UTC)).total_seconds())

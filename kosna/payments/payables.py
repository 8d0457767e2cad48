"""What can be paid for. Each app says once, in ``AppConfig.ready()``, what happens to its things
when money moves; payments knows no app, and there are no signals."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from kosna.branches.models import Branch

if TYPE_CHECKING:
    from kosna.payments.models import Order, OrderLine, Refund


@dataclass(frozen=True)
class Share:
    """What part of a line goes to the branch, and the rule that says so, as it stands on papers."""

    percent: int
    rule: str

    def of(self, amount: int) -> int:
        """Whole won, rounded down: the rest is the head office's (domain.md §2.4)."""
        return amount * self.percent // 100


@dataclass(frozen=True)
class Sharing:
    """How what is sold here is divided between branch and head office."""

    # (kind of a line, code of its tier, branch, day of the order) → the share, where there is one.
    rule: Callable[[str, str, Branch, date], Share | None]
    # {code of a tier: its name in the reader's language}
    tier_names: Callable[[], dict[str, str]]


@dataclass(frozen=True)
class Quote:
    """What comes back of one line when it is given up now, by the rules it was sold under. Won."""

    line: "OrderLine"
    what: str  # or whose
    back: int
    claimed: int  # of its price, by refunds asked for already
    why: str  # which rung of which ladder, in words
    refusals: tuple[str, ...] = ()  # why the buyer cannot give it up now
    goes_with: int | None = None  # the line with which it is given up, never by itself

    @property
    def chosen_by(self) -> int:
        """The line that a buyer names to give this up."""
        return self.goes_with or self.line.pk

    @property
    def stays(self) -> int:
        return self.line.amount - self.claimed - self.back


@dataclass(frozen=True)
class GivingUp:
    """How what is sold here is given up."""

    quote: "Callable[[Order], list[Quote]]"
    page: str  # the name of the page where a buyer does it, by the code of the order


@dataclass(frozen=True)
class Holder:
    """Whose a line is, in the reader's words, and their account where they have one."""

    name: str
    user_id: int | None


@dataclass(frozen=True)
class Payable:
    """Handlers run inside the transaction that settles the order, its row locked.

    ``on_refunded`` hears of every refund and asks ``refund.takes_back()`` whether the thing ends.
    ``on_paid`` may raise Refused: the money stays recorded, the order goes to REVIEW and a staff
    task is raised. ``on_expired`` and ``on_refunded`` must succeed, and bear being called twice.
    ``on_expired`` returns True where it has told the buyer itself, who is then not told twice.
    ``on_unpaid`` hears that the money was another's: the order's status is again what it was before
    (pending, expired or cancelled), and the thing goes back to that; it may raise Refused where it
    cannot, and nothing happens.
    """

    kind: str
    on_paid: "Callable[[Order], None]"
    on_refunded: "Callable[[Refund], None]"
    on_expired: "Callable[[Order], bool | None]"
    on_unpaid: "Callable[[Order], None]"
    # (tier, standing) as a line froze them, in the reader's words.
    terms: Callable[[str, str], str]
    sharing: Sharing | None  # None: no branch has a part in it
    giving_up: GivingUp | None  # None: no ladder says what comes back, a person decides
    # The last instant to which its buyer may prolong a hold; None: not at all.
    hold_ends: "Callable[[Order], datetime | None]"
    # The page where a buyer says for whom it was bought, by the code of the order; or empty.
    names_page: str
    # (label, address) of where a buyer finds what was bought once it is paid; it asks no database.
    opens: "Callable[[Order], tuple[str, str] | None]"
    # Of an order for several people, by the key of the line.
    holders: "Callable[[Order], dict[int, Holder]]"
    # A guest has opened the link of this order: why it was given up then; or empty.
    on_proven: "Callable[[Order], str]"
    # Whether this order, which waits, counts for the address of its guest once that is proven: then
    # they say that it is theirs, as a program that opens every link says nothing.
    counts_once_proven: "Callable[[Order], bool]"


def _as_it_is(order: "Order") -> None:
    return None


def _nobodys(order: "Order") -> dict[int, Holder]:
    return {}


def _stays(order: "Order") -> str:
    return ""


def _counts_nowhere(order: "Order") -> bool:
    return False


def _as_frozen(tier: str, standing: str) -> str:
    return f"{tier} {standing}".strip()


_payables: dict[str, Payable] = {}


def register(
    kind: str,
    *,
    on_paid: "Callable[[Order], None]",
    on_refunded: "Callable[[Refund], None]",
    on_expired: "Callable[[Order], None]",
    on_unpaid: "Callable[[Order], None]",
    terms: Callable[[str, str], str] = _as_frozen,
    sharing: Sharing | None = None,
    giving_up: GivingUp | None = None,
    hold_ends: "Callable[[Order], datetime | None]" = _as_it_is,
    names_page: str = "",
    opens: "Callable[[Order], tuple[str, str] | None]" = _as_it_is,
    holders: "Callable[[Order], dict[int, Holder]]" = _nobodys,
    on_proven: "Callable[[Order], str]" = _stays,
    counts_once_proven: "Callable[[Order], bool]" = _counts_nowhere,
) -> None:
    if kind in _payables:
        raise ValueError(f"{kind} is registered twice")
    _payables[kind] = Payable(
        kind,
        on_paid,
        on_refunded,
        on_expired,
        on_unpaid,
        terms,
        sharing,
        giving_up,
        hold_ends,
        names_page,
        opens,
        holders,
        on_proven,
        counts_once_proven,
    )


def get(kind: str) -> Payable:
    return _payables[kind]


def with_holders(
    order: "Order", lines: "list[OrderLine]"
) -> "list[tuple[OrderLine, Holder | None]]":
    """The lines of an order with whose each is; where there is one line alone, nobody asks."""
    holders = get(order.payable).holders(order) if len(lines) > 1 else {}
    return [(line, holders.get(line.pk)) for line in lines]


def kinds() -> list[str]:
    return sorted(_payables)


def tier_names() -> dict[str, str]:
    """Names of the tiers of everything of which branches have a part, by their codes."""
    told = {payable.sharing.tier_names for payable in _payables.values() if payable.sharing}
    return {code: name for names in told for code, name in names().items()}

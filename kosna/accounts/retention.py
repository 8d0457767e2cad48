"""How long what is held about a person is kept, and how it goes: the schedule of retention
(개인정보 보호법 §21), told by the rooms as data.

Each room says once, in ``AppConfig.ready()`` (its ``kept.py``), what becomes of each kind of rows
that it tells their owner of (``kosna.accounts.own_data``), what stands in the way of closing an
account, what it empties when one is closed, and what it destroys once a period has run out. So
neither the page on which an account is closed nor the desk's destruction know a room.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kosna.accounts.models import User

NOBODY = "—"  # where a name stood


@dataclass(frozen=True)
class Basis:
    """Why something is kept: ``years`` is how long, None for as long as the association stands.
    Where no law names a period, ``law`` says so, and the years are the association's decision."""

    code: str
    title: str | Promise
    years: int | None
    law: str | Promise
    since: str | Promise

    def cutoff(self, at: datetime) -> datetime:
        """What counts from before this instant has been kept long enough at ``at``."""
        if self.years is None:
            raise ValueError(f"{self.code} is kept without end")
        return years_before(at, self.years)


def years_before(at: datetime, years: int) -> datetime:
    """The same day so many years ago; the 29th of February is the 28th in other years."""
    try:
        return at.replace(year=at.year - years)
    except ValueError:
        return at.replace(year=at.year - years, day=28)


NO_LAW = _("No law names a period; the association decided it")
CONTRACT = Basis(
    "contract",
    _("Contracts and their withdrawal"),
    5,
    _("E-Commerce Act, Enforcement Decree Article 6"),
    _("the end of the membership, or the decision"),
)
PAYMENT = Basis(
    "payment",
    _("Payments and what was supplied for them"),
    5,
    _("E-Commerce Act, Enforcement Decree Article 6; National Tax Act Article 85-3"),
    _("the payment, or the end of the event"),
)
DISPUTE = Basis(
    "dispute",
    _("Complaints, requests and disputes"),
    3,
    _("E-Commerce Act, Enforcement Decree Article 6"),
    _("the answer"),
)
ACCESS = Basis(
    "access",
    _("Who opened whose data"),
    None,
    _(
        "Safety standard for personal information, Article 8: 2 years at least."
        " A sealed chain that nobody can cut, so it stays whole"
    ),
    _("the look"),
)
REGISTER = Basis(
    "register",
    _("The register of members, and who voted"),
    None,
    _("Civil Act, Articles 55 (2) and 76: for as long as the association stands"),
    _("the entry"),
)
APPLICATION = Basis(
    "application",
    _("Applications that were declined or withdrawn"),
    settings.KEEP_APPLICATIONS_YEARS,
    NO_LAW,
    _("the decision"),
)
MAIL = Basis("mail", _("Mails that were sent"), settings.KEEP_MAIL_YEARS, NO_LAW, _("the mail"))
RECORD = Basis(
    "record",
    _("What the association needs to show later"),
    None,
    _("No law names a period: kept as long as a question about it may come up"),
    _("the deed"),
)
AT_ONCE = Basis(
    "at_once",
    _("What only an account is for"),
    0,
    _("Personal Information Protection Act, Article 21: once it has served"),
    _("the closing of the account"),
)
BASES = {
    basis.code: basis
    for basis in (
        *(CONTRACT, PAYMENT, DISPUTE, ACCESS, REGISTER),
        *(APPLICATION, MAIL, RECORD, AT_ONCE),
    )
}


class Fate(StrEnum):
    """What becomes of a kind of rows when their owner's account is closed."""

    GOES = "goes"  # emptied or deleted at once
    THINS = "thins"  # what the basis asks for stays, the rest is emptied at once
    STAYS = "stays"


@dataclass(frozen=True)
class Rule:
    fate: Fate
    basis: Basis


@dataclass(frozen=True)
class Obstacle:
    """What has to be settled before an account can be closed, and where."""

    text: str
    url: str
    label: str


@dataclass(frozen=True)
class Due:
    """Rows whose period may have run out. ``due`` finds those of an instant, ``destroy`` takes keys
    of such rows and leaves nothing of them that is due: done twice, it changes nothing."""

    code: str
    title: str | Promise
    basis: Basis
    due: "Callable[[datetime], QuerySet[Any, Any]]"
    destroy: Callable[[Collection[int]], None]


Find = Callable[[User], Iterator[Obstacle]]
Erase = Callable[[User], None]

_rules: dict[str, Rule] = {}
_finds: list[Find] = []
_erasers: list[Erase] = []
_dues: dict[str, Due] = {}


def rule(fate: Fate, basis: Basis, *codes: str) -> None:
    """What becomes of kinds of ``own_data``, by their codes."""
    for code in codes:
        if code in _rules:
            raise ValueError(f"what becomes of {code} is said twice")
        _rules[code] = Rule(fate, basis)


def settle_first(find: Find) -> None:
    _finds.append(find)


def on_closing(erase: Erase) -> None:
    """``erase`` runs in the transaction that closes the account, before the account itself is
    emptied."""
    _erasers.append(erase)


def destroys(
    code: str,
    title: str | Promise,
    basis: Basis,
    due: "Callable[[datetime], QuerySet[Any, Any]]",
    destroy: Callable[[Collection[int]], None],
) -> None:
    if code in _dues:
        raise ValueError(f"{code} is registered twice")
    _dues[code] = Due(code, title, basis, due, destroy)


def rule_of(code: str) -> Rule:
    """What nobody has said anything about is not touched, and so it stays."""
    return _rules.get(code, Rule(Fate.STAYS, RECORD))


def rules() -> dict[str, Rule]:
    return dict(_rules)


def obstacles(user: User) -> list[Obstacle]:
    """All that stands in the way at once, in the order of the rooms."""
    return [obstacle for find in _finds for obstacle in find(user)]


def erase(user: User) -> None:
    """The rooms that hang on an account first, the account itself last."""
    for each in reversed(_erasers):
        each(user)


def dues() -> list[Due]:
    return list(_dues.values())


def due_of(code: str) -> Due:
    return _dues[code]

"""May this person have that thing now? One function answers for page, list, search, export, API,
mail and file bytes, and always says why.

A thing describes itself by ``access_rule()``; this module knows no event and no report.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from typing import Any, Protocol

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from kosna.core import clock
from kosna.core.aggregates import Joined
from kosna.core.prepared import Prepared
from kosna.core.templatetags.ui import kdatetime
from members import standing
from members.keys import Lock, key_to, told_without
from members.models import Member, Right, Seat, Tier, TierRight


@dataclass(frozen=True)
class Price:
    """An amount in won for a tier (None: everyone), until an instant (None: for good)."""

    tier_id: int | None
    amount: int
    until: datetime | None = None


@dataclass(frozen=True)
class AccessRule:
    """Who may have a thing and from when.

    ``tier_ids`` and ``branch_ids`` with ``right``: members of any of these tiers or branches whose
    standing grants the right, unless ``is_public``. ``openings`` is the tier clock (None:
    everyone), which a tier enjoys while its standing grants ``opening_right``. An empty clock is
    always open. ``keys`` open the thing to who holds one (``members.keys``), whatever the clock
    says. ``single`` is what a non-member pays (won) for a key; None: it is not sold.
    """

    is_public: bool
    tier_ids: frozenset[int] = frozenset()
    branch_ids: frozenset[int] = frozenset()
    right: str = Right.READ_REPORTS
    openings: Mapping[int | None, datetime] = field(default_factory=dict)
    opening_right: str = Right.PRIORITY
    prices: tuple[Price, ...] = ()
    keys: frozenset[Lock] = frozenset()
    single: int | None = None

    @property
    def sold_from(self) -> datetime | None:
        """Nobody buys what members have to wait for: from when everyone's time has come, or where
        everyone has none, that of the last tier. None: from the start."""
        if not self.openings:
            return None
        return self.openings.get(None) or max(self.openings.values())


class Thing(Protocol):
    def access_rule(self) -> AccessRule: ...


@dataclass(frozen=True)
class Decision:
    """``code``: open | early | later | login | renew | suspended | tier | others (it is no tier's),
    or that of the key which opened it. ``opens_at`` is this person's own time; ``price`` (won) is
    this person's own price, None where the thing has none."""

    allowed: bool
    code: str
    reason: str
    opens_at: datetime | None = None
    price: int | None = None


@dataclass(frozen=True)
class Held:
    """A membership as it counts for one person at one moment; ``promised`` are the rights of its
    tier in good standing. Both name only what was asked about, where that was one right
    (``memberships_of_all``)."""

    member: Member
    tier: Tier
    standing: str
    rights: frozenset[str]
    promised: frozenset[str]

    @property
    def is_companys(self) -> bool:
        """Whether it is an organisation's; of somebody who does not exist, what the tier is for."""
        if self.member.pk is None:
            return self.tier.holder == Tier.Holder.ORGANISATION
        return bool(self.member.organisation_id)


class AsIf:
    """Somebody who does not exist: a member of a tier in a standing and a branch, or with no tier a
    mere account. Staff see a page as such a reader, and what a company's people are offered is what
    such a one is."""

    is_authenticated = True
    pk = None

    def __init__(self, tier: Tier | None, code: str = standing.GOOD, branch: int | None = None):
        member = Member(tier=tier)
        member.branch_id = branch  # type: ignore[assignment]
        rights, promised = _granted_by(tier, code), _granted_by(tier, standing.GOOD)
        self.held = [Held(member, tier, code, rights, promised)] if tier else []

    @classmethod
    def holding(cls, held: Iterable[Held]) -> "AsIf":
        """A member by just these memberships."""
        reader = cls(None)
        reader.held = list(held)
        return reader


def _granted_by(tier: Tier | None, code: str) -> frozenset[str]:
    rows = tier.rights.all() if tier and code in GRANTED else ()
    return frozenset(row.right for row in rows if getattr(row, GRANTED[code]))


def memberships_of(user: Any, at: datetime) -> list[Held]:
    """What this person holds or sits in, best first; asked once a day and a user object."""
    if isinstance(user, AsIf):
        return user.held
    if not getattr(user, "is_authenticated", False):
        return []
    day = clock.kst_date(at)
    cache: dict[date, list[Held]] = user.__dict__.setdefault("_memberships", {})
    if day not in cache:
        cache[day] = _held_by(user, day)
    return cache[day]


GRANTED = {standing.GOOD: "in_good", standing.GRACE: "in_grace", standing.ARREARS: "in_arrears"}

_OWN = [field.attname for field in Member._meta.concrete_fields]
_OF_TIER = [field.attname for field in Tier._meta.concrete_fields]
_SAID = ("paid_until", "is_suspended", "granted")
# Of a tier: "read_reports:good grace ,vote:good ", each right with the standings that grant it.
_SAYING = Joined(
    Concat(
        "right",
        Value(":"),
        *(
            Case(When(**{name: True}, then=Value(f"{code} ")), default=Value(""))
            for code, name in GRANTED.items()
        ),
    )
)


def _with_rights(user: int, day: date, today: date) -> QuerySet[Any]:
    """A row for each membership, with the rights of its tier: one statement, since nearly every
    page asks."""
    rows: QuerySet[Any] = _rights_of(Member.objects.belonging(day).of(user, today), day)
    return rows.values_list(*_OWN, *(f"tier__{name}" for name in _OF_TIER), *_SAID)


def _rights_of(members: QuerySet[Member], day: date, right: str = "") -> QuerySet[Member]:
    granted = TierRight.objects.filter(tier=OuterRef("tier")).order_by()
    if right:
        granted = granted.filter(right=right)
    said = granted.values("tier").annotate(said=_SAYING).values("said")
    return (
        standing.with_suspension(standing.with_paid_until(members, day), day)
        .select_related("tier")
        .annotate(granted=Subquery(said))
        .order_by("tier__rank", "pk")
    )


_rows: Prepared[tuple] = Prepared(_with_rights, user=int, day=date, today=date)


def _held_by(user: Any, day: date) -> list[Held]:
    return [_read(row, day) for row in _rows(user=user.pk, day=day, today=clock.today())]


def _read(row: tuple, day: date) -> Held:
    values = iter(row)
    member = Member.from_db(DEFAULT_DB_ALIAS, _OWN, list(islice(values, len(_OWN))))
    member.tier = Tier.from_db(DEFAULT_DB_ALIAS, _OF_TIER, list(islice(values, len(_OF_TIER))))
    return _held(member, day, **dict(zip(_SAID, values, strict=True)))


def memberships_of_all(
    users: Collection[int], at: datetime, right: str = ""
) -> dict[int, list[Held]]:
    """``memberships_of`` for many people, by their keys, in two statements. With ``right``: no
    other is asked about, and whose tier does not have it is left out."""
    day = clock.kst_date(at)
    holders: dict[int, list[int]] = defaultdict(list)
    seats = Seat.objects.current(clock.today()).filter(user__in=users)
    for member, user in seats.values_list("member", "user"):
        holders[member].append(user)
    theirs = Member.objects.belonging(day).filter(Q(user__in=users) | Q(pk__in=list(holders)))
    if right:
        theirs = theirs.filter(tier__in=TierRight.objects.filter(right=right).values("tier"))
    found: dict[int, list[Held]] = defaultdict(list)
    for held in _each_held(_rights_of(theirs, day, right), day):
        own = [held.member.user_id] if held.member.user_id else []
        for user in {*own, *holders[held.member.pk]} & set(users):
            found[user].append(held)
    return found


def as_member(member: int, at: datetime) -> AsIf:
    """Somebody on the terms of one membership (by its key) alone, whoever sits in it today; of one
    that was none at that instant, a mere account."""
    day = clock.kst_date(at)
    return AsIf.holding(
        _each_held(_rights_of(Member.objects.belonging(day).filter(pk=member), day), day)
    )


def _each_held(members: Iterable[Any], day: date) -> Iterator[Held]:
    """Of rows of ``_rights_of``."""
    for member in members:
        yield _held(member, day, **{name: getattr(member, name) for name in _SAID})


def _held(
    member: Member,
    day: date,
    *,
    paid_until: date | None,
    is_suspended: bool,
    granted: str | None,
) -> Held:
    """``granted``: the rights of the tier as ``_SAYING`` says them."""
    said = [row.split(":") for row in granted.split(",")] if granted else []
    promised = frozenset(right for right, marks in said if standing.GOOD in marks.split())
    if is_suspended:
        return Held(member, member.tier, standing.SUSPENDED, frozenset(), promised)
    code = standing.code_on(day, paid_until, member.tier)
    rights = frozenset(right for right, marks in said if code in marks.split())
    return Held(member, member.tier, code, rights, promised)


def tiers_with(user: Any, right: str, at: datetime) -> frozenset[int]:
    """Ids of the tiers through which this person holds a right at an instant."""
    return frozenset(held.tier.pk for held in memberships_of(user, at) if right in held.rights)


def branches_with(user: Any, right: str, at: datetime) -> frozenset[int]:
    """Ids of the branches in whose membership this person holds a right at an instant."""
    held_rows = memberships_of(user, at)
    return frozenset(held.member.branch_id for held in held_rows if right in held.rights)


def entitlement(user: Any, thing: Thing, at: datetime) -> Decision:
    """The one answer. See ``AccessRule`` for the rules and ``Decision`` for what comes back."""
    rule = thing.access_rule()
    decision = _by_membership(user, rule, at)
    if decision.allowed:
        return decision
    if rule.keys and (key := key_to(user, rule.keys, at)):
        return Decision(True, key.code, str(key.reason), price=decision.price)
    if _is_sold(rule, decision, at) and not is_member_of(rule, user, at):
        return replace(decision, price=rule.single)
    return decision


# Whom a single purchase is for: who is no member, or of a tier that does not include the thing.
# Members who have only to wait or to renew do not buy what their membership holds.
NOT_MEMBERS = frozenset({"login", "tier", "others"})


def _is_sold(rule: AccessRule, decision: Decision, at: datetime) -> bool:
    if rule.single is None or decision.code not in NOT_MEMBERS:
        return False
    return rule.sold_from is None or rule.sold_from <= at


def is_member_of(rule: AccessRule, user: Any, at: datetime) -> bool:
    """Whether a tier or a branch of this person's opens the thing, its clock apart."""
    return bool(
        tiers_with(user, rule.right, at) & rule.tier_ids
        or (rule.branch_ids and branches_with(user, rule.right, at) & rule.branch_ids)
    )


def _by_membership(user: Any, rule: AccessRule, at: datetime) -> Decision:
    price = _best_price(user, rule, at)
    if not rule.is_public and not is_member_of(rule, user, at):
        code, reason = _why_not(user, rule, rule.right, at)
        return Decision(False, code, reason, price=price)
    if not rule.openings:
        return Decision(True, "open", _("Open to you."), price=price)
    early = tiers_with(user, rule.opening_right, at)
    mine = [
        opens for tier_id, opens in rule.openings.items() if tier_id is None or tier_id in early
    ]
    if not mine:
        code, reason = _why_not(user, rule, rule.opening_right, at)
        return Decision(False, code, reason, price=price)
    opens_at = min(mine)
    if at < opens_at:
        return Decision(
            False,
            "later",
            _("Opens for you on %(when)s.") % {"when": kdatetime(opens_at)},
            opens_at,
            price,
        )
    for_everyone = rule.openings.get(None)
    is_early = for_everyone is None or at < for_everyone
    return Decision(
        True,
        "early" if is_early else "open",
        _("Priority access is open to you.") if is_early else _("Open to you."),
        opens_at,
        price,
    )


def _why_not(user: Any, rule: AccessRule, right: str, at: datetime) -> tuple[str, str]:
    """Code and words. A membership whose tier does not have the right at its best is not the
    reason: neither renewing it nor the end of a suspension would bring anything."""
    wanted = rule.tier_ids or {tier_id for tier_id in rule.openings if tier_id is not None}
    others = "" if wanted else " ".join(_told_others(rule))
    if not getattr(user, "is_authenticated", False):
        if others:
            return "login", _("%(who)s Please sign in.") % {"who": others}
        return "login", _("For members. Please sign in, or see how to join.")
    for held in memberships_of(user, at):
        if held.tier.pk not in wanted and held.member.branch_id not in rule.branch_ids:
            continue
        if right not in held.promised:
            continue
        if held.standing == standing.SUSPENDED:
            return "suspended", _("Your rights are suspended by decision. See your page.")
        if held.standing != standing.GOOD:
            return "renew", _on_renewal(rule, held.tier.pk, at)
    if others:
        return "others", others
    return "tier", _("Not included in your membership. See which membership includes it.")


def awaits_dues(user: Any, rule: AccessRule) -> bool:
    """Whether somebody is approved for a tier that a thing is for, and has only to pay: a
    membership that has not begun is none yet, so that a decision says nothing of it."""
    wanted = rule.tier_ids or {tier_id for tier_id in rule.openings if tier_id is not None}
    approved = Member.objects.of(user).filter(status=Member.Status.ADMITTED)
    return bool(wanted) and approved.filter(tier__in=wanted).exists()


def why_no_price(user: Any, rule: AccessRule, at: datetime) -> str:
    """Of a thing that is sold, but at no price to this person any more, in their words. Empty where
    it is sold to no tier either."""
    tiers = frozenset(
        price.tier_id
        for price in rule.prices
        if price.tier_id is not None and (price.until is None or at < price.until)
    )
    if not tiers:
        return ""
    return _why_not(user, replace(rule, tier_ids=tiers), Right.MEMBER_PRICE, at)[1]


def _told_others(rule: AccessRule) -> list[str]:
    """For whom a thing is that no tier includes."""
    branches = [_("For members of the branches named here.")] if rule.branch_ids else []
    return [*branches, *told_without(rule.keys)]


def _on_renewal(rule: AccessRule, tier: int, at: datetime) -> str:
    """What renewing brings: the thing, or the place of one's tier in its clock."""
    own = [rule.openings[key] for key in (tier, None) if key in rule.openings]
    if own and min(own) > at:
        return _(
            "Your dues are unpaid. Renew your membership, and it opens for you on %(when)s."
        ) % {"when": kdatetime(min(own))}
    return _("Your dues are unpaid. Renew your membership and it opens at once.")


def _best_price(user: Any, rule: AccessRule, at: datetime) -> int | None:
    return min((price.amount for price in prices_for(user, rule, at)), default=None)


def prices_for(user: Any, rule: AccessRule, at: datetime) -> list[Price]:
    """Those of which this person may have the lowest at an instant: everyone's and their tiers'."""
    if not rule.prices:
        return []
    member_tiers = tiers_with(user, Right.MEMBER_PRICE, at)
    return [
        price
        for price in rule.prices
        if (price.tier_id is None or price.tier_id in member_tiers)
        and (price.until is None or at < price.until)
    ]

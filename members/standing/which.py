"""Which members stand how: the querysets' answer."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from members.models import Member, Period, Suspension, Tier
from members.standing.days import (
    ADMITTED,
    ARREARS,
    BEFORE,
    DAY,
    ENDED,
    FOR_LIFE,
    GOOD,
    GRACE,
    SUSPENDED,
    calendar_for,
    grace_from,
)

SOON = timedelta(days=60)
FEW = 500  # members who may be named one by one in a statement


def with_paid_until(members: QuerySet[Member], day: date) -> QuerySet[Member]:
    """Annotates ``paid_until``: the last paid day of the stretch that holds on a day, days ahead
    that follow on it included; else the last one among periods that have begun by then."""
    begun = Period.objects.valid().filter(member=OuterRef("pk"), starts_on__lte=day)
    last = Max(Coalesce("ends_on", Value(FOR_LIFE)))
    by_member = begun.order_by().values("member").annotate(last=last)
    return members.annotate(
        paid_until=Case(
            When(paid_since__lte=day, then=F("paid_to")),
            default=Subquery(by_member.values("last")),
        )
    )


def with_suspension(members: QuerySet[Member], day: date) -> QuerySet[Member]:
    """Annotates ``is_suspended``: a decision suspends rights on a day."""
    held = Suspension.objects.on(day).filter(member=OuterRef("pk"))
    return members.annotate(is_suspended=Exists(held))


def grace_thresholds(day: date) -> list[tuple[Q, date]]:
    """Which members (by tier) are at least in grace on ``day`` when paid until a day or later."""
    return _by_tier(grace_from(day))


def _by_tier(days: dict[int, date]) -> list[tuple[Q, date]]:
    """Tiers with the same day together; where all have the same, tiers do not matter."""
    tiers: dict[date, list[int]] = defaultdict(list)
    for tier, day in days.items():
        tiers[day].append(tier)
    if len(tiers) == 1:
        return [(Q(), next(iter(tiers)))]
    return [(Q(tier__in=pks), day) for day, pks in tiers.items()]


def outside(day: date) -> dict[str, Q]:
    """Who does not belong on a day, by the standing that says why."""
    left, voided = Q(status__in=Member.LEFT), Q(status=Member.Status.VOIDED)
    gone = left & (Q(ended_on=None) | Q(ended_on__lte=day))
    later = left & Q(ended_on__gt=day)
    return {
        ADMITTED: Q(status=Member.Status.ADMITTED) | (later & Q(joined_on=None)),
        BEFORE: (Q(status=Member.Status.ACTIVE) | later) & Q(joined_on__gt=day),
        ENDED: voided | gone,
    }


def with_standing(members: QuerySet[Member], day: date) -> QuerySet[Member]:
    """Annotates ``paid_until`` and ``standing`` (a code) as of a day."""
    in_grace = Q()
    for tiers, paid_since in grace_thresholds(day):
        in_grace |= tiers & Q(paid_until__gte=paid_since)
    return with_suspension(with_paid_until(members, day), day).annotate(
        standing=Case(
            *(When(reason, then=Value(code)) for code, reason in outside(day).items()),
            When(is_suspended=True, then=Value(SUSPENDED)),
            When(paid_until__gte=day, then=Value(GOOD)),
            When(in_grace, then=Value(GRACE)),
            default=Value(ARREARS),
            output_field=CharField(),
        )
    )


def in_standing(members: QuerySet[Member], code: str, day: date) -> QuerySet[Member]:
    """Members of one standing on a day, as ``standing_of`` would say row by row: found among a
    hundred thousand by the last day that each has paid for, in an index."""
    if code in (ADMITTED, BEFORE, ENDED):
        return members.filter(outside(day)[code])
    suspended = Suspension.objects.on(day).values("member")
    if code == SUSPENDED:
        return members.belonging(day).filter(pk__in=suspended)  # type: ignore[attr-defined]
    found = _found(members, day, _paid(code, day), lambda rows: _worked_out(rows, code, day))
    return found.exclude(pk__in=suspended)


def expiring(members: QuerySet[Member], day: date) -> QuerySet[Member]:
    """Active members who have paid for a day, and for no day as soon as ``SOON`` is over."""
    after = day + SOON + DAY
    soon = Q(paid_to__gte=day, paid_to__lt=after)

    def worked_out(rows: QuerySet[Member]) -> QuerySet[Member]:
        return rows.filter(_covers(day)).exclude(_covers(after))

    active = members.filter(status=Member.Status.ACTIVE, joined_on__lte=day)
    return _found(active, day, soon, worked_out)


def forfeitable(members: QuerySet[Member], day: date) -> QuerySet[Member]:
    """Members whose membership the board may declare forfeited on a day; who never paid at all
    is not among them, as their first dues were given back."""
    calendar = calendar_for(day.year)
    years = calendar.forfeit_after_years
    before = calendar.forfeited_before(day)
    if years is None or before is None:
        return members.none()
    limits = _by_tier(
        {
            tier.pk: day - timedelta(days=tier.grace_days + 365 * (years - 1))
            if tier.dues_basis == Tier.Basis.ANNIVERSARY
            else before
            for tier in Tier.objects.all()
        }
    )
    owing = Q(pk__in=[])
    for tiers, limit in limits:
        owing |= tiers & Q(paid_to__lt=limit)

    def worked_out(rows: QuerySet[Member]) -> QuerySet[Member]:
        late = Q(pk__in=[])
        for tiers, limit in limits:
            late |= tiers & Q(paid_until__lt=limit)
        return with_paid_until(rows.belonging(day), day).filter(late)  # type: ignore[attr-defined]

    return _found(members, day, owing, worked_out)


# By the last stretch of paid days, which the database keeps beside each member -----------------


def _found(
    members: QuerySet[Member],
    day: date,
    by_last_day: Q,
    worked_out: Callable[[QuerySet[Member]], QuerySet[Member]],
) -> QuerySet[Member]:
    """Of ``members``, those whom their last stretch of paid days puts there; of the few for whom
    it does not decide (it begins later, or they have left since), those whose periods do."""
    later = Member.objects.filter(paid_since__gt=day).order_by().values_list("pk", flat=True)
    left = Member.objects.filter(status__in=Member.LEFT, ended_on__gt=day).order_by()
    apart = list(later.union(left.values_list("pk", flat=True))[: FEW + 1])
    if len(apart) > FEW:  # as on a day long past
        return members.filter(pk__in=worked_out(Member.objects.all()).order_by().values("pk"))
    usual = Q(status=Member.Status.ACTIVE, joined_on__lte=day) & by_last_day
    if not apart:
        return members.filter(usual)
    others = worked_out(Member.objects.filter(pk__in=apart)).order_by().values_list("pk", flat=True)
    return members.filter((usual & ~Q(pk__in=apart)) | Q(pk__in=list(others)))


def _paid(code: str, day: date) -> Q:
    """Good, in grace or in arrears, by the last day paid for."""
    if code == GOOD:
        return Q(paid_to__gte=day)
    kept, lost = Q(pk__in=[]), Q(paid_to=None)
    for tiers, since in grace_thresholds(day):
        kept |= tiers & Q(paid_to__gte=since, paid_to__lt=day)
        lost |= tiers & Q(paid_to__lt=since)
    return kept if code == GRACE else lost


def _worked_out(members: QuerySet[Member], code: str, day: date) -> QuerySet[Member]:
    """The same by every period."""
    rows = members.belonging(day)  # type: ignore[attr-defined]
    kept = Q(pk__in=[])
    for tiers, since in grace_thresholds(day):
        kept |= tiers & _covers(since, begun_by=day)
    if code == GOOD:
        return rows.filter(_covers(day))
    return rows.filter(kept).exclude(_covers(day)) if code == GRACE else rows.exclude(kept)


def _covers(day: date, *, begun_by: date | None = None) -> Q:
    """Has a valid period that reaches a day and has begun by it, or by another."""
    paid = Member.objects.paid_through(day, begun_by=begun_by or day)
    return Q(pk__in=paid.order_by().values("pk"))

"""In what standing a member is on a day, and why.

Derived from dated facts whenever it is asked; stored nowhere. ``standing_of`` is the row's answer,
``with_standing`` the queryset's; a test pins that the two agree. Its sentence is the only place
that says why, and until when: member, staff and mails are all shown the same.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import (
    Case,
    CharField,
    Exists,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.core.templatetags.ui import kdate
from members.models import DuesCalendar, Member, Period, Suspension, Tier

GOOD, GRACE, ARREARS, SUSPENDED = "good", "grace", "arrears", "suspended"
ADMITTED, BEFORE, ENDED = "admitted", "before", "ended"
LABELS = {
    GOOD: gettext_lazy("In good standing"),  # 정상
    GRACE: gettext_lazy("In grace"),  # 유예
    ARREARS: gettext_lazy("Suspended for arrears"),  # 연체·권리정지
    SUSPENDED: gettext_lazy("Suspended by decision"),  # 권리정지
    ADMITTED: gettext_lazy("Approved, awaiting payment"),
    BEFORE: gettext_lazy("Not a member yet"),
    ENDED: gettext_lazy("Membership ended"),
}
TONES = {
    GOOD: "good",
    GRACE: "warning",
    ARREARS: "danger",
    SUSPENDED: "danger",
    ADMITTED: "info",
    BEFORE: "plain",
    ENDED: "plain",
}
FOR_LIFE = date(9999, 12, 31)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Standing:
    """``until`` is the last day on which this standing holds if nothing is paid."""

    code: str
    until: date | None
    sentence: str

    @property
    def label(self) -> str:
        return str(LABELS[self.code])

    @property
    def tone(self) -> str:
        return TONES[self.code]


# Days on which dues fall due and rights end ---------------------------------------------------


def calendar_for(year: int) -> DuesCalendar:
    """The dues calendar in force in a year."""
    row = DuesCalendar.objects.filter(from_year__lte=year).order_by("-from_year").first()
    return row or DuesCalendar(from_year=year)


def due_on(tier: Tier, paid_until: date) -> date:
    """By when who has paid until a day has to pay again."""
    if tier.dues_basis == Tier.Basis.ANNIVERSARY:
        return paid_until + timedelta(days=tier.due_days)
    year = paid_until.year + 1
    return calendar_for(year).due_on(year)


def grace_ends_on(tier: Tier, paid_until: date) -> date:
    """The last day on which who has paid until a day still has rights."""
    if tier.dues_basis == Tier.Basis.ANNIVERSARY:
        return paid_until + timedelta(days=tier.grace_days)
    year = paid_until.year + 1
    return calendar_for(year).grace_ends_on(year)


def forfeits_from(tier: Tier, paid_until: date, calendar: DuesCalendar) -> date | None:
    """From when the board may declare membership forfeited (자격상실): the grace of the last of
    so many consecutive years without dues is over. ``calendar`` is that of the day asked about."""
    years = calendar.forfeit_after_years
    if years is None:
        return None
    if tier.dues_basis == Tier.Basis.ANNIVERSARY:
        # A year is counted as 365 days, so that the queryset can count backwards to the same day.
        return paid_until + timedelta(days=tier.grace_days + 365 * (years - 1) + 1)
    return calendar.forfeits_from(paid_until)


def code_on(day: date, paid_until: date | None, tier: Tier) -> str:
    """The standing of a member whom no decision suspends and who has paid until a day (None:
    never)."""
    if paid_until is None:
        return ARREARS
    if paid_until >= day:
        return GOOD
    return GRACE if day <= grace_ends_on(tier, paid_until) else ARREARS


def grace_from(day: date) -> dict[int, date]:
    """By tier: whoever has paid until this day or later is at least in grace on ``day``."""
    calendar = calendar_for(day.year).grace_from(day)
    return {
        tier.pk: day - timedelta(days=tier.grace_days)
        if tier.dues_basis == Tier.Basis.ANNIVERSARY
        else calendar
        for tier in Tier.objects.all()
    }


def code_since(day: date, paid_until: date | None, grace_from: date) -> str:
    """``code_on`` for thousands: with the first day that keeps in grace at hand."""
    if paid_until is None or paid_until < grace_from:
        return ARREARS
    return GOOD if paid_until >= day else GRACE


# Which members: querysets ---------------------------------------------------------------------


def with_paid_until(members: QuerySet[Member], day: date) -> QuerySet[Member]:
    """Annotates ``paid_until``: the last paid day among periods that have begun by a day."""
    begun = Period.objects.valid().filter(member=OuterRef("pk"), starts_on__lte=day)
    last = Max(Coalesce("ends_on", Value(FOR_LIFE)))
    by_member = begun.order_by().values("member").annotate(last=last)
    return members.annotate(paid_until=Subquery(by_member.values("last")))


def with_suspension(members: QuerySet[Member], day: date) -> QuerySet[Member]:
    """Annotates ``is_suspended``: a decision suspends rights on a day."""
    held = Suspension.objects.on(day).filter(member=OuterRef("pk"))
    return members.annotate(is_suspended=Exists(held))


def grace_thresholds(day: date) -> list[tuple[Q, date]]:
    """Which members (by tier) are at least in grace on ``day`` when paid until a day or later."""
    anniversary = Q(tier__dues_basis=Tier.Basis.ANNIVERSARY)
    return [
        (~anniversary, calendar_for(day.year).grace_from(day)),
        *(
            (Q(tier=tier.pk), day - timedelta(days=tier.grace_days))
            for tier in Tier.objects.filter(dues_basis=Tier.Basis.ANNIVERSARY)
        ),
    ]


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
    """Members of one standing on a day, as ``standing_of`` would say row by row; a list of
    thousands is narrowed by their paid days, not worked out one by one."""
    if code in (ADMITTED, BEFORE, ENDED):
        return members.filter(outside(day)[code])
    rows = members.belonging(day)  # type: ignore[attr-defined]
    suspended = Suspension.objects.on(day).values("member")
    if code == SUSPENDED:
        return rows.filter(pk__in=suspended)
    rows = rows.exclude(pk__in=suspended)
    good = Member.objects.paid_through(day, begun_by=day).values("pk")
    if code == GOOD:
        return rows.filter(pk__in=good)
    kept = Q()
    for tiers, paid_since in grace_thresholds(day):
        paid = Member.objects.paid_through(paid_since, begun_by=day).values("pk")
        kept |= tiers & Q(pk__in=paid)
    if code == GRACE:
        return rows.filter(kept).exclude(pk__in=good)
    return rows.exclude(kept)


def forfeitable(members: QuerySet[Member], day: date) -> QuerySet[Member]:
    """Members whose membership the board may declare forfeited on a day; who never paid at all
    is not among them, as their first dues were given back."""
    calendar = calendar_for(day.year)
    years = calendar.forfeit_after_years
    before = calendar.forfeited_before(day)
    if years is None or before is None:
        return members.none()
    thresholds = [(~Q(tier__dues_basis=Tier.Basis.ANNIVERSARY), before)]
    for tier in Tier.objects.filter(dues_basis=Tier.Basis.ANNIVERSARY):
        days = tier.grace_days + 365 * (years - 1)
        thresholds.append((Q(tier=tier.pk), day - timedelta(days=days)))
    owing = Q()
    for tiers, paid_since in thresholds:
        paid = Member.objects.paid_through(paid_since, begun_by=day).values("pk")
        owing |= tiers & ~Q(pk__in=paid)
    ever = Period.objects.valid().filter(starts_on__lte=day).values("member")
    return members.belonging(day).filter(owing, pk__in=ever)  # type: ignore[attr-defined]


# One member: the row's answer -----------------------------------------------------------------


def paid_until(member: Member, day: date) -> date | None:
    """The last paid day among periods that have begun by ``day``."""
    ends = [
        period.ends_on or FOR_LIFE
        for period in member.periods.all()
        if period.voided_at is None and period.starts_on <= day
    ]
    return max(ends, default=None)


def is_forfeitable(member: Member, day: date) -> bool:
    until = paid_until(member, day)
    if until is None or until == FOR_LIFE or _outside(member, day):
        return False
    since = forfeits_from(member.tier, until, calendar_for(day.year))
    return since is not None and since <= day


def _outside(member: Member, day: date) -> str:
    """Why a member does not belong on a day; empty when they do."""
    if member.status == Member.Status.VOIDED:
        return ENDED
    if member.status in Member.LEFT and (member.ended_on is None or member.ended_on <= day):
        return ENDED
    if member.status == Member.Status.ADMITTED or member.joined_on is None:
        return ADMITTED
    return BEFORE if member.joined_on > day else ""


def standing_of(member: Member, on: date) -> Standing:
    """The standing on a day, past, present or to come, with the sentence that explains it."""
    if code := _outside(member, on):
        return _not_a_member(member, code)
    suspension = next((row for row in member.suspensions.all() if row.holds_on(on)), None)
    if suspension:
        return _suspended(member, suspension)
    until = paid_until(member, on)
    code = code_on(on, until, member.tier)
    if until is None or code == ARREARS:
        return _in_arrears(member, until, on)
    if until == FOR_LIFE:
        return Standing(GOOD, None, _("%(tier)s for life.") % {"tier": member.tier.name})
    ends = grace_ends_on(member.tier, until)
    facts = {
        "tier": member.tier.name,
        "until": kdate(until),
        "due": kdate(due_on(member.tier, until)),
        "ends": kdate(ends),
        "stop": kdate(ends + DAY),
    }
    if code == GOOD:
        return Standing(
            GOOD,
            until,
            _(
                "%(tier)s until %(until)s. Unless dues are paid by %(due)s, rights are suspended"
                " from %(stop)s."
            )
            % facts,
        )
    return Standing(
        GRACE,
        ends,
        _(
            "%(tier)s in grace: dues are paid until %(until)s and payable by %(due)s. Unless they"
            " are paid by %(ends)s, rights are suspended from %(stop)s."
        )
        % facts,
    )


ENDINGS = {
    Member.Status.WITHDRAWN: gettext_lazy("Membership ended on %(day)s by withdrawal."),
    Member.Status.EXPELLED: gettext_lazy("Membership ended on %(day)s by expulsion."),
    Member.Status.FORFEITED: gettext_lazy(
        "Membership ended on %(day)s: it was forfeited for arrears."
    ),
    Member.Status.DECEASED: gettext_lazy("Membership ended on %(day)s by death or dissolution."),
    Member.Status.VOIDED: gettext_lazy("This membership was entered in error and cancelled."),
}


def _not_a_member(member: Member, code: str) -> Standing:
    if code == ADMITTED:
        return Standing(code, None, _("Approved. Membership begins when the dues are paid."))
    if code == BEFORE:
        begins = _("Membership begins on %(day)s.") % {"day": kdate(member.joined_on)}
        return Standing(code, member.joined_on and member.joined_on - DAY, begins)
    if member.ended_on is None and member.status != Member.Status.VOIDED:
        return Standing(code, None, _("Membership ended."))
    ending = str(ENDINGS[Member.Status(member.status)])
    return Standing(code, None, ending % {"day": kdate(member.ended_on)})


def _suspended(member: Member, suspension: Suspension) -> Standing:
    facts = {
        "tier": member.tier.name,
        "since": kdate(suspension.starts_on),
        "basis": suspension.basis,
    }
    if suspension.ends_on is None:
        sentence = _(
            "%(tier)s. Rights are suspended by decision since %(since)s (%(basis)s), until they"
            " are restored."
        )
        return Standing(SUSPENDED, None, sentence % facts)
    facts |= {"until": kdate(suspension.ends_on), "back": kdate(suspension.ends_on + DAY)}
    sentence = _(
        "%(tier)s. Rights are suspended by decision from %(since)s to %(until)s (%(basis)s) and"
        " return on %(back)s."
    )
    return Standing(SUSPENDED, suspension.ends_on, sentence % facts)


def _in_arrears(member: Member, until: date | None, on: date) -> Standing:
    tier = member.tier
    if until is None:
        sentence = _("%(tier)s. No dues are paid, so rights are suspended until they are.")
        return Standing(ARREARS, None, sentence % {"tier": tier.name})
    facts = {
        "tier": tier.name,
        "until": kdate(until),
        "stop": kdate(grace_ends_on(tier, until) + DAY),
    }
    sentence = _(
        "%(tier)s. Dues are paid until %(until)s only, so rights are suspended since %(stop)s."
        " They return when the dues are paid."
    )
    forfeits = forfeits_from(tier, until, calendar_for(on.year))
    if forfeits and forfeits > on:
        sentence += " " + _("From %(forfeits)s on, the membership may be forfeited.")
    elif forfeits:
        sentence += " " + _("Since %(forfeits)s, the membership may be forfeited.")
    last = forfeits - DAY if forfeits and forfeits > on else None
    return Standing(ARREARS, last, sentence % (facts | {"forfeits": kdate(forfeits)}))


def terms(tier: str, standing: str) -> str:
    """What an order froze about its buyer, codes both, in words: 정회원 · 정상."""
    known = Tier.objects.filter(code=tier).first()
    words = (known.name if known else tier, str(LABELS.get(standing, standing)))
    return " · ".join(word for word in words if word)

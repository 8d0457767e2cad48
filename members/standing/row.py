"""How one member stands, and the sentence that says why: the row's answer."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.core.templatetags.ui import kdate
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
    LABELS,
    SUSPENDED,
    TONES,
    calendar_for,
    code_on,
    due_on,
    forfeits_from,
    grace_ends_on,
)


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


def paid_until(member: Member, day: date) -> date | None:
    """The last paid day among periods that have begun by ``day``."""
    return _last(_valid(member), day)


def _valid(member: Member) -> list[Period]:
    return [period for period in member.periods.all() if period.voided_at is None]


def _last(periods: list[Period], day: date) -> date | None:
    ends = [period.ends_on or FOR_LIFE for period in periods if period.starts_on <= day]
    return max(ends, default=None)


@dataclass(frozen=True)
class Ahead:
    """Paid days without a gap: their last one, and where another tier comes with some of them, that
    tier and the last day of the present one."""

    until: date
    tier: Tier
    turns_on: date | None = None


def paid_ahead(member: Member, day: date) -> Ahead | None:
    """How far the paid days reach that hold on a day, those that are yet to begin included: who has
    paid next year's dues is asked for them no more. None where nothing was paid by then."""
    periods = _valid(member)
    until = _last(periods, day)
    return _ahead(member, periods, until) if until else None


def _ahead(member: Member, periods: list[Period], until: date) -> Ahead:
    ahead = Ahead(until, member.tier)
    for period in sorted(periods, key=lambda row: row.starts_on):
        last = period.ends_on or FOR_LIFE
        if last <= ahead.until or period.starts_on > ahead.until + DAY:
            continue
        if period.starts_on > until and period.tier_id != ahead.tier.pk:
            ahead = Ahead(last, period.tier, ahead.turns_on or period.starts_on)
        else:
            ahead = Ahead(last, ahead.tier, ahead.turns_on)
    return ahead


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
    periods = _valid(member)
    until = _last(periods, on)
    code = code_on(on, until, member.tier)
    if until is None or code == ARREARS:
        return _in_arrears(member, until, on)
    if code == GRACE:
        return _in_grace(member, until)
    return _good(member, _ahead(member, periods, until))


def _good(member: Member, ahead: Ahead) -> Standing:
    facts = {"tier": member.tier.name, "next": ahead.tier.name}
    if ahead.turns_on:
        facts["turn"] = kdate(ahead.turns_on)
    if ahead.until == FOR_LIFE:
        sentence = _("%(tier)s for life.")
        if ahead.turns_on:
            sentence = _("%(tier)s; from %(turn)s on %(next)s for life.")
        return Standing(GOOD, None, sentence % facts)
    facts |= _days(ahead.tier, ahead.until)
    sentence = _(
        "%(tier)s until %(until)s. Unless dues are paid by %(due)s, rights are suspended"
        " from %(stop)s."
    )
    if ahead.turns_on:
        sentence = _(
            "%(tier)s; from %(turn)s on %(next)s, until %(until)s. Unless dues are paid by"
            " %(due)s, rights are suspended from %(stop)s."
        )
    return Standing(GOOD, ahead.until, sentence % facts)


def _days(tier: Tier, until: date) -> dict[str, str]:
    """What follows for who has paid until a day, in words."""
    ends = grace_ends_on(tier, until)
    return {
        "until": kdate(until),
        "due": kdate(due_on(tier, until)),
        "ends": kdate(ends),
        "stop": kdate(ends + DAY),
    }


def _in_grace(member: Member, until: date) -> Standing:
    sentence = _(
        "%(tier)s in grace: dues are paid until %(until)s and payable by %(due)s. Unless they"
        " are paid by %(ends)s, rights are suspended from %(stop)s."
    )
    facts = {"tier": member.tier.name} | _days(member.tier, until)
    return Standing(GRACE, grace_ends_on(member.tier, until), sentence % facts)


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

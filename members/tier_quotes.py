"""What another tier costs a member, worked out before anything is decided. Whole won.

Unused paid days are credited day by day, rounded down and never above what was paid for them; the
new tier's dues follow its own rule for who joins on that day; of the admission fees only what the
new one is higher. A step down, or where the credit is more than the new dues, gives nothing back
and charges nothing: it takes effect when the paid days are over, and until then everything stays as
it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q, prefetch_related_objects
from django.utils import translation
from django.utils.translation import gettext as _

from kosna.branches.models import Branch
from kosna.core.clock import years_after
from kosna.core.errors import Refused
from kosna.core.templatetags.ui import kdate, won
from kosna.payments.actions import Line
from kosna.payments.models import OrderLine, Refund
from kosna.payments.payables import Share
from members import dues, shares
from members.models import Member, Organisation, Period, Tier, TierChange
from members.standing import FOR_LIFE

DUES, CREDIT, ADMISSION_FEE, NOTHING = "dues", "credit", "admission_fee", "nothing"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """One line of the explanation; a credit is negative, and all of them add up to the total."""

    kind: str
    amount: int
    what: str
    why: str

    @property
    def credited(self) -> int:
        return max(-self.amount, 0)


@dataclass(frozen=True)
class Credit:
    """The unused part of a paid period, ``left`` of its ``days``; ``paid`` is what it cost."""

    period: Period
    paid: int
    left: int
    days: int

    @property
    def amount(self) -> int:
        return credit_of(self.paid, self.left, self.days)


@dataclass(frozen=True)
class Quote:
    from_tier: Tier
    to_tier: Tier
    on: date  # the day for which it is worked out
    effective_on: date  # that day, or the first day after what is paid
    ends_on: date | None  # last of the new days; None: for life
    dues: int
    dues_year: int | None
    credits: tuple[Credit, ...]
    admission_fee: int
    branch: Branch
    steps: tuple[Step, ...]

    @property
    def is_deferred(self) -> bool:
        return self.effective_on > self.on

    @property
    def credit(self) -> int:
        return sum(credit.amount for credit in self.credits)

    @property
    def net_dues(self) -> int:
        return 0 if self.is_deferred else self.dues - self.credit

    @property
    def total(self) -> int:
        return self.net_dues + self.admission_fee

    @cached_property
    def share(self) -> Share | None:
        """What part of the dues goes to the branch; looked up when somebody asks."""
        return shares.share_of(dues.DUES, self.to_tier.code, self.branch, self.on)

    @property
    def share_percent(self) -> int:
        return self.share.percent if self.share else 0

    @property
    def branch_share(self) -> int:
        return self.share.of(self.net_dues) if self.share else 0

    @property
    def head_office_share(self) -> int:
        return self.total - self.branch_share


def new_size(member: Member, to_tier: Tier) -> str:
    """The size that an organisation has with another tier; "" where it stays as it is."""
    firm = member.organisation
    if firm is None or not to_tier.sizes or firm.size in to_tier.sizes:
        return ""
    return str(to_tier.sizes[0])


def sizes_in_words(member: Member, to_tier: Tier) -> str:
    """From which size an organisation comes to which; "" where it stays as it is."""
    size = new_size(member, to_tier)
    if not size or member.organisation is None:
        return ""
    return f"{member.organisation.get_size_display()} → {Organisation.Size(size).label}"


def credit_of(paid: int, left: int, days: int) -> int:
    """Won of ``paid`` that ``left`` unused days of ``days`` are worth, rounded down."""
    return paid * min(max(left, 0), days) // days if days > 0 else 0


def choices_for(member: Member) -> Any:
    """The tiers that a member may ask for: those that take members of this kind, but the own."""
    rows = Tier.objects.open().filter(holder=member.tier.holder).exclude(pk=member.tier_id)
    return rows.prefetch_related("rates")


@dataclass(frozen=True)
class Offer:
    """A tier with its quote, or why it cannot be had."""

    tier: Tier
    quote: Quote | None = None
    why_not: str = ""


def offers(member: Member, tiers: Iterable[Tier], on: date) -> list[Offer]:
    """Of each tier what it would cost on a day; however many there are, what the member has paid
    is read once."""
    prefetch_related_objects([member], "tier__rates")
    try:
        credits = credits_of(member, on)
    except Refused as refusal:
        return [Offer(tier, why_not=str(refusal)) for tier in tiers]
    return [_offer(member, tier, on, credits) for tier in tiers]


def _offer(member: Member, to_tier: Tier, on: date, credits: tuple[Credit, ...]) -> Offer:
    try:
        return Offer(to_tier, _quote(member, to_tier, on, credits))
    except Refused as refusal:
        return Offer(to_tier, why_not=str(refusal))


def quote(member: Member, to_tier: Tier, on: date) -> Quote:
    """What it would cost a member to change on a day, with each won explained in the reader's
    language. Raises Refused for a membership for life, and where no rate is set."""
    return _quote(member, to_tier, on, credits_of(member, on))


def _quote(member: Member, to_tier: Tier, on: date, credits: tuple[Credit, ...]) -> Quote:
    priced = dues.explained(to_tier, on, first=True)
    new = next(each for each in priced if each.line.kind == dues.DUES)
    year = dues.dues_year(to_tier, on)
    found = Quote(
        from_tier=member.tier,
        to_tier=to_tier,
        on=on,
        effective_on=on,
        ends_on=_last_day(to_tier, on, year),
        dues=new.line.amount,
        dues_year=year,
        credits=credits,
        admission_fee=_admission_difference(member.tier, to_tier, year or on.year),
        branch=member.branch,
        steps=(),
    )
    if credits and (found.credit > found.dues or is_cheaper(to_tier, member.tier, on.year)):
        last = max(credit.period.ends_on for credit in credits if credit.period.ends_on)
        found = replace(found, effective_on=last + DAY, ends_on=None, dues_year=None)
    return replace(found, steps=tuple(_steps(found, new.why)))


def is_cheaper(new: Tier, old: Tier, year: int) -> bool:
    """Whether a year of the new tier costs less than one of the old: a step down."""
    try:
        return dues.rate_for(new, year).annual_dues < dues.rate_for(old, year).annual_dues
    except Refused:
        return False  # the old one has no rate any more


def _last_day(tier: Tier, on: date, year: int | None) -> date | None:
    if year is None:
        return None
    if tier.dues_basis == Tier.Basis.ANNIVERSARY:
        return years_after(on, 1) - DAY
    return date(year, 12, 31)


def _admission_difference(old: Tier, new: Tier, year: int) -> int:
    """What the new admission fee is higher than the old one of today; never given back."""
    try:
        paid = dues.rate_for(old, year).admission_fee
    except Refused:
        paid = 0  # a tier of former times that has no rate any more
    return max(dues.rate_for(new, year).admission_fee - paid, 0)


def credits_of(member: Member, on: date) -> tuple[Credit, ...]:
    """The unused parts of what a member has paid for. Raises Refused for a membership for life."""
    return tuple(_credits(member, on))


def _credits(member: Member, on: date) -> Iterable[Credit]:
    rows = member.periods.valid().filter(Q(ends_on=None) | Q(ends_on__gte=on))
    for period in (
        rows.select_related("line", "tier")
        .prefetch_related("tier__rates")
        .order_by("starts_on", "pk")
    ):
        if period.ends_on is None or period.ends_on == FOR_LIFE:
            raise Refused(_("A membership for life is not changed into another one."))
        days = (period.ends_on - period.starts_on).days + 1
        left = (period.ends_on - max(on, period.starts_on)).days + 1
        yield Credit(period, worth_of(period), left, days)


def worth_of(period: Period) -> int:
    """What was paid for a period: its dues less what was given back, and for one that an earlier
    change opened, what that change had credited as well. Days that were entered as paid without an
    order are worth the dues of their year."""
    line = period.line
    if line is None:
        try:
            return dues.rate_for(period.tier, period.starts_on.year).annual_dues
        except Refused:
            return 0
    change = TierChange.objects.filter(order=line.order_id).first()
    paid = change.dues if change else line.amount
    back = line.refunds.filter(status__in=Refund.CLAIMS).values_list("amount", flat=True)
    return max(paid - sum(back), 0)


def _steps(found: Quote, why_dues: str) -> Iterable[Step]:
    facts = {"from": found.from_tier.name, "to": found.to_tier.name}
    if found.is_deferred:
        why = (
            _(
                "A year of %(to)s costs less. Nothing is charged now and nothing given back:"
                " %(from)s stays until %(until)s, %(to)s begins on %(begins)s, and from then on you"
                " pay its dues."
            )
            if is_cheaper(found.to_tier, found.from_tier, found.on.year)
            else _(
                "Your unused days (%(credit)s) are worth more than the dues of the new tier"
                " (%(dues)s). Nothing is given back: %(from)s stays until %(until)s, %(to)s begins"
                " on %(begins)s, and from then on you pay its dues."
            )
        )
        yield Step(
            NOTHING,
            0,
            _("Dues"),
            why
            % (
                facts
                | {
                    "credit": won(found.credit),
                    "dues": won(found.dues),
                    "until": kdate(found.effective_on - DAY),
                    "begins": kdate(found.effective_on),
                }
            ),
        )
    else:
        yield Step(DUES, found.dues, _("Dues: %(to)s") % facts, why_dues)
        for credit in found.credits:
            yield _credit_step(credit)
    if found.admission_fee:
        yield Step(
            ADMISSION_FEE,
            found.admission_fee,
            _("Admission fee: the difference"),
            _("What the admission fee of %(to)s is higher than that of %(from)s.") % facts,
        )


def _credit_step(credit: Credit) -> Step:
    period = credit.period
    assert period.ends_on is not None
    facts = {
        "from": kdate(period.starts_on),
        "until": kdate(period.ends_on),
        "left": credit.left,
        "days": credit.days,
        "paid": won(credit.paid),
    }
    why = _("Of %(paid)s paid for %(from)s ~ %(until)s, %(left)s of %(days)s days are unused.")
    if period.line_id is None:
        why = _(
            "%(from)s ~ %(until)s was entered as paid: of that year's dues of %(paid)s, %(left)s of"
            " %(days)s days are unused."
        )
    return Step(CREDIT, -credit.amount, _("Unused days"), why % facts)


def frozen(member: Member, to_tier: Tier, on: date) -> list[dict[str, Any]]:
    """The explanation in both languages, as it is kept with what was approved."""
    told = []
    for language in ("ko", "en"):
        with translation.override(language):
            told.append(quote(member, to_tier, on).steps)
    return [
        {
            "kind": korean.kind,
            "amount": korean.amount,
            "what_ko": korean.what,
            "why_ko": korean.why,
            "what_en": english.what,
            "why_en": english.why,
        }
        for korean, english in zip(*told, strict=True)
    ]


def thawed(steps: list[dict[str, Any]]) -> list[Step]:
    """A kept explanation in the reader's language."""
    language = "en" if translation.get_language() == "en" else "ko"
    return [
        Step(row["kind"], row["amount"], row[f"what_{language}"], row[f"why_{language}"])
        for row in steps
    ]


def lines(found: Quote) -> list[Line]:
    """The order over the difference: one line for the dues, on which the new paid days hang, and
    one for the admission fee. They add up to the quote's total."""
    facts: dict[str, Any] = {
        "vat_class": OrderLine.VatClass.NONE,
        "tier": found.to_tier.code,
    }
    fee = Line(
        kind=dues.ADMISSION_FEE,
        title_ko=f"{found.to_tier.name_ko} 입회비 차액",
        title_en=f"Admission fee, difference: {found.to_tier.name_en}",
        amount=found.admission_fee,
        branch_share=0,
        **facts,
    )
    if found.is_deferred:
        names_ko, names_en = found.to_tier.name_ko, found.to_tier.name_en
        change = Line(
            kind="tier_change",
            title_ko=f"{names_ko}(으)로 변경, {found.effective_on}부터",
            title_en=f"Change to {names_en} from {found.effective_on}",
            amount=0,
            branch_share=0,
            **facts,
        )
        return [change, *([fee] if fee.amount else [])]
    change = Line(
        kind=dues.DUES,
        title_ko=f"{found.to_tier.name_ko} 회비 차액",
        title_en=f"Dues, difference: {found.to_tier.name_en}",
        amount=found.net_dues,
        dues_year=found.dues_year,
        branch_share=found.branch_share,
        share_percent=found.share.percent if found.share else None,
        share_rule=found.share.rule if found.share else "",
        **facts,
    )
    return [change, *([fee] if fee.amount else [])]

"""In what standing a member is on a day, and why.

Derived from dated facts whenever it is asked; stored nowhere. ``standing_of`` is the row's answer,
``with_standing`` the queryset's; a test pins that the two agree.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, CharField, Max, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.core.templatetags.ui import kdate
from members.models import DuesCalendar, Member, Period, Tier

GOOD, GRACE, ARREARS, ADMITTED, ENDED = "good", "grace", "arrears", "admitted", "ended"
LABELS = {
    GOOD: gettext_lazy("In good standing"),  # 정상
    GRACE: gettext_lazy("In grace"),  # 유예
    ARREARS: gettext_lazy("Suspended for arrears"),  # 연체·권리정지
    ADMITTED: gettext_lazy("Approved, awaiting payment"),
    ENDED: gettext_lazy("Membership ended"),
}
TONES = {GOOD: "good", GRACE: "warning", ARREARS: "danger", ADMITTED: "info", ENDED: "plain"}
FOR_LIFE = date(9999, 12, 31)


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


def calendar_for(year: int) -> DuesCalendar:
    """The dues calendar in force in a year."""
    row = DuesCalendar.objects.filter(from_year__lte=year).order_by("-from_year").first()
    return row or DuesCalendar(from_year=year)


def code_on(day: date, paid_until: date | None, calendar: DuesCalendar | None = None) -> str:
    """The standing of an active member who has paid until a day (None: never)."""
    if paid_until is None:
        return ARREARS
    if paid_until >= day:
        return GOOD
    if paid_until.year >= day.year:
        return GRACE
    if paid_until.year == day.year - 1:
        calendar = calendar or calendar_for(day.year)
        if day <= calendar.grace_ends_on(day.year):
            return GRACE
    return ARREARS


def with_paid_until(members: QuerySet[Member], day: date) -> QuerySet[Member]:
    """Annotates ``paid_until``: the last paid day among periods that have begun by a day."""
    begun = Period.objects.valid().filter(member=OuterRef("pk"), starts_on__lte=day)
    last = Max(Coalesce("ends_on", Value(FOR_LIFE)))
    by_member = begun.order_by().values("member").annotate(last=last)
    return members.annotate(paid_until=Subquery(by_member.values("last")))


def with_standing(members: QuerySet[Member], day: date) -> QuerySet[Member]:
    """Annotates ``paid_until`` and ``standing`` (a code) as of a day."""
    grace_from = date(day.year, 1, 1)
    if day <= calendar_for(day.year).grace_ends_on(day.year):
        grace_from = date(day.year - 1, 1, 1)
    return with_paid_until(members, day).annotate(
        standing=Case(
            When(status=Member.Status.ADMITTED, then=Value(ADMITTED)),
            When(status__in=Member.ENDED, then=Value(ENDED)),
            When(paid_until__gte=day, then=Value(GOOD)),
            When(paid_until__gte=grace_from, then=Value(GRACE)),
            default=Value(ARREARS),
            output_field=CharField(),
        )
    )


def paid_until(member: Member, day: date) -> date | None:
    """The last paid day among periods that have begun by ``day``."""
    ends = [
        period.ends_on or FOR_LIFE
        for period in member.periods.all()
        if period.voided_at is None and period.starts_on <= day
    ]
    return max(ends, default=None)


def standing_of(member: Member, on: date) -> Standing:
    """The standing with the one sentence that member, staff and mails are all shown."""
    tier = member.tier.name
    if member.status == Member.Status.ADMITTED:
        return Standing(ADMITTED, None, _("Approved. Membership begins when the dues are paid."))
    if member.status in Member.ENDED:
        return Standing(
            ENDED,
            None,
            _("Membership ended on %(day)s.") % {"day": kdate(member.ended_on)}
            if member.ended_on
            else _("Membership ended."),
        )
    until = paid_until(member, on)
    if until == FOR_LIFE:
        return Standing(GOOD, None, _("%(tier)s for life.") % {"tier": tier})
    code = code_on(on, until)
    if code == GOOD:
        assert until is not None  # code_on said so
        due = calendar_for(until.year + 1).due_on(until.year + 1)
        return Standing(
            GOOD,
            until,
            _("%(tier)s until %(until)s. Dues for %(year)s are payable by %(due)s.")
            % {"tier": tier, "until": kdate(until), "year": until.year + 1, "due": kdate(due)},
        )
    if code == GRACE:
        assert until is not None
        ends = calendar_for(until.year + 1).grace_ends_on(until.year + 1)
        return Standing(
            GRACE,
            ends,
            _(
                "Dues for %(year)s are unpaid. Rights are kept until %(ends)s; please pay by then"
                " to keep them."
            )
            % {"year": until.year + 1, "ends": kdate(ends)},
        )
    year = until.year + 1 if until else on.year
    return Standing(
        ARREARS,
        None,
        _("Dues since %(year)s are unpaid, so rights are suspended. They return when you pay.")
        % {"year": year},
    )


def terms(tier: str, standing: str) -> str:
    """What an order froze about its buyer, codes both, in words: 정회원 · 정상."""
    known = Tier.objects.filter(code=tier).first()
    words = (known.name if known else tier, str(LABELS.get(standing, standing)))
    return " · ".join(word for word in words if word)

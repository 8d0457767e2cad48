"""What each member should owe for a year, worked out from dated facts for thousands at once, and
how that differs from what is booked. Whole won. Nothing is written here.

Owed is the year's dues of the tier that the register shows when the year begins, or when the
member joined in it: then what the joining order said, else the tier's rule for first years. A
change of tier within the year settles its own difference. Nothing is owed by who is let off, who
left by the due date or died, or whose days of this year were bought with dues of another; what such
a member has paid already stays charged, since money only goes back by a refund. Suspended members
owe on.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from kosna.branches.models import Branch
from kosna.core.clock import years_after
from kosna.core.errors import Refused
from kosna.payments.models import Order, OrderLine, Refund
from members import dues
from members.models import (
    AssessmentItem,
    Charge,
    DuesRate,
    Exemption,
    Member,
    Period,
    RegisterEntry,
    Tier,
)
from members.models.charges import DUES, ORDER_OF_MEMBER
from members.standing import calendar_for

AT_ONCE = 1_000  # members whose facts are read together
Reason, Kind = Charge.Reason, AssessmentItem.Kind


@dataclass(frozen=True, slots=True)
class Due:
    """What a member should owe for a year."""

    amount: int
    reason: str
    tier_id: int
    starts_on: date
    ends_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Difference:
    """A charge that is missing (``booked`` is None), wrong, or no longer due (``due`` is None)."""

    member_id: int
    booked: Charge | None
    due: Due | None

    @property
    def kind(self) -> AssessmentItem.Kind:
        if self.booked is None:
            return Kind.ADDED
        return Kind.CHANGED if self.due else Kind.REVERSED

    @property
    def before(self) -> int:
        return self.booked.amount if self.booked else 0

    @property
    def after(self) -> int:
        return self.due.amount if self.due else 0


def concerned(year: int, branch: Branch | None = None) -> QuerySet[Member]:
    """Members who may owe for a year, or have been charged for it."""
    rows = Member.objects.exclude(status=Member.Status.ADMITTED).filter(
        Q(joined_on__lte=date(year, 12, 31)) & Q(ended_on=None)
        | Q(joined_on__lte=date(year, 12, 31), ended_on__gt=date(year, 1, 1))
        | Q(pk__in=Charge.objects.standing().filter(year=year).values("member"))
    )
    return rows.filter(branch=branch) if branch else rows


def differences(year: int, member_ids: Sequence[int]) -> list[Difference]:
    """Where what these members should owe differs from what is booked."""
    facts = Facts(year, member_ids)
    standing = {
        charge.member_id: charge
        for charge in Charge.objects.standing().filter(year=year, member__in=member_ids)
    }
    found = []
    for member in facts.members:
        booked, due = standing.get(member.pk), facts.due(member)
        if not _agree(booked, due, facts.paid[member.pk]):
            found.append(Difference(member.pk, booked, due))
    return found


def _agree(booked: Charge | None, due: Due | None, paid: int) -> bool:
    if booked is None or due is None:
        return booked is None and due is None
    if booked.amount != due.amount:
        return False
    # Once it is paid, by when it was due no longer matters.
    return paid >= booked.amount or (booked.tier_id, booked.due_on) == (due.tier_id, due.due_on)


class Facts:
    """All that decides what some members owe for a year, read in as many queries for one as for a
    thousand."""

    def __init__(self, year: int, member_ids: Sequence[int]) -> None:
        self.year, self.ids = year, member_ids
        self.first, self.last = date(year, 1, 1), date(year, 12, 31)
        self.calendar = calendar_for(year)
        self.members = list(Member.objects.filter(pk__in=member_ids).order_by("pk"))
        self.tiers = {tier.pk: tier for tier in Tier.objects.prefetch_related("rates")}
        self.exempt = set(
            Exemption.objects.of_year(year)
            .filter(member__in=member_ids)
            .values_list("member", flat=True)
        )

    @cached_property
    def paid(self) -> dict[int, int]:
        """Won that came for this year, by member."""
        sums: dict[int, int] = defaultdict(int)
        for link in ORDER_OF_MEMBER:
            lines = OrderLine.objects.filter(
                kind=DUES,
                dues_year=self.year,
                order__status=Order.Status.PAID,
                **{f"{link}__in": self.ids},
            )
            refunds = Refund.objects.filter(
                status=Refund.Status.DONE,
                line__kind=DUES,
                line__dues_year=self.year,
                order__status=Order.Status.PAID,
                **{f"{link}__in": self.ids},
            )
            for rows, sign in ((lines, 1), (refunds, -1)):
                for member_id, sum_ in rows.order_by().values_list(link).annotate(Sum("amount")):
                    sums[member_id] += sign * sum_
        return sums

    @cached_property
    def ordered_on_joining(self) -> dict[int, int]:
        """What the paid first order of a member asked for this year."""
        link = ORDER_OF_MEMBER[1]
        lines = OrderLine.objects.filter(
            kind=DUES,
            dues_year=self.year,
            order__status=Order.Status.PAID,
            **{f"{link}__in": self.ids},
        )
        return dict(lines.order_by("pk").values_list(link, "amount"))

    @cached_property
    def tier_ids(self) -> dict[int, int]:
        """The tier of each line of the register that holds when the year begins; of who has none
        yet, the first one in it."""
        found: dict[int, int] = {}
        entries = RegisterEntry.objects.filter(member__in=self.ids, on__lte=self.last)
        for member_id, on, tier_id in entries.order_by("on", "pk").values_list(
            "member", "on", "tier"
        ):
            if on <= self.first or member_id not in found:
                found[member_id] = tier_id
        return found

    @cached_property
    def periods(self) -> dict[int, list[Period]]:
        rows = Period.objects.valid().filter(member__in=self.ids).select_related("line")
        found: dict[int, list[Period]] = defaultdict(list)
        for period in rows.order_by("starts_on", "pk"):
            found[period.member_id].append(period)
        return found

    # What one of them owes

    def due(self, member: Member) -> Due | None:
        tier = self.tiers[self.tier_ids.get(member.pk, member.tier_id)]
        days = self._days(member, tier)
        if days is None:
            return None
        owed = self._owed(member, tier, *days)
        if owed and not self._falls_away(member, owed):
            return owed
        if paid := self.paid[member.pk]:
            kept = owed or Due(0, "", tier.pk, *days, self._due_on(member, tier, days[0]))
            return replace(kept, amount=paid, reason=Reason.KEPT)
        return None

    def _days(self, member: Member, tier: Tier) -> tuple[date, date] | None:
        """The member's year that begins in this one."""
        if member.joined_on is None or member.joined_on > self.last:
            return None
        if tier.dues_basis == Tier.Basis.CALENDAR:
            return max(self.first, member.joined_on), self.last
        starts_on = self._anniversary(member)
        if starts_on is None:
            return None
        return starts_on, years_after(starts_on, 1) - timedelta(days=1)

    def _anniversary(self, member: Member) -> date | None:
        begins = member.joined_on
        assert begins is not None  # who never joined has no days
        for period in self.periods[member.pk]:
            if period.starts_on.year == self.year:
                return period.starts_on
            if period.starts_on.year > self.year:
                break
            if period.ends_on is None:
                return None
            begins = period.ends_on + timedelta(days=1)
        return years_after(begins, self.year - begins.year) if begins.year <= self.year else None

    def _owed(self, member: Member, tier: Tier, starts_on: date, ends_on: date) -> Due | None:
        amount, reason = self._amount(member, tier)
        if not amount:
            return None
        due_on = self._due_on(member, tier, starts_on)
        return Due(amount, reason, tier.pk, starts_on, ends_on, due_on)

    def _amount(self, member: Member, tier: Tier) -> tuple[int, str]:
        if tier.is_for_life or member.pk in self.exempt:
            return 0, ""
        if member.pk in self.ordered_on_joining:
            return self.ordered_on_joining[member.pk], Reason.ORDERED
        full = self._rate(tier).annual_dues
        joined_on = member.joined_on
        if joined_on is None or joined_on.year < self.year:
            return full, Reason.ANNUAL
        if tier.dues_basis == Tier.Basis.ANNIVERSARY:
            return full, Reason.FIRST_YEAR
        if dues.covers_next_year(self.calendar, joined_on):
            return 0, ""  # the dues of the next year include the rest of this one
        return dues.first_year(tier, full, joined_on, self.calendar)[0], Reason.FIRST_YEAR

    def _rate(self, tier: Tier) -> DuesRate:
        try:
            return dues.rate_for(tier, self.year)
        except Refused as refusal:
            raise Refused(
                _("No dues are set for %(tier)s in %(year)s. Please enter its rate first.")
                % {"tier": tier.name, "year": self.year}
            ) from refusal

    def _due_on(self, member: Member, tier: Tier, starts_on: date) -> date:
        if tier.dues_basis == Tier.Basis.ANNIVERSARY:
            return starts_on + timedelta(days=tier.due_days - 1)
        assert member.joined_on is not None
        return max(self.calendar.due_on(self.year), member.joined_on)

    def _falls_away(self, member: Member, due: Due) -> bool:
        if member.status in (Member.Status.VOIDED, Member.Status.DECEASED):
            return True
        if member.ended_on and member.ended_on <= due.due_on:
            return True
        return any(
            period.line is not None
            and period.line.dues_year != self.year
            and period.starts_on <= due.starts_on
            and (period.ends_on is None or period.ends_on >= due.ends_on)
            for period in self.periods[member.pk]
        )


def chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(ids), AT_ONCE):
        yield ids[first : first + AT_ONCE]

"""Who may vote on a day, and why not: the one place that the roll of a general meeting comes from.

Read from dated facts alone (lines of the register, paid periods, seats, the table of rights), so
the answer about a day that is over stays the same however often it is asked.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Max, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from kosna.core import clock
from kosna.core.templatetags.ui import kdate
from members import register, standing
from members.models import (
    Handover,
    Member,
    Period,
    RegisterEntry,
    RegisterEntryQuerySet,
    Right,
    Seat,
    TierRight,
    Voter,
)

NO_LINE, LEFT, TIER, SUSPENDED, UNPAID = "no_line", "left", "tier", "suspended", "unpaid"
GRANTED = {
    standing.GOOD: "in_good",
    standing.GRACE: "in_grace",
    standing.ARREARS: "in_arrears",
}


class Day:
    """What decides about votes on a day, to its end in Korea; of some members, or of all."""

    def __init__(self, day: date, members: Iterable[int] | None = None) -> None:
        over = clock.start_of(day + timedelta(days=1))
        # Who pays in grace is given days that began before the payment; they carry no vote back.
        known = Q(line=None) | Q(created_at__lt=over)
        begun = Period.objects.filter(
            known, Q(voided_at=None) | Q(voided_at__gte=over), starts_on__lte=day
        )
        if members is not None:
            begun = begun.filter(member__in=members)
        last = Max(Coalesce("ends_on", Value(standing.FOR_LIFE)))
        self.day = day
        self.paid_until = dict(begun.order_by().values_list("member").annotate(last=last))
        self.suspended = register.suspended_on(day, members)
        self.rights = {row.tier_id: row for row in TierRight.objects.filter(right=Right.VOTE)}
        self.grace_from = standing.grace_from(day)

    def lines(self) -> RegisterEntryQuerySet:
        """Lines of the register that may carry a vote."""
        return register.as_of(self.day).members().filter(tier__in=self.rights)

    def against(self, line: RegisterEntry | None) -> str | None:
        """Why a line carries no vote; None when it does."""
        if line is None:
            return NO_LINE
        if line.status in Member.ENDED:
            return LEFT
        if line.tier_id not in self.rights:
            return TIER
        if line.member_id in self.suspended:
            return SUSPENDED
        paid_until = self.paid_until.get(line.member_id)
        code = standing.code_since(self.day, paid_until, self.grace_from[line.tier_id])
        return None if getattr(self.rights[line.tier_id], GRANTED[code]) else UNPAID


def voters_on(day: date) -> Iterator[RegisterEntry]:
    """The lines that carry a vote on a day, in the order of their numbers."""
    facts = Day(day)
    for line in facts.lines().order_by("number").iterator(chunk_size=2000):
        if facts.against(line) is None:
            yield line


def casters_on(day: date) -> dict[int, int]:
    """Who casts a member's vote: the member, or the organisation's 대표자 of that day. Ids."""
    people = Member.objects.exclude(user=None).values_list("pk", "user")
    seats = Seat.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=day),
        role=Seat.Role.REPRESENTATIVE,
        valid_from__lte=day,
    ).order_by("valid_from", "pk")
    handed_on = Handover.objects.filter(on__gt=day, former__valid_from__lte=day).order_by(
        "-on", "-pk"
    )  # of several, the first after the day says who it was
    return (
        dict(people)
        | dict(seats.values_list("member", "user"))
        | dict(handed_on.values_list("former__member", "former__user"))
    )


def why_not(member: Member, day: date) -> str:
    """Why a member has no vote at a meeting with this record date, in a sentence; "" if it has."""
    line = register.as_of(day).filter(member=member).first()
    words = {
        NO_LINE: _("The register of %(day)s does not list this membership yet."),
        LEFT: _("This membership had ended by %(day)s."),
        TIER: _("This tier carries no vote at the general meeting."),
        SUSPENDED: _("This membership stood suspended on %(day)s."),
        UNPAID: _("Dues had not been paid by the end of %(day)s."),
    }
    reason = Day(day, [member.pk]).against(line)
    return words[reason] % {"day": kdate(day)} if reason else ""


def fingerprint(voters: Iterable[Voter | RegisterEntry]) -> str:
    """SHA-256 of a roll, line by line in the order of its numbers."""
    digest = hashlib.sha256()
    for row in voters:
        parts = (row.number, row.name, row.representative, str(row.tier_id), str(row.branch_id))
        digest.update(("\t".join(parts) + "\n").encode())
    return digest.hexdigest()

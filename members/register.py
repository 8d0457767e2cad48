"""Writing the register of members, and reading it as of a day.

Each deed that changes a line (joining, another tier, branch, name or address, leaving) calls
``enter`` in its own transaction, once the member's row says what the line will say.
"""

import hashlib
from collections.abc import Iterable
from datetime import date

from django.core.cache import cache
from django.db.models import Max
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.core.errors import Refused
from kosna.core.templatetags.ui import kdate
from members.models import Member, RegisterEntry, Suspension
from members.models.register import RegisterEntryQuerySet

KEPT_SECONDS = 24 * 60 * 60


def enter(
    member: Member,
    kind: str,
    *,
    on: date,
    by: User | None = None,
    basis: str = "",
    reason: str = "",
) -> RegisterEntry:
    """Adds the member's line as it is from now on, effective from a day in Korea.

    Raises Refused for a day before the member's latest line: the past of a register is not
    rewritten. The member's row is locked by the caller.
    """
    row = Member.objects.select_related("organisation").get(pk=member.pk)
    latest = row.register_entries.order_by("-on", "-pk").first()
    if latest and on < latest.on:
        raise Refused(
            _("The register has a later entry (%(day)s). Choose that day or a later one.")
            % {"day": kdate(latest.on)}
        )
    assert row.number is not None and row.joined_on is not None  # who has no number has no line
    return RegisterEntry.objects.create(
        member=row,
        kind=kind,
        on=on,
        by=by,
        basis=basis,
        reason=reason[:300],
        status=row.status,
        tier_id=row.tier_id,
        branch_id=row.branch_id,
        number=row.number,
        name=row.name,
        representative=row.organisation.representative if row.organisation else "",
        address=row.address,
        joined_on=row.joined_on,
        ended_on=row.ended_on,
    )


def first_line(member: Member) -> RegisterEntry:
    """The line of a person who joins, not stored yet: for those who come by the thousand."""
    assert member.number is not None and member.joined_on is not None
    return RegisterEntry(
        member=member,
        kind=RegisterEntry.Kind.JOINED,
        on=member.joined_on,
        status=Member.Status.ACTIVE,
        tier_id=member.tier_id,
        branch_id=member.branch_id,
        number=member.number,
        name=member.name,
        address=member.address,
        joined_on=member.joined_on,
    )


def as_of(day: date) -> RegisterEntryQuerySet:
    """The line of each member in force on a day, those who have left by then included."""
    return RegisterEntry.objects.in_force(day)


def count_of(lines: RegisterEntryQuerySet) -> int:
    """How many lines these are. Since lines are never changed, what was counted once holds until
    another line is written."""
    latest = RegisterEntry.objects.aggregate(latest=Max("pk"))["latest"]
    asked = hashlib.sha256(f"{latest} {lines.query}".encode()).hexdigest()
    count = cache.get_or_set(f"register:{asked}", lines.count, KEPT_SECONDS)
    return int(count or 0)


def suspended_on(day: date, members: Iterable[int] | None = None) -> set[int]:
    """Which members (of these, or of all) stood suspended by decision on a day."""
    held = Suspension.objects.on(day)
    if members is not None:
        held = held.filter(member__in=members)
    return set(held.values_list("member", flat=True))

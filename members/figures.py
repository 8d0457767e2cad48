"""What a branch may say in public about its members: counts, and none so small that somebody could
be recognised in it."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from kosna.branches.models import Branch
from members.models import Member, Tier

FEWEST = 5  # a smaller count is not shown


@dataclass(frozen=True)
class Figure:
    """A count, or None where it is not shown: too small, or it would tell one that is."""

    label: str
    count: int | None


@dataclass(frozen=True)
class Figures:
    total: int | None
    joined: int | None  # this year
    tiers: list[Figure]
    holders: list[Figure]


def shown(count: int) -> int | None:
    return count if count >= FEWEST else None


def hide_small(counts: list[tuple[str, int]]) -> list[Figure]:
    """Where one count alone is too small, the next smallest is hidden with it: nobody can work it
    out from the total. What is nought is left out."""
    there = [(label, count) for label, count in counts if count]
    small = [count for _label, count in there if count < FEWEST]
    rest = sorted(count for _label, count in there if count >= FEWEST)
    most_hidden = rest[0] if len(small) == 1 and rest else FEWEST - 1
    return [Figure(label, None if count <= most_hidden else count) for label, count in there]


def of_branch(branch: Branch, today: date) -> Figures:
    """Live, in one statement over the branch's active members."""
    rows = list(
        Member.objects.active()
        .filter(branch=branch)
        .order_by("tier__rank")
        .values("tier", "tier__name_ko", "tier__name_en", "tier__holder")
        .annotate(n=Count("pk"), new=Count("pk", filter=Q(joined_on__year=today.year)))
    )
    labels = {row["tier"]: _name(row) for row in rows}
    tiers = [(labels[row["tier"]], row["n"]) for row in rows]
    holders = [
        (str(holder.label), sum(row["n"] for row in rows if row["tier__holder"] == holder))
        for holder in Tier.Holder
    ]
    return Figures(
        total=shown(sum(count for _label, count in tiers)),
        joined=shown(sum(row["new"] for row in rows)),
        tiers=hide_small(tiers),
        holders=hide_small(holders),
    )


def _name(row: dict) -> str:
    return Tier(name_ko=row["tier__name_ko"], name_en=row["tier__name_en"]).name

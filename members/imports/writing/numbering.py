"""Numbers of members, given out ahead; they hold if nobody else was given one meanwhile."""

import re
from dataclasses import dataclass

from django.db import connection, models, transaction
from django.db.models import Max

from kosna.core.models import Counter
from members.imports.columns import full_year
from members.imports.writing.statements import STAGED, execute, staged_rows
from members.models import Import, Member

MEMBER_NUMBER = "member"
_NUMBER = re.compile(r"(\d\d)-(\d{5})")


class NumbersTaken(Exception):
    """Somebody was given one of the numbers in the meantime: give them out anew."""


@dataclass(frozen=True)
class Numbering:
    """What the counters showed when the numbers were given out, and what they are to show."""

    before: dict[int, int]
    after: dict[int, int]


@transaction.atomic
def give_numbers(imported: Import) -> Numbering:
    """Those without a number get the next ones of the year in which they joined, in the order of
    the file, and the counters are to move past the numbers that the file brought along. Given out
    ahead, for they take time; they hold if ``move_counters`` finds the counters as they were."""
    rows = imported.checked.to_create().order_by()
    unnumbered = rows.filter(number_year__gt=0)
    missing = dict(unnumbered.values_list("number_year").annotate(models.Count("pk")))
    brought: dict[int, int] = {}
    kept = rows.filter(number_year=0).values_list("number", flat=True)
    for number in kept.iterator(chunk_size=5000):
        if match := _NUMBER.fullmatch(number):
            year = full_year(match[1])
            brought[year] = max(brought.get(year, 0), int(match[2]))
    counters = dict(Counter.objects.filter(kind=MEMBER_NUMBER).values_list("year", "value"))
    before = {year: counters.get(year, 0) for year in sorted({*missing, *brought})}
    last = {
        year: max(value, brought.get(year, 0), _highest(year)) for year, value in before.items()
    }
    if missing:
        _number(imported, last)
    return Numbering(before, {year: last[year] + missing.get(year, 0) for year in before})


def _number(imported: Import, last: dict[int, int]) -> None:
    source, params = staged_rows(imported, "AND r.number_year > 0")
    begun = " ".join("WHEN %s THEN %s" for _year in last)
    bases = [value for year in last for value in (year, last[year])]
    first, second = {
        "sqlite": ("printf('%%02d', n.number_year %% 100)", "printf('%%05d', n.place)"),
        "postgresql": (
            "lpad((n.number_year %% 100)::text, 2, '0')",
            "lpad(n.place::text, greatest(5, length(n.place::text)), '0')",
        ),
    }[connection.vendor]
    execute(
        f"UPDATE {STAGED} SET number = {first} || '-' || {second} FROM"
        f" (SELECT r.id, r.number_year, CASE r.number_year {begun} END"
        f" + ROW_NUMBER() OVER (PARTITION BY r.number_year ORDER BY r.line) AS place {source}) n"
        f" WHERE {STAGED}.id = n.id",
        [*bases, *params],
    )


def move_counters(plan: Numbering) -> None:
    """Holds the counters until the end. Raises NumbersTaken when one has moved."""
    Counter.objects.bulk_create(
        [Counter(kind=MEMBER_NUMBER, year=year) for year in plan.before], ignore_conflicts=True
    )
    for year, value in plan.before.items():
        counter = Counter.objects.filter(kind=MEMBER_NUMBER, year=year, value=value)
        if not counter.update(value=plan.after[year]):
            raise NumbersTaken


def _highest(year: int) -> int:
    """The highest 26-00123 among the members, as a number."""
    prefix = f"{year % 100:02d}-"
    alike = Member.objects.filter(number__startswith=prefix, number__regex=rf"^{prefix}[0-9]{{5}}$")
    number = alike.aggregate(highest=Max("number"))["highest"]
    return int(number.removeprefix(prefix)) if number else 0

"""Consulting in numbers: how much was asked and done, by branch and by field, and how it was
liked. No mean is shown that rests on fewer than five answers (0028), and no total from which a
hidden one could be reckoned."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, Q

from kosna.branches.models import Branch
from members.programmes.models import ConsultingField, ConsultingRequest, ConsultingRequestQuerySet

FEWEST = 5


@dataclass(frozen=True)
class Line:
    """``mean`` is of 1 to 5, None where too few have answered."""

    label: str
    asked: int
    waiting: int
    in_hand: int
    done: int
    ended: int
    answers: int
    mean: float | None


def by_branch(requests: ConsultingRequestQuerySet) -> list[Line]:
    names = {branch.pk: branch.name for branch in Branch.objects.all()}
    return _lines(requests, "branch", names)


def by_field(requests: ConsultingRequestQuerySet) -> list[Line]:
    return _lines(requests, "field", {key: str(label) for key, label in ConsultingField.choices})


def _lines(requests: ConsultingRequestQuerySet, key: str, names: dict[Any, str]) -> list[Line]:
    counted = requests.order_by().values(key).annotate(**COUNTS)
    found = {row[key]: row for row in counted}
    return [_line(name, found[value]) for value, name in names.items() if value in found]


Status = ConsultingRequest.Status
COUNTS: dict[str, Any] = {
    "asked": Count("pk"),
    "waiting": Count("pk", filter=Q(status=Status.RECEIVED)),
    "in_hand": Count("pk", filter=Q(status__in=ConsultingRequest.IN_HAND)),
    "done": Count("pk", filter=Q(status__in=[Status.REPORTED, Status.CLOSED])),
    "ended": Count("pk", filter=Q(status__in=ConsultingRequest.ENDED_EARLY)),
    "answers": Count("rating"),
    "rated": Avg("rating"),
}


def _line(label: str, row: dict[str, Any]) -> Line:
    counts = {name: row[name] for name in COUNTS if name != "rated"}
    return Line(label, **counts, mean=row["rated"] if row["answers"] >= FEWEST else None)


def total(requests: ConsultingRequestQuerySet, *tables: list[Line]) -> Line:
    """All of them; without a mean where a table hides so few answers that they could be told."""
    line = _line("", requests.order_by().aggregate(**COUNTS))
    hidden = [sum(each.answers for each in table if each.mean is None) for table in tables]
    if any(0 < answers < FEWEST for answers in hidden):
        return Line(**{**vars(line), "mean": None})
    return line

"""What a queue of the desk is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Scope

WAITING, NOTHING = _("Waiting"), _("Nothing waits")


@dataclass(frozen=True)
class Queue:
    """One kind of work: who may do it (one or more verbs, parted by spaces), which rows wait,
    where it is done. ``hint`` and ``nothing`` say what its number counts, where nobody waits."""

    name: str
    title: str | Promise
    url: str
    verb: str
    rows: Callable[[Any], QuerySet]
    tone: str
    order: str
    hint: str | Promise = WAITING
    nothing: str | Promise = NOTHING


def of_the_whole(user: Any, verb: str, rows: QuerySet) -> QuerySet:
    """Rows that are no branch's: for whoever holds the verb at the head office."""
    return rows if Scope.of(user, verb).everywhere else rows.none()

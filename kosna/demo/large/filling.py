"""What every part of the large association draws on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from random import Random

from django.db import transaction
from django.db.models import Model

from events.models import Event, Ticket
from kosna.accounts.models import User
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.models import Counter
from members.models import Member

BATCH = 5_000


@dataclass(frozen=True)
class Scale:
    members: int = 50_000
    reports: int = 5_000
    events: int = 300
    registrations: int = 200_000
    downloads: int = 1_000_000
    entries: int = 2_000_000


def email_of(index: int) -> str:
    return f"person{index:05d}@example.test"


def store(rows: Iterable[Model]) -> int:
    """Writes rows of one model in batches, each in its own transaction."""
    rows, stored = iter(rows), 0
    while batch := list(islice(rows, BATCH)):
        with transaction.atomic():
            type(batch[0])._base_manager.bulk_create(batch)
        stored += len(batch)
    return stored


class Filling:
    """What all parts of the large association share: its chance, its day and its people."""

    def __init__(self, seed: int, scale: Scale) -> None:
        self.rng = Random(seed)
        self.scale = scale
        self.now = clock.now()
        self.today = clock.kst_date(self.now)
        self.branches = list(Branch.objects.order_by("pk"))
        self.head_office = Branch.objects.get(code="hq")
        self.users: list[User] = []
        self.members: list[Member] = []
        self.events: list[Event] = []
        self.ticket_of: dict[int, Ticket] = {}  # by event
        self.orders_each = scale.registrations // 2 // scale.events

    def token(self, alphabet: str, length: int) -> str:
        return "".join(self.rng.choices(alphabet, k=length))

    def past(self, days: int) -> datetime:
        """Some instant of the last so many days."""
        return self.now - timedelta(seconds=self.rng.randrange(1, days * 86_400))

    def counter(self, kind: str, year: int) -> Counter:
        return Counter.objects.get_or_create(kind=kind, year=year)[0]

"""Which tickets share seats, and how many."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from events.actions.running import touch
from events.models import Event, Quota, Ticket
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core.errors import Refused


@dataclass(frozen=True)
class QuotaTerms:
    """``pk`` None is a new one; ``tickets`` are keys of the same event's."""

    pk: int | None
    name_ko: str
    name_en: str
    capacity: int
    tickets: frozenset[int]


@transaction.atomic
def change_quotas(event: Event, wanted: Sequence[QuotaTerms], *, by: User) -> None:
    """The quotas of an event are these from now on, each counted from its tickets. Every sale waits
    or finds ``draws_on`` changed. Raises Refused where one is smaller than what is taken of it."""
    tickets = list(event.tickets.select_for_update().order_by("pk"))
    kept = [terms.pk for terms in wanted if terms.pk]
    event.quotas.exclude(pk__in=kept).delete()
    try:
        # A smaller capacity beside a larger count is refused once both are known.
        with transaction.atomic():
            _write(event, wanted, tickets)
    except IntegrityError:
        raise Refused(
            _("More seats are taken or reserved than one of these quotas has. Make it larger.")
        ) from None
    touch(event)
    audit.record("events.change_quotas", event, by=by, quotas=len(wanted))


def _write(event: Event, wanted: Iterable[QuotaTerms], tickets: Sequence[Ticket]) -> None:
    draws: dict[int, list[int]] = {ticket.pk: [] for ticket in tickets}
    kept = {quota.pk: quota for quota in event.quotas.order_by("pk").select_for_update()}
    for terms in sorted(wanted, key=lambda terms: terms.pk or 2**62):
        mine = [ticket for ticket in tickets if ticket.pk in terms.tickets]
        quota = kept[terms.pk] if terms.pk else Quota(event=event)
        quota.name_ko, quota.name_en = terms.name_ko, terms.name_en
        quota.capacity = terms.capacity
        for name, count in sums_of(mine).items():
            setattr(quota, name, count)
        quota.save()
        quota.tickets.set(mine)
        for ticket in mine:
            draws[ticket.pk].append(quota.pk)
    for ticket in tickets:
        draws_on = ",".join(map(str, sorted(draws[ticket.pk])))
        if ticket.draws_on != draws_on:
            Ticket.objects.filter(pk=ticket.pk).update(draws_on=draws_on)


def sums_of(tickets: Iterable[Ticket]) -> dict[str, int]:
    """What a quota counts, from the counters of the tickets that draw on it."""
    rows = list(tickets)
    return {name: sum(getattr(row, name) for row in rows) for name in COUNTERS}


COUNTERS = ("taken", "blocked", "awaited")


def recount_quota(quota: Quota) -> dict[str, int]:
    """What its counters must say."""
    return sums_of(quota.tickets.all())

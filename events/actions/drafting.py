"""Drafts of events as programs write them: whole, by version, and never over what somebody else
has changed in the meantime."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from events.actions.running import publish, unpublish
from events.models import Event, Ticket, TicketPrice, new_version
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core.errors import Refused
from members.models import Tier


class Stale(Refused):
    """What the sender has seen of an event is not what stands there."""


@dataclass(frozen=True)
class DraftPrice:
    amount: int  # won
    tier: Tier | None
    until: datetime | None


@dataclass(frozen=True)
class DraftTicket:
    """A ticket as it is to be; ``fields`` of it are written, and all of ``prices`` unless None."""

    ticket: Ticket
    fields: Sequence[str]
    prices: Sequence[DraftPrice] | None


@transaction.atomic
def create_draft(*, event: Event, tickets: Iterable[DraftTicket], by: User) -> None:
    """Raises Refused when somebody has taken its address since it was looked at."""
    try:
        with transaction.atomic():
            event.save(force_insert=True)
    except IntegrityError:
        raise Refused(_("Another event has this address: choose another one.")) from None
    _write(event, tickets)
    audit.record("events.create", event, by=by)


@transaction.atomic
def change_draft(
    *, event: Event, version: int, fields: Sequence[str], tickets: Iterable[DraftTicket], by: User
) -> None:
    """Writes ``fields`` of a draft. Raises Stale, and Refused for what is published."""
    _move_on(event, version)
    if event.status != Event.Status.DRAFT:
        raise Refused(_("Only a draft is changed this way: take the event back to a draft first."))
    if fields:
        event.save(update_fields=fields)
    _write(event, tickets)
    audit.record("events.change", event, by=by, fields=sorted(fields))


@transaction.atomic
def publish_version(*, event: Event, version: int, by: User) -> None:
    """As ``publish``, if the event is still what the sender has seen. Raises Stale."""
    _move_on(event, version)
    publish(event=event, by=by)


@transaction.atomic
def unpublish_version(*, event: Event, version: int, by: User) -> None:
    """As ``unpublish``, if the event is still what the sender has seen. Raises Stale."""
    _move_on(event, version)
    unpublish(event=event, by=by)


def _move_on(event: Event, version: int) -> None:
    """Compare-and-swap: of two who saw the same version, one goes on. The tickets are locked before
    their event, as everywhere here."""
    list(event.tickets.order_by("pk").select_for_update())
    as_seen = Event.objects.filter(pk=event.pk, version=version, status=event.status)
    event.version = new_version()
    if not as_seen.update(version=event.version):
        raise Stale(_("Fetch the event again, look at what changed, and then decide."))


def _write(event: Event, tickets: Iterable[DraftTicket]) -> None:
    for draft in tickets:
        draft.ticket.event = event
        if draft.ticket.pk is None:
            draft.ticket.save()
        elif draft.fields:
            draft.ticket.save(update_fields=draft.fields)
        if draft.prices is not None:
            draft.ticket.prices.all().delete()
            TicketPrice.objects.bulk_create(
                TicketPrice(ticket=draft.ticket, tier=p.tier, amount=p.amount, until=p.until)
                for p in draft.prices
            )

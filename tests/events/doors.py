"""A door with two devices, for the tests that stand at it."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from events import actions
from events.actions import SentScan
from events.models import DoorDevice, Event, Registration, Ticket
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.payments.models import OrderLine
from tests import factories

NOON = datetime(2026, 11, 20, 12, tzinfo=clock.KST)


def make_device(event: Event, door: str = "정문", **fields) -> DoorDevice:
    """Added in time for whatever it is to scan."""
    fields = {"label": f"{door} 태블릿", "kind": DoorDevice.Kind.DOOR, **fields}
    by = fields.pop("by", None) or factories.make_user("담당자")
    device = actions.add_device(event=event, door=door, by=by, **fields)
    device.added_at = min(clock.now(), event.starts_at) - timedelta(days=1)
    device.save(update_fields=["added_at"])
    return device


def event_of_today(slug: str, branch: Branch) -> Event:
    """All day long, and open to whoever comes to the door."""
    day = clock.today()
    return factories.make_event(
        slug,
        branch=branch,
        starts_at=clock.start_of(day),
        ends_at=clock.end_of(day),
        registration_ends_at=clock.end_of(day),
    )


def group_of(ticket: Ticket, *names: str) -> list[Registration]:
    """On one order, as a company's."""
    places = [factories.make_place(ticket, name=name) for name in names]
    OrderLine.objects.filter(registration__in=places).update(order=places[0].line.order)
    return list(Registration.objects.filter(pk__in=[place.pk for place in places]).with_event())


def scan(
    place: Registration | None, minutes: float = 0, *, uuid: UUID | None = None, **fields
) -> SentScan:
    """Made so many minutes after noon; by default the device asks, and names the place."""
    if place and "code" not in fields:
        fields["place"] = place.pk
    return SentScan(uuid or uuid4(), NOON + timedelta(minutes=minutes), **fields)


def outcomes(event: Event) -> list[str]:
    return list(event.scans.order_by("at", "pk").values_list("outcome", flat=True))

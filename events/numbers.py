"""The numbers of an event for its organiser: who ordered, came and paid, in all and by ticket, by
tier and by the branch in which the buyer's membership stands; what add-ons and booths took in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from events.models import Event, Extra, Registration, TicketChange
from kosna.branches.models import Branch
from kosna.payments.models import Refund
from members.models import Tier

Status = Registration.Status


@dataclass(frozen=True)
class Line:
    """One row of a table. ``query`` opens its places in the list of registrations. Won, whole."""

    label: str
    query: str
    sold: int = 0
    held: int = 0
    came: int = 0
    given_up: int = 0
    paid: int = 0
    refunded: int = 0

    @property
    def kept(self) -> int:
        return self.paid - self.refunded


@dataclass(frozen=True)
class Table:
    title: str
    lines: list[Line]


def _back_of(line: str) -> Coalesce:
    """Won of a line that went back."""
    back = (
        Refund.objects.filter(line=OuterRef(line), status=Refund.Status.DONE)
        .order_by()
        .values("line")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    return Coalesce(Subquery(back, output_field=IntegerField()), 0)


def _paid_for_changes() -> Coalesce:
    """Won paid to change a place to a dearer ticket."""
    paid = TicketChange.objects.filter(
        registration=OuterRef("pk"), line__order__paid_at__isnull=False
    )
    sums = paid.order_by().values("registration").annotate(sum=Sum("line__amount")).values("sum")
    return Coalesce(Subquery(sums, output_field=IntegerField()), 0)


def _back_of_changes() -> Coalesce:
    """Won of those that went back."""
    done = Refund.objects.filter(
        line__ticket_change__registration=OuterRef("pk"), status=Refund.Status.DONE
    )
    sums = done.order_by().values("line__ticket_change__registration").annotate(sum=Sum("amount"))
    return Coalesce(Subquery(sums.values("sum"), output_field=IntegerField()), 0)


def _figures(event: Event, *by: str) -> QuerySet[Any, dict[str, Any]]:
    """``paid`` is what orders that were paid asked for their places, whatever became of them since;
    ``refunded`` is what went back of it."""
    places = event.registrations.with_home() if "home" in by else event.registrations.all()
    return (
        places.annotate(
            back=_back_of("line") + _back_of_changes(),
            more=_paid_for_changes(),
        )
        .order_by()
        .values(*by)
        .annotate(
            sold=Count("pk", filter=Q(status=Status.CONFIRMED)),
            held_places=Count("pk", filter=Q(status=Status.HELD)),
            came=Count("check_in"),
            given_up=Count("pk", filter=Q(status=Status.CANCELLED)),
            paid=Coalesce(Sum("line__amount", filter=Q(line__order__paid_at__isnull=False)), 0)
            + Coalesce(Sum(F("more")), 0),
            refunded=Coalesce(Sum(F("back")), 0),
        )
    )


def _line(label: str, query: dict[str, Any], row: dict[str, Any]) -> Line:
    return Line(
        label,
        urlencode(query),
        row["sold"],
        row["held_places"],
        row["came"],
        row["given_up"],
        row["paid"],
        row["refunded"],
    )


def _table(
    title: str,
    event: Event,
    by: str,
    name: str,
    labels: Iterable[tuple[Any, str]],
    key: Callable[[Any], Any] = lambda value: value,
) -> Table:
    """In the order of ``labels``; a row only where there are registrations."""
    rows = {row[by]: row for row in _figures(event, by)}
    lines = [
        _line(label, {name: key(value)}, rows[value]) for value, label in labels if value in rows
    ]
    return Table(title, lines)


def tables(event: Event) -> list[Table]:
    """In six statements, however many places there are."""
    tiers = [("", _("No membership")), *((tier.code, tier.name) for tier in Tier.objects.all())]
    homes = [("-", _("No branch")), *((row.code, row.name) for row in Branch.objects.all())]
    tickets = [(ticket.pk, ticket.name) for ticket in event.tickets.all()]
    return [
        _table(_("By ticket"), event, "ticket", "ticket", tickets),
        _table(_("By tier"), event, "line__tier", "tier", tiers, lambda code: code or "-"),
        _table(_("By the buyer's branch"), event, "home", "home", homes),
    ]


def addon_lines(event: Event) -> list[Line]:
    """What was sold beside the places; in one statement, and none where nothing is. What was given
    out stays sold when its place is given up."""
    extras = Extra.objects.filter(addon__event=event).annotate(back=_back_of("line"))
    is_paid = Q(line__order__paid_at__isnull=False)
    rows: dict[int, dict[str, Any]] = {
        row["addon"]: dict(row)
        for row in extras.order_by()
        .values("addon")
        .annotate(
            sold=Count("pk", filter=Q(released_at=None) & ~Q(registration__status=Status.HELD)),
            held_places=Count("pk", filter=Q(released_at=None, registration__status=Status.HELD)),
            came=Count("registration__check_in", filter=Q(released_at=None)),
            given_up=Count("pk", filter=is_paid & Q(released_at__isnull=False)),
            paid=Coalesce(Sum("line__amount", filter=is_paid), 0),
            refunded=Coalesce(Sum(F("back")), 0),
        )
    }
    return [
        _line(addon.name, {}, rows[addon.pk]) for addon in event.addons.all() if addon.pk in rows
    ]


def booth_lines(event: Event) -> list[Line]:
    """What was sold to exhibitors, by kind; in one statement, and two where anything was."""
    bookings = event.booth_bookings.annotate(
        of_kind=Coalesce("booth__booth_type", "any_of"), back=_back_of("line")
    )
    rows: dict[int, dict[str, Any]] = {
        row["of_kind"]: {**row, "came": 0}
        for row in bookings.order_by()
        .values("of_kind")
        .annotate(
            sold=Count("pk", filter=Q(status=Status.CONFIRMED)),
            held_places=Count("pk", filter=Q(status=Status.HELD)),
            given_up=Count("pk", filter=Q(status=Status.CANCELLED)),
            paid=Coalesce(Sum("line__amount", filter=Q(line__order__paid_at__isnull=False)), 0),
            refunded=Coalesce(Sum(F("back")), 0),
        )
    }
    kinds = event.booth_types.all() if rows else ()
    return [_line(str(kind), {}, rows[kind.pk]) for kind in kinds if kind.pk in rows]


def total(tables: list[Table]) -> Line:
    """Of the places: each has one ticket, so the first table sums up to everything."""
    return _sum(_("All"), tables[0].lines)


def money(places: Line, addons: list[Line], booths: list[Line]) -> list[Line]:
    """What the event took in, for each thing that it sold; together they are all its money."""
    return [
        replace(places, label=_("Places"), query="status=paid"),
        *([_sum(_("Add-ons"), addons)] if addons else []),
        *([_sum(_("Booths"), booths)] if booths else []),
    ]


def all_money(lines: list[Line]) -> Line:
    return _sum(_("All"), lines)


def _sum(label: str, lines: list[Line]) -> Line:
    fields = ("sold", "held", "came", "given_up", "paid", "refunded")
    sums = {name: sum(getattr(line, name) for line in lines) for name in fields}
    return Line(label, "", **sums)

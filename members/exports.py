"""The members' list as a table. Its headings are those that an import understands, so what was
written here can be brought into another portal, or back."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from kosna.core import korean
from members import standing
from members.imports.columns import FIELDS
from members.models import Claim, Member, Period, Seat, Tier, contact_of


def with_facts(members: QuerySet[Member]) -> QuerySet[Member]:
    """All that ``columns`` reads, in a constant number of statements."""
    contacts = Seat.objects.filter(role=Seat.Role.CONTACT, valid_to=None).select_related("user")
    return members.select_related(
        "tier", "branch", "user", "organisation", "claim"
    ).prefetch_related(
        Prefetch("periods", Period.objects.valid(), to_attr="valid_periods"),
        Prefetch("seat_rows", contacts.order_by("pk"), to_attr="contacts"),
    )


def columns() -> list[tuple[str, Callable[[Any], Any]]]:
    cells: dict[str, Callable[[Any], Any]] = {
        "number": lambda m: m.number or "",
        "name": _name,
        "name_en": lambda m: m.user.name_en if m.user else "",
        "phone": lambda m: korean.display_phone(_contact(m)[1]),
        "email": lambda m: _contact(m)[0],
        "tier": lambda m: m.tier.name,
        "branch": lambda m: m.branch.name,
        "joined_on": lambda m: m.joined_on,
        "years": _years,
        "organisation": lambda m: m.name if m.organisation else "",
        "business_number": lambda m: (
            korean.display_business_number(m.organisation.business_number) if m.organisation else ""
        ),
        "representative": lambda m: m.organisation.representative if m.organisation else "",
        "size": lambda m: m.organisation.get_size_display() if m.organisation else "",
        "postcode": lambda m: _address(m)[0],
        "street": lambda m: _address(m)[1],
        "detail": lambda m: m.organisation.address_detail if m.organisation else "",
        "status": lambda m: m.get_status_display(),
    }
    return [
        *((str(FIELDS[name]), cell) for name, cell in cells.items()),
        (_("Standing"), lambda m: str(standing.LABELS[m.standing])),
        (
            _("Paid until"),
            lambda m: "" if m.paid_until in (None, standing.FOR_LIFE) else m.paid_until,
        ),
    ]


def _name(member: Any) -> str:
    """A person, or who runs an organisation's membership."""
    if not member.organisation:
        return member.name
    claim: Claim | None = getattr(member, "claim", None)
    return member.contacts[0].user.name if member.contacts else claim.name if claim else ""


def _contact(member: Any) -> tuple[str, str]:
    if member.organisation and member.contacts:
        user = member.contacts[0].user
        return user.mailbox, user.phone
    return contact_of(member)


def _years(member: Any) -> str:
    """As an import reads them: from anniversary to anniversary, a year is the one in which its
    days begin; by the calendar, one that was paid later in the year names its first day."""
    if any(period.ends_on is None for period in member.valid_periods):
        return _("For life")
    if member.tier.dues_basis == Tier.Basis.ANNIVERSARY:
        return ", ".join(sorted({str(period.starts_on.year) for period in member.valid_periods}))
    begins: dict[int, date] = {}
    for period in member.valid_periods:
        for year in range(period.starts_on.year, period.ends_on.year + 1):
            first = max(period.starts_on, date(year, 1, 1))
            begins[year] = min(first, begins.get(year, first))
    return ", ".join(
        str(year) if first == max(date(year, 1, 1), member.joined_on or date.min) else f"{first}~"
        for year, first in sorted(begins.items())
    )


def _address(member: Any) -> tuple[str, str]:
    """Postcode and the rest of "(48058) 부산광역시 …", as a member's row keeps it."""
    if member.organisation:
        return member.organisation.postcode, member.organisation.address
    if member.address[:1] == "(" and member.address[6:8] == ") ":
        return member.address[1:6], member.address[8:]
    return "", member.address

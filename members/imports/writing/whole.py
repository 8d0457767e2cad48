"""All of a checked file, in the order in which its tables refer to each other."""

from datetime import datetime

from kosna.accounts.models import User
from members.balances import recount_among
from members.imports.writing.books import write_periods, write_register, write_updates
from members.imports.writing.numbering import Numbering, move_counters
from members.imports.writing.people import (
    write_claims,
    write_members,
    write_organisations,
    write_seats,
    write_users,
)
from members.imports.writing.statements import take_time
from members.imports.writing.taking_back import known
from members.models import Import, ImportRow, Member


def conflicts(imported: Import) -> bool:
    """Whether what was checked is no longer so: an address, a number or a business number has been
    taken since, or a member to be added to has left."""
    new, rows = imported.checked.to_create(), imported.checked
    running = Member.objects.filter(status__in=[Member.Status.ADMITTED, Member.Status.ACTIVE])
    taken = [
        new.exclude(email="").filter(user=None, email__in=User.objects.values("email")),
        new.exclude(number="").filter(
            number__in=Member.objects.exclude(number=None).values("number")
        ),
        new.exclude(business_number="").filter(
            business_number__in=running.exclude(organisation=None).values(
                "organisation__business_number"
            )
        ),
        new.filter(business_number="", user__in=running.exclude(user=None).values("user")),
        rows.exclude(member=None).exclude(member__in=running.values("pk")),
    ]
    return any(found.exists() for found in taken)


def write(
    imported: Import, plan: Numbering, *, by: User, now: datetime, basis: str
) -> dict[str, int]:
    """All of it, in the caller's transaction. Returns how many rows of each kind were written."""
    take_time()
    counts = {"accounts": write_users(imported, now)}
    counts["organisations"] = write_organisations(imported)
    move_counters(plan)
    counts["members"] = write_members(imported)
    write_seats(imported)
    write_register(imported, by=by, now=now, basis=basis)
    counts["periods"] = write_periods(imported, now)
    write_claims(imported)
    counts["updated"] = write_updates(imported, by=by, now=now, basis=basis)
    recount_among(known(imported))
    counts["merged"] = imported.checked.filter(
        verdict=ImportRow.Verdict.LIKELY, choice=ImportRow.Choice.MERGE
    ).count()
    return counts

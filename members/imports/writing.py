"""The few statements that write a checked file all at once, and those that take it back.

A hundred thousand members row by row would hold SQLite's one write lock for half a minute; as
INSERT … SELECT from rows that are worked out already it is a few seconds (docs/decisions/0012).
Columns that a statement does not name get their field's default: a new column needs nothing here.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Max

from kosna.accounts.models import User
from kosna.core import clock
from kosna.core.models import Counter
from kosna.mail.models import Message
from members.imports.columns import full_year
from members.models import (
    Claim,
    Import,
    ImportPeriod,
    ImportRow,
    Member,
    Organisation,
    Period,
    RegisterEntry,
    Seat,
)

MEMBER_NUMBER = "member"
_STAGED = ImportRow._meta.db_table


def _execute(sql: str, params: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def _take_time() -> None:
    """PostgreSQL cancels a page's statement after a minute; these may take longer on a busy day."""
    if connection.vendor == "postgresql":
        _execute("SET LOCAL statement_timeout = '10min'", [])


def insert_select(
    model: type[models.Model],
    columns: Mapping[str, str],
    source: str,
    params: list[Any],
    *,
    same: Mapping[str, Any] | None = None,
) -> int:
    """INSERT INTO model … SELECT: ``columns`` are SQL expressions over ``source``, ``same`` are
    values alike for all rows; every other field has its default. Returns how many rows."""
    names, selected, values = [], [], []
    for field in model._meta.concrete_fields:
        if field.primary_key:
            continue
        names.append(connection.ops.quote_name(str(field.column)))
        if field.attname in columns:
            selected.append(columns[field.attname])
            continue
        selected.append("%s")
        value = (same or {}).get(field.attname, field.get_default())
        values.append(field.get_db_prep_save(value, connection))
    table = connection.ops.quote_name(model._meta.db_table)
    sql = f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(selected)} {source}"
    return _execute(sql, values + params)


# Each row's account, found or just made.
_ACCOUNT = f"LEFT JOIN {User._meta.db_table} u ON u.email = r.email AND r.user_id IS NULL"
_USER = "COALESCE(r.user_id, u.id)"


def _rows(imported: Import, condition: str = "", *, join: str = "") -> tuple[str, list[Any]]:
    """The staged rows that become members, as ``r``."""
    source = (
        f"FROM {_STAGED} r {join} WHERE r.imported_id = %s AND (r.verdict IN (%s, %s)"
        f" OR (r.verdict = %s AND r.choice = %s)) {condition}"
    )
    verdict = ImportRow.Verdict
    return source, [
        imported.pk,
        verdict.NEW_PERSON,
        verdict.NEW_ORGANISATION,
        verdict.LIKELY,
        ImportRow.Choice.APART,
    ]


# Writing ------------------------------------------------------------------------------------------


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
    imported: Import, plan: "Numbering", *, by: User, now: datetime, basis: str
) -> dict[str, int]:
    """All of it, in the caller's transaction. Returns how many rows of each kind were written."""
    _take_time()
    counts = {"accounts": _write_users(imported, now)}
    counts["organisations"] = _write_organisations(imported)
    _move_counters(plan)
    counts["members"] = _write_members(imported)
    _write_seats(imported)
    _write_register(imported, by=by, now=now, basis=basis)
    counts["periods"] = _write_periods(imported, now)
    _write_claims(imported)
    counts["updated"] = _write_updates(imported, by=by, now=now, basis=basis)
    counts["merged"] = imported.checked.filter(
        verdict=ImportRow.Verdict.LIKELY, choice=ImportRow.Choice.MERGE
    ).count()
    return counts


def _write_users(imported: Import, now: datetime) -> int:
    """Accounts without a usable password; nobody is told of them before they are invited."""
    source, params = _rows(imported, "AND r.email <> '' AND r.user_id IS NULL GROUP BY r.email")
    columns = {
        "email": "r.email",
        "name": "MIN(r.person)",
        "name_en": "MIN(r.name_en)",
        "phone": "MIN(r.phone)",
    }
    return insert_select(
        User,
        columns,
        source,
        params,
        same={"password": f"!{secrets.token_hex(20)}", "created_at": now, "last_login": None},
    )


def _write_organisations(imported: Import) -> int:
    known = Organisation._meta.db_table
    source, params = _rows(
        imported,
        "AND r.business_number <> '' AND NOT EXISTS"
        f" (SELECT 1 FROM {known} o WHERE o.business_number = r.business_number)",
    )
    columns = {
        "name": "r.name",
        "business_number": "r.business_number",
        "representative": "r.representative",
        "size": "r.size",
        "phone": "r.phone",
        "postcode": "r.postcode",
        "address": "r.street",
        "address_detail": "r.detail",
        "tax_email": "r.email",
    }
    count = insert_select(Organisation, columns, source, params)
    _execute(
        f"UPDATE {_STAGED} SET organisation_id = (SELECT o.id FROM {known} o"
        f" WHERE o.business_number = {_STAGED}.business_number)"
        " WHERE imported_id = %s AND business_number <> ''",
        [imported.pk],
    )
    return count


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
    ahead, for they take time; they hold if ``_move_counters`` finds the counters as they were."""
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
    source, params = _rows(imported, "AND r.number_year > 0")
    begun = " ".join("WHEN %s THEN %s" for _year in last)
    bases = [value for year in last for value in (year, last[year])]
    first, second = {
        "sqlite": ("printf('%%02d', n.number_year %% 100)", "printf('%%05d', n.place)"),
        "postgresql": (
            "lpad((n.number_year %% 100)::text, 2, '0')",
            "lpad(n.place::text, greatest(5, length(n.place::text)), '0')",
        ),
    }[connection.vendor]
    _execute(
        f"UPDATE {_STAGED} SET number = {first} || '-' || {second} FROM"
        f" (SELECT r.id, r.number_year, CASE r.number_year {begun} END"
        f" + ROW_NUMBER() OVER (PARTITION BY r.number_year ORDER BY r.line) AS place {source}) n"
        f" WHERE {_STAGED}.id = n.id",
        [*bases, *params],
    )


def _move_counters(plan: Numbering) -> None:
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


def _write_members(imported: Import) -> int:
    source, params = _rows(imported, join=_ACCOUNT)
    columns = {
        # A person's own account; an organisation's contact has a seat.
        "user_id": f"CASE WHEN r.business_number = '' THEN {_USER} END",
        "organisation_id": "r.organisation_id",
        "tier_id": "r.tier_id",
        "branch_id": "r.branch_id",
        "number": "r.number",
        "joined_on": "r.joined_on",
        "address": "r.address",
        "name": "r.name",
        "search_text": "r.search_text",
    }
    count = insert_select(
        Member, columns, source, params, same={"status": Member.Status.ACTIVE, "ended_on": None}
    )
    created, params = _rows(imported)
    _execute(
        f"UPDATE {_STAGED} SET member_id = m.id FROM {Member._meta.db_table} m"
        f" WHERE m.number = {_STAGED}.number AND {_STAGED}.id IN (SELECT r.id {created})",
        params,
    )
    # Lines that were merged into another one of the file belong to its member, through any twin.
    for _round in range(3):
        _execute(
            f"UPDATE {_STAGED} SET member_id = (SELECT t.member_id FROM {_STAGED} t"
            f" WHERE t.imported_id = {_STAGED}.imported_id AND t.line = {_STAGED}.twin_line)"
            " WHERE imported_id = %s AND choice = %s AND twin_line IS NOT NULL"
            " AND member_id IS NULL",
            [imported.pk, ImportRow.Choice.MERGE],
        )
    return count


def _write_seats(imported: Import) -> None:
    source, params = _rows(
        imported, f"AND r.business_number <> '' AND {_USER} IS NOT NULL", join=_ACCOUNT
    )
    columns = {"member_id": "r.member_id", "user_id": _USER, "valid_from": "r.joined_on"}
    insert_select(Seat, columns, source, params, same={"role": Seat.Role.CONTACT, "valid_to": None})


def _write_register(imported: Import, *, by: User, now: datetime, basis: str) -> None:
    """As ``members.register.enter`` writes a line, for all who joined."""
    source, params = _rows(imported)
    columns = {
        name: f"r.{name}"
        for name in (
            "member_id",
            "tier_id",
            "branch_id",
            "number",
            "name",
            "representative",
            "address",
            "joined_on",
        )
    }
    insert_select(
        RegisterEntry,
        {**columns, "on": "r.joined_on"},
        source,
        params,
        same={
            "kind": RegisterEntry.Kind.JOINED,
            "status": Member.Status.ACTIVE,
            "at": now,
            "by_id": by.pk,
            "basis": basis,
            "ended_on": None,
        },
    )


def _write_periods(imported: Import, now: datetime) -> int:
    """Years that were paid elsewhere: periods without an order's line. The dues ledger knows what
    the portal took and nothing else."""
    staged, periods = ImportPeriod._meta.db_table, Period._meta.db_table
    same = {"created_at": now, "voided_at": None, "line_id": None}
    join = (
        f"FROM {staged} p JOIN {_STAGED} r ON r.imported_id = p.imported_id AND r.line = p.line"
        f" JOIN {Member._meta.db_table} m ON m.id = r.member_id WHERE p.imported_id = %s"
    )
    columns = {
        "member_id": "m.id",
        "tier_id": "m.tier_id",
        "starts_on": "p.starts_on",
        "ends_on": "p.ends_on",
    }
    verdict, choice = ImportRow.Verdict, ImportRow.Choice
    plain = f"{join} AND (r.verdict IN (%s, %s, %s) OR (r.verdict = %s AND r.choice = %s))"
    count = insert_select(
        Period,
        columns,
        plain,
        [
            imported.pk,
            verdict.NEW_PERSON,
            verdict.NEW_ORGANISATION,
            verdict.UPDATE,
            verdict.LIKELY,
            choice.APART,
        ],
        same=same,
    )
    merged = (
        f"{join} AND r.verdict = %s AND r.choice = %s AND NOT EXISTS (SELECT 1 FROM {periods} o"
        " WHERE o.member_id = m.id AND o.voided_at IS NULL AND o.starts_on <= p.starts_on"
        " AND (o.ends_on IS NULL OR o.ends_on >= p.starts_on))"
        " GROUP BY m.id, m.tier_id, p.ends_on"
    )
    count += insert_select(
        Period,
        {**columns, "starts_on": "MIN(p.starts_on)"},
        merged,
        [imported.pk, verdict.LIKELY, choice.MERGE],
        same=same,
    )
    return count


def _write_claims(imported: Import) -> None:
    source, params = _rows(imported, "AND r.needs_claim", join=_ACCOUNT)
    columns = {
        "member_id": "r.member_id",
        "user_id": _USER,
        "name": "r.person",
        "email": "r.email",
        "phone": "r.phone",
    }
    insert_select(Claim, columns, source, params, same={"imported_id": imported.pk})


def _write_updates(imported: Import, *, by: User, now: datetime, basis: str) -> int:
    """Fills what was empty of members who are there: phone, and the address with its line in the
    register."""
    members, users = Member._meta.db_table, User._meta.db_table
    update = ImportRow.Verdict.UPDATE
    source = (
        f"FROM {_STAGED} r JOIN {members} m ON m.id = r.member_id"
        " WHERE r.imported_id = %s AND r.verdict = %s"
    )
    params = [imported.pk, update]
    _execute(
        f"UPDATE {users} SET phone = f.phone FROM"
        f" (SELECT m.user_id, MIN(r.phone) AS phone {source} AND r.phone <> ''"
        f" GROUP BY m.user_id) f WHERE {users}.id = f.user_id AND {users}.phone = ''",
        params,
    )
    _execute(
        f"UPDATE {members} SET address = f.address FROM"
        f" (SELECT m.id, MIN(r.address) AS address {source} AND r.address <> '' GROUP BY m.id) f"
        f" WHERE {members}.id = f.id AND {members}.address = ''",
        params,
    )
    organisations = Organisation._meta.db_table
    columns = {
        name: f"m.{name}"
        for name in (
            "tier_id",
            "branch_id",
            "number",
            "name",
            "address",
            "joined_on",
            "ended_on",
            "status",
        )
    }
    insert_select(
        RegisterEntry,
        {**columns, "member_id": "m.id", "representative": "COALESCE(o.representative, '')"},
        f"FROM {members} m LEFT JOIN {organisations} o ON o.id = m.organisation_id"
        f" WHERE m.number IS NOT NULL AND m.id IN (SELECT r.member_id"
        f" FROM {_STAGED} r WHERE r.imported_id = %s AND r.verdict = %s AND r.address <> '')",
        params,
        same={
            "kind": RegisterEntry.Kind.DETAILS,
            "on": clock.kst_date(now),
            "at": now,
            "by_id": by.pk,
            "basis": basis,
        },
    )
    return imported.checked.filter(verdict=update).count()


# Taking back --------------------------------------------------------------------------------------


def created(imported: Import) -> Any:
    """The members whom an import made."""
    return Member.objects.filter(
        pk__in=imported.checked.to_create().exclude(member=None).values("member")
    )


def created_users(imported: Import) -> Any:
    """The accounts that an import made: of the same instant."""
    return User.objects.filter(
        email__in=imported.checked.to_create().exclude(email="").values("email"),
        created_at=imported.applied_at,
    )


def take_back(imported: Import, *, by: User, now: datetime, reason: str) -> None:
    """착오취소: members stay with that status, because a register is never rewritten; each of their
    lines is followed by one that says so from the same day on. In the caller's transaction."""
    _take_time()
    members, today = created(imported), clock.kst_date(now)
    source, params = _rows(imported)
    names = (
        "member_id",
        "tier_id",
        "branch_id",
        "number",
        "name",
        "representative",
        "address",
        "joined_on",
    )
    insert_select(
        RegisterEntry,
        {**{name: f"e.{name}" for name in names}, "on": 'e."on"'},
        f"FROM {RegisterEntry._meta.db_table} e WHERE e.member_id IN (SELECT r.member_id {source})",
        params,
        same={
            "kind": RegisterEntry.Kind.VOIDED,
            "status": Member.Status.VOIDED,
            "at": now,
            "by_id": by.pk,
            "reason": reason[:300],
            "ended_on": today,
        },
    )
    Period.objects.filter(
        member__in=imported.checked.exclude(member=None).values("member"),
        line=None,
        created_at=imported.applied_at,
    ).update(voided_at=now)
    Seat.objects.filter(member__in=members.values("pk")).delete()
    Claim.objects.filter(imported=imported).delete()
    members.update(status=Member.Status.VOIDED, ended_on=today, user=None)


def delete_accounts(users: list[int]) -> None:
    """Accounts that an import made and nobody used. Mail that was sent to them stays, without
    its reader. Deleted by one statement: whatever else refers to one of them forbids it."""
    Message.objects.filter(user__in=users).update(user=None)
    marks = ", ".join(["%s"] * len(users))
    _execute(f"DELETE FROM {User._meta.db_table} WHERE id IN ({marks})", list(users))

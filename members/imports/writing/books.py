"""Lines of the register, years that were paid elsewhere, and what members who are there lacked."""

from datetime import datetime

from kosna.accounts.models import User
from kosna.core import clock
from members.imports.writing.statements import STAGED, execute, insert_select, staged_rows
from members.models import (
    Import,
    ImportPeriod,
    ImportRow,
    Member,
    Organisation,
    Period,
    RegisterEntry,
)


def write_register(imported: Import, *, by: User, now: datetime, basis: str) -> None:
    """As ``members.register.enter`` writes a line, for all who joined."""
    source, params = staged_rows(imported)
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


def write_periods(imported: Import, now: datetime) -> int:
    """Years that were paid elsewhere: periods without an order's line. The dues ledger knows what
    the portal took and nothing else."""
    staged, periods = ImportPeriod._meta.db_table, Period._meta.db_table
    same = {"created_at": now, "voided_at": None, "line_id": None}
    join = (
        f"FROM {staged} p JOIN {STAGED} r ON r.imported_id = p.imported_id AND r.line = p.line"
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


def write_updates(imported: Import, *, by: User, now: datetime, basis: str) -> int:
    """Fills what was empty of members who are there: phone, and the address with its line in the
    register."""
    members, users = Member._meta.db_table, User._meta.db_table
    update = ImportRow.Verdict.UPDATE
    source = (
        f"FROM {STAGED} r JOIN {members} m ON m.id = r.member_id"
        " WHERE r.imported_id = %s AND r.verdict = %s"
    )
    params = [imported.pk, update]
    execute(
        f"UPDATE {users} SET phone = f.phone FROM"
        f" (SELECT m.user_id, MIN(r.phone) AS phone {source} AND r.phone <> ''"
        f" GROUP BY m.user_id) f WHERE {users}.id = f.user_id AND {users}.phone = ''",
        params,
    )
    execute(
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
        f" FROM {STAGED} r WHERE r.imported_id = %s AND r.verdict = %s AND r.address <> '')",
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

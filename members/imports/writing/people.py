"""Accounts, organisations, members with their seats, and who has yet to claim one."""

import secrets
from datetime import datetime

from kosna.accounts.models import User
from members.imports.writing.statements import (
    ACCOUNT,
    STAGED,
    USER,
    execute,
    insert_select,
    staged_rows,
)
from members.models import Claim, Import, ImportRow, Member, Organisation, Seat


def write_users(imported: Import, now: datetime) -> int:
    """Accounts without a usable password; nobody is told of them before they are invited."""
    source, params = staged_rows(
        imported, "AND r.email <> '' AND r.user_id IS NULL GROUP BY r.email"
    )
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


def write_organisations(imported: Import) -> int:
    known = Organisation._meta.db_table
    source, params = staged_rows(
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
    execute(
        f"UPDATE {STAGED} SET organisation_id = (SELECT o.id FROM {known} o"
        f" WHERE o.business_number = {STAGED}.business_number)"
        " WHERE imported_id = %s AND business_number <> ''",
        [imported.pk],
    )
    return count


def write_members(imported: Import) -> int:
    source, params = staged_rows(imported, "ORDER BY r.line", join=ACCOUNT)  # as in the file
    columns = {
        # A person's own account; an organisation's contact has a seat.
        "user_id": f"CASE WHEN r.business_number = '' THEN {USER} END",
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
    created, params = staged_rows(imported)
    execute(
        f"UPDATE {STAGED} SET member_id = m.id FROM {Member._meta.db_table} m"
        f" WHERE m.number = {STAGED}.number AND {STAGED}.id IN (SELECT r.id {created})",
        params,
    )
    # Lines that were merged into another one of the file belong to its member, through any twin.
    for _round in range(3):
        execute(
            f"UPDATE {STAGED} SET member_id = (SELECT t.member_id FROM {STAGED} t"
            f" WHERE t.imported_id = {STAGED}.imported_id AND t.line = {STAGED}.twin_line)"
            " WHERE imported_id = %s AND choice = %s AND twin_line IS NOT NULL"
            " AND member_id IS NULL",
            [imported.pk, ImportRow.Choice.MERGE],
        )
    return count


def write_seats(imported: Import) -> None:
    source, params = staged_rows(
        imported, f"AND r.business_number <> '' AND {USER} IS NOT NULL", join=ACCOUNT
    )
    columns = {"member_id": "r.member_id", "user_id": USER, "valid_from": "r.joined_on"}
    insert_select(Seat, columns, source, params, same={"role": Seat.Role.CONTACT, "valid_to": None})


def write_claims(imported: Import) -> None:
    source, params = staged_rows(imported, "AND r.needs_claim", join=ACCOUNT)
    columns = {
        "member_id": "r.member_id",
        "user_id": USER,
        "name": "r.person",
        "email": "r.email",
        "phone": "r.phone",
    }
    insert_select(Claim, columns, source, params, same={"imported_id": imported.pk})

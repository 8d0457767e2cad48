"""What an import made, and how it is undone."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from kosna.accounts.models import User
from kosna.core import clock
from kosna.documents.models import Document
from kosna.mail.models import Message
from members.balances import recount_among
from members.imports.writing.statements import execute, insert_select, staged_rows, take_time
from members.models import Claim, Import, Member, Period, RegisterEntry, Seat


def created(imported: Import) -> Any:
    """The members whom an import made."""
    return Member.objects.filter(
        pk__in=imported.checked.to_create().exclude(member=None).values("member")
    )


def known(imported: Import) -> Any:
    """All members of whom a line of the file speaks."""
    return Member.objects.filter(pk__in=imported.checked.exclude(member=None).values("member"))


def unused_accounts(imported: Import) -> Any:
    """The accounts that an import made (of the same instant), that nobody has used and nothing
    rests on. To whom a paper was issued, though void now, stays."""
    papers = Document.objects.filter(subject=OuterRef("pk"))
    return User.objects.filter(
        email__in=imported.checked.to_create().exclude(email="").values("email"),
        created_at=imported.applied_at,
        last_login=None,
        memberships=None,
        seats=None,
    ).exclude(Exists(papers))


def take_back(imported: Import, *, by: User, now: datetime, reason: str) -> None:
    """착오취소: members stay with that status, because a register is never rewritten; each of their
    lines is followed by one that says so from the same day on. In the caller's transaction."""
    take_time()
    members, today = created(imported), clock.kst_date(now)
    source, params = staged_rows(imported)
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
    recount_among(known(imported))
    Seat.objects.filter(member__in=members.values("pk")).delete()
    Claim.objects.filter(imported=imported).delete()
    members.update(status=Member.Status.VOIDED, ended_on=today, user=None)


def delete_accounts(users: list[int]) -> None:
    """Mail that was sent to them stays, without its reader. Deleted by one statement: whatever else
    refers to one of them forbids it."""
    Message.objects.filter(user__in=users).update(user=None)
    marks = ", ".join(["%s"] * len(users))
    execute(f"DELETE FROM {User._meta.db_table} WHERE id IN ({marks})", list(users))

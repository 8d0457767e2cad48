"""An import is given up, taken back, and deleted when its time has come."""

from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import batches, clock
from kosna.core.errors import Refused
from kosna.documents.models import Document
from members.actions.imports.work import UNDO, release, start_work
from members.imports import staging, writing
from members.models import (
    IDLE_FOR,
    UNDO_WITHIN,
    Application,
    Import,
    ImportLine,
    ImportPeriod,
    ImportRow,
    Period,
    RegisterEntry,
    Renewal,
)

Status = Import.Status


@transaction.atomic
def abandon_import(imported: Import, *, by: User | None = None) -> None:
    """Gives a file up before anything of it was written."""
    release(imported)
    imported.move_to(Status.ABANDONED, closed_at=clock.now())
    audit.record("members.abandon_import", imported, by=by)


def obstacles(imported: Import) -> list[str]:
    """Why an import can no longer be taken back: all reasons at once."""
    until = imported.may_be_undone_until
    if imported.status != Status.APPLIED or until is None or imported.purged_at:
        return [_("Only an applied import can be taken back.")]
    reasons = []
    if clock.now() > until:
        reasons.append(_("It was applied more than a day ago."))
    members = writing.created(imported).values("pk")
    users = writing.created(imported).exclude(user=None).values("user")
    orders = (
        Application.objects.filter(member__in=members).count()
        + Renewal.objects.filter(member__in=members).count()
    )
    if orders:
        reasons.append(
            _("There are orders or applications of its members (%(n)s).") % {"n": orders}
        )
    logins = User.objects.filter(pk__in=users, last_login__gte=imported.applied_at).count()
    claims = imported.claims.exclude(claimed_at=None).count()
    if logins or claims:
        reasons.append(
            _("Some of its members have logged in already (%(n)s).") % {"n": max(logins, claims)}
        )
    later = RegisterEntry.objects.filter(member__in=members).exclude(at=until - UNDO_WITHIN)
    if later.exists():
        reasons.append(_("The register has later entries about its members."))
    if Period.objects.filter(member__in=members).exclude(line=None).exists():
        reasons.append(_("Its members have paid dues since."))
    if papers := _papers_since(imported):
        reasons.append(
            _("Documents have been issued to its members (%(n)s). Declare them void first.")
            % {"n": papers}
        )
    return reasons


def _papers_since(imported: Import) -> int:
    """Valid papers of its members that were issued when it had been applied."""
    issued = Document.objects.valid().of_memberships().filter(issued_at__gte=imported.applied_at)
    about = [document.member_id for document in issued.only("about")]
    named = writing.known(imported).filter(pk__in=about).values_list("pk", flat=True)
    there = set(named) if about else set()
    return sum(member in there for member in about)


@transaction.atomic
def undo_import(imported: Import, *, reason: str, by: User) -> None:
    """Has an import taken back. Raises Refused with every reason why not."""
    if reasons := obstacles(imported):
        raise Refused(*reasons)
    start_work(imported, UNDO, by=by, reason=reason)


def undo_rows(work: batches.Work) -> None:
    """Members become 착오취소, accounts that nobody used are deleted; each part may be repeated."""
    imported = Import.objects.select_related("branch").get(pk=work.params["imported"])
    if imported.status == Status.APPLIED:
        staging.settle()
        _undo(imported, reason=work.params["reason"], by=work.batch.by)
    while users := list(writing.unused_accounts(imported).values_list("pk", flat=True)[:500]):
        with transaction.atomic():
            writing.delete_accounts(users)
        work.progress(0, note=_("Accounts are being deleted."))


@transaction.atomic
def _undo(imported: Import, *, reason: str, by: User) -> None:
    Import.objects.select_for_update().get(pk=imported.pk)
    if reasons := obstacles(imported):
        raise Refused(*reasons)
    now = clock.now()
    writing.take_back(imported, by=by, now=now, reason=reason)
    imported.move_to(Status.UNDONE, closed_at=now)
    audit.record(
        "members.undo_import",
        imported,
        by=by,
        reason=reason,
        sha256=imported.sha256,
        members=imported.result.get("members", 0),
    )


def purge_imports() -> int:
    """Deletes files and lines a week after their import was closed, and gives up what nobody has
    touched for a month. Returns how many imports were emptied."""
    now = clock.now()
    waiting = Import.objects.filter(status__in=[Status.MAPPING, Status.CHECKED, Status.READING])
    for imported in waiting.filter(created_at__lt=now - IDLE_FOR):
        abandon_import(imported)
    count = 0
    for imported in Import.objects.to_purge(now):
        staging.clear(imported, ImportLine, ImportRow, ImportPeriod)
        imported.file.delete(save=False)
        Import.objects.filter(pk=imported.pk).update(purged_at=now, samples=[], file="")
        count += 1
    return count

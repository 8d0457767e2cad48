"""Copies are taken, each stamped for its reader."""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from members.access import AsIf, Decision, Held, entitlement, memberships_of
from members.models import Member, Right
from research.caps import ANEW_WITHIN, cap_of, taken, why_capped, why_too_soon
from research.models import Download, Edition, Report, Resumption, new_serial
from research.stamping import StampError, stamp
from research.trial import must_show_its_stamp

logger = logging.getLogger(__name__)
# For how long a transfer that broke off is gone on with, instead of a new copy.
RESUMED_FOR = timedelta(hours=1)


# Parts of one copy that are asked for within it: a line that breaks off, not a hammer.
MOST_PARTS = 60


class TooOften(Refused):
    """Not now; ``again_in`` it may be asked once more."""

    again_in = RESUMED_FOR


class TooManyParts(TooOften):
    """This transfer was gone on with too often; a new copy may be taken."""


class TooManyCopies(TooOften):
    """This report was taken too often by this reader."""

    again_in = ANEW_WITHIN


class CopyError(Exception):
    """The original is missing, altered or cannot be stamped. Nothing may leave the house."""


@dataclass(frozen=True)
class Original:
    """The file that is stamped: of the edition readers get now, or of an earlier one."""

    file: Any
    sha256: str
    label: str


def original_of(report: Report, edition: Edition | None = None) -> Original:
    kept = edition or report
    label = edition.label if edition else report.edition
    return Original(kept.file, kept.sha256, label)


def allow_copy(report: Report, *, by: User) -> Decision:
    """Whether this reader may have one more copy now. Raises Refused where not, and TooManyCopies
    where it is only too soon."""
    at = clock.now()
    decision = _must_be_open(report, by, at)
    _refuse_too_many(report, by, at, cap_of(by, at))
    return decision


def _must_be_open(report: Report, by: User, at: datetime) -> Decision:
    decision = entitlement(by, report, at)
    if not decision.allowed:
        raise Refused(decision.reason)
    return decision


def _refuse_too_many(report: Report, by: User, at: datetime, cap: int) -> None:
    copies = taken(report, by, at)
    if reason := why_capped(report, cap, copies.today):
        raise Refused(reason)
    if reason := why_too_soon(copies.anew):
        raise TooManyCopies(reason)


def _look_again(report: Report, by: User, at: datetime, cap: int) -> None:
    """Of copies that are asked for at once each has found room; here they stand in a line, until
    the one before is on record."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    _refuse_too_many(report, by, at, cap)


def _membership_used(report: Report, by: User, at: datetime) -> Held | None:
    """The membership that alone opens the report now; where none does (it was bought), the first of
    those that may read."""
    held = [held for held in memberships_of(by, at) if Right.READ_REPORTS in held.rights]
    opening = (row for row in held if entitlement(AsIf.holding([row]), report, at).allowed)
    return next(opening, next(iter(held), None))


def take_copy(
    report: Report, *, by: User, ip: str | None = None, edition: Edition | None = None
) -> tuple[Download, bytes]:
    """A copy stamped for one reader, on record before its first byte leaves; of an earlier
    ``edition`` where one is named.

    Raises Refused as ``allow_copy`` does, and CopyError when the copy cannot
    be made; there is no way to the unstamped original.
    """
    at = clock.now()
    decision, cap = _must_be_open(report, by, at), cap_of(by, at)
    _refuse_too_many(report, by, at, cap)
    held = _membership_used(report, by, at)
    member = held.member if held else None
    original = original_of(report, edition)
    copy = Download(
        report=report,
        user=by,
        at=at,
        serial=new_serial(),
        name=_stamped_name(by, member),
        member_number=(member.number or "") if member else "",
        tier=held.tier.code if held else "",
        branch=member.branch.code if member else "",
        way=decision.code,
        edition=original.label,
        original_sha256=original.sha256,
    )
    content = _stamped(original, copy)
    copy.stamped_sha256 = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        # Locked: a withdrawal that comes meanwhile finds this copy (``buying.end_sales``).
        rows = Report.objects.published().select_for_update(of=("self",), no_key=True)
        if not rows.filter(pk=report.pk, version=report.version).first():
            raise Refused(_("This report has just been changed. Please try again."))
        _look_again(report, by, at, cap)
        copy.save()
        audit.record(
            "research.download_report",
            report,
            by=by,
            ip=ip,
            serial=copy.serial,
            edition=copy.edition,
            sha256=original.sha256,
            version=report.version,
        )
    return copy, content


def continue_copy(
    report: Report, *, by: User, serial: str = "", edition: Edition | None = None
) -> tuple[Download, bytes] | None:
    """The same bytes again, for a transfer that broke off: of the copy with this serial, else of
    the latest one of the edition that is asked for. None where there is none, or where it can no
    longer be made the same; then a new copy is to be taken. Raises Refused as ``take_copy`` does,
    for a right that has ended has ended, and TooManyParts."""
    at = clock.now()
    _must_be_open(report, by, at)
    copies = report.downloads.of(by).filter(at__gt=at - RESUMED_FOR)
    label = edition.label if edition else report.edition
    copy = copies.filter(**{"serial": serial} if serial else {"edition": label}).newest().first()
    if copy is None or not (original := _original_by_hash(report, copy.original_sha256)):
        return None
    _spend_part(copy)
    content = _stamped(original, copy)
    if hashlib.sha256(content).hexdigest() != copy.stamped_sha256:
        return None
    return copy, content


def _spend_part(copy: Download) -> None:
    """One guarded UPDATE, so that parts asked for at once are counted as well."""
    Resumption.objects.get_or_create(download=copy)
    left = Resumption.objects.filter(download=copy, parts__lt=MOST_PARTS)
    if not left.update(parts=F("parts") + 1):
        raise TooManyParts(
            _("This transfer was broken off too often. Please download the report anew.")
        )


def _original_by_hash(report: Report, sha256: str) -> Original | None:
    if report.sha256 == sha256:
        return original_of(report)
    edition = report.editions.filter(sha256=sha256).exclude(published_at=None).first()
    return original_of(report, edition) if edition else None


def stamp_lines(copy: Download) -> list[str]:
    """What every page of a copy says; facts only, so the same in every language."""
    who = " · ".join(filter(None, [copy.name, copy.member_number]))
    when = copy.at.astimezone(clock.KST).strftime("%Y-%m-%d %H:%M:%S KST")
    return [f"{who} · {when} · {copy.serial}"]


def _stamped_name(by: User, member: Member | None) -> str:
    """As admitted; whoever has a seat is named with the organisation whose copy this is."""
    if member is None:
        return by.name or by.email
    name = member.name_of(by)
    return name if member.user_id else f"{name} ({member.name})"[:120]


def _stamped(original: Original, copy: Download) -> bytes:
    try:
        # Nothing writes to a stored file again (a new upload has a new name), so it is the file
        # whose hash was taken that is stamped.
        with original.file.storage.open(original.file.name, "rb") as stored:
            content = stored.read()
        if hashlib.sha256(content).hexdigest() != original.sha256:
            raise StampError("the stored original is not the one that was uploaded")
        return stamp(content, lines=stamp_lines(copy), serial=copy.serial)
    except (OSError, StampError) as error:
        logger.exception("no copy of report %s could be made", copy.report_id)
        raise CopyError from error


def files_without_a_stamp() -> Iterator[str]:
    """What is wrong with stored originals, in words: those of which no copy can be made, or none
    that shows whose it is. New files are tried as they are uploaded; a file is tried once, and
    whoever changes what is looked for tries the stored ones (``manage.py try_stamps``)."""
    for model in (Report, Edition):
        for kept in model._base_manager.exclude(file="").order_by("pk").iterator():
            try:
                with kept.file.storage.open(str(kept.file.name), "rb") as stored:
                    must_show_its_stamp(stored.read())
            except (OSError, StampError) as error:
                yield f"{model._meta.label} {kept.pk}: {error}"

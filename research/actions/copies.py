"""Copies are taken, each stamped for its reader."""

import hashlib
import logging
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from members.access import entitlement, memberships_of
from members.models import Member, Right
from research.models import Download, Report, new_serial
from research.stamping import StampError, stamp

logger = logging.getLogger(__name__)


class CopyError(Exception):
    """The original is missing, altered or cannot be stamped. Nothing may leave the house."""


def take_copy(report: Report, *, by: User, ip: str | None = None) -> tuple[Download, bytes]:
    """A copy stamped for one reader, on record before its first byte leaves.

    Raises Refused when this reader may not have it now, and CopyError when the copy cannot
    be made; there is no way to the unstamped original.
    """
    at = clock.now()
    decision = entitlement(by, report, at)
    if not decision.allowed:
        raise Refused(decision.reason)
    held = [held for held in memberships_of(by, at) if Right.READ_REPORTS in held.rights]
    member = held[0].member if held else None
    copy = Download(
        report=report,
        user=by,
        at=at,
        serial=new_serial(),
        name=_stamped_name(by, member),
        member_number=(member.number or "") if member else "",
        tier=held[0].tier.code if held else "",
        original_sha256=report.sha256,
    )
    content = _stamped(report, copy)
    with transaction.atomic():
        if not Report.objects.published().filter(pk=report.pk, version=report.version).exists():
            raise Refused(_("This report has just been changed. Please try again."))
        copy.save()
        audit.record(
            "research.download_report",
            report,
            by=by,
            ip=ip,
            serial=copy.serial,
            sha256=report.sha256,
            version=report.version,
        )
    return copy, content


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


def _stamped(report: Report, copy: Download) -> bytes:
    try:
        # Nothing writes to a stored file again (a new upload has a new name), so it is the file
        # whose hash was taken that is stamped.
        original = Path(report.file.path)
        with original.open("rb") as stored:
            digest = hashlib.file_digest(stored, "sha256").hexdigest()
        if digest != report.sha256:
            raise StampError("the stored original is not the one that was uploaded")
        return stamp(original, lines=stamp_lines(copy), serial=copy.serial)
    except (OSError, StampError) as error:
        logger.exception("no copy of report %s could be made", report.pk)
        raise CopyError from error

"""The register and the roll as files: for a spreadsheet, or on paper. Long work, never without a
reason, always on record."""

import io
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branches.models import Branch
from kosna.core import batches, clock, sheets
from kosna.core.errors import Refused
from kosna.core.models import Batch
from kosna.core.templatetags.ui import kdate
from kosna.documents.long_lists import render_list
from members import register
from members.models import Meeting, Member, RegisterEntryQuerySet, Seat, Tier

REGISTER_FILE, ROLL_FILE = "members.register_file", "members.roll_file"
SHEET, PAPER = "sheet", "paper"
EXPORT = "members.export_register"
# About 150 pages; more is printed branch by branch.
MOST_ON_PAPER = 5_000
SIGN_EVERY = 1_000
Column = tuple[str, Callable[[Any], Any]]


def lines_of(
    user: User,
    verb: str,
    *,
    day: date,
    branch: int | None = None,
    tier: int | None = None,
    everyone: bool = False,
    left: bool = False,
    query: str = "",
) -> RegisterEntryQuerySet:
    """Lines of the register of a day that this person may see: members, or those who had left; only
    사원 unless ``everyone``."""
    lines = register.as_of(day).permitted(user, verb)
    lines = lines.left() if left else lines.members()
    if not everyone:
        lines = lines.sawon()
    if branch:
        lines = lines.filter(branch=branch)
    if tier:
        lines = lines.filter(tier=tier)
    return lines.search(query)


def people_in(lines: RegisterEntryQuerySet) -> list[int]:
    """Accounts of the people whose data these lines are: members, and who represents them."""
    members = lines.values("member")
    people = list(
        Member.objects.filter(pk__in=members).exclude(user=None).values_list("user", flat=True)
    )
    seats = Seat.objects.filter(member__in=members, role=Seat.Role.REPRESENTATIVE)
    return people + list(seats.values_list("user", flat=True))


@transaction.atomic
def export_register(
    *, day: date, form: str, reason: str, by: User, ip: str, **chosen: Any
) -> Batch:
    """Starts a file of the register of a day, as ``lines_of`` narrows it.

    Raises Refused for more lines than are put on paper.
    """
    lines = lines_of(by, EXPORT, day=day, **chosen)
    count = lines.count()
    if form == PAPER and count > MOST_ON_PAPER:
        raise Refused(
            _(
                "These are %(count)s lines; at most %(most)s are put on paper. Choose a branch, or"
                " take the spreadsheet."
            )
            % {"count": f"{count:,}", "most": f"{MOST_ON_PAPER:,}"}
        )
    audit.record_seen(
        "members.export_register",
        by,
        by=by,
        branch=chosen.get("branch"),
        reason=reason,
        subjects=people_in(lines),
        ip=ip,
        day=day.isoformat(),
        form=form,
        rows=count,
        filters={key: value for key, value in chosen.items() if value},
    )
    return batches.start(
        REGISTER_FILE,
        by=by,
        title=_("Register of members as of %(day)s") % {"day": kdate(day)},
        total=count,
        day=day.isoformat(),
        form=form,
        chosen=chosen,
    )


def write_register(work: batches.Work) -> None:
    day = date.fromisoformat(work.params["day"])
    form, chosen = work.params["form"], work.params["chosen"]
    suspended = register.suspended_on(day)
    lines = lines_of(work.batch.by, EXPORT, day=day, **chosen)
    count = lines.count()
    rows = lines.select_related("tier", "branch").order_by("number").iterator(2000)
    name = f"{_('Register of members')}-{day:%Y%m%d}"
    if form == PAPER:
        branch = Branch.objects.filter(pk=chosen.get("branch")).first()
        tier = Tier.objects.filter(pk=chosen.get("tier")).first()
        content = render_list(
            "documents/register.html",
            ((n, row, row.member_id in suspended) for n, row in enumerate(rows, 1)),
            {
                "as_of": day.isoformat(),
                "issued_on": clock.today().isoformat(),
                "count": count,
                "is_sawon": not chosen.get("everyone"),
                "left": bool(chosen.get("left")),
                "branch": branch.name if branch else "",
                "tier": tier.name if tier else "",
            },
            language=get_language() or "ko",
            progress=work.progress,
        )
        work.deliver(f"{name}.pdf", content)
    else:
        work.deliver(f"{name}.xlsx", _sheet(_register_columns(suspended), rows, work))
    work.progress(count, total=count)


def _register_columns(suspended: set[int]) -> list[Column]:
    return [
        (_("Member number"), lambda row: row.number),
        (_("Name"), lambda row: row.name),
        (_("Representative"), lambda row: row.representative),
        (_("Tier"), lambda row: row.tier.name),
        (_("Branch"), lambda row: row.branch.name),
        (_("Address"), lambda row: row.address),
        (_("Joined on"), lambda row: row.joined_on),
        (_("Ended on"), lambda row: row.ended_on),
        (_("Status"), lambda row: row.get_status_display()),
        (_("Suspended"), lambda row: _("Suspended") if row.member_id in suspended else ""),
        (_("Line since"), lambda row: row.on),
    ]


@transaction.atomic
def export_roll(meeting: Meeting, *, form: str, reason: str, by: User, ip: str) -> Batch:
    """Starts a file of the roll of a meeting, as ``export_register`` does of the register."""
    if form == PAPER and meeting.roll_size > MOST_ON_PAPER:
        raise Refused(
            _("At most %(most)s lines are put on paper. Take the spreadsheet.")
            % {"most": f"{MOST_ON_PAPER:,}"}
        )
    people = meeting.voters.exclude(user=None).values_list("user", flat=True)
    audit.record_seen(
        "members.export_roll",
        meeting,
        by=by,
        reason=reason,
        subjects=list(people),
        ip=ip,
        form=form,
        rows=meeting.roll_size,
    )
    return batches.start(
        ROLL_FILE,
        by=by,
        title=_("Roll of voters: %(meeting)s") % {"meeting": meeting.title},
        total=meeting.roll_size,
        meeting=meeting.pk,
        form=form,
    )


def write_roll(work: batches.Work) -> None:
    meeting = Meeting.objects.get(pk=work.params["meeting"])
    rows = meeting.voters.select_related("tier", "branch").order_by("number").iterator(2000)
    name = f"{_('Roll of voters')}-{meeting.number}"
    if work.params["form"] == PAPER:
        content = render_list(
            "documents/roll.html",
            enumerate(rows, 1),
            {
                "title": meeting.title,
                "starts_at": meeting.starts_at.isoformat(),
                "as_of": meeting.record_on.isoformat(),
                "issued_on": clock.today().isoformat(),
                "count": meeting.roll_size,
                "quorum": meeting.quorum,
                "sha256": meeting.roll_sha256,
            },
            language=get_language() or "ko",
            progress=work.progress,
        )
        work.deliver(f"{name}.pdf", content)
    else:
        work.deliver(f"{name}.xlsx", _sheet(_roll_columns(), rows, work))
    work.progress(meeting.roll_size, total=meeting.roll_size)


def _roll_columns() -> list[Column]:
    return [
        (_("Member number"), lambda row: row.number),
        (_("Name"), lambda row: row.name),
        (_("Representative"), lambda row: row.representative),
        (_("Tier"), lambda row: row.tier.name),
        (_("Branch"), lambda row: row.branch.name),
    ]


def _sheet(columns: list[Column], rows: Iterable[Any], work: batches.Work) -> bytes:
    def cells() -> Iterator[list[Any]]:
        for done, row in enumerate(rows, 1):
            yield [cell(row) for _heading, cell in columns]
            if done % SIGN_EVERY == 0:
                work.progress(done)

    file = io.BytesIO()
    sheets.write_xlsx(file, [heading for heading, _cell in columns], cells())
    return file.getvalue()

"""A member moves to another branch. Each side has its say, and everything moves on one date: the
member, who sees it, and the line in the register.

Orders that were placed before stay with the old branch, because past shares stay (domain.md §2.4);
whatever is ordered from that date on is the new one's.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branches.models import Branch, Scope
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.models import Order
from members import register
from members.actions.exits import not_about_oneself, orders_of, people_of, tell
from members.actions.periods import locked
from members.models import Member, RegisterEntry, Transfer
from members.standing import ARREARS, GRACE, Standing, standing_of

DECIDE = "members.decide_transfer"
ONE_DAY = timedelta(days=1)
RUNNING = (Member.Status.ADMITTED, Member.Status.ACTIVE)


@dataclass(frozen=True)
class OpenDues:
    """What a member still owes where they leave: orders to be paid, and unpaid days."""

    orders: list[Order]
    standing: Standing

    def __bool__(self) -> bool:
        return bool(self.orders) or self.standing.code in (GRACE, ARREARS)


def open_dues(member: Member) -> OpenDues:
    pending = orders_of(member.pk).filter(status=Order.Status.PENDING)
    return OpenDues(list(pending), standing_of(member, clock.today()))


@transaction.atomic
def request_transfer(member: Member, *, to_branch: Branch, reason: str, by: User) -> Transfer:
    """The member asks, with a reason; a company's representative or contact asks for it.

    Raises Refused while another case is open, and for a branch that is not open.
    """
    member = locked(member.pk)
    if member.status != Member.Status.ACTIVE:
        raise Refused(_("Only a running membership can move."))
    if to_branch.pk == member.branch_id:
        raise Refused(_("This is your branch already."), field="to_branch")
    if to_branch.status != Branch.Status.OPEN:
        raise Refused(_("This branch is not open."), field="to_branch")
    transfer = _create(member, to_branch=to_branch, reason=reason, requested_by=by)
    _record("members.request_transfer", transfer, by=by, reason=reason)
    _tell("transfer_requested", transfer, reason=reason)
    return transfer


def _create(member: Member, **fields: Any) -> Transfer:
    try:
        with transaction.atomic():
            return Transfer.objects.create(member=member, from_branch=member.branch, **fields)
    except IntegrityError as error:
        raise Refused(_("A transfer of this membership is on its way already.")) from error


@transaction.atomic
def withdraw_transfer(transfer: Transfer, *, by: User) -> None:
    """The member takes it back, until the new branch has accepted."""
    transfer = _current(transfer)
    transfer.move_to(Transfer.Status.WITHDRAWN)
    _record("members.withdraw_transfer", transfer, by=by)


@transaction.atomic
def clear_transfer(transfer: Transfer, *, waiver: str = "", by: User) -> None:
    """The old branch lets the member go. Raises Refused while dues are open, unless the head office
    waives that, with its reason."""
    transfer = _current(transfer)
    member = transfer.member
    not_about_oneself(member, by)
    owed = open_dues(member)
    if owed and not waiver:
        raise Refused(
            _("Dues are open: they are paid first, or the head office waives that with a reason.")
        )
    if waiver and not Scope.of(by, DECIDE).everywhere:
        raise Refused(_("Only the head office waives open dues."), field="waiver")
    transfer.move_to(
        Transfer.Status.CLEARED,
        cleared_at=clock.now(),
        cleared_by=by,
        waiver=waiver if owed else "",
    )
    _record("members.clear_transfer", transfer, by=by, reason=transfer.waiver)
    _tell("transfer_cleared", transfer)


@transaction.atomic
def refuse_transfer(transfer: Transfer, *, reason: str, by: User) -> None:
    """No, by the branch in whose hands it is; the member is told why and may ask again."""
    transfer = _current(transfer)
    not_about_oneself(transfer.member, by)
    side = transfer.to_branch if transfer.cleared_at else transfer.from_branch
    transfer.move_to(
        Transfer.Status.REFUSED, note=reason[:300], decided_at=clock.now(), decided_by=by
    )
    _record("members.refuse_transfer", transfer, by=by, reason=reason)
    _tell(
        "transfer_refused",
        transfer,
        reason=reason,
        side_ko=side.name_ko,
        side_en=side.name_en,
    )


@transaction.atomic
def accept_transfer(transfer: Transfer, *, moves_on: date, by: User) -> None:
    """The new branch takes the member from a day on, today or later; if today, at once."""
    transfer = _current(transfer)
    not_about_oneself(transfer.member, by)
    if moves_on < clock.today():
        raise Refused(_("Choose today or a later day."), field="moves_on")
    if transfer.to_branch.status != Branch.Status.OPEN:
        raise Refused(_("This branch is not open."))
    transfer.move_to(
        Transfer.Status.ACCEPTED, moves_on=moves_on, decided_at=clock.now(), decided_by=by
    )
    _record("members.accept_transfer", transfer, by=by, moves_on=moves_on.isoformat())
    if moves_on > clock.today():
        _tell("transfer_accepted", transfer, moves_on=moves_on.isoformat())
    else:
        move(transfer, by=by)


@transaction.atomic
def move_for_closing(
    member_id: int, *, to_branch: Branch, moves_on: date, basis: str, by: User
) -> Transfer | None:
    """A case of its own for a member of a branch that closes, on the board's word rather than the
    member's; a request that was on its way to somewhere is dropped. None for who has moved, or
    has this very case."""
    member = locked(member_id)
    if member.status not in RUNNING or member.branch_id == to_branch.pk:
        return None
    for other in member.transfers.open():
        if (other.to_branch_id, other.basis) == (to_branch.pk, basis):
            return None
        other.move_to(Transfer.Status.DROPPED, note=basis[:300])
    reason = _("%(branch)s closes") % {"branch": member.branch.name}
    now = clock.now()
    transfer = _create(
        member,
        to_branch=to_branch,
        reason=reason,
        requested_by=by,
        status=Transfer.Status.ACCEPTED,
        cleared_at=now,
        cleared_by=by,
        waiver=reason,
        decided_at=now,
        decided_by=by,
        moves_on=moves_on,
        basis=basis,
    )
    _record("members.accept_transfer", transfer, by=by, reason=basis, moves_on=moves_on.isoformat())
    if moves_on > clock.today():
        _tell("transfer_accepted", transfer, moves_on=moves_on.isoformat(), reason=reason)
    else:
        move(transfer, by=by)
    return transfer


@transaction.atomic
def move(transfer: Transfer, *, by: User | None = None) -> Member:
    """On the day: the member, the line in the register and who sees them, together. The register
    tells of the day that was agreed, or where something was entered since, of that later day."""
    transfer = _current(transfer)
    member = transfer.member
    transfer.move_to(Transfer.Status.DONE)
    Member.objects.filter(pk=member.pk).update(branch=transfer.to_branch)
    member.branch = transfer.to_branch
    assert transfer.moves_on is not None
    if member.number:  # who is only admitted has no line yet
        latest = member.register_entries.order_by("-on", "-pk").first()
        register.enter(
            member,
            RegisterEntry.Kind.BRANCH,
            on=max(transfer.moves_on, latest.on) if latest else transfer.moves_on,
            by=by or transfer.decided_by,
            basis=transfer.basis,
            reason=transfer.reason,
        )
    _record("members.move_member", transfer, by=by)
    _tell("transfer_done", transfer, moves_on=transfer.moves_on.isoformat())
    return member


def move_due() -> int:
    """Moves everybody whose day has come. Safe to run twice and in parallel. How many moved."""
    moved = 0
    due = Transfer.objects.filter(
        status=Transfer.Status.ACCEPTED, moves_on__lte=clock.today()
    ).order_by("moves_on", "pk")
    for transfer in due:
        try:
            move(transfer)
        except Refused:
            continue  # another worker was faster, or the membership has ended
        moved += 1
    return moved


def _current(transfer: Transfer) -> Transfer:
    """The case as it stands now, its member locked: whoever decides, decides alone."""
    member = locked(transfer.member_id)
    row = Transfer.objects.select_related("from_branch", "to_branch", "decided_by").get(
        pk=transfer.pk
    )
    row.member = member
    return row


def _record(
    verb: str, transfer: Transfer, *, by: User | None, reason: str = "", **more: Any
) -> None:
    audit.record(
        verb,
        transfer.member,
        by=by,
        reason=reason,
        subjects=people_of(transfer.member),
        transfer=transfer.pk,
        from_branch=transfer.from_branch.code,
        to_branch=transfer.to_branch.code,
        **more,
    )


def _tell(template: str, transfer: Transfer, **facts: Any) -> None:
    tell(
        template,
        transfer.member,
        from_ko=transfer.from_branch.name_ko,
        from_en=transfer.from_branch.name_en,
        to_ko=transfer.to_branch.name_ko,
        to_en=transfer.to_branch.name_en,
        **facts,
    )


def branch_history(member: Member) -> list[tuple[Branch, date, date | None]]:
    """To which branch a member belonged from when to when, as the register tells: each with its
    last day, None for the present one."""
    spells: list[tuple[Branch, date]] = []
    for entry in member.register_entries.select_related("branch").order_by("on", "pk"):
        if spells and spells[-1][1] == entry.on:
            spells.pop()  # two entries of one day: the later one holds
        if not spells or spells[-1][0] != entry.branch:
            spells.append((entry.branch, entry.on))
    ends = [since - ONE_DAY for _branch, since in spells[1:]]
    return [
        (branch, since, until)
        for (branch, since), until in zip(spells, [*ends, member.ended_on], strict=False)
    ]

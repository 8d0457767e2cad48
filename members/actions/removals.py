"""Expulsion (제명) and forfeiture for arrears (자격상실): proposed, then decided."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from members.actions.exits import end, locked_with_orders, not_about_oneself, people_of, tell
from members.actions.periods import locked
from members.models import Member, Removal
from members.standing import is_forfeitable


@transaction.atomic
def propose_expulsion(member: Member, *, reason: str, basis: str, by: User) -> Removal:
    """Somebody else confirms it; until then the member keeps every right, and is told."""
    member = locked(member.pk)
    removal = _propose(member, Removal.Kind.EXPULSION, reason=reason, basis=basis, by=by)
    tell("expulsion_proposed", member, reason=reason, basis=basis)
    return removal


@transaction.atomic
def confirm_expulsion(removal: Removal, *, by: User) -> Member:
    """제명, by a second person who is not the member either."""
    member = locked_with_orders(removal.member_id)
    not_about_oneself(member, by)
    if removal.kind != Removal.Kind.EXPULSION:
        raise Refused(_("A forfeiture is decided with its basis."))
    if removal.proposed_by_id == by.pk:
        raise Refused(_("An expulsion takes two people: somebody else confirms it."))
    _decided(removal, removal.basis, by=by)
    end(
        member,
        Member.Status.EXPELLED,
        on=clock.today(),
        reason=removal.reason,
        basis=removal.basis,
        by=by,
    )
    return member


@transaction.atomic
def propose_forfeitures(members: Iterable[Member], *, reason: str, by: User) -> list[Removal]:
    """The list that goes to the board. Raises Refused when somebody on it owes too little."""
    removals = []
    for listed in sorted(members, key=lambda row: row.pk):
        member = locked(listed.pk)
        if not is_forfeitable(member, clock.today()):
            raise Refused(
                _("%(name)s is not so long in arrears.") % {"name": member.name}, field="chosen"
            )
        removals.append(_propose(member, Removal.Kind.FORFEITURE, reason=reason, by=by))
    return removals


@transaction.atomic
def decide_forfeitures(
    removals: Iterable[Removal], *, basis: str, by: User
) -> tuple[list[Member], list[Member]]:
    """자격상실 of several at once, on one decision. Who has paid since the proposal keeps the
    membership, and the proposal is dropped: returns those who lost it and those who keep it."""
    lost, kept = [], []
    for removal in sorted(removals, key=lambda row: row.member_id):
        member = locked_with_orders(removal.member_id)
        not_about_oneself(member, by)
        if removal.kind != Removal.Kind.FORFEITURE:
            raise Refused(_("An expulsion is confirmed by itself."))
        if not is_forfeitable(member, clock.today()):
            drop_removal(removal, note=_("Dues were paid."), by=by)
            kept.append(member)
            continue
        _decided(removal, basis, by=by)
        end(
            member,
            Member.Status.FORFEITED,
            on=clock.today(),
            reason=removal.reason,
            basis=basis,
            by=by,
        )
        lost.append(member)
    return lost, kept


@transaction.atomic
def drop_removal(removal: Removal, *, note: str, by: User) -> None:
    """The proposal comes to nothing; the member keeps the membership."""
    member = locked(removal.member_id)
    not_about_oneself(member, by)
    removal.move_to(Removal.Status.DROPPED, note=note[:300], decided_at=clock.now(), decided_by=by)
    audit.record(
        "members.drop_removal",
        member,
        by=by,
        reason=note,
        subjects=people_of(member),
        kind=removal.kind,
    )
    if removal.kind == Removal.Kind.EXPULSION:
        tell("expulsion_dropped", member, reason=note)


def _propose(
    member: Member, kind: Removal.Kind, *, reason: str, basis: str = "", by: User
) -> Removal:
    not_about_oneself(member, by)
    if member.status != Member.Status.ACTIVE:
        raise Refused(_("Only a running membership can be ended so."))
    try:
        with transaction.atomic():
            removal = Removal.objects.create(
                member=member, kind=kind, reason=reason, basis=basis, proposed_by=by
            )
    except IntegrityError as error:
        raise Refused(_("The end of this membership has been proposed already.")) from error
    audit.record(
        "members.propose_removal",
        member,
        by=by,
        reason=reason,
        subjects=people_of(member),
        kind=kind,
        basis=basis,
    )
    return removal


def _decided(removal: Removal, basis: str, *, by: User) -> None:
    removal.move_to(Removal.Status.DONE, basis=basis, decided_at=clock.now(), decided_by=by)

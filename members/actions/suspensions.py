"""Rights that rest by decision, and that return."""

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.documents.models import Document
from members import register
from members.actions.exits import not_about_oneself, people_of, tell
from members.actions.papers import void_cards
from members.actions.periods import locked
from members.models import Member, RegisterEntry, Suspension
from members.papers import Kind


@transaction.atomic
def suspend(
    member: Member,
    *,
    starts_on: date,
    ends_on: date | None = None,
    reason: str,
    basis: str,
    by: User,
) -> Suspension:
    """권리정지 from today or a later day, to a last day or until ``restore``.

    The register is told today, with the days of the decision in its reason: what is entered
    today holds no secret about tomorrow.
    """
    member = locked(member.pk)
    not_about_oneself(member, by)
    if member.status != Member.Status.ACTIVE:
        raise Refused(_("Only a running membership can be suspended."))
    if starts_on < clock.today():
        raise Refused(_("A suspension begins today or later."), field="starts_on")
    others = member.suspensions.open(starts_on)
    if ends_on:
        others = others.filter(Q(starts_on__lte=ends_on))
    if others.exists():
        raise Refused(_("There is a suspension in these days already."), field="starts_on")
    row = Suspension.objects.create(
        member=member,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
        basis=basis,
        decided_at=clock.now(),
        decided_by=by,
    )
    if starts_on == clock.today():
        void_cards(member, reason=_("Suspended by decision"))
    register.enter(
        member,
        RegisterEntry.Kind.SUSPENDED,
        on=clock.today(),
        by=by,
        basis=basis,
        reason=f"{starts_on} ~ {ends_on or ''}: {reason}",
    )
    audit.record(
        "members.suspend",
        member,
        by=by,
        reason=reason,
        subjects=people_of(member),
        basis=basis,
        starts_on=starts_on.isoformat(),
        ends_on=ends_on and ends_on.isoformat(),
    )
    tell(
        "membership_suspended",
        member,
        reason=reason,
        basis=basis,
        starts_on=starts_on.isoformat(),
        ends_on=ends_on and ends_on.isoformat(),
    )
    return row


def rest_cards() -> int:
    """The job: cards of members whose suspension has begun meanwhile. How many members had one."""
    resting = Suspension.objects.on(clock.today()).values_list("member", flat=True)
    count = 0
    for pk in sorted(set(resting)):
        cards = Document.objects.valid().of_membership(pk).filter(kind=Kind.MEMBERSHIP_CARD)
        if cards.exists():
            with transaction.atomic():
                void_cards(locked(pk), reason=_("Suspended by decision"))
            count += 1
    return count


@transaction.atomic
def restore(member: Member, *, reason: str, basis: str, by: User) -> None:
    """정지 해제: rights return today, and no suspension that was decided begins later."""
    member = locked(member.pk)
    not_about_oneself(member, by)
    today = clock.today()
    rows = list(member.suspensions.open(today))
    if member.status != Member.Status.ACTIVE or not rows:
        raise Refused(_("No suspension holds."))
    for row in rows:
        Suspension.objects.filter(pk=row.pk).update(
            restored_on=today, restored_by=by, restored_reason=reason
        )
    register.enter(member, RegisterEntry.Kind.RESTORED, on=today, by=by, basis=basis, reason=reason)
    audit.record(
        "members.restore", member, by=by, reason=reason, subjects=people_of(member), basis=basis
    )
    tell("membership_restored", member, reason=reason, basis=basis)

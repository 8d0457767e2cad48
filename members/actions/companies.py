"""A company's own facts: what its contact writes, and what the branch confirms."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from members.actions.exits import not_about_oneself
from members.actions.offices import (
    enter_details,
    hand_on,
    install_representative,
    refresh_search,
    tell,
)
from members.actions.periods import locked
from members.actions.seats import refuse_if_over
from members.models import CompanyChange, Member, Organisation, Seat

Role = Seat.Role


@transaction.atomic
def change_facts(member: Member, *, facts: dict[str, Any], by: User) -> None:
    """What a company may say of itself. Another address is another line in the register."""
    member = locked(member.pk)
    refuse_if_over(member)
    organisation = member.organisation
    assert organisation is not None
    changed = {name: value for name, value in facts.items() if getattr(organisation, name) != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(organisation, name, value)
    organisation.save(update_fields=list(changed))
    address = one_line_address(organisation)
    moved = address != member.address
    Member.objects.filter(pk=member.pk).update(address=address)
    refresh_search(member)
    if moved:
        enter_details(member, by=by, reason="주소 변경")
    audit.record("members.change_company", member, by=by, fields=sorted(changed))


def one_line_address(organisation: Organisation) -> str:
    """As ``Application.one_line_address`` writes it; nothing where there is none."""
    if not organisation.address:
        return ""
    parts = ", ".join(part for part in (organisation.address, organisation.address_detail) if part)
    return f"({organisation.postcode}) {parts}" if organisation.postcode else parts


# --- what the branch confirms ---


@transaction.atomic
def request_change(
    member: Member,
    *,
    name: str,
    business_number: str,
    representative: str,
    note: str,
    by: User,
    seat: Seat | None = None,
) -> CompanyChange:
    """변경 신청: name, business number and representative change once the branch has confirmed.

    Raises Refused when nothing would change, when one waits already, or when the business number
    is another organisation's.
    """
    member = locked(member.pk)
    refuse_if_over(member)
    organisation = member.organisation
    assert organisation is not None
    same = (organisation.name, organisation.business_number, organisation.representative) == (
        name,
        business_number,
        representative,
    )
    if same and (seat is None or seat.role == Role.REPRESENTATIVE):
        raise Refused(_("Nothing differs from what is registered."))
    if seat and not (seat.member_id == member.pk and seat.is_current):
        raise Refused(_("The new representative needs a seat first."), field="seat")
    if member.company_changes.waiting().exists():
        raise Refused(_("A request waits for the branch already. Withdraw it first."))
    _refuse_if_taken(business_number, organisation)
    change = CompanyChange.objects.create(
        member=member,
        name=name,
        business_number=business_number,
        representative=representative,
        seat=seat,
        note=note,
        asked_by=by,
    )
    audit.record("members.request_change", member, by=by, reason=note)
    return change


def _refuse_if_taken(business_number: str, organisation: Organisation) -> None:
    others = Organisation.objects.filter(business_number=business_number).exclude(
        pk=organisation.pk
    )
    if others.exists():
        raise Refused(
            _("This business registration number belongs to another organisation."),
            field="business_number",
        )


@transaction.atomic
def withdraw_change(change: CompanyChange, *, by: User) -> None:
    member = locked(change.member_id)
    change = CompanyChange.objects.get(pk=change.pk)
    change.move_to(CompanyChange.Status.WITHDRAWN, decided_at=clock.now(), decided_by=by)
    audit.record("members.withdraw_change", member, by=by)


@transaction.atomic
def confirm_change(change: CompanyChange, *, basis: str, by: User) -> None:
    """변경 확인, by the branch on a basis (the paper that shows it). The register of members gets
    its line; the present representative is not asked, who may be gone."""
    member = locked(change.member_id)
    change = CompanyChange.objects.select_related("seat__user", "asked_by").get(pk=change.pk)
    refuse_if_over(member)
    not_about_oneself(member, by)
    if by.pk == change.asked_by_id:
        raise Refused(_("Nobody decides about their own request."))
    organisation = member.organisation
    assert organisation is not None
    _refuse_if_taken(change.business_number, organisation)
    change.move_to(
        CompanyChange.Status.CONFIRMED, basis=basis, decided_at=clock.now(), decided_by=by
    )
    renamed = (organisation.name, organisation.business_number) != (
        change.name,
        change.business_number,
    )
    if renamed:
        _rename(member, organisation, change, basis=basis, by=by)
    if change.seat:
        _seat_representative(member, change.seat, change.representative, basis=basis, by=by)
    elif change.representative != organisation.representative:
        _name_representative(member, change.representative, basis=basis, by=by)
    audit.record(
        "members.confirm_change", member, by=by, subjects=[change.asked_by_id], basis=basis
    )
    tell("company_change_confirmed", member, [change.asked_by], basis=basis)


def _rename(
    member: Member, organisation: Organisation, change: CompanyChange, *, basis: str, by: User
) -> None:
    was = organisation.name
    organisation.name, organisation.business_number = change.name, change.business_number
    try:
        with transaction.atomic():
            organisation.save(update_fields=["name", "business_number"])
    except IntegrityError as error:
        raise Refused(
            _("This business registration number belongs to another organisation.")
        ) from error
    member.name = change.name
    Member.objects.filter(pk=member.pk).update(name=change.name)
    refresh_search(member)
    reason = f"상호 변경: {was} → {change.name}" if was != change.name else "사업자번호 변경"
    enter_details(member, by=by, basis=basis, reason=reason)


def _name_representative(member: Member, name: str, *, basis: str, by: User) -> None:
    """The register names somebody who has no seat yet. Whoever sat as representative votes no
    longer and keeps an ordinary seat, or runs the membership where nobody else would."""
    seats = Seat.objects.current().filter(member=member)
    former = seats.filter(role=Role.REPRESENTATIVE).select_related("user").first()
    others = seats.filter(role=Role.CONTACT).exists()
    seats.filter(role=Role.REPRESENTATIVE).update(role=Role.STAFF if others else Role.CONTACT)
    install_representative(member, name=name, basis=basis, by=by, former=former)


def _seat_representative(member: Member, seat: Seat, name: str, *, basis: str, by: User) -> None:
    if not (seat.member_id == member.pk and seat.is_current):
        raise Refused(_("The new representative needs a seat first."), field="seat")
    seats = Seat.objects.current().filter(member=member, role=Role.REPRESENTATIVE)
    sitting = seats.select_related("user").first()
    if sitting != seat:
        hand_on(member, to=seat, role=Role.REPRESENTATIVE, replaces=sitting)
    install_representative(member, name=name, by=by, seat=seat, former=sitting, basis=basis)


@transaction.atomic
def decline_change(change: CompanyChange, *, reason: str, by: User) -> None:
    member = locked(change.member_id)
    change = CompanyChange.objects.select_related("asked_by").get(pk=change.pk)
    change.move_to(
        CompanyChange.Status.DECLINED, reason=reason, decided_at=clock.now(), decided_by=by
    )
    audit.record(
        "members.decline_change", member, by=by, reason=reason, subjects=[change.asked_by_id]
    )
    tell("company_change_declined", member, [change.asked_by], reason=reason)


@transaction.atomic
def confirm_representative(seat: Seat, *, name: str, basis: str, by: User) -> None:
    """대표자 확인, by the branch alone: the present one is gone and cannot hand the office on."""
    member = locked(seat.member_id)
    refuse_if_over(member)
    not_about_oneself(member, by)
    seat = Seat.objects.select_related("user").get(pk=seat.pk)
    if seat.is_current and seat.role == Role.REPRESENTATIVE:
        raise Refused(_("This person is the representative already."))
    _seat_representative(member, seat, name, basis=basis, by=by)

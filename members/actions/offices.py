"""Who represents and runs a company: offices handed on, and what the register says of it."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock, korean
from kosna.core.errors import Refused
from kosna.mail import post
from members import register
from members.models import Handover, Member, RegisterEntry, Seat

Role = Seat.Role


def hand_on(member: Member, *, to: Seat, role: str, replaces: Seat | None) -> None:
    """An office passes from one seat to another; who held it keeps an ordinary seat. The old one is
    moved first: there is never a second representative, not even for a moment."""
    if replaces:
        Seat.objects.filter(pk=replaces.pk).update(role=Role.STAFF)
    Seat.objects.filter(pk=to.pk).update(role=role)
    to.role = role
    if not Seat.objects.current().running().filter(member=member).exists():
        raise Refused(_("Somebody has to run the membership. Name another contact first."))


def install_representative(
    member: Member,
    *,
    name: str,
    by: User,
    seat: Seat | None = None,
    former: Seat | None = None,
    basis: str = "",
) -> None:
    """대표자 변경: the organisation and the register of members name the new representative, who
    may have no seat yet. Those who run the membership and the former one are told. Where it is
    the registered one who takes a seat, nothing has changed hands: 대표자 지정."""
    organisation = member.organisation
    assert organisation is not None
    was = organisation.representative
    if former and former != seat:
        Handover.objects.create(former=former)
    organisation.representative = name
    organisation.save(update_fields=["representative"])
    refresh_search(member)
    change = f"대표자 변경: {was} → {name}" if was != name else f"대표자 지정: {name}"
    enter_details(member, by=by, basis=basis, reason=change)
    audit.record(
        "members.change_representative",
        member,
        by=by,
        subjects=[seat.user_id] if seat else [],
        was=was,
        person=name,
        basis=basis,
    )
    if was != name:
        tell("representative_changed", member, concerned(member, former), person=name, was=was)


def enter_contact(member: Member, seat: Seat, replaced: Seat | None, *, by: User) -> None:
    """담당자 변경 or 담당자 지정, as the register's history tells it."""
    was = replaced.user.name if replaced else ""
    change = f"담당자 변경: {was} → {seat.user.name}" if was else f"담당자 지정: {seat.user.name}"
    refresh_search(member)
    enter_details(member, by=by, reason=change)
    audit.record(
        "members.change_contact",
        member,
        by=by,
        subjects=[seat.user_id, *([replaced.user_id] if replaced else [])],
        was=was,
        person=seat.user.name,
    )


def enter_details(member: Member, *, by: User, reason: str, basis: str = "") -> None:
    """A line in the register as the company is from today; who has no number yet has none."""
    if member.number:
        kind = RegisterEntry.Kind.DETAILS
        register.enter(member, kind, on=clock.today(), by=by, reason=reason, basis=basis)


def refresh_search(member: Member) -> None:
    """What ``Member.objects.search`` looks into, for a company and those who run it now."""
    organisation = member.organisation
    assert organisation is not None
    people = runners_of(member)
    parts = [korean.fold(organisation.name), korean.initials(organisation.name)]
    parts += [korean.fold(person.name) for person in people]
    phones = [organisation.phone, *(person.phone for person in people)]
    parts += [organisation.business_number, *(phone.replace("+82", "0") for phone in phones)]
    parts += [korean.fold(person.email) for person in people]
    text = " ".join(part for part in parts if part)
    Member.objects.filter(pk=member.pk).update(search_text=text[:300])


def runners_of(member: Member) -> list[User]:
    seats = Seat.objects.current().running().filter(member=member).select_related("user")
    return [seat.user for seat in seats.order_by("pk")]


def concerned(member: Member, former: Seat | None) -> set[User]:
    """Those who run the membership, and whose office it was."""
    return {*runners_of(member), *([former.user] if former else [])}


def tell(template: str, member: Member, people: Iterable[User], **facts: Any) -> None:
    """One mail to each in their own language."""
    for person in people:
        post.send(
            template,
            [person.email],
            language=person.language,
            context={
                "name": person.name,
                "company": member.name,
                "url": settings.SITE_URL + reverse("company:company"),
                **facts,
            },
            user=person,
            branch=member.branch,
        )

"""Changes of what the register says of a member (기재사항 변경): name and address."""

import re

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock, korean
from kosna.core.errors import Refused
from kosna.mail import post
from members import register
from members.actions.periods import locked
from members.models import Member, Organisation, RegisterEntry, Seat

_ONE_LINE = re.compile(r"\((\d{5})\) (.+)")


def parts_of_address(member: Member) -> dict[str, str]:
    """Postcode, address and detail, as a form asks for them."""
    if member.organisation:
        row = member.organisation
        return {
            "postcode": row.postcode,
            "address": row.address,
            "address_detail": row.address_detail,
        }
    match = _ONE_LINE.fullmatch(member.address)
    postcode, address = match.groups() if match else ("", member.address)
    return {"postcode": postcode, "address": address, "address_detail": ""}


@transaction.atomic
def change_details(
    member: Member,
    *,
    postcode: str,
    address: str,
    address_detail: str,
    reason: str,
    by: User,
    name: str = "",
) -> RegisterEntry:
    """Writes the new address, and where it is given the new name, with a line in the register from
    today on. Raises Refused when nothing changes, or when the membership does not run."""
    member = locked(member.pk)
    if member.status != Member.Status.ACTIVE:
        raise Refused(_("Only the details of a running membership can be changed."))
    before = {"name": member.name, "address": member.address}
    line = f"({postcode}) " + ", ".join(part for part in (address, address_detail) if part)
    after = {"name": name or member.name, "address": line}
    if after == before:
        raise Refused(_("Nothing has changed."))
    if after["name"] != before["name"]:
        after["search_text"] = _renamed(member, after["name"])
    Member.objects.filter(pk=member.pk).update(**after)
    if member.organisation_id:
        Organisation.objects.filter(pk=member.organisation_id).update(
            name=after["name"],
            postcode=postcode,
            address=address,
            address_detail=address_detail,
        )
    entry = register.enter(
        member, RegisterEntry.Kind.DETAILS, on=clock.today(), by=by, reason=reason
    )
    people = people_of(member)
    audit.record(
        "members.change_details",
        member,
        by=by,
        reason=reason,
        subjects=people,
        changed=[field for field in before if before[field] != after[field]],
    )
    for person in people:
        post.send(
            "details_changed",
            [person.email],
            language=person.language,
            key=f"details:{entry.pk}",
            context={
                "name": after["name"],
                "number": member.number,
                "address": line,
                "reason": reason,
                "url": settings.SITE_URL + reverse("me:me"),
            },
            user=person,
            branch=member.branch,
        )
    return entry


def people_of(member: Member) -> list[User]:
    """The member, or those who represent and run the organisation."""
    if member.user:
        return [member.user]
    seats = Seat.objects.filter(
        member=member, valid_to=None, role__in=[Seat.Role.REPRESENTATIVE, Seat.Role.CONTACT]
    )
    return [seat.user for seat in seats.select_related("user").order_by("pk")]


def _renamed(member: Member, name: str) -> str:
    """The text that searches look into, with the new name before what else it held."""
    old = {korean.fold(member.name), korean.initials(member.name)}
    kept = [word for word in member.search_text.split() if word not in old]
    return " ".join([korean.fold(name), korean.initials(name), *kept])[:300]

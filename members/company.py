"""A company as its people and its branch see it: who sits there, who may come, what happened."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kosna.accounts.addresses import verified_addresses_of
from kosna.audit.models import Entry
from members.models import CompanyDomain, Member, Seat, SeatRequest

SHOWN = 30
HISTORY: dict[str, str | Promise] = {
    "members.give_seat": _("Seat given"),
    "members.end_seat": _("Seat ended"),
    "members.agree_seats": _("Number of seats agreed"),
    "members.invite": _("Invitation sent"),
    "members.invite_again": _("Invitation sent again"),
    "members.withdraw_invitation": _("Invitation withdrawn"),
    "members.decline_invitation": _("Invitation declined"),
    "members.change_contact": _("Contact changed"),
    "members.change_representative": _("Representative changed"),
    "members.change_company": _("Company facts changed"),
    "members.request_change": _("Change of legal facts requested"),
    "members.withdraw_change": _("Request withdrawn"),
    "members.confirm_change": _("Change of legal facts confirmed"),
    "members.decline_change": _("Change of legal facts declined"),
    "members.claim_domain": _("Code sent to the domain"),
    "members.prove_domain": _("Domain confirmed"),
    "members.end_domain": _("Domain removed"),
    "members.request_seat": _("Seat requested"),
    "members.withdraw_request": _("Seat request withdrawn"),
    "members.decline_request": _("Seat request declined"),
    "members.renew": _("Renewal ordered"),
    "members.open_period": _("Dues paid"),
}


@dataclass(frozen=True)
class Event:
    """A line of the history; ``by`` is somebody of the company, or the association in one word."""

    label: str | Promise
    entry: Entry
    by: str


def history_of(member: Member, people: set[int]) -> list[Event]:
    """The latest deeds; ``people`` (ids) and who asked for themselves are called by name, who works
    for the association is not."""
    entries = Entry.objects.filter(
        target_type=Member._meta.label_lower, target_id=str(member.pk), verb__in=HISTORY
    ).order_by("-pk")[:SHOWN]
    return [Event(HISTORY[entry.verb], entry, _actor(entry, people)) for entry in entries]


def _actor(entry: Entry, people: set[int]) -> str:
    if entry.actor_id is None:
        return ""
    is_known = entry.actor_id in people or entry.actor_id in entry.subjects
    return entry.actor if is_known else gettext("Association")


def facts_about(member: Member) -> dict[str, Any]:
    """What the company's own page and the branch's page of it both show."""
    seats = list(
        Seat.objects.filter(member=member).select_related("user", "ended_by").order_by("pk")
    )
    current = [seat for seat in seats if seat.is_current]
    sitting = {seat.user_id for seat in current}
    return {
        "seats": current,
        "past_seats": [seat for seat in reversed(seats) if not seat.is_current],
        "sitting": sitting,
        "used": len(current),
        "free": max(member.seat_limit - len(current), 0),
        "over": max(len(current) - member.seat_limit, 0),
        "invitations": list(member.invitations.waiting().select_related("replaces__user")),
        "domains": list(member.domains.current().order_by("pk")),
        "requests": list(member.seat_requests.waiting().select_related("user").order_by("pk")),
        "change": member.company_changes.waiting().select_related("seat__user", "asked_by").first(),
        "history": history_of(member, {seat.user_id for seat in seats}),
    }


def offers_to(user: Any) -> QuerySet[CompanyDomain]:
    """Companies that this person may ask for a seat, and has not asked yet."""
    addresses = verified_addresses_of(user)
    asked = SeatRequest.objects.waiting().filter(user=user).values("member")
    domains = CompanyDomain.objects.offered_to(user, addresses).exclude(member__in=asked)
    return domains.select_related("member")


def asked_by(user: Any) -> QuerySet[SeatRequest]:
    return SeatRequest.objects.waiting().filter(user=user).select_related("member")

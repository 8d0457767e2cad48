"""Who sits in a company's membership: seats given, ended and agreed upon.

Whoever changes seats holds the member's row: the last free seat goes to one, a company never has
two representatives, and somebody always runs it.
"""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.documents import actions as documents
from kosna.documents.models import Document
from members.actions.offices import tell
from members.actions.periods import locked
from members.models import Member, Seat

Role = Seat.Role


def held_seats(member: Member) -> int:
    return Seat.objects.current().filter(member=member).count()


def take_seat(member: Member, user: User, role: str = Role.STAFF) -> Seat:
    """A seat for a person, if one is free. The member's row is locked by the caller.

    Raises Refused when they sit there already, when none is free, or when the membership is over.
    """
    refuse_if_over(member)
    if user.closed_at:
        raise Refused(_("This account is closed already."))
    current = Seat.objects.current().filter(member=member)
    if current.filter(user=user).exists():
        raise Refused(_("%(name)s has a seat already.") % {"name": user.name})
    if held_seats(member) >= member.seat_limit:
        raise Refused(
            _("All %(limit)s seats are taken. A seat has to be ended before another is given.")
            % {"limit": member.seat_limit}
        )
    return Seat.objects.create(member=member, user=user, role=role, valid_from=clock.today())


def refuse_if_over(member: Member) -> None:
    if member.status not in Member.RUNNING:
        raise Refused(_("This membership has ended."))
    if member.organisation_id is None:
        raise Refused(_("Only the membership of an organisation has seats."))


@transaction.atomic
def end_seat(seat: Seat, *, by: User, reason: str = "") -> None:
    """좌석 회수: from this instant the company's membership opens nothing more to them. Their own
    receipts, certificates, tickets and downloads stay; the membership card is void.

    Raises Refused for the representative, who is replaced and not removed, and for the last one
    who runs the membership.
    """
    member = locked(seat.member_id)
    seat = Seat.objects.select_related("user").get(pk=seat.pk)
    if not seat.is_current:
        raise Refused(_("This seat has ended already."))
    if seat.role == Role.REPRESENTATIVE:
        raise Refused(_("A representative is replaced by another. Hand the office on first."))
    others = Seat.objects.current().running().filter(member=member).exclude(pk=seat.pk)
    if seat.role in Seat.RUNNING and not others.exists():
        raise Refused(_("Somebody has to run the membership. Name another contact first."))
    Seat.objects.filter(pk=seat.pk).update(
        valid_to=clock.today(), ended_at=clock.now(), ended_by=by
    )
    _void_cards(member, seat.user)
    audit.record(
        "members.end_seat",
        member,
        by=by,
        reason=reason,
        subjects=[seat.user_id],
        seat=seat.pk,
        person=seat.user.name,
    )
    tell("seat_ended", member, [seat.user], reason=reason)


@transaction.atomic
def restore_seat(seat: Seat, *, by: User) -> Seat:
    """Gives somebody whose seat was ended an ordinary seat again, if one is free."""
    member = locked(seat.member_id)
    again = take_seat(member, seat.user)
    record_seat(member, again, by=by)
    return again


def record_seat(member: Member, seat: Seat, *, by: User) -> None:
    """The deed and the mail to who sits there now."""
    audit.record(
        "members.give_seat",
        member,
        by=by,
        subjects=[seat.user_id],
        seat=seat.pk,
        role=seat.role,
        person=seat.user.name,
    )
    tell("seat_given", member, [seat.user], role=seat.role)


def _void_cards(member: Member, user: User) -> None:
    keys = Q()
    for period in member.periods.valid():
        keys |= Q(key=f"card:{period.pk}:{user.pk}")
        keys |= Q(key__startswith=f"card:{period.pk}:{user.pk}:")
    cards = Document.objects.filter(keys, subject=user) if keys else Document.objects.none()
    for card in cards:
        documents.void(card, reason="좌석 회수")


@transaction.atomic
def agree_seats(member: Member, *, seats: int | None, reason: str, by: User) -> None:
    """Another number of seats than the tier's, with the reason; None is the tier's again. Seats
    that are taken stay, even above the number."""
    member = locked(member.pk)
    refuse_if_over(member)
    if seats is not None and not reason:
        raise Refused(_("Please give the reason for another number of seats."), field="reason")
    was = member.seat_limit
    Member.objects.filter(pk=member.pk).update(
        seats_agreed=seats, seats_reason="" if seats is None else reason
    )
    member.seats_agreed = seats
    audit.record(
        "members.agree_seats", member, by=by, reason=reason, was=was, now=member.seat_limit
    )

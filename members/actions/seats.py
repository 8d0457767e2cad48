"""Who sits in a company's membership: invitations, seats given and ended, offices handed on.

Whoever changes seats holds the member's row: the last free seat goes to one, a company never has
two representatives, and somebody always runs it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.accounts.addresses import verified_addresses_of
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock, korean, tokens
from kosna.core.errors import Refused
from kosna.documents import actions as documents
from kosna.documents.models import Document
from kosna.mail import post
from members import register
from members.actions.periods import locked
from members.models import Invitation, Member, RegisterEntry, Seat

Role = Seat.Role
SEND_AGAIN_AFTER = timedelta(minutes=1)


# --- seats ---


def held_seats(member: Member) -> int:
    return Seat.objects.current().filter(member=member).count()


def take_seat(member: Member, user: User, role: str = Role.STAFF) -> Seat:
    """A seat for a person, if one is free. The member's row is locked by the caller.

    Raises Refused when they sit there already, when none is free, or when the membership is over.
    """
    refuse_if_over(member)
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


# --- invitations ---


@dataclass(frozen=True)
class Line:
    """One person of a pasted list, and why the line led to no invitation."""

    number: int
    name: str
    email: str
    problem: str = ""


@transaction.atomic
def invite(
    member: Member,
    *,
    name: str,
    email: str,
    by: User,
    role: str = Role.STAFF,
    replaces: Seat | None = None,
) -> Invitation:
    """좌석 초대: mails a link that this address may use once within seven days. It holds no seat.

    With an office, the invited person takes it over from ``replaces``. Raises Refused when the
    person sits there already, when no seat is free, when one waits for this address, or when the
    office is not ``by``'s to offer.
    """
    member = locked(member.pk)
    refuse_if_over(member)
    email = email.lower()
    seated = Seat.objects.current().filter(member=member)
    theirs = seated.filter(
        Q(user__email__iexact=email)
        | Q(user__emailaddress__email__iexact=email, user__emailaddress__verified=True)
    ).first()
    if role == Role.REPRESENTATIVE:
        replaces = _office_to_hand_on(member, name, by=by)
    if replaces and not _holds(replaces, role, member):
        raise Refused(_("This office is not there to be handed on."), field="replaces")
    if theirs and (role == Role.STAFF or theirs.role in (role, Role.REPRESENTATIVE)):
        raise Refused(
            _("This person sits in the company as: %(role)s.")
            % {"role": theirs.get_role_display()},
            field="email",
        )
    if not theirs and seated.count() >= member.seat_limit:
        raise Refused(_("No seat is free. End a seat first, or ask the secretariat for more."))
    if member.invitations.waiting().filter(email=email).exists():
        raise Refused(
            _("An invitation waits for this address. It can be sent again."), field="email"
        )
    seed = tokens.new_seed()
    invitation = Invitation.objects.create(
        member=member,
        name=name,
        email=email,
        role=role,
        replaces=replaces,
        fingerprint=tokens.fingerprint(tokens.token(seed)),
        invited_by=by,
        invited_at=clock.now(),
        expires_at=clock.now() + Invitation.VALID_FOR,
    )
    audit.record("members.invite", member, by=by, person=name, email=email, role=role)
    _mail_invitation(invitation, seed)
    return invitation


def _holds(seat: Seat, role: str, member: Member) -> bool:
    return seat.member_id == member.pk and seat.role == role and seat.is_current


def _office_to_hand_on(member: Member, name: str, *, by: User) -> Seat | None:
    """The representative's seat, if it is ``by``'s own; None while nobody sits as representative
    and it is the registered one who is invited."""
    seat = Seat.objects.current().filter(member=member, role=Role.REPRESENTATIVE).first()
    assert member.organisation is not None  # refuse_if_over said so
    if seat and seat.user_id == by.pk:
        return seat
    if seat:
        raise Refused(
            _(
                "Only the representative hands the office on. If that is no longer possible, ask"
                " the branch to confirm the new representative."
            ),
            field="role",
        )
    if korean.fold(name) != korean.fold(member.organisation.representative):
        raise Refused(
            _("The registered representative is %(name)s. A new one is confirmed by the branch.")
            % {"name": member.organisation.representative},
            field="role",
        )
    return None


def invite_many(member: Member, *, people: Iterable[Line], by: User) -> list[Line]:
    """Each line is an invitation of its own; one that is refused stops no other."""
    return [line if line.problem else _invite_line(member, line, by=by) for line in people]


def _invite_line(member: Member, line: Line, *, by: User) -> Line:
    try:
        invite(member, name=line.name, email=line.email, by=by)
    except Refused as refusal:
        return replace(line, problem=str(refusal))
    return line


@transaction.atomic
def send_again(invitation: Invitation, *, by: User) -> Invitation:
    """A new link with seven new days; the old link opens nothing more."""
    member = locked(invitation.member_id)
    refuse_if_over(member)
    invitation = Invitation.objects.get(pk=invitation.pk)
    if invitation.status != Invitation.Status.WAITING:
        raise Refused(_("This invitation has been answered or withdrawn."))
    if clock.now() < invitation.expires_at - Invitation.VALID_FOR + SEND_AGAIN_AFTER:
        raise Refused(_("It has just been sent. Please wait a minute."))
    seed = tokens.new_seed()
    invitation.fingerprint = tokens.fingerprint(tokens.token(seed))
    invitation.expires_at = clock.now() + Invitation.VALID_FOR
    invitation.save(update_fields=["fingerprint", "expires_at"])
    audit.record(
        "members.invite_again", member, by=by, person=invitation.name, email=invitation.email
    )
    _mail_invitation(invitation, seed)
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User) -> None:
    member = locked(invitation.member_id)
    invitation = Invitation.objects.get(pk=invitation.pk)
    invitation.move_to(Invitation.Status.WITHDRAWN, closed_at=clock.now(), closed_by=by)
    audit.record(
        "members.withdraw_invitation", member, by=by, person=invitation.name, email=invitation.email
    )


def invitation_of(token: str) -> Invitation | None:
    """The invitation that a link opens, in whatever state it is."""
    rows = Invitation.objects.select_related("member__organisation", "member__tier", "invited_by")
    return rows.filter(fingerprint=tokens.fingerprint(token)).first()


def why_closed(invitation: Invitation) -> str:
    """Why a link leads nowhere any more and what to do; empty while it is open."""
    status = Invitation.Status
    if invitation.status == status.ACCEPTED:
        return _("This invitation has been used. The seat is shown on the page of its owner.")
    if invitation.status == status.WITHDRAWN:
        return _("The company has withdrawn this invitation. Please ask its contact person.")
    if invitation.status == status.DECLINED:
        return _("This invitation was declined. The contact person can send a new one.")
    if invitation.has_expired:
        return _(
            "This invitation was valid for 7 days and has run out. Ask the contact person to send"
            " it again."
        )
    if invitation.member.status not in Member.RUNNING:
        return _("The membership of this company has ended.")
    return ""


@transaction.atomic
def accept_invitation(invitation: Invitation, *, by: User) -> Seat:
    """The invited person, known by a verified address, takes the seat or the office.

    Raises Refused when the link is spent, when the address is not theirs, when the office has
    moved on since, or when the last seat went to somebody else.
    """
    member = locked(invitation.member_id)
    invitation = Invitation.objects.select_related("replaces", "member").get(pk=invitation.pk)
    if reason := why_closed(invitation):
        raise Refused(reason)
    if invitation.email not in verified_addresses_of(by):
        raise Refused(
            _(
                "This invitation is for %(email)s. Log in with that address, or add it to your"
                " account and confirm it."
            )
            % {"email": korean.mask_email(invitation.email)}
        )
    _refuse_if_moved_on(invitation)
    seat = Seat.objects.current().filter(member=member, user=by).first()
    if seat and (invitation.role == Role.STAFF or seat.role == Role.REPRESENTATIVE):
        raise Refused(_("You have a seat in this company already."))
    seat = seat or take_seat(member, by)
    if invitation.role != Role.STAFF:
        hand_on(member, to=seat, role=invitation.role, replaces=invitation.replaces)
    invitation.move_to(Invitation.Status.ACCEPTED, closed_at=clock.now(), closed_by=by)
    record_seat(member, seat, by=by)
    if invitation.role == Role.REPRESENTATIVE:
        install_representative(
            member, name=invitation.name, by=by, seat=seat, former=invitation.replaces
        )
    elif invitation.role == Role.CONTACT:
        enter_contact(member, seat, invitation.replaces, by=by)
    told = _concerned(member, invitation.replaces) - {by}
    tell("seat_accepted", member, told, person=by.name, role=seat.role)
    return seat


def _refuse_if_moved_on(invitation: Invitation) -> None:
    """An office is taken over from who held it when it was offered."""
    if invitation.role == Role.STAFF:
        return
    replaced, member = invitation.replaces, invitation.member
    moved_on = replaced is not None and not _holds(replaced, invitation.role, member)
    if invitation.role == Role.REPRESENTATIVE:
        sitting = Seat.objects.current().filter(member=member, role=Role.REPRESENTATIVE)
        moved_on |= sitting.first() != replaced
    if moved_on:
        raise Refused(_("The office has changed hands since. Please ask for a new invitation."))


@transaction.atomic
def decline_invitation(invitation: Invitation, *, by: User) -> None:
    member = locked(invitation.member_id)
    invitation = Invitation.objects.select_related("member").get(pk=invitation.pk)
    if reason := why_closed(invitation):
        raise Refused(reason)
    if invitation.email not in verified_addresses_of(by):
        raise Refused(_("Only the invited person answers an invitation."))
    invitation.move_to(Invitation.Status.DECLINED, closed_at=clock.now(), closed_by=by)
    audit.record("members.decline_invitation", member, by=by, subjects=[by], person=invitation.name)


def _mail_invitation(invitation: Invitation, seed: str) -> None:
    user = User.objects.filter(email__iexact=invitation.email).first()
    member = invitation.member
    post.send(
        "seat_invitation",
        [invitation.email],
        language=user.language if user else "ko",
        context={
            "name": invitation.name,
            "company": member.name,
            "inviter": invitation.invited_by.name,
            "role": invitation.role,
            "until": clock.kst_date(invitation.expires_at).isoformat(),
            "token": post.secretly("token", seed),
        },
        user=user,
        branch=member.branch,
    )


# --- offices ---


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
        tell("representative_changed", member, _concerned(member, former), person=name, was=was)


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


def _concerned(member: Member, former: Seat | None) -> set[User]:
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

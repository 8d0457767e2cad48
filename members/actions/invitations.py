"""Invitations to a company's seats and offices: sent, sent again, withdrawn, answered."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from kosna.accounts.addresses import verified_addresses_of
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.audit.models import Entry
from kosna.core import clock, korean, tokens
from kosna.core.errors import Refused
from kosna.mail import post
from members.actions.offices import concerned, enter_contact, hand_on, install_representative, tell
from members.actions.periods import locked
from members.actions.seats import held_seats, record_seat, refuse_if_over, take_seat
from members.models import Invitation, Member, Seat

Role = Seat.Role
SEND_AGAIN_AFTER = timedelta(minutes=1)
MAILS_A_DAY = 20  # or as many as a larger company has seats


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
    person sits there already, when no seat is free beside those that are offered, when one waits
    for this address, when too many have left today, or when the office is not ``by``'s to offer.
    """
    member = locked(member.pk)
    refuse_if_over(member)
    email = email.lower()
    theirs = _seat_by(member, email)
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
    if not theirs and held_seats(member) >= member.seat_limit:
        raise Refused(_("No seat is free. End a seat first, or ask the secretariat for more."))
    if member.invitations.waiting().filter(email=email).exists():
        raise Refused(
            _("An invitation waits for this address. It can be sent again."), field="email"
        )
    if not theirs:
        _refuse_if_all_offered(member)
    _refuse_if_too_often(member)
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


def _seat_by(member: Member, email: str) -> Seat | None:
    """The seat of whoever is known by this address."""
    seated = Seat.objects.current().filter(member=member)
    return seated.filter(
        Q(user__email__iexact=email)
        | Q(user__emailaddress__email__iexact=email, user__emailaddress__verified=True)
    ).first()


def _refuse_if_all_offered(member: Member) -> None:
    """Links that still work never outnumber the free seats; those to who sits there take none."""
    working = member.invitations.waiting().filter(expires_at__gt=clock.now())
    offered = [row for row in working if not _seat_by(member, row.email)]
    if held_seats(member) + len(offered) >= member.seat_limit:
        raise Refused(
            _(
                "Every free seat is offered to somebody. Withdraw an invitation or wait for an"
                " answer before you invite others."
            )
        )


def _refuse_if_too_often(member: Member) -> None:
    """The mails go to addresses that somebody typed: nobody is to be flooded with them."""
    sent = Entry.objects.filter(
        target_type=member._meta.label_lower,
        target_id=str(member.pk),
        verb__in=["members.invite", "members.invite_again"],
        at__gt=clock.now() - timedelta(days=1),
    )
    most = max(MAILS_A_DAY, member.seat_limit)
    if sent.count() >= most:
        raise Refused(
            _("At most %(max)s invitations are sent in a day. Please try again tomorrow.")
            % {"max": most}
        )


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
    if invitation.has_expired and not _seat_by(member, invitation.email):
        _refuse_if_all_offered(member)
    _refuse_if_too_often(member)
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
    told = concerned(member, invitation.replaces) - {by}
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

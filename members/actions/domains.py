"""Seats by a company's own e-mail domain: the domain is proven, people ask, the contact answers."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kosna.accounts.addresses import verified_addresses_of
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.audit.models import Entry
from kosna.core import clock, tokens
from kosna.core.errors import Refused
from kosna.mail import post
from members.actions.offices import runners_of, tell
from members.actions.periods import locked
from members.actions.seats import record_seat, take_seat
from members.mail_hosts import PUBLIC_HOSTS, REGISTRIES
from members.models import CompanyDomain, Member, Seat, SeatRequest

MAX_DOMAINS = 5
CODES_A_DAY = 10
RESEND_AFTER = timedelta(minutes=1)


def check_domain(domain: str) -> None:
    """Raises Refused for a name that cannot be one company's own."""
    labels = domain.split(".")
    upwards = {".".join(labels[start:]) for start in range(len(labels))}
    if upwards & PUBLIC_HOSTS:
        raise Refused(
            _("%(domain)s gives mailboxes to everybody, so it proves no company.")
            % {"domain": domain},
            field="mailbox",
        )
    if len(labels) < 2 or domain in REGISTRIES:
        raise Refused(_("This is not the domain of a company."), field="mailbox")


@transaction.atomic
def claim_domain(member: Member, *, mailbox: str, by: User) -> CompanyDomain:
    """Names the domain of a mailbox there, to which a code goes; asked again, another code goes.

    Raises Refused for public mail hosts and for a domain that another company has proven.
    """
    member = locked(member.pk)
    mailbox = mailbox.lower()
    domain = mailbox.rpartition("@")[2]
    check_domain(domain)
    _refuse_if_taken(domain, member)
    mine = member.domains.current()
    row = mine.filter(domain=domain).first()
    if row and row.status == CompanyDomain.Status.PROVEN:
        raise Refused(_("This domain is confirmed already."), field="mailbox")
    if row and clock.now() < row.claimed_at + RESEND_AFTER:
        raise Refused(_("A code has just been sent. Please wait a minute."), field="mailbox")
    if row is None and mine.count() >= MAX_DOMAINS:
        raise Refused(_("A company has at most %(max)s domains.") % {"max": MAX_DOMAINS})
    _refuse_if_too_often(member)
    seed = tokens.new_seed()
    row = row or CompanyDomain(member=member, domain=domain)
    row.mailbox, row.fingerprint, row.tries = mailbox, tokens.fingerprint(tokens.code(seed)), 0
    row.claimed_at, row.claimed_by = clock.now(), by
    row.expires_at = clock.now() + CompanyDomain.CODE_VALID_FOR
    row.save()
    audit.record("members.claim_domain", member, by=by, domain=domain, mailbox=mailbox)
    post.send(
        "domain_code",
        [mailbox],
        language=by.language,
        context={
            "company": member.name,
            "person": by.name,
            "domain": domain,
            "code": post.secretly("code", seed),
        },
        branch=member.branch,
    )
    return row


def _refuse_if_too_often(member: Member) -> None:
    """The codes go to mailboxes that somebody typed: nobody is to be flooded with them."""
    claims = Entry.objects.filter(
        target_type=member._meta.label_lower,
        target_id=str(member.pk),
        verb="members.claim_domain",
        at__gt=clock.now() - timedelta(days=1),
    )
    if claims.count() >= CODES_A_DAY:
        raise Refused(
            _("At most %(max)s codes are sent in a day. Please try again tomorrow.")
            % {"max": CODES_A_DAY},
            field="mailbox",
        )


def _refuse_if_taken(domain: str, member: Member) -> None:
    proven = CompanyDomain.objects.filter(domain=domain, status=CompanyDomain.Status.PROVEN)
    if proven.exclude(member=member).exists():
        raise Refused(
            _("Another member company has confirmed this domain. Please ask the secretariat."),
            field="mailbox",
        )


def prove_domain(row: CompanyDomain, *, code: str, by: User) -> None:
    """The contact types the code that reached the mailbox. Five wrong ones, or an hour, and a new
    code is needed. A wrong try is counted even though it is refused."""
    with transaction.atomic():
        reason = _try_code(row, code=code, by=by)
    if reason:
        raise Refused(reason, field="code")


def _try_code(row: CompanyDomain, *, code: str, by: User) -> str:
    member = locked(row.member_id)
    row = CompanyDomain.objects.get(pk=row.pk)
    if row.status != CompanyDomain.Status.PROVING:
        return _("This domain waits for no code.")
    if row.has_expired or row.tries >= CompanyDomain.MAX_TRIES:
        return _("This code is spent. Please have another one sent.")
    if tokens.fingerprint(tokens.as_typed(code)) != row.fingerprint:
        CompanyDomain.objects.filter(pk=row.pk).update(tries=row.tries + 1)
        return _("This is not the code of the mail. Please check it.")
    try:
        with transaction.atomic():
            row.move_to(CompanyDomain.Status.PROVEN, proven_at=clock.now(), proven_by=by)
    except IntegrityError:
        return _("Another member company has confirmed this domain. Please ask the secretariat.")
    audit.record("members.prove_domain", member, by=by, domain=row.domain)
    return ""


@transaction.atomic
def end_domain(row: CompanyDomain, *, by: User) -> None:
    """Nobody asks by this domain any more; who sits already stays, open requests are declined."""
    member = locked(row.member_id)
    row = CompanyDomain.objects.get(pk=row.pk)
    row.move_to(CompanyDomain.Status.ENDED)
    audit.record("members.end_domain", member, by=by, domain=row.domain)
    for request in row.requests.waiting().select_related("user"):
        _decline(member, request, by=by)


@transaction.atomic
def request_seat(domain: CompanyDomain, *, by: User) -> SeatRequest:
    """좌석 신청, by a verified address at a proven domain; who runs the membership is told."""
    member = locked(domain.member_id)
    domain = CompanyDomain.objects.get(pk=domain.pk)
    address = _address_at(domain, by)
    if domain.status != CompanyDomain.Status.PROVEN or not address:
        raise Refused(_("A seat is asked for with a verified address at the company's domain."))
    if member.status not in Member.RUNNING:
        raise Refused(_("This membership has ended."))
    if Seat.objects.current().filter(member=member, user=by).exists():
        raise Refused(_("You have a seat in this company already."))
    if member.seat_requests.waiting().filter(user=by).exists():
        raise Refused(_("Your request waits for the company's contact person."))
    request = SeatRequest.objects.create(member=member, domain=domain, user=by, email=address)
    audit.record("members.request_seat", member, by=by, subjects=[by], person=by.name)
    tell("seat_requested", member, runners_of(member), person=by.name, email=address)
    return request


def _address_at(domain: CompanyDomain, user: User) -> str:
    there = (a for a in verified_addresses_of(user) if a.endswith(f"@{domain.domain}"))
    return min(there, default="")


@transaction.atomic
def approve_request(request: SeatRequest, *, by: User) -> Seat:
    """Raises Refused when no seat is free, or when the address or the domain is no longer good."""
    member = locked(request.member_id)
    request = SeatRequest.objects.select_related("user", "domain").get(pk=request.pk)
    request.move_to(SeatRequest.Status.APPROVED, decided_at=clock.now(), decided_by=by)
    if request.email not in verified_addresses_of(request.user):
        raise Refused(_("This person no longer has the address with which they asked."))
    seat = take_seat(member, request.user)
    record_seat(member, seat, by=by)
    return seat


@transaction.atomic
def decline_request(request: SeatRequest, *, by: User) -> None:
    member = locked(request.member_id)
    _decline(member, SeatRequest.objects.select_related("user").get(pk=request.pk), by=by)


def _decline(member: Member, request: SeatRequest, *, by: User) -> None:
    request.move_to(SeatRequest.Status.DECLINED, decided_at=clock.now(), decided_by=by)
    audit.record(
        "members.decline_request",
        member,
        by=by,
        subjects=[request.user_id],
        person=request.user.name,
    )
    tell("seat_request_declined", member, [request.user])


@transaction.atomic
def withdraw_request(request: SeatRequest, *, by: User) -> None:
    member = locked(request.member_id)
    request = SeatRequest.objects.get(pk=request.pk)
    request.move_to(SeatRequest.Status.WITHDRAWN, decided_at=clock.now(), decided_by=by)
    audit.record("members.withdraw_request", member, by=by, subjects=[by], person=by.name)

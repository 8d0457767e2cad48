"""How an imported member comes to their account: a link by mail, used once within 14 days. The
click proves the address; consents are asked there; whoever asks for a link anew learns nothing
about others."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.accounts.actions import give_consent, set_marketing
from kosna.accounts.models import Policy, User
from kosna.audit import actions as audit
from kosna.core import batches, clock, tokens
from kosna.core.errors import Refused
from kosna.mail import post
from members.models import Claim, Import, Member, Seat

INVITE = "members.import_invite"
CLAIM_LINK = "claim_link"
RESEND_AFTER = timedelta(minutes=10)
PIECE = 200


@transaction.atomic
def send_invitations(imported: Import, *, by: User) -> None:
    """Has a link sent to everybody who has none that still works. Raises Refused when there is
    nobody."""
    waiting = imported.claims.to_invite(clock.now()).count()
    if not waiting:
        raise Refused(_("Nobody is waiting for an invitation."))
    batches.start(
        INVITE,
        by=by,
        title=_("Invitations: %(file)s") % {"file": imported.file_name},
        total=waiting,
        imported=imported.pk,
    )
    audit.record("members.send_invitations", imported, by=by, count=waiting)


def invite_all(work: batches.Work) -> None:
    """A few hundred at a time; whoever has been sent a link is not asked for again."""
    imported = Import.objects.get(pk=work.params["imported"])
    done = 0
    while rows := list(
        imported.claims.to_invite(clock.now())
        .select_related("member__branch", "member__tier", "user")
        .order_by("pk")[:PIECE]
    ):
        with transaction.atomic():
            for claim in rows:
                _send(claim)
        done += len(rows)
        work.progress(done)


@transaction.atomic
def invite_member(claim: Claim, *, by: User) -> None:
    """Sends one person a new link; an older one no longer works."""
    claim = _locked(claim.pk)
    if claim.claimed_at:
        raise Refused(_("This account is in use already."))
    if not claim.email:
        raise Refused(_("Enter an e-mail address first."))
    _send(claim)
    audit.record("members.invite", claim.member, by=by, subjects=_subjects(claim))


def ask_again(email: str) -> None:
    """A new link for whoever lost theirs. Says nothing, and sends nothing within ten minutes of
    the last one."""
    late = clock.now() - RESEND_AFTER
    for claim in Claim.objects.waiting().exclude(sent_at=None).filter(email__iexact=email):
        with transaction.atomic():
            row = _locked(claim.pk)
            if row.claimed_at is None and row.sent_at and row.sent_at < late:
                _send(row)


def _locked(pk: int) -> Claim:
    rows = Claim.objects.select_related("member__branch", "member__tier", "user")
    return rows.select_for_update(of=("self",)).get(pk=pk)


def _subjects(claim: Claim) -> list[int]:
    return [claim.user_id] if claim.user_id else []


def _send(claim: Claim) -> None:
    seed = tokens.new_seed()
    claim.token_hash, claim.sent_at = _hash(tokens.token(seed)), clock.now()
    claim.expires_at = claim.sent_at + Claim.VALID_FOR
    claim.times_sent += 1
    claim.save(update_fields=["token_hash", "sent_at", "expires_at", "times_sent"])
    member = claim.member
    post.send(
        "member_invitation",
        [claim.email],
        language=claim.user.language if claim.user else "ko",
        key=f"claim:{claim.pk}:{claim.times_sent}",
        context={
            "name": claim.name,
            "member": member.name,
            "number": member.number,
            "tier_ko": member.tier.name_ko,
            "tier_en": member.tier.name_en,
            "until": clock.kst_date(claim.expires_at).isoformat(),
            "url": post.secretly(CLAIM_LINK, seed),
        },
        user=claim.user,
        branch=member.branch,
    )


def claim_link(seed: str) -> str:
    """Drawn into the mail as it leaves; the outbox holds the seed alone."""
    return str(settings.SITE_URL + reverse("members:claim", args=[tokens.token(seed)]))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find_claim(token: str) -> Claim | None:
    """The claim that a link opens, while it works."""
    row = Claim.objects.select_related("member__tier", "member__branch", "user")
    claim = row.filter(token_hash=_hash(token)).first()
    return claim if claim and claim.is_valid(clock.now()) and claim.user else None


@transaction.atomic
def claim_account(
    claim: Claim,
    *,
    password: str,
    terms: Policy,
    marketing: Iterable[Policy] = (),
    ip: str | None = None,
) -> User:
    """The account becomes the clicker's: its address is proven, whatever password it had is gone,
    the terms are agreed to, and the link has been used. Raises Refused when somebody was
    faster."""
    claim = _locked(claim.pk)
    if not claim.is_valid(clock.now()) or claim.user is None:
        raise Refused(_("This link no longer works. Ask for a new one."))
    user = claim.user
    proven = EmailAddress.objects.filter(email__iexact=user.email, verified=True)
    if proven.exclude(user=user).exists():
        raise Refused(_("An account with this e-mail exists already."))
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
    user.save(update_fields=["password"])
    EmailAddress.objects.filter(user=user).exclude(email__iexact=user.email).delete()
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    give_consent(user=user, policy=terms, ip=ip, channel="claim")
    set_marketing(user=user, texts=marketing, ip=ip)
    now = clock.now()
    Claim.objects.filter(user=user, claimed_at=None).update(
        claimed_at=now, token_hash="", expires_at=None
    )
    audit.record("members.claim_account", claim.member, by=user, subjects=[user.pk])
    return user


@transaction.atomic
def enter_email(claim: Claim, *, email: str, by: User) -> None:
    """The address of a member who came without one: opens the account that they can then claim.
    Raises Refused where the address belongs to somebody."""
    claim = _locked(claim.pk)
    if claim.claimed_at:
        raise Refused(_("This account is in use already."))
    email = email.lower()
    taken = User.objects.filter(email__iexact=email)
    if claim.user:
        taken = taken.exclude(pk=claim.user.pk)
    if taken.exists() or EmailAddress.objects.filter(email__iexact=email, verified=True).exists():
        raise Refused(_("An account with this e-mail exists already."), field="email")
    try:
        with transaction.atomic():
            user = _account(claim, email)
    except IntegrityError as error:
        raise Refused(_("An account with this e-mail exists already."), field="email") from error
    Claim.objects.filter(pk=claim.pk).update(
        email=email, user=user, token_hash="", expires_at=None, sent_at=None
    )
    audit.record("members.enter_email", claim.member, by=by, subjects=[user.pk])


def _account(claim: Claim, email: str) -> User:
    """The unclaimed account under its new address, or a first one."""
    if claim.user:
        claim.user.email = email
        claim.user.save(update_fields=["email"])
        return claim.user
    user = User.objects.create_user(email, None, name=claim.name, phone=claim.phone)
    member = claim.member
    if member.organisation_id:
        Seat.objects.create(
            member=member, user=user, role=Seat.Role.CONTACT, valid_from=clock.today()
        )
    else:
        Member.objects.filter(pk=member.pk).update(
            user=user, search_text=f"{member.search_text} {email}"[:300]
        )
    return user

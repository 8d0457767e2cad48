"""Agreeing, withdrawing, and signing up."""

import hashlib
from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from kosna.accounts.models import Consent, Policy, User
from kosna.accounts.policies import first_policy
from kosna.core import clock
from kosna.core.errors import Refused

MARKETING = (
    Policy.Kind.MARKETING_EMAIL,
    Policy.Kind.MARKETING_SMS,
    Policy.Kind.MARKETING_NIGHT,
)


def current_policy(kind: str) -> Policy:
    """The newest version of a text that is in effect today."""
    return _in_effect(kind).first() or first_policy(kind)


def _in_effect(kind: str) -> "QuerySet[Policy]":
    """Every version that is, the newest first."""
    rows = Policy.objects.filter(kind=kind, effective_on__lte=clock.today())
    return rows.order_by("-effective_on", "-pk")


def marketing_texts() -> dict[str, Policy]:
    """What is asked for in each optional consent, by its kind, as of today."""
    rows = Policy.objects.filter(kind__in=MARKETING, effective_on__lte=clock.today())
    newest = {row.kind: row for row in rows.order_by("effective_on", "pk")}
    return {kind: newest.get(kind) or first_policy(kind) for kind in MARKETING}


def shown_terms(version: str) -> Policy:
    """The terms that a page showed to whoever agrees to them. Raises Refused when others are in
    effect by now: nobody agrees to what they could not read."""
    terms = current_policy(Policy.Kind.TERMS)
    if terms.version != version:
        raise Refused(
            _("New terms of use are in effect. Please read them, then agree to them."),
            field="agrees_to_terms",
        )
    return terms


def shown_privacy(version: str) -> Policy:
    """The privacy policy that a page showed to whoever agrees to it, as ``shown_terms``."""
    privacy = current_policy(Policy.Kind.PRIVACY)
    if privacy.version != version:
        raise Refused(
            _("A new privacy policy is in effect. Please read it, then agree to it."),
            field="agrees",
        )
    return privacy


def age_on(born: date, day: date) -> int:
    """만 나이: years completed."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def check_age(born: date) -> None:
    """Raises Refused under 14, counted on the Korean calendar day (개인정보 보호법 §22-2)."""
    today = clock.today()
    if born > today:
        raise Refused(_("The date of birth lies in the future."), field="born_on")
    if age_on(born, today) < settings.MINIMUM_AGE:
        raise Refused(
            _("Accounts are for people of 14 and older. Please ask a guardian to sign up."),
            field="born_on",
        )


def give_consent(*, user: User, policy: Policy, ip: str | None, channel: str = "web") -> Consent:
    """Records agreement to a text; agreeing twice changes nothing."""
    given = Consent.objects.filter(user=user, policy=policy, withdrawn_at=None)
    try:
        with transaction.atomic():
            return given.first() or Consent.objects.create(
                user=user,
                policy=policy,
                text_hash=hashlib.sha256(policy.text_ko.encode()).hexdigest(),
                given_at=clock.now(),
                ip=ip,
                channel=channel,
            )
    except IntegrityError:
        return given.get()


def terms_to_agree(user: User) -> Policy | None:
    """The terms in effect, when they are newer than what this person agreed to."""
    kind, agreed = Policy.Kind.TERMS, Consent.objects.filter(user=user, withdrawn_at=None)
    known = _in_effect(kind).annotate(is_new=~Exists(agreed.filter(policy=OuterRef("pk"))))
    if newest := known.first():
        return newest if newest.is_new else None
    terms = first_policy(kind)
    return None if agreed.filter(policy=terms).exists() else terms


def withdraw_consent(*, user: User, kind: str) -> int:
    """Withdraws every standing consent of a kind, whatever its version."""
    standing = Consent.objects.filter(user=user, policy__kind=kind, withdrawn_at=None)
    return standing.update(withdrawn_at=clock.now())


@transaction.atomic
def set_marketing(*, user: User, texts: Iterable[Policy], ip: str | None) -> None:
    """Gives exactly these marketing consents and withdraws the others. One that stands stays as it
    was given, on the text of its day: a box that was ticked beforehand agrees to nothing new."""
    wanted = {text.kind: text for text in texts}
    standing = marketing_of(user)
    for kind in MARKETING:
        if kind not in wanted:
            withdraw_consent(user=user, kind=kind)
        elif kind not in standing:
            give_consent(user=user, policy=wanted[kind], ip=ip)


def marketing_of(user: User) -> set[str]:
    return set(
        user.consents.filter(withdrawn_at=None, policy__kind__in=MARKETING).values_list(
            "policy__kind", flat=True
        )
    )

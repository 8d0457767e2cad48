"""An account is closed by its owner, for good (계정 해지)."""

import json
import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts import retention
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.sealing import Unreadable, reseal, seal, unseal
from kosna.mail import post
from kosna.payments.models import Order
from kosna.retention.models import ClosedAccount
from members.models import Member, Seat

# Reserved (RFC 2606): no mail can ever go there, and nobody can own an address in it.
NOWHERE = "closed.invalid"
NAME_KO, NAME_EN = "탈퇴 회원", "Former member"


@transaction.atomic
def close_account(*, ip: str | None, by: User) -> ClosedAccount:
    """Empties what no law keeps, seals what one does, and ends every way in. The address is free
    for another account from now on. Raises Refused with everything that has to be settled first.
    """
    user = User.objects.select_for_update().get(pk=by.pk)
    if user.closed_at:
        raise Refused(_("This account is closed already."))
    if reasons := [obstacle.text for obstacle in retention.obstacles(user)]:
        raise Refused(*reasons)
    kept = _seal_identity(user) if _has_contracts(user) else None
    post.send(
        "account_closed",
        [user.email],
        language=user.language,
        key=f"account_closed:{user.pk}",
        context={"name": user.name, "is_kept": kept is not None},
        user=user,
    )
    retention.erase(user)
    at = clock.now()
    _empty(user, at)
    closed = ClosedAccount.objects.create(user=user, closed_at=at, sealed=kept)
    audit.record(
        "accounts.close_account", user, by=user, subjects=[user], ip=ip, kept=kept is not None
    )
    return closed


def _has_contracts(user: User) -> bool:
    """Whether records are kept under this account for which the law asks who it was."""
    return (
        Order.objects.filter(user=user, paid_at__isnull=False).exists()
        or Member.objects.filter(user=user, number__isnull=False).exists()
        or Seat.objects.filter(user=user).exists()
    )


def _seal_identity(user: User) -> bytes:
    facts = {"name": user.name, "email": user.email, "phone": user.phone}
    return seal(json.dumps(facts, ensure_ascii=False))


def _empty(user: User, at: datetime) -> None:
    user.email = f"{secrets.token_hex(12)}@{NOWHERE}"
    user.name, user.name_en, user.phone = NAME_KO, NAME_EN, ""
    user.is_active, user.is_superuser = False, False
    user.closed_at, user.last_login = at, None
    user.set_unusable_password()
    user.save()


@transaction.atomic
def open_identity(
    closed: ClosedAccount, *, reason: str, ip: str | None, by: User
) -> dict[str, str]:
    """Who it was, for a reason that stays on record. Raises Refused where nothing is kept."""
    row = ClosedAccount.objects.get(pk=closed.pk)
    if row.sealed is None:
        raise Refused(_("Nothing is kept of this account any more."))
    try:
        facts: dict[str, str] = json.loads(unseal(row.sealed))
    except Unreadable:
        raise Refused(
            _("This was sealed with a key that is not at hand. Ask whoever runs the portal.")
        ) from None
    audit.record_seen(
        "retention.open_identity", row, by=by, reason=reason, subjects=[row.user_id], ip=ip
    )
    return facts


@transaction.atomic
def reseal_identities() -> int:
    """All that is kept, under the first of the keys. Returns how many."""
    kept = ClosedAccount.objects.exclude(sealed=None).select_for_update()
    for closed in kept:
        assert closed.sealed is not None
        closed.sealed = reseal(closed.sealed)
        closed.save(update_fields=["sealed"])
    return len(kept)

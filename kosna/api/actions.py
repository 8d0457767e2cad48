"""Keys of programs: issued, known, counted, revoked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.api.models import VERBS, Allowance, Scope, Token
from kosna.audit import actions as audit
from kosna.branches.models import Branch
from kosna.core import clock, tokens
from kosna.core.errors import Refused

# By which people and their scanners know such a secret where it should not be.
PREFIX = "kosna_"
MOST_A_MINUTE = 300
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Credential:
    """Who asks: a program of a branch or a device at the door of one event. ``holder`` names it in
    the record and where its requests are counted; ``by`` answers for it."""

    holder: str
    scopes: frozenset[str]
    branch_id: int
    by: User
    token: Token | None = None
    device: object = None


def may_give(user: User, branch: Branch) -> list[Scope]:
    """Nobody hands out what is not theirs."""
    return [scope for scope in Scope if user.has_perm(VERBS[scope], branch)]


@transaction.atomic
def issue_token(
    *, branch: Branch, label: str, scopes: Iterable[str], days: int, by: User
) -> tuple[Token, str]:
    """The key and its secret, which is nowhere else from now on. Raises Refused."""
    if set(scopes) - set(may_give(by, branch)):
        raise Refused(_("A key opens no more than you may do yourself."), field="scopes")
    secret = PREFIX + tokens.token(tokens.new_seed())
    try:
        with transaction.atomic():
            token = Token.objects.create(
                branch=branch,
                label=label,
                scopes=sorted(scopes),
                fingerprint=tokens.fingerprint(secret),
                expires_at=clock.end_of(clock.today() + timedelta(days=days)),
                issued_by=by,
            )
    except IntegrityError:
        raise Refused(
            _("The branch has a key of this name: revoke it first, or choose another name."),
            field="label",
        ) from None
    audit.record("api.issue_token", token, by=by, scopes=token.scopes)
    return token, secret


@transaction.atomic
def revoke_token(token: Token, *, by: User) -> None:
    """Its next request is refused."""
    revoked = Token.objects.filter(pk=token.pk, revoked_at=None)
    if revoked.update(revoked_at=clock.now(), revoked_by=by):
        audit.record("api.revoke_token", token, by=by)


# --- who asks ---

_finders: list[Callable[[str], Credential | None]] = []


def register(finder: Callable[[str], Credential | None]) -> None:
    """For rooms that give out keys of their own; in ``AppConfig.ready()``."""
    _finders.append(finder)


def credential_of(secret: str) -> Credential | None:
    """Whose secret this is; None when nobody's, expired or revoked."""
    if not secret.startswith(PREFIX):
        return next((found for finder in _finders if (found := finder(secret))), None)
    active = Token.objects.active().select_related("branch", "issued_by")
    token = active.filter(fingerprint=tokens.fingerprint(secret)).first()
    if token is None:
        return None
    now = clock.now()
    if token.last_used_at is None or now - token.last_used_at > MINUTE:
        Token.objects.filter(pk=token.pk).update(last_used_at=now)
    scopes = set(token.scopes) & set(may_give(token.issued_by, token.branch))
    return Credential(
        f"token:{token.pk}", frozenset(scopes), token.branch_id, token.issued_by, token
    )


def spend(holder: str) -> bool:
    """Counts one request in one guarded UPDATE; False when the minute's are used up. Of several
    that are the first of a holder one makes the row, and the rest are counted on it."""
    now = clock.now()
    if _spent(holder, now):
        return True
    new = {"began_at": now}
    _row, is_first = Allowance.objects.get_or_create(holder=holder, defaults=new)
    return is_first or _spent(holder, now)


def _spent(holder: str, now: datetime) -> bool:
    is_over = Q(began_at__lte=now - MINUTE)
    spent = Allowance.objects.filter(is_over | Q(used__lt=MOST_A_MINUTE), holder=holder).update(
        used=Case(When(is_over, then=Value(1)), default=F("used") + 1),
        began_at=Case(When(is_over, then=Value(now)), default=F("began_at")),
    )
    return bool(spent)

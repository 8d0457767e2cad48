"""Sessions in the database, each read in one SELECT together with the account that it opens
(docs/decisions/0017): what one process ends is over in all of them."""

from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import (
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
    get_user,
    middleware,
)
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends import db
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from kosna.accounts.models import Session, User
from kosna.core.prepared import Prepared

_running: Prepared[Session] = Prepared(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now),
    key=str,
    now=datetime,
)


class SessionStore(db.SessionStore):
    owner: User | None = None  # the account of the row as it was loaded

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        found = _running(key=self.session_key or "", now=timezone.now())
        row = found[0] if found else None
        if row is None:
            self._session_key = None  # as Django does: a key that opens nothing is not kept
        self.owner = row.user if row else None
        return self.decode(row.session_data) if row else {}

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast(Session, super().create_model_instance(data))
        row.user_id = data.get(SESSION_KEY)
        return row


class AuthenticationMiddleware(middleware.AuthenticationMiddleware):
    """Whoever has a session is looked up at once, as every page asks: the account itself is asked
    for its fields hundreds of times a page, and Django's wrapper around it would be, too."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            request.user = cast(User, reader_of(request))


def reader_of(request: HttpRequest) -> User | AnonymousUser:
    """The account that came with the session, where all is as Django wants it. Whatever is not
    (a rotated key, a new password, a closed account) goes Django's own way."""
    session = cast(SessionStore, request.session)
    token = session.get(HASH_SESSION_KEY, "")
    owner = session.owner
    if (
        owner
        and owner.is_active
        and session.get(SESSION_KEY) == str(owner.pk)
        and session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and constant_time_compare(token, owner.get_session_auth_hash())
    ):
        return owner
    return get_user(request)

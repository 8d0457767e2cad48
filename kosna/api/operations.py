"""What the API answers: each operation is declared with what it takes and gives, and from the
declaration it is checked, run and described (docs/decisions/0034)."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import update_wrapper
from hashlib import sha256
from typing import Any, ClassVar, cast

from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from kosna.api import actions, conditional
from kosna.api.actions import Credential
from kosna.api.models import KeptAnswer, Token
from kosna.api.problems import Problem, language_of
from kosna.api.shapes import Kind, Shape, Wrong, text
from kosna.audit.actions import through
from kosna.core import clock
from kosna.core.errors import Refused

MOST_BYTES = 1_000_000
# The version; behind it, in an answer to GET, the digest of what was answered.
ETAG = r'^"[0-9]{1,18}(\.[0-9a-f]{16})?"$'
KEY = r"^[!-~]{1,100}$"
KEPT_FOR = timedelta(days=1)
HEADERS: dict[str, Kind] = {
    "If-Match": text(38, pattern=ETAG),
    "If-None-Match": text(500, pattern=conditional.TAGS),
    "Idempotency-Key": text(100, pattern=KEY),
}


@dataclass(frozen=True)
class Answer:
    """``data``: what the shape of the operation's answer is written from."""

    data: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """A request that has been found right: nothing in it is unread or of the wrong kind."""

    request: HttpRequest
    credential: Credential
    query: dict[str, Any]
    body: dict[str, Any]
    version: int | None  # of If-Match


Handler = Callable[..., Answer]


@dataclass(frozen=True)
class Operation:
    """``creates``: answers 201, and an ``Idempotency-Key`` makes it safe to send again.
    ``is_versioned``: ``If-Match`` says which version the sender has seen."""

    method: str
    run: Handler
    name: str
    summary: str | Promise
    scopes: frozenset[str]
    answer: Shape
    query: Shape | None = None
    body: Shape | None = None
    creates: bool = False
    is_versioned: bool = False

    @property
    def status(self) -> int:
        return 201 if self.creates else 200

    @property
    def is_safe(self) -> bool:
        return self.method == "GET"

    @property
    def headers(self) -> dict[str, bool]:
        """Those that it reads, and whether they must be there."""
        read = {"If-Match": True} if self.is_versioned else {}
        read |= {"Idempotency-Key": False} if self.creates else {}
        return read | ({"If-None-Match": False} if self.is_safe else {})

    @property
    def problems(self) -> list[int]:
        """What else it may answer, besides what anything may."""
        found = {400, 401, 403, 404, 409, 422, 429}
        found |= {413, 415} if self.body else set()
        found |= {412, 428} if self.is_versioned else set()
        return sorted(found)


class Resource:
    """An address with the operations on it. ``pattern`` is as Django's ``path`` has it."""

    ALL: ClassVar[list["Resource"]] = []

    def __init__(self, pattern: str, name: str) -> None:
        self.pattern, self.name = pattern, name
        self.operations: dict[str, Operation] = {}
        self.ALL.append(self)

    def answers(self, method: str, **declared: Any) -> Callable[[Handler], Handler]:
        def decorate(handler: Handler) -> Handler:
            declared["scopes"] = frozenset(declared["scopes"])
            self.operations[method] = Operation(method, handler, handler.__name__, **declared)
            return handler

        return decorate

    def url(self) -> URLPattern:
        @csrf_exempt  # the key is the proof, and no browser adds it by itself
        @login_not_required
        def view(request: HttpRequest, **found: Any) -> HttpResponse:
            return self.respond(request, found)

        first = next(iter(self.operations.values()))
        guarded: Any = update_wrapper(view, first.run)
        guarded.allowed_methods = self.methods
        guarded.scopes = sorted(frozenset().union(*(op.scopes for op in self.operations.values())))
        return path(self.pattern, guarded, name=self.name)

    @property
    def methods(self) -> list[str]:
        return sorted({*self.operations, *(["HEAD"] if "GET" in self.operations else [])})

    def respond(self, request: HttpRequest, found: Mapping[str, Any]) -> HttpResponse:
        language = language_of(request)
        with translation.override(language):
            try:
                response = self._respond(request, found)
            except Problem as problem:
                response = problem.response()
            except Refused as refusal:
                response = Problem(409, refusal).response()
            except Http404:
                response = Problem(404).response()
        response.headers["Content-Language"] = language
        response.headers["Vary"] = "Accept-Language, Authorization"
        return conditional.bare(response) if request.method == "HEAD" else response

    def _respond(self, request: HttpRequest, found: Mapping[str, Any]) -> HttpResponse:
        method = "GET" if request.method == "HEAD" else request.method
        operation = self.operations.get(method or "")
        if operation is None:
            raise Problem(405, headers={"Allow": ", ".join(self.methods)})
        credential = _credential(request)
        if not actions.spend(credential.holder):
            raise Problem(429, headers={"Retry-After": "60"})
        if not credential.scopes & operation.scopes:
            raise Problem(403, _("This needs one of: %(scopes)s.")
                          % {"scopes": ", ".join(sorted(operation.scopes))})  # fmt: skip
        headers = _headers(request, operation)
        version = headers.get("If-Match")
        call = Call(
            request,
            credential,
            _query(request, operation),
            _body(request, operation),
            int(version.strip('"').partition(".")[0]) if version else None,
        )
        with through(holder=credential.holder):
            response = _run(operation, call, found, headers.get("Idempotency-Key", ""))
        if operation.is_safe:
            return conditional.tagged(response, headers.get("If-None-Match", ""))
        return response


def _credential(request: HttpRequest) -> Credential:
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    is_one = scheme.lower() == "bearer" and secret.isascii() and 0 < len(secret) <= 200
    credential = actions.credential_of(secret) if is_one else None
    if credential is None:
        raise Problem(401, headers={"WWW-Authenticate": "Bearer"})
    return credential


def _headers(request: HttpRequest, operation: Operation) -> dict[str, str]:
    read, wrong = {}, []
    for name in operation.headers:
        if name in request.headers:
            read[name] = HEADERS[name].read(request.headers[name], name, wrong)
    if wrong:
        raise Problem(422, errors=wrong)
    if operation.is_versioned and "If-Match" not in read:
        raise Problem(428, _("Send the ETag that you were given as If-Match."))
    return read


def _query(request: HttpRequest, operation: Operation) -> dict[str, Any]:
    """Parameters come as text; a whole number is written in digits."""
    wrong: Wrong = []
    parts = operation.query.parts if operation.query else {}
    sent: dict[str, Any] = {}
    for name, values in request.GET.lists():
        if len(values) > 1:
            wrong.append((name, _("This was sent twice.")))
        is_whole = name in parts and parts[name].kind.schema().get("type") == "integer"
        digits = values[-1].isascii() and values[-1].isdigit() and len(values[-1]) < 10
        sent[name] = int(values[-1]) if is_whole and digits else values[-1]
    read = Shape("", parts).read(sent, "", wrong)
    if wrong:
        raise Problem(422, errors=[(at.lstrip("/"), told) for at, told in wrong])
    return read


def _body(request: HttpRequest, operation: Operation) -> dict[str, Any]:
    if operation.body is None:
        return {}
    if request.content_type != "application/json":
        raise Problem(415)
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        raise Problem(413, _("At most %(most)s bytes.") % {"most": MOST_BYTES})
    try:
        sent = json.loads(request.body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Problem(400, _("This is no JSON.")) from None
    wrong: Wrong = []
    read = operation.body.read(sent, "", wrong)
    if wrong:
        raise Problem(422, errors=wrong)
    return read


def _no_number(word: str) -> None:
    raise ValueError(word)


def _run(operation: Operation, call: Call, found: Mapping[str, Any], key: str) -> HttpResponse:
    token = call.credential.token
    if operation.creates and key and token:
        return _once(operation, call, found, key)
    answer = operation.run(call, **found)
    return _written(operation.answer.write(answer.data), operation.status, answer.headers)


def _written(data: Any, status: int, headers: Mapping[str, str]) -> JsonResponse:
    return JsonResponse(
        data, status=status, headers=dict(headers), json_dumps_params={"ensure_ascii": False}
    )


@transaction.atomic
def _once(operation: Operation, call: Call, found: Mapping[str, Any], key: str) -> HttpResponse:
    """What a key was answered before, or else what it is answered now: both are kept in one
    transaction, so a second request waits for the first and is told the same. What was refused
    was undone, so the key is free again."""
    token = cast(Token, call.credential.token)  # a device of the door makes nothing anew
    kept = KeptAnswer.objects.filter(token=token)
    kept.filter(at__lt=clock.now() - KEPT_FOR).delete()
    digest = _digest(call.request)
    try:
        with transaction.atomic():
            row = KeptAnswer.objects.create(token=token, key=key, request=digest)
    except IntegrityError:
        row = kept.get(key=key)
        if row.request != digest:
            raise Problem(422, errors=[
                ("Idempotency-Key", _("This key was sent with another request.")),
            ]) from None  # fmt: skip
        return _written(row.body, row.status, row.headers | {"Idempotent-Replayed": "true"})
    answer = operation.run(call, **found)
    row.body, row.status = operation.answer.write(answer.data), operation.status
    row.headers = dict(answer.headers)
    row.save(update_fields=["body", "status", "headers"])
    return _written(row.body, row.status, row.headers)


def _digest(request: HttpRequest) -> str:
    return sha256(f"{request.method} {request.path}\n".encode() + request.body).hexdigest()


def urls_of(resources: Sequence[Resource]) -> list[URLPattern]:
    return [resource.url() for resource in resources]

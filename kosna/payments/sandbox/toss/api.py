"""`/toss/v1/…`: Toss Payments' Core API over the engine: auth, schemas, idempotency, faults."""

import base64
import binascii
import hashlib
from collections.abc import Callable
from typing import Any

from ..calls import Calls
from ..errors import TossError
from ..store import Body
from ..web import Request, Response
from .contract import Contract
from .engine import Engine


class Api(Calls):
    def __init__(self, engine: Engine, contract: Contract) -> None:
        self.engine = engine
        self.store = engine.store
        self.contract = contract
        self.operations: dict[str, Callable[..., Any]] = {
            "POST /v1/payments": lambda params, language: engine.create(params, language),
            "POST /v1/payments/confirm": lambda params, **_: engine.confirm(params),
            "POST /v1/payments/{paymentKey}/cancel": (
                lambda params, paymentKey, **_: engine.cancel(paymentKey, params)
            ),
            "GET /v1/payments/orders/{orderId}": (
                lambda params, orderId, **_: engine.of_order(orderId)
            ),
            "GET /v1/payments/{paymentKey}": lambda params, paymentKey, **_: engine.get(paymentKey),
            "GET /v1/transactions": lambda params, **_: engine.transactions(params),
        }

    def __call__(self, request: Request, path: str) -> Response:
        try:
            status, body = self._answer(request, path)
        except TossError as refusal:
            status, body = refusal.status, refusal.body
            self.check_error(body)
        return Response.cut() if body is None else Response.json(body, status=status)

    def _answer(self, request: Request, path: str) -> tuple[int, Body | None]:
        secret = self._authenticate(request)
        operation, ids = self.contract.match(request.method, path)
        params = self.contract.read(operation, request.query, request.text)
        language = "en" if request.headers.get("accept-language", "").startswith("en") else "ko"

        def effect() -> Any:
            body = self.operations[operation](params, language=language, **ids)
            self.contract.check_answer(operation, body)
            return body

        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        if key is None:
            return self._run(operation, None, params, effect)
        if len(key) > 300:
            raise TossError("INVALID_IDEMPOTENCY_KEY", "멱등키는 300자 이하여야 합니다.")
        # A key counts together with the secret key, the method and the address.
        claim = f"{secret}:{request.method} {path}:{key}"
        fingerprint = hashlib.sha256(request.body).hexdigest()
        if earlier := self.claim(claim, key, fingerprint):
            return earlier
        return self._run(operation, claim, params, effect)

    def _run(
        self, operation: str, claim: str | None, params: dict[str, Any], effect: Callable[[], Any]
    ) -> tuple[int, Body | None]:
        answer = self.run(operation, claim, effect)
        if answer[0] == 403 and operation == "POST /v1/payments/confirm":
            self.engine.abort(params["paymentKey"])
        return answer

    def _authenticate(self, request: Request) -> str:
        """The secret key as a user without a password; a test key: this is no place for another."""
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        try:
            secret, colon, password = base64.b64decode(encoded, validate=True).partition(b":")
        except binascii.Error:
            secret = colon = password = b""
        is_test = secret.startswith((b"test_sk_", b"test_gsk_"))
        if scheme.lower() != "basic" or not colon or password or not is_test:
            raise TossError(
                "UNAUTHORIZED_KEY", "인증되지 않은 시크릿 키 혹은 클라이언트 키 입니다.", status=401
            )
        return secret.decode("ascii", "replace")

    # Toss Payments' words for what every API has to say

    def broken(self, message: str) -> TossError:
        return TossError("FAILED_INTERNAL_SYSTEM_PROCESSING", message[:500], status=500)

    def key_of_another(self, key: str) -> TossError:
        return TossError("INVALID_IDEMPOTENCY_KEY", "다른 요청에 사용한 멱등키입니다.")

    def key_in_use(self) -> TossError:
        return TossError(
            "IDEMPOTENT_REQUEST_PROCESSING", "이전 멱등 요청이 처리중입니다.", status=409
        )

    def senseless(self, message: str) -> TossError:
        return TossError("INVALID_REQUEST", message)

    def check_error(self, body: Body) -> None:
        self.contract.check("Error", body)

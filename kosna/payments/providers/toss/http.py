"""Calls to Toss Payments' Core API: Basic auth with the secret key, JSON both ways, an idempotency
key on whatever moves something, and its many errors sorted into the two that matter.

Sources: docs.tosspayments.com (reference/using-api/authorization, idempotency-key, error-codes).
"""

from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from kosna.payments.providers.base import ProviderDown, ProviderRefused

API = "https://api.tosspayments.com"
TIMEOUT = (5, 20)  # seconds to connect and to answer; what has no answer by then is asked about
# Answers that decide nothing about a payment: our key is wrong, or the card company stumbled.
KEYS = {"UNAUTHORIZED_KEY", "INVALID_API_KEY", "FORBIDDEN_REQUEST", "INCORRECT_BASIC_AUTH_FORMAT"}
STUMBLED = {"PROVIDER_ERROR", "COMMON_ERROR", "CARD_PROCESSING_ERROR"}
LANGUAGES = {"ko": "ko-KR", "en": "en-US"}


class Http:
    def __init__(self, key: str, api_base: str) -> None:
        self.base = (api_base or API).rstrip("/")
        self.session = requests.Session()
        self.session.auth = (key, "")
        # A call that is repeated has no effect of its own: it reads, or it bears its key.
        again = Retry(total=2, backoff_factor=0.1, allowed_methods=None, status=0, redirect=0)
        self.session.mount(self.base, HTTPAdapter(max_retries=again))

    def get(self, path: str, **query: Any) -> Any:
        return self._ask("GET", path, params=query)

    def post(self, path: str, body: dict[str, Any], *, key: str, language: str = "ko") -> Any:
        headers = {"Idempotency-Key": key, "Accept-Language": LANGUAGES[language]}
        return self._ask("POST", path, json=body, headers=headers)

    def _ask(self, verb: str, path: str, **what: Any) -> Any:
        try:
            answer = self.session.request(verb, self.base + path, timeout=TIMEOUT, **what)
        except requests.RequestException as problem:
            raise ProviderDown(f"{type(problem).__name__}: {verb} {path}") from problem
        return read(answer)


def read(answer: requests.Response) -> Any:
    """What a call brought. Raises ProviderDown or ProviderRefused."""
    status = answer.status_code
    try:
        body = answer.json()
    except ValueError as problem:
        raise ProviderDown(f"HTTP {status}, no JSON", answered=status >= 500) from problem
    if answer.ok:
        return body
    code, message = _error(body)
    said = f"{code}: {message}"
    if status >= 500 or code in STUMBLED:
        raise ProviderDown(said, answered=True)
    if status in (401, 408, 409, 425, 429) or code in KEYS:
        raise ProviderDown(said)
    raise ProviderRefused(said)


def _error(body: Any) -> tuple[str, str]:
    if not isinstance(body, dict):
        return "UNKNOWN", ""
    inner = body.get("error", body)
    if not isinstance(inner, dict):
        return "UNKNOWN", ""
    return str(inner.get("code", "UNKNOWN")), str(inner.get("message", ""))

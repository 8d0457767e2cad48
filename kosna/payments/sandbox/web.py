"""Requests and responses: the little of WSGI that the sandbox needs."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import parse_qs

LARGEST_BODY = 1_000_000
Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @classmethod
    def read(cls, environ: dict[str, Any]) -> Self:
        length = min(int(environ.get("CONTENT_LENGTH") or 0), LARGEST_BODY)
        headers = {
            name[5:].replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        return cls(
            method=environ["REQUEST_METHOD"],
            path=environ.get("PATH_INFO") or "/",
            query=environ.get("QUERY_STRING", ""),
            headers=headers | {"content-type": environ.get("CONTENT_TYPE", "")},
            body=environ["wsgi.input"].read(length),
        )

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def form(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(self.text).items()}


@dataclass(frozen=True)
class Response:
    body: bytes
    status: int = 200
    headers: Headers = field(default_factory=list)
    is_cut: bool = False

    @classmethod
    def json(cls, body: object, *, status: int = 200, headers: Headers | None = None) -> Self:
        content = json.dumps(body, ensure_ascii=False, indent=2).encode()
        return cls(content, status, [("Content-Type", "application/json"), *(headers or [])])

    @classmethod
    def html(cls, text: str, *, status: int = 200) -> Self:
        policy = (
            "default-src 'none'; style-src 'self'; font-src 'self'; base-uri 'none';"
            " frame-ancestors 'none'"
        )
        return cls(
            text.encode(),
            status,
            [
                ("Content-Type", "text/html; charset=utf-8"),
                ("Content-Security-Policy", policy),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "no-store"),
            ],
        )

    @classmethod
    def redirect(cls, url: str) -> Self:
        return cls(b"", 303, [("Location", url)])

    @classmethod
    def cut(cls) -> Self:
        """No answer at all: the connection closes under the client."""
        return cls(b"", is_cut=True)

    def send(self, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if self.is_cut:
            raise ConnectionAbortedError  # wsgiref then closes the connection without a word
        line = f"{self.status} {HTTPStatus(self.status).phrase}"
        start_response(line, [*self.headers, ("Content-Length", str(len(self.body)))])
        return [self.body]

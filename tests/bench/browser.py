"""A browser in this process: real requests through the real WSGI handler and every middleware, as
gunicorn would send them, with nothing of a test client in between."""

import io
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client

from kosna.accounts.models import User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
CSRF = "b" * 32


class Answer:
    def __init__(self, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status = int(status[:3])
        self.headers = dict(headers)
        self.body = body

    @property
    def location(self) -> str:
        return self.headers["Location"]


class Browser:
    """Signed out, or signed in as ``user``. The CSRF token is chosen here and sent both ways."""

    handler: WSGIHandler

    def __init__(self, user: User | None = None) -> None:
        self.requests = 0
        self.cookies = {settings.CSRF_COOKIE_NAME: CSRF} if user else {}
        if user:
            client = Client()
            client.force_login(user, backend=BACKEND)
            name = settings.SESSION_COOKIE_NAME
            self.cookies[name] = client.cookies[name].value

    def get(self, path: str, *, expect: int = 200) -> Answer:
        return self.send("GET", path, b"", expect)

    def post(self, path: str, data: dict[str, Any], *, expect: int = 302) -> Answer:
        body = urlencode({**data, "csrfmiddlewaretoken": CSRF}).encode()
        return self.send("POST", path, body, expect)

    @cached_property
    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def send(self, method: str, path: str, body: bytes, expect: int, **more: str) -> Answer:
        """``more`` as WSGI names it: HTTP_ACCEPT, CONTENT_TYPE."""
        self.requests += 1
        path, _mark, query = path.partition("?")
        started: list[Any] = []
        response = self.handler(
            {
                "REQUEST_METHOD": method,
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "SCRIPT_NAME": "",
                "SERVER_NAME": "localhost",
                "SERVER_PORT": "8000",
                "SERVER_PROTOCOL": "HTTP/1.1",
                "REMOTE_ADDR": "127.0.0.1",
                "HTTP_HOST": "localhost:8000",
                "HTTP_COOKIE": self._cookie,
                "CONTENT_TYPE": "application/x-www-form-urlencoded",
                "CONTENT_LENGTH": str(len(body)),
                "wsgi.version": (1, 0),
                "wsgi.url_scheme": "http",
                "wsgi.input": io.BytesIO(body),
                "wsgi.errors": io.StringIO(),
                "wsgi.multithread": True,
                "wsgi.multiprocess": False,
                "wsgi.run_once": False,
                **more,
            },
            lambda status, headers: started.extend([status, headers]),
        )
        try:
            answer = Answer(started[0], started[1], b"".join(response))
        finally:
            response.close()
        if expect and answer.status != expect:
            raise AssertionError(f"{method} {path}: {answer.status}\n{answer.body[:2000].decode()}")
        return answer

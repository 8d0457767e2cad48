"""The portal as it is served, in processes of its own, and browsers that reach it over HTTP."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

from kosna.accounts.models import User
from tests.bench.browser import Answer, Browser
from tests.processes import Portal, database_url, free_port

WORKERS = 2
PATIENCE = 60  # seconds


class Visitor(Browser):
    """A browser on the network: each request is a connection of its own, which waits in line."""

    def __init__(self, portal: Portal, user: User | None = None) -> None:
        super().__init__(user)
        self.port = portal.port

    def send(self, method: str, path: str, body: bytes, expect: int, **_more: str) -> Answer:
        headers = {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded"}
        line = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(line):
            line.request(method, path, body, headers)
            with line.getresponse() as got:
                answer = Answer(str(got.status), got.getheaders(), got.read())
        if expect and answer.status != expect:
            raise AssertionError(f"{method} {path}: {answer.status}\n{answer.body[:2000].decode()}")
        return answer


@contextlib.contextmanager
def served() -> Iterator[Portal]:
    """gunicorn's workers on the database that is measured."""
    port = free_port()
    address = {"DATABASE_URL": database_url(), "SITE_URL": f"http://127.0.0.1:{port}"}
    with tempfile.TemporaryDirectory() as logs:
        portal = Portal(Path(logs), port, os.environ | address)
        portal.start("web")
        try:
            portal.wait()
            yield portal
        finally:
            portal.stop()

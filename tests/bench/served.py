"""The portal as it is served, in processes of its own, and a crowd that reaches it over HTTP."""

import contextlib
import os
import selectors
import socket
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.bench.browser import CSRF, Browser
from tests.bench.timing import Rush
from tests.processes import Portal, database_url, free_port

WORKERS = 2
PATIENCE = 60  # seconds


def written(browser: Browser, method: str, path: str, data: dict[str, Any]) -> bytes:
    """A request as it goes over the line."""
    body = urlencode({**data, "csrfmiddlewaretoken": CSRF})
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    return (
        f"{method} {path} HTTP/1.1\r\n"
        f"Host: localhost\r\nCookie: {cookies}\r\nContent-Length: {len(body)}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}"
    ).encode()


def send_all(portal: Portal, requests: Sequence[bytes], *, success: int, at_once: int) -> Rush:
    """Sends every request on a connection of its own, ``at_once`` of them at any time; results are
    statuses, True for that of a success. From one thread, so that those who ask take little of the
    processors on which they are answered."""
    waiting, began = iter(requests), time.perf_counter()
    results: list[Any] = []
    took: list[float] = []
    won_at = began
    with selectors.DefaultSelector() as lines:
        for request in [next(waiting) for _line in range(at_once)]:
            _dial(lines, portal.port, request)
        while lines.get_map():
            ready = lines.select(PATIENCE)
            if not ready:
                raise AssertionError(f"no answer within {PATIENCE} seconds")
            for key, _events in ready:
                line: Any = key.fileobj
                dialled, answer = key.data
                if part := line.recv(65_536):
                    answer += part
                    continue
                lines.unregister(line)
                line.close()
                status = int(answer.split(b" ", 2)[1])
                results.append(True if status == success else status)
                if status == success:
                    won_at = time.perf_counter()
                    took.append(won_at - dialled)
                if (request := next(waiting, None)) is not None:
                    _dial(lines, portal.port, request)
    return Rush(won_at - began, results, len(took), took)


def _dial(lines: selectors.BaseSelector, port: int, request: bytes) -> None:
    line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    line.sendall(request)
    lines.register(line, selectors.EVENT_READ, (time.perf_counter(), bytearray()))


@contextlib.contextmanager
def served() -> Iterator[Portal]:
    """gunicorn's workers on the database that is measured."""
    port = free_port()
    address = {"DATABASE_URL": database_url(), "SITE_URL": f"http://127.0.0.1:{port}"}
    with tempfile.TemporaryDirectory() as logs:
        portal = Portal(Path(logs), port, os.environ | address, application="tests.bench.wsgi")
        portal.start("web")
        try:
            portal.wait()
            yield portal
        finally:
            portal.stop()

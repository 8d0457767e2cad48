"""Private files on S3: by the settings alone, over real HTTP, against a bucket that keeps bytes."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from django.core.files.storage import default_storage

from kosna.settings import files
from research.models import Download, Report
from tests.conftest import Cast

pytestmark = pytest.mark.one_database


class Bucket(BaseHTTPRequestHandler):
    kept: ClassVar[dict[str, bytes]] = {}
    told: ClassVar[list[tuple[str, str, str]]] = []  # method, address, access asked for

    def log_message(self, *_args: Any) -> None:
        return

    def _answer(self, status: int, content: bytes = b"") -> None:
        self.told.append((self.command, self.path, self.headers.get("x-amz-acl", "")))
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", '"x"')
        self.send_header("Last-Modified", "Thu, 26 Nov 2026 05:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _body(self) -> bytes:
        """What was sent, without the lines between its chunks."""
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") != "aws-chunked":
            return sent
        content = b""
        while sent:
            size, _line, sent = sent.partition(b"\r\n")
            length = int(size.split(b";")[0], 16)
            content, sent = content + sent[:length], sent[length + 2 :] if length else b""
        return content

    def do_PUT(self) -> None:
        self.kept[self.path] = self._body()
        self._answer(200)

    def do_GET(self) -> None:
        found = self.kept.get(self.path)
        self._answer(404 if found is None else 200, found or b"")

    do_HEAD = do_GET


@pytest.fixture
def bucket(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Bucket]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    settings.STORAGES = {
        **settings.STORAGES,
        "default": files.on_s3("private", f"http://127.0.0.1:{server.server_port}", "us-east-1"),
    }
    yield Bucket
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_copy_is_made_of_what_lies_on_s3(
    cast: Cast, login: Any, make_report: Any, bucket: type[Bucket]
) -> None:
    report: Report = make_report("gated", tiers=(cast.regular_tier,))
    address = f"/private/{report.file.name}"
    assert bucket.kept[address].startswith(b"%PDF")
    assert ("PUT", address, "private") in bucket.told
    answer = login("regular").get("/research/gated/download/")
    assert answer.content.startswith(b"%PDF") and answer.content != bucket.kept[address]
    assert Download.objects.count() == 1
    assert login("account").get("/research/gated/download/").status_code == 403
    del bucket.kept[address]
    assert not default_storage.exists(report.file.name)
    assert login("regular").get("/research/gated/download/").status_code == 503

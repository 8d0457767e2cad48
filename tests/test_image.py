"""The production image without Docker: the Dockerfile's own steps, command and health check are
read from the file and replayed in a temporary folder, with production settings."""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings

HOST = "portal.example.test"
PASSWORD = "cable-hinge-42-orbit"
PRODUCTION = {
    "SECRET_KEY": "kosna-" * 10,
    "FIELD_KEYS": "a" * 43 + "=",
    "SITE_URL": f"https://{HOST}",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "DEFAULT_FROM_EMAIL": "Association <office@association.test>",
    "ASSOCIATION_TAX_NUMBER": "123-82-45678",
    "ASSOCIATION_PHONE": "02-123-4567",
    "ASSOCIATION_EMAIL": "office@association.test",
    "ASSOCIATION_PRIVACY_OFFICER": "이름",
    "ASSOCIATION_PRIVACY_OFFICER_EN": "Name",
    "TRUSTED_PROXIES": "1",
    "KOSNA_ENV": "production",
}
# What allauth must find verified, as nobody reads the mail here.
VERIFIED = (
    "from allauth.account.models import EmailAddress; from kosna.accounts.models import User;"
    "user = User.objects.first(); EmailAddress.objects.create("
    "user=user, email=user.email, verified=True, primary=True)"
)


def instructions(name: str) -> list[str]:
    """Every instruction of a kind in the Dockerfile, continued lines joined."""
    text = (settings.BASE_DIR / "Dockerfile").read_text().replace("\\\n", " ")
    return re.findall(rf"^(?:HEALTHCHECK .*)?\b{name} (.+)$", text, re.MULTILINE)


@dataclass
class Image:
    root: Path
    port: int
    environment: dict[str, str]

    def path(self, text: str) -> str:
        """A text of the Dockerfile as it reads on this machine."""
        text = text.replace("/venv/bin/python", sys.executable)
        text = text.replace("/venv/bin", str(Path(sys.executable).parent))
        text = re.sub(r"(?<![\w.])/(app|data)\b", rf"{self.root}/\1", text)
        return text.replace("0.0.0.0:8000", f"127.0.0.1:{self.port}").replace(
            ":8000", f":{self.port}"
        )

    def run(self, *command: str, **changes: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            command,
            cwd=self.root / "app",
            env={**self.environment, **changes},
            capture_output=True,
            text=True,
            check=False,
        )

    def manage(self, *arguments: str, **changes: str) -> str:
        done = self.run(sys.executable, "manage.py", *arguments, **changes)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    """Built, founded, and served by as many workers as the Dockerfile says, without a home that
    could be written to, as on a read-only root."""
    root = tmp_path_factory.mktemp("image")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    image = Image(root, port, {})
    _copy(root / "app")
    (root / "data").mkdir()
    outside = {"PATH": os.environ["PATH"], "HOME": "/dev/null"}
    before, after = ({}, {})
    stage = before
    for line in (settings.BASE_DIR / "Dockerfile").read_text().replace("\\\n", " ").splitlines():
        stage = after if line.startswith("FROM ") and "AS build" not in line else stage
        if line.startswith("ENV "):
            stage.update(pair.split("=", 1) for pair in shlex.split(image.path(line[4:])))
    after.pop("PATH")
    image.environment = {**outside, **before}
    [build] = [step for step in instructions("RUN") if "collectstatic" in step]
    done = image.run("bash", "-ec", image.path(build))
    assert done.returncode == 0, done.stderr
    image.environment = {
        **outside,
        **after,
        **PRODUCTION,
        "DATABASE_URL": f"sqlite:///{root}/data/kosna.sqlite3",
    }
    image.manage("migrate", "--verbosity", "0")
    admins = ["admin@example.test", "other@example.test"]
    for email in admins:
        who = ["--email", email, "--name", "우시온"]
        image.manage("createsuperuser", "--noinput", *who, DJANGO_SUPERUSER_PASSWORD=PASSWORD)
    image.manage("shell", "--command", VERIFIED)
    image.manage("found", "--admin", *admins)
    command = json.loads(image.path(instructions("CMD")[-1]))
    log = (root / "log").open("wb")
    server = subprocess.Popen(
        [str(Path(sys.executable).parent / command[0]), *command[1:]],
        cwd=root / "app",
        env=image.environment,
        stdout=log,
        stderr=log,
    )
    try:
        _wait(image, server)
        yield image
    finally:
        server.terminate()
        server.wait(10)
        log.close()


def _copy(target: Path) -> None:
    """What ``COPY . .`` takes: the tracked files, without those that .dockerignore names."""
    ignored = {
        line.strip() for line in (settings.BASE_DIR / ".dockerignore").read_text().splitlines()
    }
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source = settings.BASE_DIR / name
        if name.split("/")[0] not in ignored and source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target / name)


def _wait(image: Image, server: subprocess.Popen) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", image.port), 1):
                return
        except OSError:
            assert server.poll() is None, (image.root / "log").read_text()
            time.sleep(0.1)
    raise AssertionError((image.root / "log").read_text())


@dataclass
class Visitor:
    """Comes through the proxy, each time over a connection of its own: to any of the workers."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    text: str = ""

    def ask(self, path: str, form: dict[str, str] | None = None, host: str = HOST) -> HTTPResponse:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Host": host, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if form is not None:
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.text)[1]
            body = urlencode({**form, "csrfmiddlewaretoken": token})
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": f"https://{HOST}{path}",
            }
        try:
            connection.request("POST" if body else "GET", path, body, headers)
            response = connection.getresponse()
            self.text = response.read().decode()
        finally:
            connection.close()
        for cookie in response.headers.get_all("Set-Cookie", []):
            name, _mark, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return response

    def log_in(self, password: str, email: str = "admin@example.test") -> HTTPResponse:
        self.ask("/accounts/login/")
        return self.ask("/accounts/login/", {"login": email, "password": password})


@pytest.fixture
def visitor(image: Image) -> Visitor:
    return Visitor(image.port)


@pytest.mark.parametrize("path", ["/", "/events/", "/research/", "/members/", "/accounts/signup/"])
def test_pages_open(visitor: Visitor, path: str) -> None:
    assert visitor.ask(path).status == 200


def test_server_asks_for_nothing_that_a_read_only_root_refuses(image: Image) -> None:
    log = (image.root / "log").read_text()
    assert "ERROR" not in log
    assert "control" not in log.lower()


def test_styles_are_served_for_ever(visitor: Visitor) -> None:
    visitor.ask("/")
    style = re.search(r'href="(/static/css/[^"]+)"', visitor.text)[1]
    answer = visitor.ask(style)
    assert answer.status == 200
    assert "immutable" in answer.headers["Cache-Control"]


def test_health_check_of_the_container_passes(image: Image, visitor: Visitor) -> None:
    [check] = [text for text in instructions("CMD") if "healthz" in text]
    _python, *rest = json.loads(image.path(check))
    done = image.run(sys.executable, *rest)
    assert done.returncode == 0, done.stderr
    assert visitor.ask("/readyz", host=f"127.0.0.1:{image.port}").status == 200
    assert visitor.ask("/", host=f"127.0.0.1:{image.port}").status == 400


def test_a_page_that_cannot_find_its_styles_is_not_ready(image: Image, tmp_path: Path) -> None:
    ask = "from django.test import Client; print(Client().get('/readyz', secure=True).status_code)"
    assert image.manage("shell", "--command", ask).split()[-1] == "200"
    empty = {"STATIC_ROOT": str(tmp_path)}
    assert image.manage("shell", "--command", ask, **empty).split()[-1] == "503"


def test_signing_out_ends_the_session_in_every_worker(visitor: Visitor) -> None:
    assert visitor.log_in(PASSWORD).headers["Location"] == "/me/"
    assert [visitor.ask("/me/").status for _each in range(20)] == [200] * 20
    stolen = Visitor(visitor.port, {**visitor.cookies})
    visitor.ask("/accounts/logout/")
    assert visitor.ask("/accounts/logout/", {}).status == 302
    assert [stolen.ask("/me/").status for _each in range(40)] == [302] * 40


def test_messages_come_with_the_next_page(visitor: Visitor) -> None:
    visitor.log_in(PASSWORD)
    for name in ("가", "나", "다", "라", "마"):
        visitor.ask("/accounts/profile/")
        form = {"name": name, "name_en": "", "language": "ko"}
        assert visitor.ask("/accounts/profile/", form).status == 302
        visitor.ask("/accounts/profile/")
        assert visitor.text.count("저장했습니다.") == 1


def test_guesses_are_counted_across_workers(image: Image) -> None:
    answers = []
    for guess in range(7):
        stranger = Visitor(image.port)
        stranger.log_in(f"wrong-{guess}", "somebody@example.test")
        answers.append("너무 많" in stranger.text)
    assert answers == [False] * 5 + [True] * 2

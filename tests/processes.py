"""The portal as it runs: gunicorn's processes and the worker, on the database of whoever asks."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from django.conf import settings
from django.db import connection

READY_WITHIN = 60


@dataclass
class Portal:
    """Web and worker in processes of their own, as ``make demo`` starts them: two workers of web,
    each of which takes one request after another."""

    var: Path
    port: int
    environment: dict[str, str]
    application: str = "kosna.wsgi"
    children: dict[str, subprocess.Popen] = field(default_factory=dict)
    kills: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, name: str) -> None:
        commands = {
            "web": [
                *("-m", "gunicorn", self.application, "--preload", "--workers", "2"),
                *("--bind", f"127.0.0.1:{self.port}", "--no-control-socket"),
            ],
            "worker": ["manage.py", "worker"],
        }
        with (self.var / f"{name}.log").open("ab") as log:
            self.children[name] = subprocess.Popen(
                [sys.executable, *commands[name]],
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """Every process of a name at once, with no chance to tidy up."""
        os.killpg(self.children[name].pid, signal.SIGKILL)
        self.children[name].wait()
        self.kills += 1

    def stop(self) -> None:
        for child in self.children.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()

    def wait(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            if self.answers():
                return
            time.sleep(0.1)
        raise AssertionError((self.var / "web.log").read_text()[-3000:])

    def answers(self) -> bool:
        with contextlib.closing(HTTPConnection("127.0.0.1", self.port, timeout=5)) as ask:
            try:
                ask.request("GET", "/readyz")
                with ask.getresponse() as answer:
                    answer.read()
                    return answer.status == 200
            except (OSError, HTTPException):
                return False

    def logged(self) -> str:
        return (self.var / "web.log").read_text() + (self.var / "worker.log").read_text()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def database_url() -> str:
    """Where the database of this process is, for the portal's."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    given = connection.get_connection_params()
    where = given.get("host", "/var/run/postgresql")
    return f"postgres:///{name}?host={where}"

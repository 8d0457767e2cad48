"""Run web, worker and payment sandbox of the demo until Ctrl-C: ``serve.py HOST PORT VAR_DIR``.

A child that dies stops the others and shows the end of its log; so does a web server that does not
answer /readyz in time. Only the standard library: it must work whatever state the portal is in.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

READY_WITHIN = 60  # seconds; the first start of a cold machine compiles every .pyc
STOP_WITHIN = 10


def main(host: str, port: int, var: Path) -> int:
    for taken in (port, port + 1):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, taken))
            except OSError:
                print(f"Port {taken} is in use. Choose two others: make demo PORT=8100")
                return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    manage = [sys.executable, "manage.py"]
    gunicorn = [
        sys.executable,
        "-m",
        "gunicorn",
        "kosna.wsgi",
        "--preload",
        "--workers",
        "2",
        "--bind",
        f"{host}:{port}",
        "--no-control-socket",
    ]
    children: dict[str, subprocess.Popen] = {}
    try:
        sandbox = [*manage, "sandbox", "--host", host, "--port", str(port + 1)]
        children["sandbox"] = start(var, "sandbox", sandbox)
        children["web"] = start(var, "web", gunicorn)
        children["worker"] = start(var, "worker", [*manage, "worker"])
        deadline = time.monotonic() + READY_WITHIN
        while not answers(f"http://{host}:{port}/readyz"):
            if fallen(children, var):
                return 1
            if time.monotonic() > deadline:
                print(f"The portal did not become ready:\n{tail(var, 'web')}")
                return 1
            time.sleep(0.1)
        print(welcome(var), flush=True)
        while not fallen(children, var):
            time.sleep(0.5)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        stop(children)


def start(var: Path, name: str, command: list[str]) -> subprocess.Popen:
    """Start in a session of its own, so that Ctrl-C reaches us alone and we stop it in order."""
    with log_file(var, name).open("wb") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )


def stop(children: dict[str, subprocess.Popen]) -> None:
    for child in children.values():
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_WITHIN
    for child in children.values():
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)


def fallen(children: dict[str, subprocess.Popen], var: Path) -> bool:
    for name, child in children.items():
        if child.poll() is not None:
            print(f"\n{name} stopped with exit code {child.returncode}:\n{tail(var, name)}")
            return True
    return False


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


def log_file(var: Path, name: str) -> Path:
    return var / "log" / f"{name}.log"


def tail(var: Path, name: str, lines: int = 30) -> str:
    text = log_file(var, name).read_text(errors="replace")
    return "\n".join(text.splitlines()[-lines:])


def welcome(var: Path) -> str:
    site, sandbox = os.environ["SITE_URL"], os.environ["SANDBOX_PUBLIC_URL"]
    return "\n".join(
        [
            "",
            f"  KOSNA portal        {site}",
            f"  Staff desk          {site}/staff/",
            f"  Payment sandbox     {sandbox}/sandbox/",
            f"  Mails sent          {var / 'mail'}",
            f"  Logs                {var / 'log'}",
            "",
            (var / "logins.txt").read_text().rstrip(),
            "",
            "  Ctrl-C stops everything; make demo RESET=1 starts over.",
        ]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))

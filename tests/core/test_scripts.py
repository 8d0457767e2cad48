"""The scripts behind `make`, on machines that are not like this one: beside stand-ins for what they
start."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

TOOLS = ("bash", "cat", "cmp", "dirname", "env", "find", "grep", "mkdir", "mktemp", "mv", "rm",
         "sha256sum", "sort", "xargs")  # fmt: skip


def stand_in(path: Path, says: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{says}\n")
    path.chmod(0o755)


def clone(root: Path, *scripts: str) -> None:
    """These scripts, a PATH in which hardly anything is installed, and no PostgreSQL."""
    (root / "scripts").mkdir(parents=True)
    for script in scripts:
        text = (settings.BASE_DIR / "scripts" / script).read_text()
        (root / "scripts" / script).write_text(
            text.replace("/usr/lib/postgresql", str(root / "pg"))
        )
        (root / "scripts" / script).chmod(0o755)
    (root / "bin").mkdir()
    for tool in TOOLS:
        (root / "bin" / tool).symlink_to(shutil.which(tool))


def run(root: Path, script: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [root / "scripts" / script],
        env={"PATH": str(root / "bin"), "PYTHON": sys.executable, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_demo_starts_in_a_folder_with_a_blank(tmp_path: Path) -> None:
    root = tmp_path / "my portal's $HOME"
    clone(root, "demo.sh", "hosts.py")
    stand_in(root / "scripts/setup.sh", "exit 0")
    stand_in(
        root / ".venv/bin/python",
        f"""case "$1" in
            -c | scripts/hosts.py) exec {sys.executable} "$@" ;;
            scripts/serve.py) env ;;
        esac""",
    )
    done = run(root, "demo.sh", PORT="8123")
    assert done.returncode == 0, done.stderr
    told = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    assert told["KOSNA_VAR"] == f"{root}/var"
    assert told["SANDBOX_DB"] == f"{root}/var/sandbox.sqlite3"
    assert (told["KOSNA_ENV"], told["SITE_URL"]) == ("demo", "http://localhost:8123")


@pytest.mark.parametrize(
    ("uid", "changes", "code", "said"),
    [
        (1000, {}, 0, "NOT RUN  ################\nPostgreSQL: no server"),
        (1000, {"REQUIRE_ALL": "1"}, 1, "missing: postgresql"),
        (0, {}, 1, "missing: postgresql"),  # installed for root, where there is an apt-get
        (0, {"TEST_DATABASE_URL": "postgres://"}, 0, "PostgreSQL: TEST_DATABASE_URL"),
    ],
)
def test_tests_run_without_postgresql_where_it_cannot_be_installed(
    tmp_path: Path, uid: int, changes: dict[str, str], code: int, said: str
) -> None:
    clone(tmp_path, "setup.sh", "test.sh", "postgresql.sh")
    stand_in(tmp_path / "scripts/compile-messages.sh", "exit 0")
    stand_in(tmp_path / ".venv/bin/python", "echo tested")
    stand_in(tmp_path / "bin/id", f"echo {uid}")
    libraries = "libpango-1.0.so.0 libpangoft2-1.0.so.0 libharfbuzz-subset.so.0"
    stand_in(tmp_path / "bin/ldconfig", f"printf '\\t%s\\n' {libraries}")
    for installed in ("msgfmt", "chromium", "pdftotext"):
        stand_in(tmp_path / "bin" / installed, "exit 0")
    (tmp_path / "requirements-dev.txt").touch()
    stamp = subprocess.check_output(["sha256sum", "requirements-dev.txt"], cwd=tmp_path)
    (tmp_path / ".venv/requirements.sha256").write_bytes(stamp)
    done = run(tmp_path, "test.sh", **changes)
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert ("tested" in done.stdout) == (code == 0)

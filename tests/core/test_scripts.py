"""The scripts behind `make`, on machines that are not like this one: beside stand-ins for what they
start."""

import os
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
        timeout=60,
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


def ready_for_tests(root: Path, python: str, uid: int = 1000) -> None:
    """A clone in which everything but PostgreSQL is installed already."""
    clone(root, "setup.sh", "test.sh", "postgresql.sh")
    stand_in(root / "scripts/compile-messages.sh", "exit 0")
    stand_in(root / ".venv/bin/python", python)
    stand_in(root / "bin/id", f"echo {uid}")
    libraries = "libpango-1.0.so.0 libpangoft2-1.0.so.0 libharfbuzz-subset.so.0"
    stand_in(root / "bin/ldconfig", f"printf '\\t%s\\n' {libraries}")
    for installed in ("msgfmt", "chromium", "pdftotext"):
        stand_in(root / "bin" / installed, "exit 0")
    (root / "requirements-dev.txt").touch()
    shutil.copy(settings.BASE_DIR / ".env.example", root)
    stamp = subprocess.check_output(["sha256sum", "requirements-dev.txt"], cwd=root)
    (root / ".venv/requirements.sha256").write_bytes(stamp)


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
    ready_for_tests(tmp_path, "echo tested", uid)
    done = run(tmp_path, "test.sh", **changes)
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert ("tested" in done.stdout) == (code == 0)


@pytest.mark.parametrize("failing", ["", "PostgreSQL", "SQLite"])
def test_both_databases_report_one_after_the_other(tmp_path: Path, failing: str) -> None:
    ready_for_tests(
        tmp_path,
        f"""database=${{DATABASE_URL:+PostgreSQL}}; database=${{database:-SQLite}}
        echo "tested $database$PYTHONDONTWRITEBYTECODE"
        [ "$database" != "{failing}" ]""",
    )
    caller = {"TEST_DATABASE_URL": "postgres://", "PYTHONDONTWRITEBYTECODE": "1"}
    done = run(tmp_path, "test.sh", **caller)
    assert done.stdout.splitlines() == [
        "=== SQLite, with Chromium", "tested SQLite", "=== PostgreSQL", "tested PostgreSQL",
    ]  # fmt: skip
    said = [line for line in done.stderr.splitlines() if line.startswith("FAILED")]
    assert (done.returncode, said) == ((1, [f"FAILED on {failing}"]) if failing else (0, []))


def test_nothing_of_the_caller_s_settings_reaches_the_tests(tmp_path: Path) -> None:
    ready_for_tests(tmp_path, "env")
    settings_of_caller = (
        "STAFF_MFA_REQUIRED", "BANK_TRANSFER_DAYS", "S3_BUCKET", "CACHE_URL", "FIELD_KEYS",
        "ALLOWED_HOSTS", "KAKAO_CLIENT_ID", "DATABASE_URL", "KOSNA_CLOCK", "EMAIL_URL",
    )  # fmt: skip
    caller = dict.fromkeys(settings_of_caller, "the caller's")
    done = run(tmp_path, "test.sh", DB="sqlite", **caller)
    assert done.returncode == 0, done.stderr
    assert "KOSNA_VAR=" in done.stdout
    assert "the caller's" not in done.stdout


def test_tests_on_postgresql_run_beside_the_others_and_end_with_them(tmp_path: Path) -> None:
    """SQLite's hear of PostgreSQL's while both run; then somebody stops the script."""
    os.mkfifo(tmp_path / "met")
    ready_for_tests(
        tmp_path,
        f"""if [ -n "$DATABASE_URL" ]; then
            echo $$ >met
            exec {shutil.which("sleep")} 60
        fi
        read -r pid <met
        echo "$pid"
        kill $PPID""",
    )
    done = run(tmp_path, "test.sh", TEST_DATABASE_URL="postgres://")
    [_title, pid] = done.stdout.splitlines()
    assert done.returncode == 130
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid), 0)

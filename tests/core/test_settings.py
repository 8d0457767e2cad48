"""Settings are strict: a senseless environment stops the start, and says why."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

PRODUCTION = {
    "KOSNA_ENV": "production",
    "SECRET_KEY": "k" * 60,
    "SITE_URL": "https://portal.example.test",
    "EMAIL_URL": "smtp://localhost:25",
    "DATABASE_URL": "sqlite:///:memory:",
}


def start(tmp_path: Path, code: str = "", **changes: str | None) -> tuple[int, str]:
    """A fresh process with this environment and no other; its exit code and what it said."""
    wanted = {**PRODUCTION, "KOSNA_VAR": str(tmp_path), **changes}
    environment = {name: value for name, value in wanted.items() if value is not None}
    done = subprocess.run(
        [sys.executable, "-c", f"from django.conf import settings; settings.DEBUG; {code}"],
        env={
            "DJANGO_SETTINGS_MODULE": "kosna.settings",
            "PATH": os.environ["PATH"],
            **environment,
        },
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, (done.stdout or done.stderr).strip().splitlines()[-1:]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"KOSNA_ENV": "prod"}, "KOSNA_ENV must be one of"),
        ({"DEBUG": "1"}, "DEBUG cannot be on"),
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"SITE_URL": None}, "SITE_URL"),
        ({"SITE_URL": "http://portal.example.test"}, "SITE_URL must be https"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"EMAIL_URL": None}, "EMAIL_URL"),
        ({"STAFF_MFA_REQUIRED": "0"}, "STAFF_MFA_REQUIRED"),
        ({"STRIPE_SECRET_KEY": "sk_test"}, "STRIPE_WEBHOOK_SECRET"),
        ({"STRIPE_API_BASE": "http://localhost:1"}, "STRIPE_API_BASE"),
        ({"SEAT_HOLD_MINUTES": "10"}, "SEAT_HOLD_MINUTES"),
        ({"KAKAO_CLIENT_ID": "id"}, "KAKAO_CLIENT_SECRET"),
    ],
)
def test_senseless_environment_stops_the_start(
    tmp_path: Path, changes: dict[str, str | None], reason: str
) -> None:
    code, said = start(tmp_path, **changes)
    assert code == 1
    assert reason in said[0]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("settings.DEBUG", "False"),
        ("settings.STAFF_MFA_REQUIRED", "True"),
        ("settings.KOSNA_CLOCK", ""),
        ("settings.ALLOWED_HOSTS", "['portal.example.test']"),
        ("settings.SESSION_COOKIE_NAME", "__Host-session"),
        ("settings.SESSION_COOKIE_SECURE", "True"),
        ("settings.ALLAUTH_TRUSTED_PROXY_COUNT", "0"),
        ("settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN", "False"),
    ],
)
def test_production_is_safe_unless_told_otherwise(
    tmp_path: Path, expression: str, value: str
) -> None:
    """The clock's file is named, and ignored."""
    code, said = start(tmp_path, f"print({expression})", KOSNA_CLOCK="/etc/hostname")
    assert (code, "".join(said)) == (0, value)

"""`manage.py sandbox`, as an operator starts it."""

import os
import signal
import subprocess
import sys

import pytest
import stripe
from django.conf import settings
from django.core.management import CommandError, call_command


def test_command_serves_until_interrupted(tmp_path):
    environment = os.environ | {
        "KOSNA_ENV": "test",
        "KOSNA_VAR": str(tmp_path),
        "SANDBOX_DB": str(tmp_path / "sandbox.sqlite3"),
        "SANDBOX_PUBLIC_URL": "https://pay.example.test/",
        "SANDBOX_WEBHOOK_URL": "http://127.0.0.1:9/",
        "PYTHONUNBUFFERED": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "sandbox", "--port", "0"],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        address = process.stdout.readline().split()[3].removesuffix("/sandbox/")
        client = stripe.StripeClient("sk_test_x", base_addresses={"api": address})
        assert client.v1.events.list().data == []
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert "stopped" in process.stdout.read()


@pytest.mark.parametrize("key", ["sk_live_abc", "rk_live_abc"])
def test_command_refuses_live_keys(monkeypatch, settings, key):
    settings.STRIPE_SECRET_KEY = key
    with pytest.raises(CommandError, match="live key"):
        call_command("sandbox")
    settings.STRIPE_SECRET_KEY = ""
    monkeypatch.setenv("STRIPE_SECRET_KEY", key)
    with pytest.raises(CommandError, match="live key"):
        call_command("sandbox")

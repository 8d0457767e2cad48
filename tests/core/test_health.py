"""What a load balancer asks."""

import shutil
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from whitenoise.storage import CompressedManifestStaticFilesStorage

from kosna.core import clock
from kosna.core.models import Batch
from kosna.mail import post
from kosna.mail.models import Message
from kosna.views import health
from tests import factories

pytestmark = pytest.mark.django_db


def ready(client: Client) -> tuple[int, dict[str, bool]]:
    response = client.get("/readyz")
    return response.status_code, response.json()


def test_healthz_asks_nobody(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok\n"


def test_readyz(client: Client) -> None:
    assert ready(client) == (
        200,
        dict.fromkeys(["database", "migrations", "mail", "batches", "static", "disk"], True),
    )


def test_late_mail_is_told_but_serves(client: Client) -> None:
    post.send("payment_received", ["a@example.test"])
    assert ready(client)[1]["mail"]
    Message.objects.update(due_at=clock.now() - timedelta(hours=1))
    status, checks = ready(client)
    assert (status, checks["mail"]) == (200, False)


@pytest.mark.parametrize(("status", "since"), [("queued", "created_at"), ("running", "beat_at")])
def test_late_long_work_is_told_but_serves(client: Client, status: str, since: str) -> None:
    now = clock.now()
    batch = Batch.objects.create(
        kind="test", by=factories.make_user(), title="일", status=status, beat_at=now
    )
    assert ready(client)[1]["batches"]
    Batch.objects.filter(pk=batch.pk).update(**{since: now - timedelta(hours=1)})
    code, checks = ready(client)
    assert (code, checks["batches"], checks["mail"]) == (200, False, True)
    batch.refresh_from_db()
    batch.move_to("cancelled" if status == "queued" else "done")
    assert ready(client)[1]["batches"]


def test_full_disk_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1024))
    status, checks = ready(client)
    assert (status, checks["disk"]) == (503, False)


def test_lost_database_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(connection: object) -> None:
        raise OperationalError

    monkeypatch.setattr(health, "MigrationExecutor", lost)
    status, checks = ready(client)
    assert (status, checks["database"]) == (503, False)


def test_pending_migration_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *args: ["one"])
    status, checks = ready(client)
    assert (status, checks["migrations"]) == (503, False)


def test_static_files_that_were_not_collected_are_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any
) -> None:
    settings.STATIC_ROOT = tmp_path
    monkeypatch.setattr(health, "staticfiles_storage", CompressedManifestStaticFilesStorage())
    status, checks = ready(client)
    assert (status, checks["static"]) == (503, False)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_come_by_address(client: Client, path: str) -> None:
    assert client.get(path, headers={"Host": "10.0.0.7:8000"}).status_code == 200
    assert client.get("/about/", headers={"Host": "10.0.0.7:8000"}).status_code == 400

"""Migrating takes longer than any test: of several workers the first that needs a database migrates
its own, and makes the others copies of it."""

import os
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

WITHIN = 300


def share(patch: pytest.MonkeyPatch) -> None:
    """Before this worker's database is created: unless it is the first, it takes its copy."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    try:
        _told(".claimed").touch(exist_ok=False)
    except FileExistsError:
        _take(patch, _migrated())


def hand_out() -> None:
    """After this worker's database was created, and before anything is written there."""
    me = os.environ.get("PYTEST_XDIST_WORKER")
    if me is None or _told(".migrated").exists():
        return
    connection.close()  # what SQLite has written is in its file
    name = str(connection.settings_dict["NAME"])
    for number in range(int(os.environ["PYTEST_XDIST_WORKER_COUNT"])):
        if (other := f"gw{number}") != me:
            connection.creation.clone_test_db(other, verbosity=0, autoclobber=True)
    ready = _told(".ready")
    ready.write_text(name)
    ready.rename(_told(".migrated"))


def _told(ending: str) -> Path:
    return settings.VAR_DIR / f"databases-{os.environ['PYTEST_XDIST_TESTRUNUID']}{ending}"


def _migrated() -> str:
    """The first worker's database."""
    end = time.monotonic() + WITHIN
    while time.monotonic() < end:
        if _told(".migrated").exists():
            return _told(".migrated").read_text()
        time.sleep(0.1)
    raise AssertionError("the first worker has made no copy of its database")


def _take(patch: pytest.MonkeyPatch, migrated: str) -> None:
    with pytest.MonkeyPatch.context() as there:
        there.setitem(connection.settings_dict, "NAME", migrated)
        copied = connection.creation.get_test_db_clone_settings(os.environ["PYTEST_XDIST_WORKER"])
    patch.setitem(connection.settings_dict["TEST"], "NAME", copied["NAME"])
    patch.setitem(connection.settings_dict["TEST"], "MIGRATE", False)
    patch.setattr(connection.creation, "_create_test_db", lambda *_asked: copied["NAME"])

"""Static files under names that hold a hash of what is in them."""

import json
from pathlib import Path
from typing import Any

import pytest

from kosna.core.static_files import HashedStaticFiles


@pytest.fixture
def files(tmp_path: Path, settings: Any) -> HashedStaticFiles:
    settings.STATIC_ROOT, settings.STATIC_URL = tmp_path, "/static/"
    known = {"version": "1.1", "hash": "", "paths": {"app.css": "app.0123456789ab.css"}}
    (tmp_path / "staticfiles.json").write_text(json.dumps(known))
    return HashedStaticFiles()


def test_an_address_holds_the_hash_each_time_it_is_asked_for(files: HashedStaticFiles) -> None:
    assert [files.url("app.css"), files.url("app.css")] == ["/static/app.0123456789ab.css"] * 2


def test_a_file_that_was_not_collected_has_no_address(files: HashedStaticFiles) -> None:
    for _time in range(2):
        with pytest.raises(ValueError, match="Missing staticfiles manifest entry"):
            files.url("other.css")

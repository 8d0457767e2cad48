"""One clock: it can be moved everywhere but in production."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from kosna.core import clock

NEW_YEAR = datetime(2027, 1, 1, 0, 0, tzinfo=clock.KST)


def test_day_is_korean() -> None:
    assert clock.kst_date(datetime(2026, 12, 31, 14, 59, tzinfo=UTC)) == date(2026, 12, 31)
    assert clock.kst_date(datetime(2026, 12, 31, 15, 0, tzinfo=UTC)) == date(2027, 1, 1)


def test_file_sets_the_clock(settings: Any, tmp_path: Path) -> None:
    file = tmp_path / "clock"
    file.write_text("2027-01-01T00:00:00+09:00\n")
    settings.KOSNA_CLOCK = str(file)
    assert clock.now() == NEW_YEAR
    assert clock.today() == date(2027, 1, 1)
    file.write_text("")
    assert clock.now() != NEW_YEAR  # an empty file is the true time


def test_standing_elsewhere_ends(settings: Any) -> None:
    with clock.standing_at(NEW_YEAR):
        assert clock.now() == NEW_YEAR
        assert clock.now().tzinfo == UTC
    assert clock.now() != NEW_YEAR


def test_production_does_not_move(settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(PermissionError), clock.standing_at(NEW_YEAR):
        pass

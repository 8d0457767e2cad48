from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.conftest import Cast, make_cast
from tests.flows.person import Person
from tests.live import Portal, running_portal


@pytest.fixture
def portal(live_server, settings) -> Iterator[Portal]:
    with running_portal(live_server, settings) as running:
        yield running


@pytest.fixture
def stand_at(settings, tmp_path: Path) -> Callable[[datetime], None]:
    """``stand_at(instant)``: the portal's clock stands there until it is told otherwise."""
    file = tmp_path / "clock"

    def stand(instant: datetime) -> None:
        file.write_text(instant.isoformat())
        settings.KOSNA_CLOCK = str(file)

    return stand


@pytest.fixture
def people(transactional_db) -> Cast:
    return make_cast()


@pytest.fixture
def enter(portal: Portal, people: Cast) -> Callable[..., Person]:
    """``enter("officer")`` is that member of the cast at a browser, logged in."""

    def make(name: str = "", **options) -> Person:
        return Person(portal, getattr(people, name) if name else None, **options)

    return make

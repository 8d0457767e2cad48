"""One of everything, in Busan, belonging to ``regular`` or ``applicant``."""

from typing import Any

from tests.access.world.api import api
from tests.access.world.community import community
from tests.access.world.companies import companies
from tests.access.world.directory import directory
from tests.access.world.door import door
from tests.access.world.events import events
from tests.access.world.house import house
from tests.access.world.kinds import kinds
from tests.access.world.members import members
from tests.access.world.money import money, orders, settlements
from tests.access.world.programmes import programmes
from tests.access.world.research import research
from tests.access.world.retention import retention
from tests.conftest import Cast


def build(cast: Cast) -> dict[str, Any]:
    """What the keys of a row's ``args`` stand for."""
    pending, paid, line = orders(cast)
    return (
        events(cast, line)
        | kinds(cast)
        | door(cast)
        | api(cast)
        | money(cast, pending, paid)
        | settlements(cast)
        | companies(cast)
        | members(cast)
        | house(cast, paid)
        | research(cast)
        | programmes(cast)
        | retention(cast)
        | community(cast)
        | directory(cast)
    )

"""The few people that tests of bank transfers need; the whole cast takes its time."""

from types import SimpleNamespace

from kosna.branches.models import Appointment
from tests import factories

Role = Appointment.Role


def make_office() -> SimpleNamespace:
    """The head office and two branches, who buys, and who keeps the books."""
    hq, busan, daegu = (factories.make_branch(code) for code in ("hq", "busan", "daegu"))
    people = {
        name: factories.make_user(name, email=f"{name}@example.test")
        for name in ("account", "regular", "treasurer", "head_office", "other_officer", "door")
    }
    factories.appoint(people["treasurer"], Role.TREASURER, hq)
    factories.appoint(people["head_office"], Role.SECRETARIAT, hq)
    factories.appoint(people["other_officer"], Role.BRANCH_OFFICER, daegu)
    return SimpleNamespace(hq=hq, busan=busan, daegu=daegu, **people)

"""Offices that only the matrix asks about: in everybody else's stories Busan has its officer."""

from kosna.accounts.models import User
from kosna.branches.models import Appointment
from tests import factories
from tests.conftest import Cast

Role = Appointment.Role
OFFICES = {
    "president": (Role.BRANCH_PRESIDENT, "busan"),
    "privacy_officer": (Role.PRIVACY_OFFICER, "hq"),
    "system_admin": (Role.SYSTEM_ADMIN, "hq"),
}


def holders(cast: Cast) -> dict[str, User]:
    people = {}
    for name, (role, branch) in OFFICES.items():
        people[name] = factories.make_user(name, email=f"{name}@example.test")
        factories.appoint(people[name], role, getattr(cast, branch))
    return people

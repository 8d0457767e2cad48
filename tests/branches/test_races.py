"""Two people confirm one office at the same moment, with real commits; and the twin without the
swap."""

import pytest
from django.db import IntegrityError

from kosna.accounts.models import User
from kosna.audit.models import Entry
from kosna.branch_actions import confirm_proposal, propose
from kosna.branches.models import Appointment, Proposal
from kosna.core import clock
from tests import factories
from tests.members.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
Role = Appointment.Role


@pytest.fixture
def proposal() -> Proposal:
    return propose(
        user=factories.make_user("새 직원"),
        branch=factories.make_branch("hq"),
        role=Role.DOORKEEPER,
        valid_from=clock.today(),
        valid_to=None,
        by=factories.make_user("제안자"),
    )


def deciders(count: int) -> list[User]:
    people = [factories.make_user(f"확인{n}") for n in range(count)]
    for person in people:
        factories.appoint(person, Role.SECRETARIAT, factories.make_branch("hq"))
    return people


def test_two_confirmations_give_one_office(proposal):
    calls = [lambda by=by: confirm_proposal(proposal, by=by) for by in deciders(3)]

    assert at_once(calls) == ["done", "refused", "refused"]
    assert Appointment.objects.filter(role=Role.DOORKEEPER).count() == 1
    assert Entry.objects.filter(verb="branches.confirm_proposal").count() == 1


def test_twin_that_looks_at_nothing_meets_the_index(proposal, monkeypatch):
    first, second = deciders(2)
    seen_before = Proposal.objects.get()
    confirm_proposal(proposal, by=first)
    monkeypatch.setattr(Proposal, "move_to", lambda row, new, **changes: None)
    monkeypatch.setattr("kosna.branch_actions._not_held", lambda *args: None)
    with pytest.raises(IntegrityError):
        confirm_proposal(seen_before, by=second)

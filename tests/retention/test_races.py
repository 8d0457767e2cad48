"""Two people approve, two workers destroy, one person closes twice: at the same moment, with real
commits; and the twin without the swap."""

import pytest
from django.db import IntegrityError

from kosna.accounts.models import User
from kosna.audit.models import Entry
from kosna.branches.models import Appointment
from kosna.core.models import Batch
from kosna.mail.models import Message
from kosna.retention import actions
from kosna.retention.actions import destroying
from kosna.retention.models import ClosedAccount, Destruction, DestructionItem
from tests import factories
from tests.members.test_races import at_once
from tests.retention.old import send_old_mail

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def proposed() -> Destruction:
    for number in range(6):
        send_old_mail(f"old{number}@example.test")
    return actions.propose(note="", by=factories.make_user("제안자"))


def officers(count: int) -> list[User]:
    people = [factories.make_user(f"책임자{n}") for n in range(count)]
    for person in people:
        factories.appoint(person, Appointment.Role.PRIVACY_OFFICER, factories.make_branch("hq"))
    return people


def test_two_approvals_start_one_work(proposed: Destruction) -> None:
    calls = [
        lambda by=by: actions.approve(Destruction.objects.get(pk=proposed.pk), by=by)
        for by in officers(3)
    ]
    assert at_once(calls) == ["done", "refused", "refused"]
    assert Batch.objects.filter(kind=actions.DESTROY).count() == 1
    assert Entry.objects.filter(verb="retention.approve").count() == 1


def test_two_workers_count_every_row_once(
    proposed: Destruction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(destroying, "SLICE", 2)
    [officer] = officers(1)
    actions.approve(proposed, by=officer)
    item = proposed.items.get()

    def work() -> None:
        while destroying.destroy_slice(item, proposed.as_of):
            pass
        destroying.finish(proposed, by=officer)

    assert at_once([work, work]) == ["done", "done"]
    item = DestructionItem.objects.get()
    assert (item.number, item.destroyed, item.position) == (6, 6, 6)
    assert not Message.objects.exclude(to="").exists()
    assert Entry.objects.filter(verb="retention.destroy").count() == 1


def test_twin_that_looks_at_nothing_meets_the_index(
    proposed: Destruction, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = officers(2)
    monkeypatch.setattr(destroying, "_another_waits", lambda: AssertionError("seen too late"))
    actions.approve(proposed, by=first)
    again = Destruction(proposed_by=second)
    again.save()
    with pytest.raises((AssertionError, IntegrityError)):
        actions.approve(again, by=first)


def test_a_person_closes_once(proposed: Destruction) -> None:
    person = factories.make_user("나가는 이")
    calls = [lambda: actions.close_account(ip=None, by=person)] * 2
    assert at_once(calls) == ["done", "refused"]
    assert ClosedAccount.objects.count() == 1

"""Two people decide at the same moment, with real commits; and the twin without the lock."""

import threading
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection

from kosna.branches.models import Appointment
from kosna.core.errors import Refused
from kosna.payments.models import Order
from members import actions
from members.actions import applications
from members.models import Application, Member
from tests import factories
from tests.members.conftest import make_application

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def received() -> Application:
    branch = factories.make_branch("hq")
    return make_application(
        factories.make_user("지원자"), factories.make_tier(), branch, submitted=True
    )


def reviewers(count: int) -> list:
    people = [factories.make_user(f"심사{n}") for n in range(count)]
    for person in people:
        factories.appoint(person, Appointment.Role.REVIEWER, factories.make_branch("hq"))
    return people


def at_once(calls: list[Callable[[], object]]) -> list[str]:
    """Runs each call in a thread of its own, all let go together; says how each ended."""
    gate, endings = threading.Barrier(len(calls)), []

    def run(call: Callable[[], object]) -> None:
        try:
            gate.wait(timeout=20)
            call()
            endings.append("done")
        except Refused:
            endings.append("refused")
        except IntegrityError:
            endings.append("crashed")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(endings)


def test_simultaneous_approvals_make_one_order(received):
    calls = [
        lambda by=by: actions.approve_application(received, basis="이사회", by=by)
        for by in reviewers(4)
    ]

    assert at_once(calls) == ["done", "refused", "refused", "refused"]
    assert Order.objects.count() == Member.objects.count() == 1


def test_simultaneous_approvals_without_lock_and_swap_crash(received, monkeypatch):
    """The twin: nothing is locked, the status is read and then written, and both approvers meet in
    between. Only the unique index is left standing, and it answers with a crash, not a refusal."""
    meeting = threading.Barrier(2)
    admit = applications._admit

    def careless_move(row: Application, new: str, **changes: object) -> None:
        Application.objects.filter(pk=row.pk).update(status=new, **changes)

    def admit_together(row: Application) -> Member:
        meeting.wait(timeout=20)
        return admit(row)

    monkeypatch.setattr(applications, "lock", lambda rows: rows)
    monkeypatch.setattr(Application, "move_to", careless_move)
    monkeypatch.setattr(applications, "_admit", admit_together)
    without_transaction = actions.approve_application.__wrapped__
    calls = [
        lambda by=by: without_transaction(received, basis="이사회", by=by) for by in reviewers(2)
    ]

    assert at_once(calls) == ["crashed", "done"]


def test_simultaneous_submissions_get_numbers_without_gap_or_double():
    tier, branch = factories.make_tier(), factories.make_branch("hq")
    drafts = [make_application(factories.make_user(f"지원자{n}"), tier, branch) for n in range(5)]
    calls = [
        lambda draft=draft: actions.submit_application(draft, by=draft.applicant)
        for draft in drafts
    ]

    assert at_once(calls) == ["done"] * 5
    numbers = sorted(Application.objects.values_list("number", flat=True))
    assert [int(number[5:]) for number in numbers] == [1, 2, 3, 4, 5]


def test_simultaneous_renewals_make_one_order():
    person = factories.make_user()
    member = factories.make_member(person, paid_until=None)
    calls = [lambda: actions.renew(member, by=person)] * 3

    assert at_once(calls) == ["done"] * 3
    assert Order.objects.count() == 1

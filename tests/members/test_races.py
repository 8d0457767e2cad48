"""Two people decide at the same moment, with real commits; and the twin without the lock."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from kosna.accounts.models import User
from kosna.branches.models import Appointment
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail.models import Message
from kosna.payments.models import Order
from kosna.verify import dues_agree
from members import actions
from members.actions import admitting, applications, assessments
from members.models import (
    Application,
    Charge,
    DuesCalendar,
    DuesNotice,
    Member,
    Organisation,
    RegisterEntry,
    Transfer,
)
from tests import factories
from tests.guards import without_key
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


def approve_twice_unguarded(application: Application, monkeypatch) -> tuple[list[str], list[User]]:
    """Nothing is locked, the status is read and then written, and both approvers meet in between:
    how each ended, and who decided."""
    meeting = threading.Barrier(2)
    admit = admitting._admit
    decisions = []

    def careless_move(row: Application, new: str, **changes: object) -> None:
        Application.objects.filter(pk=row.pk).update(status=new, **changes)
        decisions.append(changes["decided_by"])

    def admit_together(row: Application) -> Member:
        meeting.wait(timeout=20)
        return admit(row)

    monkeypatch.setattr(applications, "lock", lambda rows: rows)
    monkeypatch.setattr(Application, "move_to", careless_move)
    monkeypatch.setattr(admitting, "_admit", admit_together)
    without_transaction = actions.approve_application.__wrapped__
    calls = [
        lambda by=by: without_transaction(application, basis="이사회", by=by) for by in reviewers(2)
    ]
    return at_once(calls), decisions


def test_twin_without_lock_and_swap_two_have_decided(received, monkeypatch):
    """Only the key is left standing, by which a person is a member once: one of them made an
    order, and the other's name stands under the decision."""
    endings, decisions = approve_twice_unguarded(received, monkeypatch)
    assert endings == ["done", "refused"]
    assert len(set(decisions)) == 2
    assert Order.objects.count() == 1


def test_twin_without_lock_swap_and_key_two_orders_come_out(received, monkeypatch):
    """“→ one order” rests on the lock, on the swap, and at last on ``member_one_per_person``."""
    with without_key(Member, "member_one_per_person"):
        endings, decisions = approve_twice_unguarded(received, monkeypatch)
        assert endings == ["done", "done"]
        assert len(set(decisions)) == 2
        assert Order.objects.count() == Member.objects.count() == 2


def application_of_company(applicant: User) -> Application:
    tier = factories.make_tier("company", holder="organisation")
    typed = {"organisation_name": "한빛데이터㈜", "business_number": "1348672683"}
    typed |= {"representative": "윤다온", "size": "large"}
    return make_application(applicant, tier, factories.make_branch("hq"), submitted=True, **typed)


def assert_one_member_and_one_waiting() -> None:
    assert Order.objects.count() == Member.objects.count() == Organisation.objects.count() == 1
    waiting = Application.objects.get(status=Application.Status.SUBMITTED)
    assert (waiting.member, waiting.order, waiting.decided_by) == (None, None, None)


def test_two_applications_of_one_company_approved_at_once_make_one_member():
    rows = [application_of_company(factories.make_user(f"담당{n}")) for n in range(2)]
    calls = [
        lambda row=row, by=by: actions.approve_application(row, basis="이사회", by=by)
        for row, by in zip(rows, reviewers(2), strict=True)
    ]

    assert at_once(calls) == ["done", "refused"]
    assert_one_member_and_one_waiting()


@pytest.fixture(params=["person", "company"])
def beaten(request, received, monkeypatch) -> Application:
    """An application whose applicant became a member after the look at who is one already."""
    if request.param == "company":
        row = application_of_company(factories.make_user("담당"))
        organisation = factories.make_organisation(business_number=row.business_number)
        factories.make_member(organisation=organisation, tier=row.tier)
    else:
        row = received
        factories.make_member(row.applicant, tier=row.tier)
    monkeypatch.setattr(admitting, "current_members", lambda row: Member.objects.none())
    return row


def test_whoever_is_beaten_to_a_membership_is_refused(beaten):
    with pytest.raises(Refused):
        actions.approve_application(beaten, basis="이사회", by=reviewers(1)[0])
    beaten.refresh_from_db()
    assert (beaten.status, beaten.member) == (Application.Status.SUBMITTED, None)
    assert Member.objects.count() == 1
    assert not Order.objects.exists()


def test_twin_without_a_look_at_the_index_it_is_a_crash(beaten, monkeypatch):
    monkeypatch.setattr(admitting, "IntegrityError", ZeroDivisionError)
    with pytest.raises(IntegrityError):
        actions.approve_application(beaten, basis="이사회", by=reviewers(1)[0])


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


def test_simultaneous_assessments_book_once():
    members_ = [factories.make_member(paid_until=None) for _ in range(5)]
    people = [factories.make_user(f"사무국{n}") for n in range(3)]
    calls = [lambda by=by: actions.assess(year=2026, by=by) for by in people]

    assert at_once(calls) == ["done"] * 3
    assert Charge.objects.count() == len(members_)
    assert dues_agree() == []


def test_simultaneous_assessments_without_the_lock_crash(monkeypatch):
    """The twin: nobody waits, and both have read that nothing is booked before either writes. Only
    the unique turn is left standing, and it answers with a crash."""
    member = factories.make_member(paid_until=None)
    people = [factories.make_user(f"사무국{n}") for n in range(2)]
    meeting = threading.Barrier(2)
    read = assessments.differences

    def read_together(year: int, ids: list[int]) -> list:
        found = read(year, ids)
        meeting.wait(timeout=20)
        return found

    monkeypatch.setattr(assessments, "lock", lambda year: None)
    monkeypatch.setattr(assessments, "differences", read_together)
    without_transaction = assessments.book.__wrapped__
    calls = [lambda by=by: without_transaction(2026, [member.pk], by=by) for by in people]

    assert at_once(calls) == ["crashed", "done"]
    assert Charge.objects.count() == 1


def test_simultaneous_notices_are_sent_once():
    by = factories.make_user("사무국")
    factories.make_member(paid_until=None)
    today = clock.today()
    DuesCalendar.objects.create(
        from_year=2000, due_month=today.month, due_day=min(today.day, 28),
        grace_month=12, grace_day=31, notice_days=[0],
    )  # fmt: skip
    actions.assess(year=today.year, by=by)

    assert at_once([actions.send_due_notices] * 3) == ["done"] * 3
    assert Message.objects.filter(template="dues_notice").count() == 1
    assert DuesNotice.objects.count() == 1


def test_accepting_and_taking_back_at_once_ends_one_way():
    """The new branch accepts in the instant in which the member withdraws: one of them is told."""
    old, new = factories.make_branch("busan"), factories.make_branch("daegu")
    member = factories.make_member(branch=old, paid_until=clock.today().replace(month=12, day=31))
    tomorrow = clock.today() + timedelta(days=1)
    for _round in range(3):
        transfer = actions.request_transfer(member, to_branch=new, reason="이사", by=member.user)
        clerk = factories.make_user()
        actions.clear_transfer(transfer, by=clerk)
        endings = at_once(
            [
                lambda case=transfer, by=clerk: actions.accept_transfer(
                    case, moves_on=tomorrow, by=by
                ),
                lambda case=transfer: actions.withdraw_transfer(case, by=member.user),
            ]
        )
        assert endings == ["done", "refused"]
        transfer.refresh_from_db()
        assert transfer.status in (Transfer.Status.ACCEPTED, Transfer.Status.WITHDRAWN)
        Transfer.objects.filter(pk=transfer.pk).update(status=Transfer.Status.DROPPED)


def test_two_workers_move_a_member_once():
    member = factories.make_member(branch=factories.make_branch("busan"))
    clerk = factories.make_user()
    Transfer.objects.create(
        member=member,
        from_branch=member.branch,
        to_branch=factories.make_branch("daegu"),
        reason="이사",
        requested_by=member.user,
        status=Transfer.Status.ACCEPTED,
        moves_on=clock.today(),
        decided_at=clock.now(),
        decided_by=clerk,
    )
    at_once([actions.move_due, actions.move_due])
    assert RegisterEntry.objects.filter(member=member, kind="branch").count() == 1


def test_two_approvals_of_a_change_of_tier_make_one_order():
    member = factories.make_member(paid_until=clock.today().replace(month=12, day=31))
    dear = factories.make_tier("dear", annual_dues=900_000)
    change = actions.request_tier_change(member, to_tier=dear, by=member.user)
    calls = [
        lambda by=by: actions.approve_tier_change(change, basis="이사회", by=by)
        for by in reviewers(2)
    ]
    assert at_once(calls) == ["done", "refused"]
    assert Order.objects.count() == 1

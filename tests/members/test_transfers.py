"""Moving to another branch: who may say what when, and what the register tells."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from kosna.branches.models import Branch
from kosna.core import batches, clock
from kosna.core.errors import Refused
from kosna.payments.models import Order
from members import actions, closing, register
from members.models import Member, RegisterEntry, Transfer
from tests import factories
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


def asked(cast: Cast, member: Member | None = None) -> Transfer:
    member = member or cast.regular_member
    return actions.request_transfer(
        member, to_branch=cast.daegu, reason="이사", by=member.user or cast.company_rep
    )


def cleared(cast: Cast) -> Transfer:
    transfer = asked(cast)
    actions.clear_transfer(transfer, by=cast.officer)
    return transfer


def test_history_is_read_from_the_register(cast: Cast) -> None:
    member, today = cast.regular_member, clock.today()
    actions.accept_transfer(cleared(cast), moves_on=today, by=cast.other_officer)
    member.refresh_from_db()
    assert actions.branch_history(member) == [
        (cast.busan, date(2020, 1, 1), today - timedelta(days=1)),
        (cast.daegu, today, None),
    ]
    assert register.as_of(today - timedelta(days=1)).get(member=member).branch == cast.busan
    assert register.as_of(today).get(member=member).branch == cast.daegu


def test_orders_of_before_stay_with_the_old_branch(cast: Cast) -> None:
    """Past shares stay (§2.4); the next renewal is the new branch's."""
    with clock.standing_at(clock.datetime(2026, 12, 1, 12, tzinfo=clock.KST)):
        member = cast.regular_member
        member.periods.update(ends_on=date(2026, 12, 31), starts_on=date(2026, 1, 1))
        before = actions.renew(member, by=member.user)
        transfer = asked(cast)
        with pytest.raises(Refused):  # that order is still open
            actions.clear_transfer(transfer, by=cast.officer)
        actions.clear_transfer(transfer, waiver="대표 결재", by=cast.head_office)
        actions.accept_transfer(transfer, moves_on=clock.today(), by=cast.other_officer)
        before.refresh_from_db()
        assert (before.branch, before.status) == (cast.busan, Order.Status.PENDING)


def test_it_moves_at_midnight_in_korea(cast: Cast) -> None:
    day = date(2027, 1, 1)
    with clock.standing_at(clock.datetime(2026, 12, 20, 12, tzinfo=clock.KST)):
        transfer = cleared(cast)
        actions.accept_transfer(transfer, moves_on=day, by=cast.other_officer)
    with clock.standing_at(clock.datetime(2026, 12, 31, 23, 59, 59, tzinfo=clock.KST)):
        assert actions.move_due() == 0
    with clock.standing_at(clock.datetime(2027, 1, 1, 0, 0, tzinfo=clock.KST)):
        assert (actions.move_due(), actions.move_due()) == (1, 0)
    assert RegisterEntry.objects.filter(kind="branch").get().on == day


def test_only_who_is_concerned_answers(cast: Cast) -> None:
    transfer = asked(cast)
    with pytest.raises(Refused):  # not accepted before it is cleared
        actions.accept_transfer(transfer, moves_on=clock.today(), by=cast.other_officer)
    with pytest.raises(Refused):  # a waiver is the head office's
        actions.clear_transfer(asked(cast, cast.company), waiver="x", by=cast.officer)
    factories.appoint(cast.regular, "branch_officer", cast.busan)
    with pytest.raises(Refused, match="본인"):
        actions.clear_transfer(transfer, by=cast.regular)
    actions.clear_transfer(transfer, by=cast.officer)
    for day in (clock.today() - timedelta(days=1),):
        with pytest.raises(Refused):
            actions.accept_transfer(transfer, moves_on=day, by=cast.other_officer)
    actions.accept_transfer(
        transfer, moves_on=clock.today() + timedelta(days=1), by=cast.other_officer
    )
    with pytest.raises(Refused):  # too late to be taken back
        actions.withdraw_transfer(transfer, by=cast.regular)


def test_one_case_at_a_time(cast: Cast) -> None:
    asked(cast)
    with pytest.raises(Refused):
        asked(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.create(
            member=cast.regular_member,
            from_branch=cast.busan,
            to_branch=cast.daegu,
            reason="x",
            requested_by=cast.regular,
        )


def test_a_planned_branch_takes_nobody(cast: Cast) -> None:
    planned = factories.make_branch("ulsan", status=Branch.Status.PLANNED)
    with pytest.raises(Refused):
        actions.request_transfer(
            cast.regular_member, to_branch=planned, reason="이사", by=cast.regular
        )


def test_closing_moves_everybody_on_one_date_and_bears_a_second_run(cast: Cast) -> None:
    day = clock.today() + timedelta(days=3)
    admitted = factories.make_member(
        branch=cast.busan, number=None, status="admitted", joined_on=None, paid_until=None
    )
    waiting = asked(cast)
    batch = closing.move_all(
        cast.busan, to_branch=cast.daegu, moves_on=day, basis="이사회", by=cast.head_office
    )
    batches.run_all()
    closing.run(batches.Work(_again(batch)))
    waiting.refresh_from_db()
    assert waiting.status == Transfer.Status.DROPPED
    cases = Transfer.objects.filter(status=Transfer.Status.ACCEPTED)
    assert (cases.count(), set(cases.values_list("basis", "moves_on"))) == (3, {("이사회", day)})
    with clock.standing_at(clock.start_of(day)):
        actions.move_due()
    assert not Member.objects.filter(branch=cast.busan).exists()
    admitted.refresh_from_db()
    assert admitted.branch == cast.daegu


def _again(batch: Any) -> Any:
    batch.refresh_from_db()
    type(batch).objects.filter(pk=batch.pk).update(status="running")
    return batch


def test_closing_says_what_is_wrong_with_it(cast: Cast) -> None:
    empty = factories.make_branch("ulsan")
    with pytest.raises(Refused) as refusal:
        closing.move_all(
            empty,
            to_branch=empty,
            moves_on=clock.today() - timedelta(days=1),
            basis="x",
            by=cast.head_office,
        )
    assert len(refusal.value.reasons) == 3

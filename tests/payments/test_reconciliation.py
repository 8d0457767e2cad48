"""Our books beside the provider's: what is mended, what stands out, and the page that says so."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kosna.core import batches, clock, jobs
from kosna.core.models import JobRun
from kosna.payments import actions
from kosna.payments.actions import reconciliation
from kosna.payments.actions.settlement import write_payment
from kosna.payments.models import (
    Attempt,
    Disagreement,
    Order,
    Payment,
    ProviderEvent,
    Reconciliation,
    Refund,
)
from kosna.payments.providers.base import ProviderDown
from tests.payments import shop

PAGE = "/staff/reconciliation/"
Kind, Status = Disagreement.Kind, Disagreement.Status


@pytest.fixture
def paid(sandbox, order, attempt) -> Order:
    sandbox.pay(attempt.session)
    actions.fulfil(attempt.session)
    order.refresh_from_db()
    return order


@pytest.fixture
def an_hour_later(settings, tmp_path) -> Callable[[], None]:
    """Lets an hour and a half pass here; the sandbox keeps the machine's time."""

    def pass_by() -> None:
        later = clock.now() + timedelta(minutes=90)
        (tmp_path / "clock").write_text(later.isoformat())
        settings.KOSNA_CLOCK = str(tmp_path / "clock")

    return pass_by


def standing() -> dict[str, Disagreement]:
    return {row.kind: row for row in Disagreement.objects.standing()}


def amounts(kind: str) -> tuple[int | None, int | None]:
    return standing()[kind].ours, standing()[kind].theirs


def test_where_everything_agrees_nothing_stands_out(paid):
    report = actions.reconcile()
    assert (report.problems, standing()) == ([], {})
    run = Reconciliation.objects.get()
    assert (run.kind, run.looked_at, run.booked, run.error) == ("nightly", 1, 0, "")
    assert run.finished_at


def test_paid_there_and_not_booked_here(sandbox, order, attempt):
    """It asks for another amount; once that is mended it is booked and the row tells when."""
    Attempt.objects.update(amount=55_000)
    sandbox.pay(attempt.session)
    for _ in range(2):
        actions.reconcile()
    row = standing()[Kind.UNBOOKED]
    assert (row.reference, row.order, amounts(row.kind)) == (
        attempt.session,
        order,
        (None, 33_000),
    )
    assert row.last_seen_at > row.first_seen_at and "55000" in row.detail
    Attempt.objects.update(amount=33_000)
    actions.reconcile()
    row.refresh_from_db()
    assert (row.status, standing()) == (Status.MENDED, {}) and row.mended_at
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert [run.disagreeing for run in Reconciliation.objects.order_by("pk")] == [1, 1, 0]


def test_paid_there_for_an_order_that_nobody_knows(sandbox, order, attempt):
    sandbox.pay(attempt.session)
    Attempt.objects.update(uuid=uuid4())
    actions.reconcile()
    assert amounts(Kind.UNBOOKED) == (None, 33_000)
    assert not Payment.objects.exists()


def test_what_was_seen_long_ago_is_looked_at_again(sandbox, order, attempt):
    """The window has passed over it; it stands until it is mended."""
    sandbox.pay(attempt.session)
    Attempt.objects.update(amount=55_000)
    actions.reconcile()
    soon = clock.now() + timedelta(hours=1)
    actions.reconcile(soon)
    assert list(standing()) == [Kind.UNBOOKED]
    Attempt.objects.update(amount=33_000)
    actions.reconcile(soon)
    assert standing() == {}


def test_another_amount(sandbox, paid):
    session = sandbox.store.get("checkout.session", paid.attempts.get().session)
    sandbox.store.save(session | {"amount_total": 30_000})
    actions.reconcile()
    assert amounts(Kind.AMOUNT) == (33_000, 30_000)


def test_booked_here_and_not_paid_there(sandbox, order, attempt, an_hour_later):
    write_payment(
        order=order,
        provider="stripe",
        reference="pi_invented",
        method="card",
        amount=33_000,
        received_at=clock.now(),
        attempt=attempt,
    )
    an_hour_later()
    actions.reconcile()
    assert amounts(Kind.MISSING) == (33_000, None)
    actions.reconcile(clock.now())
    assert list(standing()) == [Kind.MISSING]


def test_refunded_there_and_not_to_be_booked_here(sandbox, paid, cast):
    ours = actions.request_refund(order=paid, amount=10_000, reason="x", by=cast.head_office)
    actions.approve_refund(ours, by=cast.treasurer)
    actions.send_refund(ours)
    made = sandbox.store.get("refund", ours.reference)
    sandbox.store.save(made | {"amount": 12_000})
    actions.reconcile()
    row = standing()[Kind.REFUND_UNBOOKED]
    assert (row.order, amounts(row.kind)) == (paid, (10_000, 12_000))
    sandbox.store.save(made)
    actions.reconcile(clock.now() + timedelta(hours=1))
    assert standing() == {}


def test_refund_booked_here_and_not_made_there(sandbox, paid, cast, an_hour_later):
    ours = actions.request_refund(order=paid, amount=10_000, reason="x", by=cast.head_office)
    actions.approve_refund(ours, by=cast.treasurer)
    actions.send_refund(ours)
    Refund.objects.update(reference="re_invented")
    sandbox.store.execute("DELETE FROM objects WHERE kind = 'refund'")
    an_hour_later()
    actions.reconcile()
    assert amounts(Kind.REFUND_MISSING) == (10_000, None)


def test_no_answer_for_an_hour(sandbox, order, attempt, an_hour_later):
    """Its session is gone there, so nothing can be said of it."""
    sandbox.store.execute("DELETE FROM objects WHERE id = ?", attempt.session)
    Attempt.objects.update(expires_at=clock.now())
    actions.reconcile()
    assert standing() == {}
    an_hour_later()
    actions.reconcile()
    assert (standing()[Kind.SILENT].order, amounts(Kind.SILENT)) == (order, (33_000, None))
    Attempt.objects.update(status=Attempt.Status.FAILED)
    actions.reconcile()
    assert standing() == {}


def test_a_page_that_nobody_needs_any_more_is_closed(sandbox, order, attempt):
    """Paid by bank transfer while the page was open."""
    actions.record_payment(
        order=order,
        provider="bank",
        reference="bank:1",
        method="bank_transfer",
        amount=33_000,
        received_at=clock.now(),
    )
    actions.reconcile()
    assert sandbox.truth()["sessions"][0]["status"] == "expired"


def test_a_silent_provider_leaves_what_was_found(sandbox, paid):
    Disagreement.objects.create(kind=Kind.AMOUNT, provider="stripe", reference="cs_1")
    sandbox.fail_next(operation="GET /v1/checkout/sessions", kind="timeout", times=3)
    with pytest.raises(ProviderDown):
        actions.reconcile()
    assert list(standing()) == [Kind.AMOUNT]
    assert Reconciliation.objects.get().error.startswith("ProviderDown")


def test_without_a_provider_our_own_books_are_checked(db):
    report = actions.reconcile()
    assert (report.looked_at, report.problems) == (0, [])


def test_it_looks_every_ten_minutes_and_at_three_at_night(db):
    at = datetime(2026, 11, 24, 3, 5, tzinfo=clock.KST)
    ran = [
        [name for name in jobs.run_due(at + timedelta(minutes=minutes)) if "reconcile" in name]
        for minutes in (0, 1, 10, 12 * 60)
    ]
    ten, night = "payments.reconcile", "payments.reconcile_nightly"
    assert ran == [[ten, night], [], [ten], [ten]]
    assert JobRun.objects.get(name=night).slot == datetime(2026, 11, 24, 3, tzinfo=clock.KST)
    kinds = Reconciliation.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["recent", "nightly", "recent", "recent"]


def test_quiet_looks_are_forgotten_after_a_month(db):
    old = clock.now() - timedelta(days=40)
    quiet, loud, nightly = (
        Reconciliation.objects.create(kind=kind, since=old, started_at=old, booked=booked)
        for kind, booked in [("recent", 0), ("recent", 1), ("nightly", 0)]
    )
    actions.reconcile()
    kept = set(Reconciliation.objects.values_list("pk", flat=True))
    assert quiet.pk not in kept and {loud.pk, nightly.pk} <= kept


# The page


def make_rows(number: int, cast) -> None:
    for index in range(number):
        order = shop.order_of(cast.account, cast.busan)
        Disagreement.objects.create(
            kind=Kind.UNBOOKED,
            provider="stripe",
            reference=f"cs_{order.code}",
            order=order,
            theirs=33_000,
            detail=f"{index}",
        )
        Reconciliation.objects.create(
            kind="by_hand", since=clock.now(), finished_at=clock.now(), by=cast.treasurer
        )


def test_the_page_tells_what_why_since_when_and_what_to_do(sandbox, cast, login):
    make_rows(1, cast)
    ProviderEvent.objects.create(
        provider="stripe", event="evt_1", type="x", payload={}, outcome="quarantined"
    )
    answer = login("treasurer").get(PAGE)
    text = answer.content.decode()
    order = Order.objects.get()
    assert f"/staff/orders/{order.code}/" in text and "33,000원" in text
    assert (answer.context["set_aside"], answer.context["may_run"]) == (1, True)
    assert PAGE + "run/" in text
    assert PAGE + "run/" not in login("auditor").get(PAGE).content.decode()


def test_an_empty_page_says_that_everything_agrees(login):
    answer = login("treasurer").get(PAGE)
    assert answer.status_code == 200 and b'class="empty"' in answer.content
    assert answer.context["last"] is None


def test_a_long_list_costs_no_more(cast, login):
    client, costs = login("treasurer"), []
    for number in (1, 2):
        make_rows(number, cast)
        client.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PAGE).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 9


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 1),
        ("status=mended", 1),
        ("status=all", 2),
        ("status=all&kind=missing", 1),
        ("kind=nonsense", 1),
        ("status=all&q=pi_1", 1),
        ("q=nobody", 0),
    ],
)
def test_filters_stand_in_the_address(cast, login, query, number):
    make_rows(1, cast)
    Disagreement.objects.create(
        kind=Kind.MISSING,
        provider="stripe",
        reference="pi_1",
        status=Status.MENDED,
        mended_at=clock.now(),
    )
    assert login("treasurer").get(f"{PAGE}?{query}").context["page"].paginator.count == number


def test_the_button_looks_at_once_and_says_who_pressed_it(sandbox, cast, login, order, attempt):
    sandbox.pay(attempt.session)
    client = login("treasurer")
    answer = client.post(PAGE + "run/")
    assert answer.status_code == 302 and answer.url.startswith("/staff/batches/")
    assert batches.run_all() == 1
    order.refresh_from_db()
    run = Reconciliation.objects.get()
    assert (order.status, run.kind, run.by, run.booked) == ("paid", "by_hand", cast.treasurer, 1)
    assert client.get(answer.url).context["next_url"] == PAGE
    assert client.get(PAGE).context["last"] == run


def test_the_desk_counts_what_waits(cast, login):
    make_rows(2, cast)
    found = {
        row["queue"].name: row["count"]
        for row in login("treasurer").get("/staff/").context["queues"]
    }
    assert (found["disagreements"], found["set_aside"]) == (2, 0)


def test_two_looks_at_once_keep_one_row(db):
    finding = reconciliation.Finding(Kind.MISSING, "stripe", "pi_1", ours=1)
    for _ in range(2):
        reconciliation._note(finding, clock.now())
    assert Disagreement.objects.count() == 1

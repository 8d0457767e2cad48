"""The payer asks their bank for the money back."""

import pytest

from events.models import Registration
from kosna.documents.models import Document
from kosna.payments import actions
from kosna.payments.models import Order, Refund, Task
from tests.payments.seats import PRICE, books, mails, page_of, place_of, seats, take


@pytest.fixture
def place(sandbox, cast) -> Order:
    """A seat paid by card."""
    order = take(seats(5, cast.busan), cast.account)
    page = page_of(order)
    sandbox.pay(page.session)
    actions.fulfil(page.session)
    order.refresh_from_db()
    return order


@pytest.fixture
def dispute(sandbox, place) -> dict:
    return sandbox.dispute(place.payments.get().reference)


def tell(sandbox, deliver, *, backwards: bool = False) -> None:
    told = [event for event in sandbox.events() if "dispute" in event["type"]]
    for event in (told[::-1] if backwards else told) * 2:
        assert deliver(event).status_code == 200


def standing(order: Order) -> tuple:
    order.refresh_from_db()
    return order.status, place_of(order).status, books(order)


def test_until_it_is_decided_everything_stays_and_somebody_must_answer(
    sandbox, place, dispute, deliver, login
):
    tell(sandbox, deliver)
    assert standing(place) == (Order.Status.PAID, Registration.Status.CONFIRMED, PRICE)
    task = Task.objects.get()
    assert (task.kind, task.status, task.payment) == ("dispute", "open", place.payments.get())
    assert int(task.due_at.timestamp()) == dispute["evidence_details"]["due_by"]
    for page in ("/staff/money-tasks/", f"/staff/money-tasks/{task.pk}/"):
        assert login("treasurer").get(page).status_code == 200


@pytest.mark.parametrize("backwards", [False, True])
def test_what_is_lost_is_booked_once_and_ends_what_was_bought(
    sandbox, place, dispute, deliver, backwards
):
    sandbox.close_dispute(dispute["id"], "lost")
    tell(sandbox, deliver, backwards=backwards)
    actions.reconcile()
    assert standing(place) == (Order.Status.REFUNDED, Registration.Status.CANCELLED, 0)
    refund = Refund.objects.get()
    assert (refund.reference, refund.requested_by) == (dispute["id"], None)
    assert Document.objects.get(kind=Document.Kind.RECEIPT).status == Document.Status.VOID
    assert Task.objects.get().status == Task.Status.DONE
    assert sandbox.truth()["balance"] == 0
    assert mails(place, "registration_cancelled") == 1


@pytest.mark.parametrize("backwards", [False, True])
def test_what_is_won_takes_nothing(sandbox, place, dispute, deliver, backwards):
    sandbox.close_dispute(dispute["id"], "won")
    tell(sandbox, deliver, backwards=backwards)
    assert standing(place) == (Order.Status.PAID, Registration.Status.CONFIRMED, PRICE)
    task = Task.objects.get()
    assert (task.status, task.done_by) == (Task.Status.DONE, None)


def test_a_lost_one_overtakes_what_was_asked_for_here(sandbox, place, dispute, deliver, cast):
    asked = actions.request_refund(order=place, amount=10_000, reason="불참", by=cast.head_office)
    sandbox.close_dispute(dispute["id"], "lost")
    tell(sandbox, deliver)
    asked.refresh_from_db()
    assert (asked.status, books(place)) == (Refund.Status.REJECTED, 0)


def test_after_a_part_was_returned_only_the_rest_is_lost(sandbox, place, deliver):
    charge = place.payments.get().reference
    sandbox.refund(charge, 15_000)
    sandbox.close_dispute(sandbox.dispute(charge)["id"], "lost")
    actions.reconcile()
    assert standing(place)[2] == sandbox.truth()["balance"] == 0
    assert sorted(Refund.objects.values_list("amount", flat=True)) == [15_000, PRICE - 15_000]


def test_one_that_no_event_told_of_is_found_at_night(sandbox, place, dispute):
    sandbox.close_dispute(dispute["id"], "lost")
    actions.reconcile()
    assert standing(place) == (Order.Status.REFUNDED, Registration.Status.CANCELLED, 0)


def test_one_that_was_told_before_its_payment(sandbox, cast, deliver):
    order = take(seats(5, cast.busan), cast.account)
    page = page_of(order)
    charge = sandbox.pay(page.session)["payment_intent"]
    sandbox.close_dispute(sandbox.dispute(charge)["id"], "lost")
    tell(sandbox, deliver)
    assert books(order) == 0 and not order.payments.exists()
    actions.reconcile()
    assert standing(order) == (Order.Status.REFUNDED, Registration.Status.CANCELLED, 0)
    assert order.payments.get().reference == charge

"""People pay while web and worker are killed: no won, seat or number is lost or invented.

``make storm`` sends 500 payments; the suite sends fewer of the same.
"""

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count, Sum
from django.urls import reverse

from events.models import Registration
from kosna.core import jobs
from kosna.mail.models import Message
from kosna.payments import actions
from kosna.payments.models import LedgerEntry, Order, Payment
from kosna.payments.sandbox import running_sandbox
from kosna.verify import verify
from tests import factories
from tests.processes import free_port
from tests.storm.weather import Buyer, lightning, portal_beside, rage

SECRET = "whsec_storm"
PAYMENTS = int(os.environ.get("STORM", "24"))
UNTOLD = 8  # payments of which the provider never sends word: only a comparison finds them
AT_ONCE = 8
# Seconds between two kills, from the time when the last is up again: a short storm strikes faster.
EVERY = (0.1, 0.6) if PAYMENTS < 100 else (1.0, 4.0)


@pytest.mark.django_db(transaction=True)
def test_no_won_seat_or_number_is_lost_while_processes_are_killed(
    settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "private"
    seats = PAYMENTS * 9 // 10
    event = factories.make_event("storm", branch=factories.make_branch("hq"))
    ticket = factories.make_ticket(event, capacity=seats)
    people = [
        factories.make_user(f"buyer{number}", email=f"buyer{number}@example.test")
        for number in range(PAYMENTS)
    ]
    port = free_port()
    hook = f"http://127.0.0.1:{port}/webhooks/stripe/"
    with (
        running_sandbox(webhook_url=hook, secret=SECRET, retry_after=[0.5] * 120) as sandbox,
        portal_beside(sandbox, tmp_path, port, SECRET) as portal,
    ):
        settings.KOSNA_ENV = portal.environment["KOSNA_ENV"]  # another's payments are not ours
        settings.STRIPE_SECRET_KEY = "sk_test_sandbox"
        settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
        settings.STRIPE_API_BASE = sandbox.url
        buyers = [Buyer(person, portal, sandbox) for person in people]
        form = reverse("events:register", args=[event.slug])
        with lightning(portal, EVERY):
            sandbox.configure(copies=0)
            ends = Counter(rage(buyers[:UNTOLD], ticket, form, at_once=AT_ONCE))
            sandbox.configure(copies=1)
            ends.update(rage(buyers[UNTOLD:], ticket, form, at_once=AT_ONCE))
        assert sandbox.wait(60), portal.logged()[-3000:]
        truth = sandbox.truth()
        actions.reconcile()
        jobs.run_due(every_job=True)

    assert portal.kills >= 2
    assert ends == {"paid": seats, "refused": PAYMENTS - seats}
    ticket.refresh_from_db()
    assert ticket.taken == seats
    assert Registration.objects.filter(status=Registration.Status.CONFIRMED).count() == seats
    assert Order.objects.filter(status=Order.Status.PAID).count() == seats
    held = [model.objects.aggregate(sum=Sum("amount"))["sum"] for model in (Payment, LedgerEntry)]
    assert held == [truth["captured"]] * 2
    assert truth["refunded"] == 0
    assert set(Payment.objects.values_list("reference", flat=True)) == {
        intent["id"] for intent in truth["payment_intents"] if intent["status"] == "succeeded"
    }
    told = Message.objects.filter(template="payment_received").values("to").annotate(n=Count("pk"))
    assert [row["n"] for row in told] == [1] * seats
    assert {check: found for check, found in verify().items() if found} == {}

"""What the payment provider of the demonstration told: notices, a dispute, and one payment that
nobody here knows of. It stands in the sandbox's books too, so that every comparison finds it."""

import secrets
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.utils.translation import gettext as _

from kosna.core import clock
from kosna.demo import money
from kosna.demo.people import account
from kosna.demo.story import Story
from kosna.payments.actions import decide_rule, disputes
from kosna.payments.actions.comparison import Finding
from kosna.payments.actions.reconciliation import Report, keep
from kosna.payments.models import Disagreement, Order, ProviderEvent, Reconciliation

Kind = Reconciliation.Kind
UNKNOWN_WON = 33_000


def tell(story: Story) -> None:
    story.at(story.past(1, 2, 20), lambda: _decide("return", "제1차 정기이사회 의결"))
    story.at(
        story.ago(40, 16),
        lambda: _decide("ask", "제3차 이사회 의결. 먼저 연락하여 다른 자리를 권한다."),
    )
    story.at(story.ago(5, 14), _another_mode)
    story.at(story.ago(3, 3), lambda: _look(story, Kind.NIGHTLY, looked_at=41, booked=1))
    story.at(story.ago(2, 3), lambda: _look(story, Kind.NIGHTLY, looked_at=38))
    story.at(story.ago(1, 3), lambda: _nobody_knows(story))
    story.at(story.ago(1, 9), lambda: _look(story, Kind.BY_HAND, looked_at=36))


def _decide(rule: str, reason: str) -> None:
    decide_rule(late_money=rule, reason=reason, by=account("treasurer"))


def _another_mode() -> None:
    """Somebody pointed the real account's notices at the demonstration."""
    ProviderEvent.objects.create(
        provider="stripe",
        event=f"evt_demo{secrets.token_hex(8)}",
        type="checkout.session.completed",
        payload={
            "object": f"cs_live_{secrets.token_hex(16)}",
            "livemode": True,
            "amount": 55_000,
            "currency": "krw",
            "env": "production",
        },
        outcome=ProviderEvent.Outcome.QUARANTINED,
        note=_("Another mode: test money instead of real money, or the reverse."),
    )


def _nobody_knows(story: Story) -> None:
    """Paid at the provider under the name of an order that was given up here, in a way that this
    portal never began."""
    order = Order.objects.filter(status=Order.Status.CANCELLED).latest("pk")
    session = f"cs_demo{secrets.token_hex(10)}"
    if money.sandbox():
        opened = money.open_session(order, "kr_card", UNKNOWN_WON, attempt=str(uuid4()))
        session = money.sandbox().engine.pay(opened["id"], "kr_card")["id"]
    mended = Disagreement.objects.create(
        kind=Disagreement.Kind.SILENT,
        provider="stripe",
        reference=str(uuid4()),
        order=Order.objects.filter(status=Order.Status.PAID, method="card").latest("pk"),
        ours=55_000,
        first_seen_at=clock.now() - timedelta(days=9),
        last_seen_at=clock.now() - timedelta(days=9),
    )
    mended.move_to(Disagreement.Status.MENDED, mended_at=clock.now() - timedelta(days=8, hours=20))
    finding = Finding(
        Disagreement.Kind.UNBOOKED,
        "stripe",
        session,
        order,
        theirs=UNKNOWN_WON,
        detail=_("No payment of this kind was begun here."),
    )
    report = Report(looked_at=39)
    report.look("stripe", session, finding, Disagreement.Kind.UNBOOKED)
    keep(report)
    _look(story, Kind.NIGHTLY, looked_at=40)


def _look(story: Story, kind: Kind, *, looked_at: int, booked: int = 0) -> None:
    now = clock.now()
    Reconciliation.objects.create(
        kind=kind,
        since=now - timedelta(days=4),
        started_at=now,
        finished_at=min(now + timedelta(seconds=9), story.now),
        looked_at=looked_at,
        booked=booked,
        disagreeing=Disagreement.objects.standing().count(),
        by=account("treasurer") if kind == Kind.BY_HAND else None,
    )


def dispute(order: Order) -> None:
    """The payer asks their bank for the money back, and has not heard yet."""
    payment = order.payments.get()
    made: dict[str, Any] = {
        "id": f"du_demo{secrets.token_hex(8)}",
        "status": "needs_response",
        "reason": "fraudulent",
        "evidence_details": {"due_by": int((clock.now() + timedelta(days=14)).timestamp())},
    }
    if money.sandbox():
        made = money.sandbox().engine.dispute(payment.reference)
    disputes.hear(
        {
            "object": made["id"],
            "charge": payment.reference,
            "amount": payment.amount,
            "currency": "krw",
            "status": made["status"],
            "reason": made["reason"],
            "due_by": made["evidence_details"]["due_by"],
            "env": settings.KOSNA_ENV,
        }
    )

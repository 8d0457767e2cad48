"""What the payment provider of the demonstration told: notices, a dispute, and one payment that
nobody here knows of. It stands in the sandbox's books too, so that every comparison finds it."""

import secrets
from datetime import timedelta
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
from kosna.payments.providers.base import DisputeState, Notice

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
    money.note_notice(
        None,
        f"live_{secrets.token_hex(16)}",
        55_000,
        payload={"livemode": True, "env": "production"},
        outcome=ProviderEvent.Outcome.QUARANTINED,
        note=_("Another mode: test money instead of real money, or the reverse."),
    )


def _nobody_knows(story: Story) -> None:
    """Paid at the provider under the name of an order that was given up here, in a way that this
    portal never began."""
    order = Order.objects.filter(status=Order.Status.CANCELLED).latest("pk")
    session = f"demo{secrets.token_hex(10)}"
    if there := money.books():
        charge, _method = there.sell(money.sale_of(order, "kr_card", UNKNOWN_WON))
        session = there.session_of(charge)
    mended = Disagreement.objects.create(
        kind=Disagreement.Kind.SILENT,
        provider=settings.PAYMENT_GATEWAY,
        reference=str(uuid4()),
        order=Order.objects.filter(status=Order.Status.PAID, method="card").latest("pk"),
        ours=55_000,
        first_seen_at=clock.now() - timedelta(days=9),
        last_seen_at=clock.now() - timedelta(days=9),
    )
    mended.move_to(Disagreement.Status.MENDED, mended_at=clock.now() - timedelta(days=8, hours=20))
    finding = Finding(
        Disagreement.Kind.UNBOOKED,
        settings.PAYMENT_GATEWAY,
        session,
        order,
        theirs=UNKNOWN_WON,
        detail=_("No payment of this kind was begun here."),
    )
    report = Report(looked_at=39)
    report.look(settings.PAYMENT_GATEWAY, session, finding, Disagreement.Kind.UNBOOKED)
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
    payment, there = order.payments.get(), money.books()
    made = there.dispute(payment.reference) if there else f"demo{secrets.token_hex(8)}"
    asked = DisputeState(
        reference=made,
        amount=payment.amount,
        reason="fraudulent",
        due_at=clock.now() + timedelta(days=14),
    )
    disputes.hear(
        Notice(
            provider=payment.provider,
            event=f"evt_{made}",
            type="dispute",
            about="dispute",
            kept={},
            charge=payment.reference,
            dispute=asked,
        )
    )

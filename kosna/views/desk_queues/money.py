"""What waits of money."""

from django.utils.translation import gettext_lazy as _

from kosna.payments.models import (
    Adjustment,
    Deposit,
    Disagreement,
    NotedDeposit,
    Order,
    Proof,
    ProviderEvent,
    Refund,
    Statement,
    Task,
)
from kosna.views.desk_queues.queue import Queue, of_the_whole

QUEUES = (
    Queue(
        "bank",
        _("Bank lines to match"),
        "/staff/deposits/",
        "payments.confirm_deposit",
        lambda user: (
            Deposit.objects.permitted(user, "payments.confirm_deposit")
            .open()
            .select_related("line__account")
        ),
        "warning",
        "line__at",
    ),
    Queue(
        "noted",
        _("Noted deposits to confirm"),
        "/staff/deposits/noted/",
        "payments.confirm_deposit",
        lambda user: (
            NotedDeposit.objects.permitted(user, "payments.confirm_deposit")
            .waiting()
            .for_decider(user)
            .select_related("order", "noted_by")
        ),
        "accent",
        "noted_at",
    ),
    Queue(
        "deposits",
        _("Deposits to confirm"),
        "/staff/deposits/orders/",
        "payments.confirm_deposit",
        lambda user: Order.objects.permitted(user, "payments.confirm_deposit").awaiting_deposit(),
        "info",
        "expires_at",
    ),
    Queue(
        "refunds",
        _("Refunds to decide"),
        "/staff/refunds/",
        "payments.approve_refund",
        lambda user: (
            Refund.objects.permitted(user, "payments.approve_refund")
            .filter(
                status__in=[Refund.Status.REQUESTED, Refund.Status.APPROVED, Refund.Status.FAILED]
            )
            .select_related("order")
        ),
        "warning",
        "requested_at",
    ),
    Queue(
        "proofs",
        _("Proofs to issue"),
        "/staff/proofs/?status=waiting",
        "payments.issue_proof",
        lambda user: (
            Proof.objects.permitted(user, "payments.issue_proof")
            .waiting()
            .select_related("payment__order")
        ),
        "warning",
        "due_on",
    ),
    Queue(
        "tasks",
        _("Money tasks"),
        "/staff/money-tasks/",
        "payments.resolve_task",
        lambda user: (
            Task.objects.permitted(user, "payments.resolve_task")
            .filter(status=Task.Status.OPEN)
            .select_related("order")
        ),
        "danger",
        "created_at",
    ),
    Queue(
        "statements",
        _("Branch statements to approve"),
        "/staff/settlements/?status=prepared",
        "payments.approve_statement",
        lambda user: (
            Statement.objects.permitted(user, "payments.approve_statement")
            .waiting()
            .select_related("branch")
        ),
        "accent",
        "month",
    ),
    Queue(
        "adjustments",
        _("Adjustments to confirm"),
        "/staff/settlements/adjustments/?status=proposed",
        "payments.confirm_adjustment",
        lambda user: (
            Adjustment.objects.permitted(user, "payments.confirm_adjustment")
            .waiting()
            .for_decider(user)
            .select_related("branch", "proposed_by")
        ),
        "warning",
        "proposed_at",
    ),
    Queue(
        "set_aside",
        _("Notices set aside"),
        "/staff/provider-events/",
        "payments.reconcile",
        lambda user: of_the_whole(
            user,
            "payments.reconcile",
            ProviderEvent.objects.filter(outcome=ProviderEvent.Outcome.QUARANTINED),
        ),
        "danger",
        "pk",
    ),
    Queue(
        "disagreements",
        _("Disagreements with the provider"),
        "/staff/reconciliation/",
        "payments.reconcile",
        lambda user: of_the_whole(
            user,
            "payments.reconcile",
            Disagreement.objects.standing().select_related("order"),
        ),
        "danger",
        "pk",
    ),
)

from django.urls import include, path

from kosna.payments import staff_views as views

app_name = "payments_staff"
urlpatterns = [
    path("orders/", views.orders, name="orders"),
    path("orders/<str:code>/", views.order, name="order"),
    path("orders/<str:code>/refund/", views.refund_request, name="refund-request"),
    path("orders/<str:code>/try-again/", views.try_again, name="try-again"),
    path("orders/<str:code>/papers/", views.order_papers, name="order-papers"),
    path(
        "orders/<str:code>/payments/<int:payment>/cash-receipt/",
        views.order_cash_receipt,
        name="order-cash-receipt",
    ),
    path(
        "orders/<str:code>/payments/<int:payment>/invoice/",
        views.order_invoice,
        name="order-invoice",
    ),
    path("proofs/", views.proofs, name="proofs"),
    path("proofs/export/", views.proofs_export, name="proofs-export"),
    path("proofs/results/", views.proofs_results, name="proofs-results"),
    path("proofs/unasked/", views.proofs_unasked, name="proofs-unasked"),
    path("proofs/<int:pk>/", views.proof, name="proof"),
    path("proofs/<int:pk>/issue/", views.proof_issue, name="proof-issue"),
    path("proofs/<int:pk>/correct/", views.proof_correct, name="proof-correct"),
    path("proofs/<int:pk>/take-back/", views.proof_take_back, name="proof-take-back"),
    path("proofs/<int:pk>/cancel/", views.proof_cancel, name="proof-cancel"),
    path("proofs/<int:pk>/certificate/", views.proof_certificate, name="proof-certificate"),
    path("deposits/", views.deposits, name="deposits"),
    path("deposits/<str:code>/", views.deposit, name="deposit"),
    path("refunds/", views.refunds, name="refunds"),
    path("refunds/<int:pk>/", views.refund, name="refund"),
    path("refunds/<int:pk>/approve/", views.refund_approve, name="refund-approve"),
    path("refunds/<int:pk>/reject/", views.refund_reject, name="refund-reject"),
    path("refunds/<int:pk>/send/", views.refund_send, name="refund-send"),
    path("refunds/<int:pk>/wired/", views.refund_wired, name="refund-wired"),
    path("money-tasks/", views.tasks, name="tasks"),
    path("money-tasks/<int:pk>/", views.task, name="task"),
    path("settlements/", include("kosna.payments.settlement_urls")),
    path("provider-events/", views.provider_events, name="provider-events"),
    path("provider-events/<int:pk>/", views.provider_event, name="provider-event"),
    path(
        "provider-events/<int:pk>/apply/", views.provider_event_apply, name="provider-event-apply"
    ),
    path(
        "provider-events/<int:pk>/ignore/",
        views.provider_event_ignore,
        name="provider-event-ignore",
    ),
    path("reconciliation/", views.reconciliation, name="reconciliation"),
    path("reconciliation/run/", views.reconciliation_run, name="reconciliation-run"),
    path("payment-rules/", views.money_rules, name="money-rules"),
]

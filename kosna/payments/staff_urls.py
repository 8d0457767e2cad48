from django.urls import include, path

from kosna.payments import staff_views as views

app_name = "payments_staff"
urlpatterns = [
    path("orders/", views.orders, name="orders"),
    path("orders/<str:code>/", views.order, name="order"),
    path("orders/<str:code>/refund/", views.refund_request, name="refund-request"),
    path("orders/<str:code>/try-again/", views.try_again, name="try-again"),
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

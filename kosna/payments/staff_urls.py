from django.urls import include, path

from kosna.payments import staff_views as views

app_name = "payments_staff"
urlpatterns = [
    path("orders/", views.orders, name="orders"),
    path("orders/<str:code>/", views.order, name="order"),
    path("orders/<str:code>/refund/", views.refund_request, name="refund-request"),
    path("orders/<str:code>/try-again/", views.try_again, name="try-again"),
    path("deposits/", views.deposits, name="deposits"),
    path("deposits/match/", views.deposits_match, name="deposits-match"),
    path("deposits/orders/", views.deposit_orders, name="deposit-orders"),
    path("deposits/files/", views.bank_files, name="bank-files"),
    path("deposits/files/<uuid:uuid>/", views.bank_file, name="bank-file"),
    path("deposits/files/<uuid:uuid>/columns/", views.bank_file_columns, name="bank-file-columns"),
    path("deposits/files/<uuid:uuid>/import/", views.bank_file_import, name="bank-file-import"),
    path("deposits/files/<uuid:uuid>/abandon/", views.bank_file_abandon, name="bank-file-abandon"),
    path("deposits/accounts/", views.bank_accounts, name="bank-accounts"),
    path("deposits/accounts/<int:pk>/", views.bank_account, name="bank-account"),
    path("deposits/lines/<int:pk>/", views.deposit_line, name="deposit-line"),
    path("deposits/lines/<int:pk>/row/", views.deposit_row, name="deposit-row"),
    path("deposits/lines/<int:pk>/match/", views.deposit_match, name="deposit-match"),
    path("deposits/lines/<int:pk>/split/", views.deposit_split, name="deposit-split"),
    path("deposits/lines/<int:pk>/aside/", views.deposit_aside, name="deposit-aside"),
    path("deposits/lines/<int:pk>/take-up/", views.deposit_take_up, name="deposit-take-up"),
    path("deposits/lines/<int:pk>/return/", views.deposit_return, name="deposit-return"),
    path("deposits/matches/<int:pk>/undo/", views.match_undo, name="match-undo"),
    path("deposits/typed/<int:pk>/retract/", views.deposit_retract, name="deposit-retract"),
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

from django.urls import path

from kosna.payments import proof_views, views

app_name = "payments"
urlpatterns = [
    path("guest/<str:token>/", views.guest, name="guest"),
    path("guest/<str:token>/mine/", views.guest_mine, name="guest-mine"),
    path("<str:code>/", views.order, name="order"),
    path("<str:code>/pay/", views.pay, name="pay"),
    path("<str:code>/extend/", views.extend, name="extend"),
    path("<str:code>/cancel/", views.cancel, name="cancel"),
    path("<str:code>/refund-account/", views.refund_account, name="refund-account"),
    path("<str:code>/receipt.pdf", views.receipt, name="receipt"),
    path("<str:code>/papers/", proof_views.papers, name="papers"),
    path(
        "<str:code>/payments/<int:payment>/cash-receipt/",
        proof_views.cash_receipt,
        name="cash-receipt",
    ),
    path("<str:code>/payments/<int:payment>/invoice/", proof_views.invoice, name="invoice"),
    path("<str:code>/proofs/<int:pk>/withdraw/", proof_views.withdraw, name="proof-withdraw"),
]

from django.urls import path

from kosna.payments import views

app_name = "payments"
urlpatterns = [
    path("<str:code>/", views.order, name="order"),
    path("<str:code>/pay/", views.pay, name="pay"),
    path("<str:code>/cancel/", views.cancel, name="cancel"),
    path("<str:code>/receipt.pdf", views.receipt, name="receipt"),
]

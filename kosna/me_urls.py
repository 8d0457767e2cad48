"""My page. What only members or payments know is shown here side by side."""

from django.urls import path

from kosna.views import me
from members.views import tier_changes, transfers

app_name = "me"
urlpatterns = [
    path("", me.me, name="me"),
    path("orders/", me.orders, name="orders"),
    path("tickets/", me.tickets, name="tickets"),
    path("documents/", me.documents, name="documents"),
    path("downloads/", me.downloads, name="downloads"),
    path("looks/", me.looks, name="looks"),
    path("transfer/", transfers.transfer, name="transfer"),
    path("transfer/<int:pk>/withdraw/", transfers.transfer_withdraw, name="transfer-withdraw"),
    path("tier/", tier_changes.tier, name="tier"),
    path("tier/<int:pk>/withdraw/", tier_changes.tier_withdraw, name="tier-withdraw"),
]

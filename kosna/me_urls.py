"""My page. What only members or payments know is shown here side by side."""

from django.urls import path

from kosna.views import me

app_name = "me"
urlpatterns = [
    path("", me.me, name="me"),
    path("orders/", me.orders, name="orders"),
    path("tickets/", me.tickets, name="tickets"),
    path("documents/", me.documents, name="documents"),
    path("downloads/", me.downloads, name="downloads"),
    path("looks/", me.looks, name="looks"),
]

"""My page. What only members or payments know is shown here side by side."""

from django.urls import path

from kosna.views import history, me
from members.views import papers

app_name = "me"
urlpatterns = [
    path("", me.me, name="me"),
    path("orders/", me.orders, name="orders"),
    path("tickets/", me.tickets, name="tickets"),
    path("card/", papers.card_page, name="card"),
    path("documents/", papers.my_papers, name="documents"),
    path("documents/<str:code>/reissue/", papers.reissue, name="document-reissue"),
    path("history/", history.history, name="history"),
    path("downloads/", me.downloads, name="downloads"),
    path("looks/", me.looks, name="looks"),
]

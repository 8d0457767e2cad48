from django.urls import path

from events.door import sale_views, views

app_name = "door"
urlpatterns = [
    path("", views.door, name="door"),
    path("kiosk/", views.kiosk, name="kiosk"),
    path("self/", views.self_check_in, name="self"),
    path("worker.js", views.worker, name="worker"),
    path("app.webmanifest", views.manifest, name="manifest"),
    path("roster/", views.roster, name="roster"),
    path("sync/", views.sync, name="sync"),
    path("sales/offers/", sale_views.offers, name="offers"),
    path("sales/", sale_views.sell, name="sell"),
    path("sales/<uuid:key>/", sale_views.sold, name="sold"),
    path("sales/<uuid:key>/paid/", sale_views.paid, name="paid"),
    path("sales/<uuid:key>/unsold/", sale_views.unsold, name="unsold"),
]

from django.urls import path

from events.door import views

app_name = "door"
urlpatterns = [
    path("", views.door, name="door"),
    path("kiosk/", views.kiosk, name="kiosk"),
    path("self/", views.self_check_in, name="self"),
    path("worker.js", views.worker, name="worker"),
    path("app.webmanifest", views.manifest, name="manifest"),
    path("roster/", views.roster, name="roster"),
    path("sync/", views.sync, name="sync"),
]

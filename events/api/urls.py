from django.urls import path

from events.api import views
from kosna.api import pages
from kosna.api.operations import urls_of

app_name = "api"
urlpatterns = [
    path("", pages.guide, name="guide"),
    path("openapi.json", pages.openapi, name="openapi"),
    *urls_of([
        views.EVENTS,
        views.EVENT,
        views.PUBLISH,
        views.UNPUBLISH,
        views.REGISTRATIONS,
        views.ROSTER,
        views.SCANS,
        views.ARRIVALS,
    ]),
]  # fmt: skip

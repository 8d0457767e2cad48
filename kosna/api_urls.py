"""The API: what programs ask of every room, at one address."""

from django.urls import path

from events.api import views as events
from kosna.api import pages
from kosna.api.operations import urls_of
from research.api import views as research

app_name = "api"
urlpatterns = [
    path("", pages.guide, name="guide"),
    path("openapi.json", pages.openapi, name="openapi"),
    *urls_of([
        events.EVENTS,
        events.EVENT,
        events.PUBLISH,
        events.UNPUBLISH,
        events.REGISTRATIONS,
        events.ROSTER,
        events.SCANS,
        events.ARRIVALS,
        research.REPORTS,
        research.REPORT,
        research.ALL_SERIES,
        research.SERIES,
        research.VALUES,
    ]),
]  # fmt: skip

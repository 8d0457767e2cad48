"""The secretariat's desk, by the same nouns as the public site."""

from django.urls import include, path

from kosna import staff_views

urlpatterns = [
    path("", staff_views.desk, name="desk"),
    path("search/", staff_views.search, name="desk-search"),
    path("", include("members.staff_urls")),
    path("", include("events.staff_urls")),
    path("", include("research.staff_urls")),
    path("", include("kosna.payments.staff_urls")),
    path("", include("kosna.branches.staff_urls")),
    path("", include("kosna.audit.staff_urls")),
    path("", include("kosna.mail.staff_urls")),
]

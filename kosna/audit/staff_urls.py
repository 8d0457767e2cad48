from django.urls import path

from kosna.audit import staff_views

app_name = "audit_staff"
urlpatterns = [
    path("audit/", staff_views.entries, name="entries"),
    path("audit/<int:pk>/", staff_views.entry, name="entry"),
]

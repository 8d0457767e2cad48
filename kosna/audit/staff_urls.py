from django.urls import path

from kosna.audit import staff_views

app_name = "audit_staff"
urlpatterns = [
    path("audit/", staff_views.entries, name="entries"),
    path("audit/export/", staff_views.entries_export, name="entries-export"),
    path("audit/<int:pk>/", staff_views.entry, name="entry"),
]

from django.urls import path

from members.directory import staff_views

app_name = "directory_staff"
urlpatterns = [
    path("directory/", staff_views.entries, name="entries"),
    path("directory/export/", staff_views.entries_export, name="entries-export"),
    path("directory/reports/", staff_views.reports, name="reports"),
    path("directory/reports/export/", staff_views.reports_export, name="reports-export"),
    path("directory/reports/<int:pk>/dismiss/", staff_views.dismiss, name="report-dismiss"),
    path("directory/reports/<int:pk>/settle/", staff_views.settle, name="report-settle"),
    path("directory/<int:pk>/", staff_views.entry, name="entry"),
    path("directory/<int:pk>/hide/", staff_views.hide, name="entry-hide"),
    path("directory/<int:pk>/show/", staff_views.show, name="entry-show"),
    path("directory/<int:pk>/keep-hidden/", staff_views.keep_hidden, name="entry-keep-hidden"),
]

from django.urls import path

from research.staff_views import downloads, reports

app_name = "research_staff"
urlpatterns = [
    path("reports/", reports.reports, name="reports"),
    path("reports/new/", reports.report_new, name="report-new"),
    path("reports/<int:pk>/", reports.report, name="report"),
    path("reports/<int:pk>/edit/", reports.report_edit, name="report-edit"),
    path("reports/<int:pk>/publish/", reports.report_publish, name="report-publish"),
    path("reports/<int:pk>/withdraw/", reports.report_withdraw, name="report-withdraw"),
    path("downloads/", downloads.downloads, name="downloads"),
]

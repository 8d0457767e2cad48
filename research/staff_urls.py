from django.urls import path

from research.staff_views import access, downloads, editions, figures, reports

app_name = "research_staff"
urlpatterns = [
    path("reports/", reports.reports, name="reports"),
    path("reports/new/", reports.report_new, name="report-new"),
    path("reports/figures/", figures.library_figures, name="figures"),
    path("reports/<int:pk>/submit/", reports.report_submit, name="report-submit"),
    path("reports/<int:pk>/return/", reports.report_return, name="report-return"),
    path("reports/as/", access.shelf_as, name="shelf-as"),
    path("reports/<int:pk>/editions/", editions.editions, name="editions"),
    path("reports/<int:pk>/editions/new/", editions.edition_prepare, name="edition-prepare"),
    path("editions/<int:pk>/release/", editions.edition_release, name="edition-release"),
    path("editions/<int:pk>/drop/", editions.edition_drop, name="edition-drop"),
    path("reports/<int:pk>/errata/", editions.erratum_add, name="erratum-add"),
    path("reports/<int:pk>/samples/", editions.samples_choose, name="samples-choose"),
    path("reports/<int:pk>/preview/<int:number>/", editions.preview, name="preview"),
    path("reports/<int:pk>/access/", access.access, name="report-access"),
    path("reports/<int:pk>/as/", access.report_as, name="report-as"),
    path("reports/<int:pk>/read/", access.read, name="report-read"),
    path("reports/<int:pk>/let-in/", access.let_in, name="let-in"),
    path("permits/<int:pk>/end/", access.permit_end, name="permit-end"),
    path("reports/<int:pk>/", reports.report, name="report"),
    path("reports/<int:pk>/edit/", reports.report_edit, name="report-edit"),
    path("reports/<int:pk>/publish/", reports.report_publish, name="report-publish"),
    path("reports/<int:pk>/withdraw/", reports.report_withdraw, name="report-withdraw"),
    path("reports/caps/", downloads.caps, name="caps"),
    path("downloads/", downloads.downloads, name="downloads"),
    path("downloads/trace/", downloads.trace, name="trace"),
]

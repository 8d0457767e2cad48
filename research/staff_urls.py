from django.urls import path

from research.staff_views import (
    access,
    downloads,
    editions,
    figures,
    reports,
    series_imports,
    statistics,
)

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
    path("statistics/", statistics.series_list, name="series-list"),
    path("statistics/new/", statistics.series_new, name="series-new"),
    path("statistics/imports/<uuid:uuid>/", series_imports.imported, name="series-import"),
    path("statistics/imports/<uuid:uuid>/apply/", series_imports.apply, name="series-import-apply"),
    path(
        "statistics/imports/<uuid:uuid>/abandon/",
        series_imports.abandon,
        name="series-import-abandon",
    ),
    path("statistics/<int:pk>/", statistics.series, name="series"),
    path("statistics/<int:pk>/edit/", statistics.series_edit, name="series-edit"),
    path("statistics/<int:pk>/publish/", statistics.series_publish, name="series-publish"),
    path("statistics/<int:pk>/withdraw/", statistics.series_withdraw, name="series-withdraw"),
    path("statistics/<int:pk>/value/", statistics.value_tell, name="series-value"),
    path("statistics/<int:pk>/import/", series_imports.bring, name="series-import-new"),
    path("statistics/<int:pk>/template.xlsx", series_imports.template_xlsx, name="series-template"),
    path(
        "statistics/<int:pk>/template.csv", series_imports.template_csv, name="series-template-csv"
    ),
    path("downloads/trace/", downloads.trace, name="trace"),
]

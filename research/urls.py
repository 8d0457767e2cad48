from django.urls import path

from research.views import library, statistics

app_name = "research"
urlpatterns = [
    path("", library.reports, name="reports"),
    path("statistics/", statistics.series_list, name="series-list"),
    path("statistics/industry/", statistics.industry, name="industry"),
    path("statistics/compare/", statistics.comparison, name="comparison"),
    *(
        path(
            f"statistics/compare.{kind}",
            statistics.comparison_file,
            {"kind": kind},
            name=f"comparison-{kind}",
        )
        for kind in statistics.KINDS
    ),
    path("statistics/<slug:code>/", statistics.series, name="series"),
    *(
        path(
            f"statistics/<slug:code>.{kind}",
            statistics.series_file,
            {"kind": kind},
            name=f"series-{kind}",
        )
        for kind in statistics.KINDS
    ),
    path("<slug:slug>/", library.report, name="report"),
    path("<slug:slug>/download/", library.download, name="download"),
]

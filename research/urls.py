from django.urls import path

from research.views import discovery, finding, library, statistics

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
    path("feed/", discovery.feed, name="feed"),
    path("suggest/", finding.suggestions, name="suggest"),
    path("saved/", finding.saved, name="saved"),
    path("saved/new/", finding.save, name="saved-new"),
    path("saved/<int:pk>/", finding.change, name="saved-change"),
    path("saved/<int:pk>/delete/", finding.forget, name="saved-delete"),
    path("saved/stop/<str:token>/", finding.stop, name="saved-stop"),
    path("authors/<str:slug>/", discovery.author, name="author"),
    path("<slug:slug>/pages/<int:number>/", discovery.sample, name="sample"),
    path("<slug:slug>/cover/<str:language>.png", discovery.cover, name="cover"),
    path("<slug:slug>/cite/<str:kind>/", discovery.cite, name="cite"),
    path("<slug:slug>/", library.report, name="report"),
    path("<slug:slug>/buy/", library.buy, name="buy"),
    path("<slug:slug>/download/", library.download, name="download"),
]

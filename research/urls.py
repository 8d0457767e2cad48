from django.urls import path

from research.views import discovery, library

app_name = "research"
urlpatterns = [
    path("", library.reports, name="reports"),
    path("feed/", discovery.feed, name="feed"),
    path("authors/<str:slug>/", discovery.author, name="author"),
    path("<slug:slug>/pages/<int:number>/", discovery.sample, name="sample"),
    path("<slug:slug>/cite/<str:kind>/", discovery.cite, name="cite"),
    path("<slug:slug>/", library.report, name="report"),
    path("<slug:slug>/buy/", library.buy, name="buy"),
    path("<slug:slug>/download/", library.download, name="download"),
]

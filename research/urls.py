from django.urls import path

from research.views import library

app_name = "research"
urlpatterns = [
    path("", library.reports, name="reports"),
    path("<slug:slug>/", library.report, name="report"),
    path("<slug:slug>/buy/", library.buy, name="buy"),
    path("<slug:slug>/download/", library.download, name="download"),
]

from django.urls import path

from research import views

app_name = "research"
urlpatterns = [
    path("", views.reports, name="reports"),
    path("<slug:slug>/", views.report, name="report"),
    path("<slug:slug>/download/", views.download, name="download"),
]

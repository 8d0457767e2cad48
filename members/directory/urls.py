from django.urls import path

from members.directory.views import directory

app_name = "directory"
urlpatterns = [
    path("", directory.directory, name="directory"),
    path("<int:pk>/", directory.entry, name="entry"),
    path("<int:pk>/ask/", directory.ask, name="ask"),
    path("<int:pk>/report/", directory.report, name="report"),
]

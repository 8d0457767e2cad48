from django.urls import path

from kosna.views import branches

app_name = "branches"
urlpatterns = [
    path("", branches.branches, name="branches"),
    path("<slug:code>/", branches.branch, name="branch"),
]

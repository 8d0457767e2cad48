from django.urls import path

from members.programmes.views import projects

app_name = "projects"
urlpatterns = [
    path("", projects.applications, name="applications"),
    path("<str:number>/withdraw/", projects.withdraw, name="withdraw"),
]

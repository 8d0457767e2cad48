from django.urls import path

from members.programmes.views import consulting, partners, projects

app_name = "programmes"
urlpatterns = [
    path("partners/", partners.partners, name="partners"),
    path("projects/", projects.projects, name="projects"),
    path("projects/<slug:slug>/", projects.project, name="project"),
    path("projects/<slug:slug>/apply/", projects.apply, name="project-apply"),
    path("consulting/", consulting.consulting, name="consulting"),
]

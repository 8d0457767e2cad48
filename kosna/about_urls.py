from django.urls import path

from kosna.views import pages

app_name = "about"
urlpatterns = [
    path("", pages.about, name="about"),
    path("terms/", pages.policy, {"kind": "terms"}, name="terms"),
    path("privacy/", pages.policy, {"kind": "privacy"}, name="privacy"),
    path("<slug:page>/", pages.about_page, name="page"),
]

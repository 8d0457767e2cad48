from django.urls import path

from kosna import views

app_name = "about"
urlpatterns = [
    path("", views.about, name="about"),
    path("<slug:page>/", views.about_page, name="page"),
]

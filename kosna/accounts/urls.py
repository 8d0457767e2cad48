from django.urls import path

from kosna.accounts import views

app_name = "accounts"
urlpatterns = [
    path("link/", views.link, name="link"),
    path("consents/", views.consents, name="consents"),
    path("profile/", views.profile, name="profile"),
]

from django.urls import path

from kosna.accounts import views

app_name = "accounts"
urlpatterns = [
    path("link/", views.link, name="link"),
    path("consents/", views.consents, name="consents"),
    path("consents/terms/", views.agree_to_terms, name="agree-to-terms"),
    path("profile/", views.profile, name="profile"),
]

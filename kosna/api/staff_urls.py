from django.urls import path

from kosna.api import staff_views

app_name = "api_staff"
urlpatterns = [
    path("api-keys/", staff_views.tokens, name="tokens"),
    path("api-keys/<int:pk>/revoke/", staff_views.token_revoke, name="token-revoke"),
]

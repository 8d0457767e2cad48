from django.urls import path

from kosna.payments import views

# A provider that does not sign is known by the last part of its address.
app_name = "webhooks"
urlpatterns = [
    path("<slug:provider>/", views.webhook, name="signed"),
    path("<slug:provider>/<str:secret>/", views.webhook, name="secret"),
]

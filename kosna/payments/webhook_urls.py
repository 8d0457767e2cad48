from django.urls import path

from kosna.payments import views

app_name = "webhooks"
urlpatterns = [path("stripe/", views.stripe_webhook, name="stripe")]

from django.urls import path

from members.programmes import views

app_name = "programmes"
urlpatterns = [
    path("partners/", views.partners, name="partners"),
]

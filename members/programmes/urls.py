from django.urls import path

from members.programmes.views import consulting, partners

app_name = "programmes"
urlpatterns = [
    path("partners/", partners.partners, name="partners"),
    path("consulting/", consulting.consulting, name="consulting"),
]

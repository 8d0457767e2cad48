from django.urls import path

from members.programmes import staff_views

app_name = "programmes_staff"
urlpatterns = [
    path("partners/", staff_views.partners, name="partners"),
    path("partners/export/", staff_views.partners_export, name="partners-export"),
    path("partners/new/", staff_views.partner_new, name="partner-new"),
    path("partners/<int:pk>/", staff_views.partner, name="partner"),
    path("partners/<int:pk>/end/", staff_views.partner_end, name="partner-end"),
    path("partners/<int:pk>/end/correct/", staff_views.partner_correct_end, name="end-correct"),
]

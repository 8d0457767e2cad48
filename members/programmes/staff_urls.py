from django.urls import path

from members.programmes.staff_views import consulting, partners, pool, rounds

app_name = "programmes_staff"
urlpatterns = [
    path("partners/", partners.partners, name="partners"),
    path("partners/export/", partners.partners_export, name="partners-export"),
    path("partners/new/", partners.partner_new, name="partner-new"),
    path("partners/<int:pk>/", partners.partner, name="partner"),
    path("partners/<int:pk>/end/", partners.partner_end, name="partner-end"),
    path("partners/<int:pk>/end/correct/", partners.partner_correct_end, name="end-correct"),
    path("consulting/", consulting.requests, name="consulting"),
    path("consulting/export/", consulting.requests_export, name="consulting-export"),
    path("consulting/figures/", consulting.figures, name="consulting-figures"),
    path("consulting/consultants/", pool.consultants, name="consultants"),
    path("consulting/consultants/export/", pool.consultants_export, name="consultants-export"),
    path("consulting/consultants/new/", pool.consultant_new, name="consultant-new"),
    path("consulting/consultants/<int:pk>/", pool.consultant, name="consultant"),
    path("consulting/consultants/<int:pk>/retire/", pool.retire, name="consultant-retire"),
    path("consulting/consultants/<int:pk>/return/", pool.take_back, name="consultant-return"),
    path("consulting/rounds/", rounds.rounds, name="rounds"),
    path("consulting/rounds/export/", rounds.rounds_export, name="rounds-export"),
    path("consulting/rounds/new/", rounds.round_new, name="round-new"),
    path("consulting/rounds/<int:pk>/", rounds.round_page, name="round"),
    path("consulting/<str:number>/", consulting.request_page, name="consulting-request"),
    path("consulting/<str:number>/assign/", consulting.assign, name="consulting-assign"),
    path("consulting/<str:number>/decline/", consulting.decline, name="consulting-decline"),
    path("consulting/<str:number>/return/", consulting.take_back, name="consulting-return"),
    path("consulting/<str:number>/close/", consulting.close, name="consulting-close"),
]

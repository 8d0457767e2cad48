from django.urls import path

from members import views

app_name = "members"
urlpatterns = [
    path("", views.tiers, name="tiers"),
    path("apply/", views.apply, name="apply"),
    path("apply/<str:number>/", views.application, name="application"),
    path("apply/<str:number>/edit/", views.application_edit, name="application-edit"),
    path("apply/<str:number>/withdraw/", views.application_withdraw, name="application-withdraw"),
    path("apply/<str:number>/order/", views.application_order, name="application-order"),
    path("apply/<str:number>/certificate.pdf", views.certificate, name="certificate"),
    path("apply/<str:number>/files/<int:pk>/", views.application_file, name="application-file"),
    path("card.pdf", views.card, name="card"),
    path("renew/", views.renew, name="renew"),
]

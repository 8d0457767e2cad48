from django.urls import path

from members.views import (
    applications,
    claims,
    inspections,
    invitations,
    leaving,
    papers,
    renewals,
    tiers,
)

app_name = "members"
urlpatterns = [
    path("", tiers.tiers, name="tiers"),
    path("apply/", applications.apply, name="apply"),
    path("apply/<str:number>/", applications.application, name="application"),
    path("apply/<str:number>/edit/", applications.application_edit, name="application-edit"),
    path(
        "apply/<str:number>/withdraw/",
        applications.application_withdraw,
        name="application-withdraw",
    ),
    path("apply/<str:number>/order/", applications.application_order, name="application-order"),
    path("apply/<str:number>/certificate.pdf", papers.certificate, name="certificate"),
    path(
        "apply/<str:number>/files/<int:pk>/", applications.application_file, name="application-file"
    ),
    path("claim/", claims.claim_again, name="claim-again"),
    path("claim/<str:token>/", claims.claim, name="claim"),
    path("card.pdf", papers.card, name="card"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("register/<str:secret>/", inspections.inspection, name="inspection"),
    path("renew/", renewals.renew, name="renew"),
    path("leave/<int:pk>/", leaving.leave, name="leave"),
]

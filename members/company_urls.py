"""My company, under my page."""

from django.urls import path

from members.views import companies

app_name = "company"
urlpatterns = [
    path("", companies.company, name="company"),
    path("ask/<int:domain>/", companies.ask, name="ask"),
    path("asked/<int:asked>/withdraw/", companies.ask_withdraw, name="ask-withdraw"),
    path("<int:pk>/facts/", companies.facts, name="facts"),
    path("<int:pk>/change/", companies.change, name="change"),
    path("<int:pk>/change/withdraw/", companies.change_withdraw, name="change-withdraw"),
    path("<int:pk>/invite/", companies.invite, name="invite"),
    path("<int:pk>/invite-many/", companies.invite_many, name="invite-many"),
    path(
        "<int:pk>/invitations/<int:invitation>/again/",
        companies.invitation_again,
        name="invitation-again",
    ),
    path(
        "<int:pk>/invitations/<int:invitation>/withdraw/",
        companies.invitation_withdraw,
        name="invitation-withdraw",
    ),
    path("<int:pk>/seats/<int:seat>/end/", companies.seat_end, name="seat-end"),
    path("<int:pk>/seats/<int:seat>/restore/", companies.seat_restore, name="seat-restore"),
    path("<int:pk>/domains/", companies.domain, name="domain"),
    path("<int:pk>/domains/<int:domain>/prove/", companies.domain_prove, name="domain-prove"),
    path("<int:pk>/domains/<int:domain>/end/", companies.domain_end, name="domain-end"),
    path(
        "<int:pk>/requests/<int:asked>/approve/", companies.request_approve, name="request-approve"
    ),
    path(
        "<int:pk>/requests/<int:asked>/decline/", companies.request_decline, name="request-decline"
    ),
]

"""My page. What only members or payments know is shown here side by side."""

from django.urls import path

from events.views import after, booths, exhibitors, teaching
from kosna.views import batches, history, leaving, me, own_data
from members.views import inspections, meetings, papers, tier_changes, transfers

app_name = "me"
urlpatterns = [
    path("", me.me, name="me"),
    path("orders/", me.orders, name="orders"),
    path("tickets/", me.tickets, name="tickets"),
    path("certificates/", after.my_certificates, name="certificates"),
    path(
        "certificates/<int:pk>/events/<slug:slug>/",
        after.company_certificates,
        name="company-certificates",
    ),
    path("teaching/", teaching.teaching, name="teaching"),
    path("teaching/<slug:slug>/", teaching.roll, name="roll"),
    path("booths/", booths.my_booths, name="booths"),
    path("exhibitors/<int:pk>/", exhibitors.my_exhibitor, name="exhibitor"),
    path("booths/<str:code>/give-up/", booths.booth_give_up, name="booth-give-up"),
    path("work/<uuid:uuid>/", batches.my_batch, name="work"),
    path("work/<uuid:uuid>/file/", batches.batch_file_of_mine, name="work-file"),
    path("card/", papers.card_page, name="card"),
    path("documents/", papers.my_papers, name="documents"),
    path("documents/<str:code>/reissue/", papers.reissue, name="document-reissue"),
    path("history/", history.history, name="history"),
    path("downloads/", me.downloads, name="downloads"),
    path("looks/", me.looks, name="looks"),
    path("data/", own_data.data, name="data"),
    path("data/confirm/", own_data.confirm, name="data-confirm"),
    path("data/file/", own_data.data_file, name="data-file"),
    path("leave/", leaving.leave, name="leave"),
    path("leave/confirm/", leaving.confirm, name="leave-confirm"),
    path("transfer/", transfers.transfer, name="transfer"),
    path("transfer/<int:pk>/withdraw/", transfers.transfer_withdraw, name="transfer-withdraw"),
    path("tier/", tier_changes.tier, name="tier"),
    path("tier/<int:pk>/withdraw/", tier_changes.tier_withdraw, name="tier-withdraw"),
    path("address/<int:pk>/", inspections.address, name="address"),
    path("register/", inspections.requests, name="inspections"),
    path("register/<str:number>/withdraw/", inspections.withdraw, name="inspection-withdraw"),
    path("meetings/", meetings.meetings, name="meetings"),
    path("meetings/<str:number>/", meetings.meeting, name="meeting"),
    path("meetings/<str:number>/proxy/", meetings.proxy, name="meeting-proxy"),
    path("meetings/<str:number>/proxy/revoke/", meetings.proxy_revoke, name="meeting-proxy-revoke"),
    path("meetings/<str:number>/vote/", meetings.written_vote, name="meeting-vote"),
    path("meetings/<str:number>/minutes.pdf", meetings.minutes, name="meeting-minutes"),
]

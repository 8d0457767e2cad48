from django.urls import path

from events import (
    after_views,
    booth_views,
    guest_views,
    pasted_views,
    programme_views,
    proposal_views,
    request_views,
    views,
    waiting_views,
)

app_name = "events"
urlpatterns = [
    path("", views.events, name="events"),
    path("calendar.ics", views.calendar_ics, name="calendar-ics"),
    path("<slug:slug>/", views.event, name="event"),
    path("<slug:slug>/event.ics", views.event_ics, name="event-ics"),
    path("<slug:slug>/register/", views.register, name="register"),
    path("<slug:slug>/register/list/", pasted_views.register_list, name="register-list"),
    path("<slug:slug>/register/guest/", guest_views.register, name="register-guest"),
    path("<slug:slug>/requested/", request_views.requested, name="requested"),
    path("<slug:slug>/requested/withdraw/", request_views.withdraw, name="request-withdraw"),
    path("<slug:slug>/waiting/", waiting_views.waiting, name="waiting"),
    path("<slug:slug>/waiting/leave/", waiting_views.leave, name="waiting-leave"),
    path("<slug:slug>/programme/", programme_views.programme, name="timetable"),
    path("<slug:slug>/programme.ics", programme_views.programme_ics, name="timetable-ics"),
    path("<slug:slug>/programme/changes/", programme_views.changes, name="programme-changes"),
    path("<slug:slug>/programme/<int:pk>/", programme_views.session, name="session"),
    path("<slug:slug>/programme/<int:pk>.ics", programme_views.session_ics, name="session-ics"),
    path(
        "<slug:slug>/speakers/<int:pk>/photo.jpg",
        programme_views.speaker_photo,
        name="speaker-photo",
    ),
    path("<slug:slug>/booths/", booth_views.booths, name="booths"),
    path("<slug:slug>/booths/<slug:number>/", booth_views.booth, name="booth"),
    path("<slug:slug>/proposals/", proposal_views.proposals, name="proposals"),
    path("<slug:slug>/proposals/new/", proposal_views.proposal_new, name="proposal-new"),
    path("<slug:slug>/proposals/<int:pk>/", proposal_views.proposal, name="proposal"),
    path(
        "<slug:slug>/proposals/<int:pk>/withdraw/",
        proposal_views.proposal_withdraw,
        name="proposal-withdraw",
    ),
    path("<slug:slug>/reviews/", proposal_views.reviews, name="reviews"),
    path("<slug:slug>/reviews/<int:pk>/", proposal_views.review, name="review"),
    path("<slug:slug>/materials/", after_views.event_materials, name="materials"),
    path("<slug:slug>/materials/<int:pk>/", after_views.material, name="material"),
]

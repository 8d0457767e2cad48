from django.urls import path

from events import (
    addon_staff_views,
    booth_staff_views,
    programme_staff_views,
    quota_staff_views,
    request_staff_views,
    staff_after_views,
    staff_question_views,
    staff_views,
    voucher_staff_views,
    waiting_staff_views,
)

app_name = "events_staff"
urlpatterns = [
    path("events/", staff_views.events, name="events"),
    path("events/new/", staff_views.event_new, name="event-new"),
    path("events/<slug:slug>/", staff_views.event, name="event"),
    path("events/<slug:slug>/edit/", staff_views.event_edit, name="event-edit"),
    path("events/<slug:slug>/tickets/", staff_views.tickets, name="tickets"),
    path("events/<slug:slug>/programme/", programme_staff_views.draft, name="programme"),
    path(
        "events/<slug:slug>/programme/publish/",
        programme_staff_views.programme_publish,
        name="programme-publish",
    ),
    path("events/<slug:slug>/programme/rooms/", programme_staff_views.rooms, name="rooms"),
    path(
        "events/<slug:slug>/programme/sessions/new/",
        programme_staff_views.session_new,
        name="session-new",
    ),
    path(
        "events/<slug:slug>/programme/sessions/<int:pk>/",
        programme_staff_views.session_edit,
        name="session-edit",
    ),
    path(
        "events/<slug:slug>/programme/sessions/<int:pk>/drop/",
        programme_staff_views.session_drop,
        name="session-drop",
    ),
    path(
        "events/<slug:slug>/programme/sessions/<int:pk>/restore/",
        programme_staff_views.session_restore,
        name="session-restore",
    ),
    path("events/<slug:slug>/speakers/", programme_staff_views.speakers, name="speakers"),
    path("events/<slug:slug>/speakers/new/", programme_staff_views.speaker_new, name="speaker-new"),
    path(
        "events/<slug:slug>/speakers/<int:pk>/",
        programme_staff_views.speaker_edit,
        name="speaker-edit",
    ),
    path(
        "events/<slug:slug>/speakers/<int:pk>/remove/",
        programme_staff_views.speaker_remove,
        name="speaker-remove",
    ),
    path("events/<slug:slug>/questions/", staff_question_views.form_questions, name="questions"),
    path("events/<slug:slug>/answers/", staff_question_views.answers, name="answers"),
    path("events/<slug:slug>/quotas/", quota_staff_views.quotas, name="quotas"),
    path("events/<slug:slug>/add-ons/", addon_staff_views.addons, name="addons"),
    path("events/<slug:slug>/vouchers/", voucher_staff_views.vouchers, name="vouchers"),
    path(
        "events/<slug:slug>/vouchers.csv", voucher_staff_views.vouchers_csv, name="voucher-export"
    ),
    path("events/<slug:slug>/vouchers/new/", voucher_staff_views.voucher_new, name="voucher-new"),
    path("events/<slug:slug>/vouchers/<int:pk>/", voucher_staff_views.voucher, name="voucher"),
    path(
        "events/<slug:slug>/vouchers/<int:pk>/withdraw/",
        voucher_staff_views.voucher_withdraw,
        name="voucher-withdraw",
    ),
    path("events/<slug:slug>/requests/", request_staff_views.requests, name="requests"),
    path(
        "events/<slug:slug>/requests/<int:pk>/approve/",
        request_staff_views.approve,
        name="request-approve",
    ),
    path(
        "events/<slug:slug>/requests/<int:pk>/decline/",
        request_staff_views.decline,
        name="request-decline",
    ),
    path("events/<slug:slug>/registrations.csv", staff_views.registrations_csv, name="export"),
    path("events/<slug:slug>/publish/", staff_views.publish, name="publish"),
    path("events/<slug:slug>/unpublish/", staff_views.unpublish, name="unpublish"),
    path("events/<slug:slug>/cancel/", staff_views.cancel, name="cancel"),
    path("events/<slug:slug>/waiting/", waiting_staff_views.waiting, name="waiting"),
    path("events/<slug:slug>/waiting.csv", waiting_staff_views.waiting_csv, name="waiting-export"),
    path(
        "events/<slug:slug>/waiting/<int:pk>/move-up/",
        waiting_staff_views.move_up,
        name="waiting-move-up",
    ),
    path(
        "events/<slug:slug>/waiting/<int:pk>/offer/",
        waiting_staff_views.offer,
        name="waiting-offer",
    ),
    path(
        "events/<slug:slug>/waiting/<int:pk>/remove/",
        waiting_staff_views.remove,
        name="waiting-remove",
    ),
    path("events/<slug:slug>/attendance/", staff_after_views.attendance, name="attendance"),
    path("events/<slug:slug>/materials/", staff_after_views.event_materials, name="materials"),
    path(
        "events/<slug:slug>/materials/<int:pk>/remove/",
        staff_after_views.material_remove,
        name="material-remove",
    ),
    path("events/<slug:slug>/numbers/", staff_after_views.event_numbers, name="numbers"),
    path("events/<slug:slug>/survey/", staff_after_views.survey, name="survey"),
    path(
        "events/<slug:slug>/survey/results/",
        staff_after_views.survey_results,
        name="survey-results",
    ),
    path("events/<slug:slug>/booth-types/", booth_staff_views.booth_types, name="booth-types"),
    path("events/<slug:slug>/booth-plan/", booth_staff_views.booth_plan, name="booth-plan"),
    path("events/<slug:slug>/booths/", booth_staff_views.booths, name="booths"),
    path("events/<slug:slug>/booths/<slug:number>/", booth_staff_views.booth, name="booth"),
    path(
        "events/<slug:slug>/booths/<slug:number>/move/",
        booth_staff_views.booth_move,
        name="booth-move",
    ),
    path(
        "events/<slug:slug>/booths/<slug:number>/take-back/",
        booth_staff_views.booth_take_back,
        name="booth-take-back",
    ),
    path(
        "events/<slug:slug>/booths/<slug:number>/withhold/",
        booth_staff_views.booth_withhold,
        name="booth-withhold",
    ),
    path("checkin/<slug:slug>/", staff_views.check_in, name="check-in"),
]

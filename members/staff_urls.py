from django.urls import path

from members.staff_views import (
    applications,
    inspections,
    meeting_day,
    meetings,
    members,
    register,
)

app_name = "members_staff"
urlpatterns = [
    path("applications/", applications.applications, name="applications"),
    path("applications/<str:number>/", applications.application, name="application"),
    path(
        "applications/<str:number>/files/<int:pk>/",
        applications.application_file,
        name="application-file",
    ),
    path("applications/<str:number>/approve/", applications.approve, name="application-approve"),
    path("applications/<str:number>/revision/", applications.revise, name="application-revise"),
    path("applications/<str:number>/reject/", applications.reject, name="application-reject"),
    path("members/", members.members, name="members"),
    path("members/export/", members.members_export, name="members-export"),
    path("members/<int:pk>/", members.member, name="member"),
    path("members/<int:pk>/details/", register.details, name="member-details"),
    path("register/", register.register_list, name="register"),
    path("register/export/", register.register_export, name="register-export"),
    path("register/requests/", inspections.inspections, name="inspections"),
    path("register/requests/new/", inspections.inspection_new, name="inspection-new"),
    path("register/requests/<str:number>/", inspections.inspection, name="inspection"),
    path("register/requests/<str:number>/grant/", inspections.grant, name="inspection-grant"),
    path("register/requests/<str:number>/refuse/", inspections.refuse, name="inspection-refuse"),
    path("register/requests/<str:number>/end/", inspections.end, name="inspection-end"),
    path("meetings/", meetings.meetings, name="meetings"),
    path("meetings/new/", meetings.meeting_new, name="meeting-new"),
    path("meetings/<str:number>/", meetings.meeting, name="meeting"),
    path("meetings/<str:number>/edit/", meetings.meeting_edit, name="meeting-edit"),
    path("meetings/<str:number>/agenda/", meetings.agenda, name="meeting-agenda"),
    path("meetings/<str:number>/freeze/", meetings.freeze, name="meeting-freeze"),
    path("meetings/<str:number>/call/", meetings.call, name="meeting-call"),
    path("meetings/<str:number>/cancel/", meetings.cancel, name="meeting-cancel"),
    path("meetings/<str:number>/open/", meetings.open_, name="meeting-open"),
    path("meetings/<str:number>/close/", meetings.close, name="meeting-close"),
    path("meetings/<str:number>/minutes.pdf", meetings.minutes, name="meeting-minutes"),
    path("meetings/<str:number>/roll/", meetings.roll, name="meeting-roll"),
    path("meetings/<str:number>/roll/export/", meetings.roll_export, name="meeting-roll-export"),
    path("meetings/<str:number>/notices/", meetings.notices, name="meeting-notices"),
    path("meetings/<str:number>/proxies/", meeting_day.proxies, name="meeting-proxies"),
    path(
        "meetings/<str:number>/proxies/<int:pk>/revoke/",
        meeting_day.proxy_revoke,
        name="meeting-proxy-revoke",
    ),
    path("meetings/<str:number>/door/", meeting_day.door, name="meeting-door"),
    path("meetings/<str:number>/live/", meeting_day.live, name="meeting-live"),
    path("meetings/<str:number>/items/<int:pk>/", meeting_day.item, name="meeting-item"),
    path(
        "meetings/<str:number>/items/<int:pk>/exclude/",
        meeting_day.item_exclude,
        name="meeting-item-exclude",
    ),
    path(
        "meetings/<str:number>/items/<int:pk>/again/",
        meeting_day.item_again,
        name="meeting-item-again",
    ),
    path(
        "meetings/<str:number>/items/<int:pk>/off/", meeting_day.item_off, name="meeting-item-off"
    ),
]

from django.urls import path

from members.staff_views import applications, exits, members, papers, removals

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
    path("members/<int:pk>/suspend/", exits.suspend, name="member-suspend"),
    path("members/<int:pk>/restore/", exits.restore, name="member-restore"),
    path("members/<int:pk>/withdraw/", exits.withdraw, name="member-withdraw"),
    path("members/<int:pk>/expel/", exits.expel, name="member-expel"),
    path("members/<int:pk>/deceased/", exits.deceased, name="member-deceased"),
    path("members/<int:pk>/void/", exits.void, name="member-void"),
    path("members/<int:pk>/documents/", papers.member_papers, name="member-papers"),
    path("documents/", papers.papers, name="papers"),
    path("documents/batch/", papers.many_papers, name="many-papers"),
    path("documents/<int:pk>/", papers.paper, name="paper"),
    path("documents/<int:pk>/document.pdf", papers.paper_pdf, name="paper-pdf"),
    path("documents/<int:pk>/void/", papers.paper_void, name="paper-void"),
    path("documents/<int:pk>/reissue/", papers.paper_reissue, name="paper-reissue"),
    path("removals/", removals.removals, name="removals"),
    path("removals/forfeitures/", removals.forfeitures, name="forfeitures"),
    path("removals/forfeitures/decide/", removals.forfeitures_decide, name="forfeitures-decide"),
    path("removals/<int:pk>/", removals.removal, name="removal"),
    path("removals/<int:pk>/confirm/", removals.removal_confirm, name="removal-confirm"),
    path("removals/<int:pk>/drop/", removals.removal_drop, name="removal-drop"),
]

from django.urls import path

from members.staff_views import applications, members

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
]

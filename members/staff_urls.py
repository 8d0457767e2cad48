from django.urls import path

from members import staff_views as views

app_name = "members_staff"
urlpatterns = [
    path("applications/", views.applications, name="applications"),
    path("applications/<str:number>/", views.application, name="application"),
    path(
        "applications/<str:number>/files/<int:pk>/", views.application_file, name="application-file"
    ),
    path("applications/<str:number>/approve/", views.approve, name="application-approve"),
    path("applications/<str:number>/revision/", views.revise, name="application-revise"),
    path("applications/<str:number>/reject/", views.reject, name="application-reject"),
    path("members/", views.members, name="members"),
    path("members/export/", views.members_export, name="members-export"),
    path("members/<int:pk>/", views.member, name="member"),
]

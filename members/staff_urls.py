from django.urls import path

from members.staff_views import applications, claims, imports, members

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
    path("imports/", imports.imports, name="imports"),
    path("imports/<uuid:uuid>/", imports.imported, name="import"),
    path("imports/<uuid:uuid>/columns/", imports.import_columns, name="import-columns"),
    path("imports/<uuid:uuid>/rows/<int:line>/", imports.import_choose, name="import-choose"),
    path("imports/<uuid:uuid>/merge/", imports.import_merge, name="import-merge"),
    path("imports/<uuid:uuid>/apply/", imports.import_apply, name="import-apply"),
    path("imports/<uuid:uuid>/abandon/", imports.import_abandon, name="import-abandon"),
    path("imports/<uuid:uuid>/undo/", imports.import_undo, name="import-undo"),
    path("imports/<uuid:uuid>/faulty.xlsx", imports.import_faulty, name="import-faulty"),
    path("imports/<uuid:uuid>/accounts/", claims.claims, name="claims"),
    path("imports/<uuid:uuid>/invite/", claims.invite_all, name="claims-invite"),
    path("claims/<int:pk>/invite/", claims.invite, name="claim-invite"),
    path("claims/<int:pk>/email/", claims.enter_email, name="claim-email"),
]

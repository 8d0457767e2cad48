from django.urls import path

from members.staff_views import applications, exits, members, removals, tier_changes, transfers

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
    path("transfers/", transfers.transfers, name="transfers"),
    path("transfers/<int:pk>/", transfers.transfer, name="transfer"),
    path("transfers/<int:pk>/clear/", transfers.clear, name="transfer-clear"),
    path("transfers/<int:pk>/waive/", transfers.waive, name="transfer-waive"),
    path("transfers/<int:pk>/accept/", transfers.accept, name="transfer-accept"),
    path("transfers/<int:pk>/refuse/", transfers.refuse, name="transfer-refuse"),
    path("tier-changes/", tier_changes.tier_changes, name="tier-changes"),
    path("tier-changes/<int:pk>/", tier_changes.tier_change, name="tier-change"),
    path("tier-changes/<int:pk>/file/", tier_changes.tier_change_file, name="tier-change-file"),
    path("tier-changes/<int:pk>/approve/", tier_changes.approve, name="tier-change-approve"),
    path("tier-changes/<int:pk>/reject/", tier_changes.reject, name="tier-change-reject"),
    path("removals/", removals.removals, name="removals"),
    path("removals/forfeitures/", removals.forfeitures, name="forfeitures"),
    path("removals/forfeitures/decide/", removals.forfeitures_decide, name="forfeitures-decide"),
    path("removals/<int:pk>/", removals.removal, name="removal"),
    path("removals/<int:pk>/confirm/", removals.removal_confirm, name="removal-confirm"),
    path("removals/<int:pk>/drop/", removals.removal_drop, name="removal-drop"),
]

from django.urls import path

from kosna.retention import staff_views

app_name = "retention_staff"
urlpatterns = [
    path("destruction/", staff_views.destructions, name="destructions"),
    path("destruction/export/", staff_views.destructions_export, name="destructions-export"),
    path("destruction/propose/", staff_views.destruction_propose, name="propose"),
    path("destruction/schedule/", staff_views.schedule, name="schedule"),
    path("destruction/<int:pk>/", staff_views.destruction, name="destruction"),
    path("destruction/<int:pk>/approve/", staff_views.destruction_approve, name="approve"),
    path("destruction/<int:pk>/refuse/", staff_views.destruction_refuse, name="refuse"),
    path("destruction/<int:pk>/withdraw/", staff_views.destruction_withdraw, name="withdraw"),
    path("destruction/<int:pk>/resume/", staff_views.destruction_resume, name="resume"),
    path("closed-accounts/", staff_views.closed_accounts, name="closed-accounts"),
    path("closed-accounts/export/", staff_views.closed_export, name="closed-export"),
    path("closed-accounts/<int:pk>/", staff_views.closed_account, name="closed-account"),
]

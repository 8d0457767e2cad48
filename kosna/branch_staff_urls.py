from django.urls import path

from kosna.views import branches

app_name = "branches_staff"
urlpatterns = [
    path("branches/", branches.staff_branches, name="branches"),
    path("branches/new/", branches.staff_branch, name="new"),
    path("branches/<slug:code>/", branches.staff_branch, name="branch"),
    path("branches/<slug:code>/appoint/", branches.staff_appoint, name="appoint"),
    path("appointments/<int:pk>/end/", branches.staff_end_appointment, name="end-appointment"),
]

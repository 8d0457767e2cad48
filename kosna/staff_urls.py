"""The secretariat's desk, by the same nouns as the public site."""

from django.urls import include, path

from kosna.views import desk, desk_search, holidays, mail_export

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("search/", desk_search.search, name="desk-search"),
    path("holidays/", holidays.holidays, name="holidays"),
    path("holidays/<int:pk>/remove/", holidays.holiday_remove, name="holiday-remove"),
    path("mail/export/", mail_export.messages_export, name="mail-export"),
    path("", include("members.staff_urls")),
    path("", include("members.directory.staff_urls")),
    path("", include("members.programmes.staff_urls")),
    path("", include("members.community.staff_urls")),
    path("", include("events.staff_urls")),
    path("", include("research.staff_urls")),
    path("", include("kosna.payments.staff_urls")),
    path("", include("kosna.branch_staff_urls")),
    path("", include("kosna.audit.staff_urls")),
    path("", include("kosna.retention.staff_urls")),
    path("", include("kosna.mail.staff_urls")),
    path("", include("kosna.batch_urls")),
    path("", include("kosna.api.staff_urls")),
]

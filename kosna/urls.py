"""The site map: public pages, members' pages, the staff desk, machines."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from kosna.views import desk, health, home, pages, sitemap
from members.views import renewals

urlpatterns = [
    path("", home.home, name="home"),
    path("about/", include("kosna.about_urls")),
    path("branches/", include("kosna.branch_urls")),
    path("members/directory/", include("members.directory.urls")),
    path("members/", include("members.urls")),
    path("dues/<str:token>/", renewals.dues, name="dues"),
    path("events/", include("events.urls")),
    path("tickets/", include("events.ticket_urls")),
    path("door/", include("events.door.urls")),
    path("research/", include("research.urls")),
    path("programmes/", include("members.programmes.urls")),
    path("community/", include("members.community.urls")),
    path("orders/", include("kosna.payments.urls")),
    path("verify/", include("kosna.documents.urls")),
    path("me/company/", include("members.company_urls")),
    path("me/", include("members.directory.me_urls")),
    path("me/projects/", include("members.programmes.me_project_urls")),
    path("me/consulting/", include("members.programmes.me_urls")),
    path("me/", include("kosna.me_urls")),
    path("accounts/", include("kosna.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("staff/", include("kosna.staff_urls")),
    path("api/v1/", include("kosna.api_urls")),
    path("webhooks/", include("kosna.payments.webhook_urls")),
    path("i18n/setlang/", pages.set_language, name="set-language"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("robots.txt", pages.robots, name="robots"),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("admin/", admin.site.urls),
]

handler400 = "kosna.views.errors.bad_request"
handler403 = "kosna.views.errors.permission_denied"
handler404 = "kosna.views.errors.page_not_found"
handler500 = "kosna.views.errors.server_error"

if settings.DEBUG:
    urlpatterns.append(path("staff/components/", desk.components, name="components"))

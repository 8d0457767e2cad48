"""For operators: to look, not to write. Reports are written at the editors' desk."""

from django.contrib import admin

from kosna.core.admin import ReadOnlyAdmin
from research.models import Download, Report


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    list_display = ("title_ko", "topic", "status", "published_at", "version")
    list_filter = ("status", "topic")
    search_fields = ("title_ko", "title_en", "slug")


@admin.register(Download)
class DownloadAdmin(ReadOnlyAdmin):
    list_display = ("serial", "report", "name", "member_number", "at")
    list_select_related = ("report",)
    search_fields = ("=serial", "=member_number")

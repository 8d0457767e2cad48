"""For operators: to look, not to write. Reports are written at the editors' desk."""

from django.contrib import admin
from django.http import HttpRequest

from research.models import Download, Report


class ReadOnly(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Report)
class ReportAdmin(ReadOnly):
    list_display = ("title_ko", "topic", "status", "published_at", "version")
    list_filter = ("status", "topic")
    search_fields = ("title_ko", "title_en", "slug")


@admin.register(Download)
class DownloadAdmin(ReadOnly):
    list_display = ("serial", "report", "name", "member_number", "at")
    list_select_related = ("report",)
    search_fields = ("=serial", "=member_number")

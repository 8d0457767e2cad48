"""For operators: to look, not to write. Reports and statistics are written at the editors' desk."""

from django.contrib import admin

from kosna.core.admin import ReadOnlyAdmin
from research.models import Download, Report, Series


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    list_display = ("title_ko", "topic", "status", "published_at", "version")
    list_filter = ("status", "topic")
    search_fields = ("title_ko", "title_en", "slug")


@admin.register(Download)
class DownloadAdmin(ReadOnlyAdmin):
    people = ("user_id",)
    list_display = ("serial", "report", "name", "member_number", "at")
    list_select_related = ("report",)
    search_fields = ("=serial", "=member_number")


@admin.register(Series)
class SeriesAdmin(ReadOnlyAdmin):
    list_display = ("code", "name_ko", "status", "frequency", "audience", "is_sample", "version")
    list_filter = ("status", "topic", "frequency", "is_sample")
    search_fields = ("code", "name_ko", "name_en")

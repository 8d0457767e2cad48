from django.contrib import admin

from kosna.core.admin import ReadOnlyAdmin
from kosna.documents.models import Document


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    people = ("subject_id",)
    list_display = ("serial", "kind", "subject", "status", "issued_at")
    list_filter = ("kind", "status")
    list_select_related = ("subject",)
    search_fields = ("=code", "key")

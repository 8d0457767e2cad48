from django.contrib import admin

from kosna.audit.models import Entry, Seal
from kosna.core.admin import ReadOnlyAdmin


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor", "verb", "target", "branch")
    list_select_related = ("branch",)
    search_fields = ("actor", "target", "verb")


@admin.register(Seal)
class SealAdmin(ReadOnlyAdmin):
    list_display = ("position", "entry", "hash")
    list_select_related = ("entry",)

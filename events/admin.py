"""For operators, to look at. Events are run from the desk, where every change leaves a trace."""

from django.contrib import admin

from events.models import Event, Registration
from kosna.core.admin import ReadOnlyAdmin


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("title_ko", "kind", "branch", "status", "starts_at")
    list_filter = ("kind", "status", "branch")
    search_fields = ("title_ko", "title_en", "slug")


@admin.register(Registration)
class RegistrationAdmin(ReadOnlyAdmin):
    people = ("user_id",)
    list_display = ("name", "event", "ticket", "status", "created_at")
    list_filter = ("status",)
    search_fields = ("name", "email", "code")

"""For operators, to look at. Events are run from the desk, where every change leaves a trace."""

from django.contrib import admin
from django.http import HttpRequest

from events.models import Event, Registration


class ReadOnly(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Event)
class EventAdmin(ReadOnly):
    list_display = ("title_ko", "kind", "branch", "status", "starts_at")
    list_filter = ("kind", "status", "branch")
    search_fields = ("title_ko", "title_en", "slug")


@admin.register(Registration)
class RegistrationAdmin(ReadOnly):
    list_display = ("name", "event", "ticket", "status", "created_at")
    list_filter = ("status",)
    search_fields = ("name", "email", "code")

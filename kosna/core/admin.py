"""For operators: to look, not to write. What people do is done, and recorded, at the desk."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest


class ReadOnlyAdmin(admin.ModelAdmin):
    def get_exclude(self, request: HttpRequest, obj: object = None) -> list[str]:
        """Files are had where having them is on record: here they would be links, and with files on
        S3 such a link opens the file to whoever has it."""
        files = [row.name for row in self.opts.fields if isinstance(row, models.FileField)]
        return [*(super().get_exclude(request, obj) or ()), *files]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

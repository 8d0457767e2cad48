from django.contrib import admin

from kosna.core.admin import ReadOnlyAdmin
from kosna.mail.models import Message


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    people = ("user_id",)
    list_display = ("created_at", "template", "to", "status", "attempts")
    list_filter = ("status", "template")
    search_fields = ("to",)
    # What was written is its reader's: a link in it may open an account.
    exclude = ("context", "text")

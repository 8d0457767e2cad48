"""The list of sent mail as a file. It stands here because mail and the record do not know each
other."""

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core.korean import mask_email
from kosna.core.methods import require_POST
from kosna.mail import post
from kosna.mail.staff_views import listed

EXPORT = ListExport(
    "mail.export_messages",
    _("Sent mail"),
    [
        (_("When"), lambda row: row.created_at),
        (_("To"), lambda row: mask_email(row.to)),
        (_("Mail"), lambda row: post.subject_in(row, get_language() or "ko")),
        (_("Status"), lambda row: row.get_status_display()),
        (_("Error"), lambda row: row.error),
    ],
    people=["user"],
)


@require_POST
@staff_view("mail.view_message")
def messages_export(request: HttpRequest) -> HttpResponseBase:
    _form, rows = listed(request)
    return EXPORT.answer(request, rows)

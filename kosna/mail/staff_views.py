"""What was sent, and what could not be."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kosna.branches.access import staff_view
from kosna.branches.models import Scope
from kosna.core import clock
from kosna.core.methods import require_POST
from kosna.mail import post
from kosna.mail.forms import MessageFilter
from kosna.mail.models import Message

PER_PAGE = 20


@staff_view("mail.view_message")
def messages_list(request: HttpRequest) -> HttpResponse:
    form, rows = listed(request)
    language = get_language() or "ko"
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return TemplateResponse(
        request,
        "staff/mail/messages.html",
        {
            "form": form,
            "page": page,
            "mails": [(row, post.subject_in(row, language)) for row in page],
            "resendable": Scope.of(request.user, "mail.resend_message"),
        },
    )


def listed(request: HttpRequest) -> tuple[MessageFilter, QuerySet[Message]]:
    """The filters in the address, and the mail that they leave."""
    form = MessageFilter(request.GET)
    rows = Message.objects.permitted(request.user, "mail.view_message")
    return form, form.narrow(rows).order_by("-pk")


@require_POST
@staff_view("mail.resend_message")
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts a failed mail back into the queue, unless it was emptied meanwhile."""
    permitted = Message.objects.permitted(request.user, "mail.resend_message")
    message = get_object_or_404(permitted.exclude(to=""), pk=pk)
    message.move_to(Message.Status.QUEUED, attempts=0, due_at=clock.now())
    messages.success(request, _("The mail is back in the queue."))
    return redirect("mail_staff:messages")

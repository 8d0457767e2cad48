"""The weekly mail: asked for, given up, and stopped from a mail."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from kosna.core import clock
from kosna.core.methods import require_POST, require_safe
from members.access import memberships_of
from members.community import actions
from members.community.models import WeeklyMail


@require_safe
def weekly(request: HttpRequest) -> TemplateResponse:
    return TemplateResponse(
        request,
        "community/weekly.html",
        {
            "row": WeeklyMail.objects.filter(user=request.user).first(),
            "is_member": bool(memberships_of(request.user, clock.now())),
        },
    )


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    actions.ask_weekly(by=request.user)
    messages.success(request, _("You have the next one on Monday, where something is new."))
    return redirect("community:weekly")


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    actions.stop_weekly(request.user.pk)
    messages.success(request, _("You get no more weekly mails."))
    return redirect("community:weekly")


@csrf_exempt  # the link is the proof, and a mail program's button has no cookie (RFC 8058)
@login_not_required
def stop(request: HttpRequest, token: str) -> TemplateResponse:
    """From a mail, without signing in. Who only looks changes nothing, for programs open links,
    too."""
    try:
        user = actions.user_of_stop_link(token)
    except signing.BadSignature as error:
        raise Http404 from error
    is_done = request.method == "POST"
    if is_done:
        actions.stop_weekly(user)
    return TemplateResponse(request, "community/weekly_stop.html", {"is_done": is_done})

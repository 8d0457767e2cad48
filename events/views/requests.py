"""Places asked for, for whoever asked: what was decided, and taking a request back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from events import actions
from events.models import PlaceRequest
from events.views.events import live_or_404
from kosna.core.methods import require_POST, require_safe


@require_safe
def requested(request: HttpRequest, slug: str) -> HttpResponse:
    state = live_or_404(slug)
    mine = PlaceRequest.objects.visible_to(request.user).filter(event=state.event_id)
    rows = mine.select_related("event", "ticket", "order").order_by("-pk")
    return TemplateResponse(request, "events/requested.html", {"rows": rows[:50], "slug": slug})


@require_POST
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    mine = PlaceRequest.objects.visible_to(request.user).undecided().select_related("user")
    asked = get_object_or_404(mine, event__slug=slug)
    actions.withdraw_request(asked, by=request.user)
    messages.success(request, _("Your request is withdrawn."))
    return redirect("events:requested", slug)

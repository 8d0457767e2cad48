"""The portal as a tier sees it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from kosna.branches.access import staff_view
from kosna.core.methods import require_POST
from members import actions
from members.forms import AsForm
from members.viewing import VERB, viewing_of

FIRST = "/research/"


@staff_view(VERB)
def view_as(request: HttpRequest) -> HttpResponse:
    """Who is reading is chosen here; then public pages are shown as that reader sees them."""
    form = AsForm(request.POST if request.method == "POST" else request.GET or None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        actions.look_as(
            request.session,
            tier=chosen["tier"],
            standing=chosen["standing"],
            branch=chosen["branch"],
            by=request.user,
        )
        return redirect(_page_after(request))
    return TemplateResponse(
        request,
        "staff/members/view_as.html",
        {"form": form, "now": viewing_of(request), "page": _page_after(request)},
        status=422 if request.method == "POST" else 200,
    )


@staff_view("desk.open")
@require_POST
def view_as_oneself(request: HttpRequest) -> HttpResponse:
    actions.look_as_oneself(request.session, by=request.user)
    messages.success(request, _("You see the portal as yourself again."))
    return redirect(_page_after(request))


def _page_after(request: HttpRequest) -> str:
    """The page that was to be looked at, of this portal and no other."""
    page = request.POST.get("page") or request.GET.get("page") or FIRST
    is_ours = page.startswith("/") and url_has_allowed_host_and_scheme(page, None)
    return page if is_ours else FIRST

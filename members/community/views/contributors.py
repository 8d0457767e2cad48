"""Contributors: who they are, and one's own place among them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.core import clock
from kosna.core.deeds import carried_out
from kosna.core.lists import page_of
from kosna.core.methods import require_POST, require_safe
from members.community import actions
from members.community.forms import ContributorForm
from members.community.models import Contributor


@login_not_required
@require_safe
def contributors(request: HttpRequest) -> HttpResponse:
    rows = Contributor.objects.listed(clock.today()).select_related("user").newest()
    page = page_of(request, rows)
    return TemplateResponse(request, "community/contributors.html", {"page": page})


def mine(request: HttpRequest) -> HttpResponse:
    row = Contributor.objects.filter(user=request.user).first()
    form = ContributorForm(
        request.POST or None, instance=row, initial={"agree": bool(row and row.agreed_at)}
    )

    def join(intro: str, agree: bool) -> None:
        actions.join_contributors(intro=intro, by=request.user)

    if request.method == "POST" and carried_out(request, form, join, _("Saved.")):
        return redirect("community:contributor-mine")
    return TemplateResponse(
        request,
        "community/contributor_mine.html",
        {"form": form, "contributor": row},
        status=422 if form.errors else 200,
    )


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    actions.leave_contributors(by=request.user)
    messages.success(request, _("You are not named any more."))
    return redirect("community:contributor-mine")

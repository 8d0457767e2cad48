"""The desk's page of the keys that programs of a branch hold."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.api import actions
from kosna.api.forms import TokenForm
from kosna.api.models import Token
from kosna.branches.access import staff_view
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST


@staff_view("api.issue_token")
def tokens(request: HttpRequest) -> HttpResponse:
    """The secret of a new key is in this one answer, and nowhere else."""
    form = TokenForm(request.POST if request.method == "POST" else None, user=request.user)
    token, secret = None, ""
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = actions.issue_token(by=request.user, **form.cleaned_data)
            form = TokenForm(user=request.user)
        except Refused as refusal:
            refusal.to_form(form)
    rows = Token.objects.permitted(request.user, "api.issue_token")
    return TemplateResponse(
        request,
        "staff/api/token_list.html",
        {
            "form": form,
            "page": page_of(request, rows.select_related("branch", "issued_by")),
            "token": token,
            "secret": secret,
        },
        status=422 if form.errors else 200,
    )


@require_POST
@staff_view("api.issue_token")
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Token.objects.permitted(request.user, "api.issue_token")
    actions.revoke_token(get_object_or_404(rows, pk=pk), by=request.user)
    messages.success(request, _("The key is refused from now on."))
    return redirect("api_staff:tokens")

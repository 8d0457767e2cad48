"""A person closes their account: what goes, what stays and for how long, and what comes first."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.accounts import own_data, retention
from kosna.accounts.requests import client_ip, is_confirmed
from kosna.core.errors import Refused
from kosna.core.methods import require_safe
from kosna.retention.actions import close_account
from kosna.retention.forms import CloseForm

Fate = retention.Fate


def leave(request: HttpRequest) -> HttpResponse:
    form = CloseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not is_confirmed(request):
            return redirect("me:leave-confirm")
        if form.is_valid():
            try:
                close_account(ip=client_ip(request), by=request.user)
            except Refused as refusal:
                refusal.to_form(form)
            else:
                logout(request)
                messages.success(request, _("Your account is closed. Thank you for being with us."))
                return redirect("home")
    held = [kind for kind in own_data.kinds() if kind.count(request.user)]
    told = [(kind.title, retention.rule_of(kind.code)) for kind in held]
    stays = [
        (basis, [(title, rule.fate) for title, rule in told if rule.basis == basis])
        for basis in retention.BASES.values()
        if basis != retention.AT_ONCE
    ]
    return TemplateResponse(
        request,
        "me/leave.html",
        {
            "form": form,
            "obstacles": retention.obstacles(request.user),
            "goes": [title for title, rule in told if rule.fate == Fate.GOES],
            "stays": [(basis, kinds) for basis, kinds in stays if kinds],
            "is_confirmed": is_confirmed(request),
        },
        status=422 if form.errors else 200,
    )


@require_safe
@reauthentication_required
def confirm(request: HttpRequest) -> HttpResponse:
    """Asks for the password, or a second factor, and leads back."""
    return redirect("me:leave")

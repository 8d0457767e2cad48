"""Where the link of an invitation leads. Opening it uses nothing up: mail programmes look at links
too. Whoever has no working link can ask for another and learns nothing about anybody."""

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.accounts.requests import client_ip
from kosna.core.errors import Refused
from members import actions
from members.forms import ClaimForm, EmailForm
from members.models import Claim

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@login_not_required
def claim(request: HttpRequest, token: str) -> HttpResponse:
    row = actions.find_claim(token)
    if row is None:
        return _ask(request, EmailForm(), lapsed=True)
    form = ClaimForm(request.POST if request.method == "POST" else None, user=row.user)
    if request.method == "POST" and form.is_valid():
        try:
            return _enter(request, row, form)
        except Refused as refusal:
            refusal.to_form(form)
    return TemplateResponse(
        request,
        "members/claim.html",
        {"claim": row, "form": form},
        status=422 if form.is_bound else 200,
    )


def _enter(request: HttpRequest, row: Claim, form: ClaimForm) -> HttpResponse:
    user = actions.claim_account(
        row,
        password=form.cleaned_data["password1"],
        terms=form.terms,
        marketing=form.agreed,
        ip=client_ip(request),
    )
    if is_mfa_enabled(user):
        return redirect("account_login")  # a link does not replace a second factor
    login(request, user, backend=BACKEND)
    messages.success(request, _("Welcome. This is your page; your membership is on it."))
    return redirect("me:me")


@login_not_required
def claim_again(request: HttpRequest) -> HttpResponse:
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.ask_again(form.cleaned_data["email"])
        messages.info(
            request,
            _("If this address has been invited, a new link is on its way."),
        )
        return redirect("members:claim-again")
    return _ask(request, form)


def _ask(request: HttpRequest, form: EmailForm, *, lapsed: bool = False) -> HttpResponse:
    return TemplateResponse(
        request,
        "members/claim_again.html",
        {"form": form, "lapsed": lapsed},
        status=422 if form.is_bound else 200,
    )

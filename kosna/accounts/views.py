from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialLogin
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.accounts import actions
from kosna.accounts.adapters import PENDING_LINK, verified_addresses
from kosna.accounts.forms import ConsentForm, ProfileForm
from kosna.accounts.requests import client_ip, remember_language
from kosna.core.methods import require_POST


def link(request: HttpRequest) -> HttpResponse:
    """Confirms, by the logged-in owner of the verified address, that a social login is theirs."""
    pending = request.session.get(PENDING_LINK)
    if not pending:
        return redirect("socialaccount_connections")
    sociallogin = SocialLogin.deserialize(pending)
    is_theirs = EmailAddress.objects.filter(
        user=request.user, verified=True, email__in=verified_addresses(sociallogin)
    ).exists()
    if not is_theirs:
        del request.session[PENDING_LINK]
        messages.error(request, _("That login has another e-mail address. Nothing was linked."))
        return redirect("socialaccount_connections")
    if request.method == "POST":
        del request.session[PENDING_LINK]
        if "confirm" in request.POST:
            with transaction.atomic():
                sociallogin.connect(request, request.user)
            messages.success(request, _("Linked. You can sign in with it from now on."))
        return redirect("me:me")
    return TemplateResponse(
        request, "accounts/link.html", {"provider": sociallogin.account.get_provider().name}
    )


def consents(request: HttpRequest) -> HttpResponse:
    """What I agreed to, and a switch for each optional consent."""
    given = actions.marketing_of(request.user)
    form = ConsentForm(
        request.POST or None, initial={kind: kind in given for kind in actions.MARKETING}
    )
    if request.method == "POST" and form.is_valid():
        actions.set_marketing(user=request.user, texts=form.agreed, ip=client_ip(request))
        messages.success(request, _("Your choices are saved. We will act on them at once."))
        return redirect("accounts:consents")
    history = request.user.consents.select_related("policy").order_by("-given_at")
    return TemplateResponse(
        request,
        "accounts/consents.html",
        {"form": form, "history": history, "terms": actions.terms_to_agree(request.user)},
    )


@require_POST
def agree_to_terms(request: HttpRequest) -> HttpResponse:
    """A new version of the terms is agreed to, as the first one was at sign-up."""
    terms = actions.shown_terms(request.POST.get("terms_version", ""))
    actions.give_consent(user=request.user, policy=terms, ip=client_ip(request))
    messages.success(request, _("Thank you. Your agreement is on record."))
    return redirect("accounts:consents")


def profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        # Only what was typed: a password or a deactivation of the same moment is not undone.
        form.save(commit=False).save(update_fields=form.changed_data)
        messages.success(request, _("Saved."))
        response = redirect("accounts:profile")
        remember_language(response, request.user.language)
        return response
    return TemplateResponse(request, "accounts/profile.html", {"form": form})

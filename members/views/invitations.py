"""The page behind the link of an invitation: open to whoever holds it, answered by one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from kosna.accounts.addresses import verified_addresses_of
from kosna.core.errors import Refused
from members import actions
from members.models import Invitation


@login_not_required
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Says who invites to what. Who has no account or is logged out comes back here afterwards."""
    row = actions.invitation_of(token)
    if row is None:
        return TemplateResponse(request, "members/invitation_unknown.html", status=404)
    if request.method == "POST":
        return _answer(request, row, token)
    return _page(request, row, token)


def _answer(request: HttpRequest, row: Invitation, token: str) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect(f"{reverse('account_login')}?{urlencode({'next': request.path})}")
    try:
        if request.POST.get("answer") == "decline":
            actions.decline_invitation(row, by=request.user)
            messages.success(request, _("The invitation has been declined."))
            return redirect("me:me")
        actions.accept_invitation(row, by=request.user)
    except Refused as refusal:
        fresh = get_object_or_404(
            Invitation.objects.select_related("member__organisation", "member__tier", "invited_by"),
            pk=row.pk,
        )
        return _page(request, fresh, token, reasons=refusal.reasons, status=422)
    messages.success(request, _("Welcome. Your seat opens everything that the company has."))
    return redirect("company:company")


def _page(
    request: HttpRequest,
    row: Invitation,
    token: str,
    *,
    reasons: list[str] | None = None,
    status: int = 200,
) -> TemplateResponse:
    here = reverse("members:invitation", args=[token])
    user = request.user
    is_theirs = user.is_authenticated and row.email in verified_addresses_of(user)
    return TemplateResponse(
        request,
        "members/invitation.html",
        {
            "invitation": row,
            "member": row.member,
            "closed": actions.why_closed(row),
            "reasons": reasons or [],
            "is_theirs": is_theirs,
            "signup_url": f"{reverse('account_signup')}?{urlencode({'next': here})}",
            "login_url": f"{reverse('account_login')}?{urlencode({'next': here})}",
        },
        status=status,
    )

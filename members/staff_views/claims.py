"""Who of an import has come to their account, and who is still to be invited."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.lists import page_by_keys
from kosna.core.methods import require_POST
from members import actions
from members.forms import ClaimFilter, EmailForm
from members.models import Claim, Import

IMPORT = "members.import_member"
EXPORT = ListExport(
    "members.export_claims",
    gettext_lazy("Invitations and accounts"),
    [
        (gettext_lazy("Member"), lambda claim: claim.member.name),
        (gettext_lazy("Member number"), lambda claim: claim.member.number),
        (gettext_lazy("E-mail"), lambda claim: claim.email),
        (gettext_lazy("Invited"), lambda claim: claim.sent_at),
        (gettext_lazy("Account"), lambda claim: claim.state_label),
        (gettext_lazy("In use since"), lambda claim: claim.claimed_at),
    ],
    people=["user"],
)


def _import(request: HttpRequest, uuid: str) -> Import:
    rows = Import.objects.permitted(request.user, IMPORT).select_related("branch")
    return get_object_or_404(rows, uuid=uuid)


@staff_view(IMPORT)
def claims(request: HttpRequest, uuid: str) -> HttpResponse:
    imported = _import(request, uuid)
    form, total = ClaimFilter(request.GET), imported.claims.count()
    rows = form.apply(imported.claims.order_by("pk"))
    page = page_by_keys(
        request,
        rows.values_list("pk", flat=True),
        Claim.objects.select_related("member"),
        count=None if form.is_narrow else total,
    )
    audit.viewed(request, imported, subjects={row.user_id for row in page if row.user_id})
    return TemplateResponse(
        request,
        "staff/members/claim_list.html",
        {
            "imported": imported,
            "form": form,
            "page": page,
            "waiting": imported.claims.to_invite(clock.now()).count(),
            "claimed": imported.claims.in_state("claimed").count(),
            "total": total,
        },
    )


@require_POST
@staff_view(IMPORT)
def claims_export(request: HttpRequest, uuid: str) -> HttpResponseBase:
    imported = _import(request, uuid)
    rows = ClaimFilter(request.GET).apply(imported.claims.order_by("pk"))
    return EXPORT.answer(request, rows.select_related("member"), of=imported)


@require_POST
@staff_view(IMPORT)
def invite_all(request: HttpRequest, uuid: str) -> HttpResponse:
    imported = _import(request, uuid)
    actions.send_invitations(imported, by=request.user)
    messages.success(request, _("The invitations are being sent."))
    return redirect("members_staff:claims", imported.uuid)


def _claim(request: HttpRequest, pk: int) -> Claim:
    rows = Claim.objects.permitted(request.user, IMPORT).select_related("member", "imported")
    return get_object_or_404(rows, pk=pk)


@require_POST
@staff_view(IMPORT)
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    claim = _claim(request, pk)
    actions.invite_member(claim, by=request.user)
    messages.success(request, _("The invitation has been sent."))
    return redirect("members_staff:member", claim.member_id)


@staff_view(IMPORT)
def enter_email(request: HttpRequest, pk: int) -> HttpResponse:
    """The address of a member who came without one, or with a wrong one."""
    claim = _claim(request, pk)
    form = EmailForm(request.POST or None, initial={"email": claim.email})
    if request.method == "POST" and form.is_valid():
        try:
            actions.enter_email(claim, email=form.cleaned_data["email"], by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Saved. You can send the invitation now."))
            return redirect("members_staff:member", claim.member_id)
    audit.viewed(request, claim.member, subjects=[claim.user_id] if claim.user_id else [])
    return TemplateResponse(
        request,
        "staff/members/claim_email.html",
        {"claim": claim, "form": form},
        status=422 if form.is_bound else 200,
    )

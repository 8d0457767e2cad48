"""The register as a requester may see it, the requests of a member, and one's own address."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kosna.accounts.requests import client_ip
from kosna.core.errors import Refused
from kosna.core.lists import page_of, searched
from kosna.core.methods import require_POST
from members import actions, register
from members.forms import AddressForm, PurposeForm
from members.models import Inspection, Member, RegisterEntry

CELLS: dict[str, Any] = {
    "number": lambda line: line.number,
    "name": lambda line: line.name,
    "tier": lambda line: line.tier.name,
    "branch": lambda line: line.branch.name,
    "representative": lambda line: line.representative,
    "address": lambda line: line.address,
    "joined_on": lambda line: line.joined_on.isoformat(),
}


@never_cache
@login_not_required
def inspection(request: HttpRequest, secret: str) -> TemplateResponse:
    """Exactly the fields granted, of the day granted, until the day granted; each look is kept."""
    row = get_object_or_404(Inspection, secret=secret)
    if not row.is_open:
        return TemplateResponse(
            request, "members/inspection_closed.html", {"inspection": row}, status=410
        )
    query = searched(request) if "name" in row.fields else ""
    lines = register.as_of(row.as_of).members().sawon()
    if query:
        lines = lines.filter(name__icontains=query)
    found = lines.order_by("number").values_list("pk", flat=True)
    page = page_of(request, found, count=register.count_of(found))
    keys = list(page.object_list)
    actions.record_look(
        row,
        page=page.number,
        query=query,
        by=request.user if request.user.is_authenticated else None,
        ip=client_ip(request),
        rows=len(keys),
    )
    shown = RegisterEntry.objects.filter(pk__in=keys).select_related("tier", "branch")
    columns = [(str(Inspection.Field(name).label), CELLS[name]) for name in row.fields]
    page.object_list = [
        [(label, cell(line)) for label, cell in columns] for line in shown.order_by("number")
    ]
    return TemplateResponse(
        request,
        "members/inspection.html",
        {
            "inspection": row,
            "page": page,
            "labels": [label for label, _cell in columns],
            "query": query,
            "may_search": "name" in row.fields,
        },
    )


def requests(request: HttpRequest) -> HttpResponseBase:
    """The member's own requests, and a new one."""
    is_member = Member.objects.active().of(request.user).exists()
    form = PurposeForm(request.POST or None)
    if is_member and form.is_valid():
        user = request.user
        try:
            actions.request_inspection(
                name=user.name,
                email=user.email,
                requester=user,
                purpose=form.cleaned_data["purpose"],
                by=user,
            )
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Your request has been received."))
            return redirect("me:inspections")
    rows = Inspection.objects.visible_to(request.user).order_by("-requested_at", "-pk")
    return TemplateResponse(
        request,
        "me/inspections.html",
        {"page": page_of(request, rows), "form": form, "is_member": is_member},
        status=422 if form.is_bound else 200,
    )


@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    rows = Inspection.objects.visible_to(request.user)
    actions.withdraw_inspection(get_object_or_404(rows, number=number), by=request.user)
    messages.success(request, _("Your request has been withdrawn."))
    return redirect("me:inspections")


def address(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A new address for the register, by the member, or by who runs the organisation."""
    rows = Member.objects.active().run_by(request.user).select_related("organisation", "user")
    member = get_object_or_404(rows, pk=pk)
    form = AddressForm(request.POST or None, initial=actions.parts_of_address(member))
    if form.is_valid():
        reason = _("Reported by the member")
        try:
            actions.change_details(member, **form.cleaned_data, reason=reason, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The register has your new address."))
            return redirect("me:me")
    return TemplateResponse(
        request,
        "me/address.html",
        {"member": member, "form": form},
        status=422 if form.is_bound else 200,
    )

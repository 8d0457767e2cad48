"""The register of members as of any day, its files, and the details that it prints."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.accounts.requests import client_ip
from kosna.audit import actions as audit
from kosna.branches.access import staff_view
from kosna.branches.models import Branch, Scope
from kosna.core.errors import Refused
from kosna.core.lists import keys_of
from kosna.core.methods import require_POST
from members import actions, register
from members.actions import files
from members.forms import DetailsForm, RegisterExportForm, RegisterFilter
from members.models import Inspection, Member, RegisterEntry

VIEW, EXPORT, CHANGE = "members.view_register", files.EXPORT, "members.change_details"


def _filter(request: HttpRequest, verb: str) -> RegisterFilter:
    return RegisterFilter(request.GET, branches=Branch.objects.permitted(request.user, verb))


@staff_view(VIEW)
def register_list(request: HttpRequest) -> TemplateResponse:
    """Only the numbers of a page's lines are looked for among all; the lines are fetched then."""
    form = _filter(request, VIEW)
    chosen = form.chosen()
    lines = files.lines_of(request.user, VIEW, day=form.day, **chosen).order_by("number")
    found = lines.values_list("pk", flat=True)
    if query := chosen["query"]:
        page = keys_of(request, found, searched=query)
    else:
        page = keys_of(request, found, count=register.count_of(lines))
    keys = list(page.object_list)
    shown = RegisterEntry.objects.filter(pk__in=keys)
    audit.viewed(
        request,
        request.user,
        subjects=files.people_in(shown),
        day=form.day.isoformat(),
        lines=keys,
    )
    rows = list(shown.select_related("tier", "branch").order_by("number"))
    suspended = register.suspended_on(form.day, [row.member_id for row in rows])
    page.object_list = [(row, row.member_id in suspended) for row in rows]
    return TemplateResponse(
        request,
        "staff/members/register.html",
        {
            "form": form,
            "day": form.day,
            "left": chosen["left"],
            "page": page,
            "may_export": request.user.has_perm(EXPORT),
            "export_form": RegisterExportForm(),
            "export_url": _export_url(request),
            "may_see_members": bool(Scope.of(request.user, "members.view_member")),
            "may_see_inspections": bool(Scope.of(request.user, "members.view_inspection")),
            "waiting": Inspection.objects.permitted(request.user, "members.decide_inspection")
            .waiting()
            .count(),
        },
    )


def _export_url(request: HttpRequest) -> str:
    query = {key: value for key, value in request.GET.items() if value and key != "page"}
    url = reverse("members_staff:register-export")
    return f"{url}?{urlencode(query)}" if query else url


@require_POST
@staff_view(EXPORT)
def register_export(request: HttpRequest) -> HttpResponseBase:
    """The register as a file, as it is filtered; its page tells how far it is."""
    typed = RegisterExportForm(request.POST)
    if not typed.is_valid():
        raise Refused(*(error for errors in typed.errors.values() for error in errors))
    form = _filter(request, EXPORT)
    batch = actions.export_register(
        day=form.day,
        **typed.cleaned_data,
        by=request.user,
        ip=client_ip(request),
        **form.chosen(),
    )
    return redirect("batches:batch", batch.uuid)


def history_of(member: Member) -> list[RegisterEntry]:
    """Every line of one member, oldest first."""
    rows = member.register_entries.select_related("tier", "branch", "by")
    return list(rows.order_by("on", "pk"))


@staff_view(CHANGE)
def details(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Another name or address, as the register prints it from today on."""
    rows = Member.objects.permitted(request.user, CHANGE).select_related("organisation", "user")
    member = get_object_or_404(rows, pk=pk)
    initial: dict[str, Any] = {"name": member.name, **actions.parts_of_address(member)}
    form = DetailsForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            actions.change_details(member, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The register has a new line, and the member is told."))
            return redirect("members_staff:member", member.pk)
    audit.viewed(request, member, subjects=[member.user_id] if member.user_id else [])
    return TemplateResponse(
        request,
        "staff/members/details.html",
        {"member": member, "form": form},
        status=422 if form.is_bound else 200,
    )

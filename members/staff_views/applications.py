"""Applications: the queue, one of them, and the three answers."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.audit.models import Entry
from kosna.branches.access import staff_view
from kosna.branches.models import Branch, Scope
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.lists import page_by_keys
from kosna.core.methods import require_POST
from members import actions
from members.forms import (
    ApplicationFilter,
    ApproveForm,
    RejectForm,
    RevisionForm,
    nameable_fields,
)
from members.models import Application, Organisation
from members.readmission import expulsions_of, with_expulsion
from members.views.applications import attachment

VIEW_APPLICATION, VIEW_MEMBER = "members.view_application", "members.view_member"
REVIEW, APPROVE = "members.review_application", "members.approve_application"
HISTORY = {
    "members.submit_application": gettext_lazy("Application received"),
    "members.request_revision": gettext_lazy("Revision requested"),
    "members.approve_application": gettext_lazy("Approved"),
    "members.reject_application": gettext_lazy("Rejected"),
    "members.withdraw_application": gettext_lazy("Withdrawn by the applicant"),
    "members.hold_dues": gettext_lazy("Paid; waits for the decision"),
    "members.reissue_order": gettext_lazy("New order issued"),
}
EXPORT = ListExport(
    "members.export_applications",
    gettext_lazy("Applications"),
    [
        (gettext_lazy("Number"), lambda row: row.number),
        (gettext_lazy("Applicant"), lambda row: row.display_name),
        (gettext_lazy("Tier"), lambda row: row.tier.name),
        (gettext_lazy("Branch"), lambda row: row.branch.name),
        (gettext_lazy("Received"), lambda row: clock.kst_date(row.submitted_at)),
        (
            gettext_lazy("Answer by"),
            lambda row: row.answer_by if row.status == Application.Status.SUBMITTED else "",
        ),
        (gettext_lazy("Status"), lambda row: row.get_status_display()),
        (
            gettext_lazy("Held: expelled before"),
            lambda row: gettext_lazy("Yes") if row.is_held else "",
        ),
    ],
    people=["applicant"],
)


@staff_view(VIEW_APPLICATION)
def applications(request: HttpRequest) -> TemplateResponse:
    form, rows = _listed(request)
    keys = rows.values_list("pk", flat=True)
    shown = with_expulsion(Application.objects.select_related("tier", "branch"))
    return TemplateResponse(
        request,
        "staff/members/application_list.html",
        {"form": form, "page": page_by_keys(request, keys, shown)},
    )


def _listed(request: HttpRequest) -> tuple[ApplicationFilter, Any]:
    form = ApplicationFilter(
        request.GET, branches=Branch.objects.permitted(request.user, VIEW_APPLICATION)
    )
    rows = Application.objects.received().permitted(request.user, VIEW_APPLICATION)
    return form, form.apply(rows).order_by("submitted_at", "pk")


@require_POST
@staff_view(VIEW_APPLICATION)
def applications_export(request: HttpRequest) -> HttpResponseBase:
    form, rows = _listed(request)
    rows = with_expulsion(rows.select_related("tier", "branch"))
    return EXPORT.answer(request, rows, branch=form.value("branch"))


@staff_view(VIEW_APPLICATION)
def application(request: HttpRequest, number: str) -> TemplateResponse:
    row = _application(request, number, VIEW_APPLICATION)
    audit.viewed(request, row, subjects=[row.applicant_id])
    return _application_page(request, row)


@staff_view(VIEW_APPLICATION)
def application_file(request: HttpRequest, number: str, pk: int) -> FileResponse:
    row = _application(request, number, VIEW_APPLICATION)
    file = get_object_or_404(row.files, pk=pk)
    audit.viewed(request, row, subjects=[row.applicant_id], file=file.name)
    return attachment(file)


@require_POST
@staff_view(APPROVE)
def approve(request: HttpRequest, number: str) -> HttpResponseBase:
    return _decide(request, number, APPROVE, "approve", _("The application has been approved."))


@require_POST
@staff_view(REVIEW)
def revise(request: HttpRequest, number: str) -> HttpResponseBase:
    return _decide(request, number, REVIEW, "revise", _("The applicant has been asked to revise."))


@require_POST
@staff_view(APPROVE)
def reject(request: HttpRequest, number: str) -> HttpResponseBase:
    return _decide(request, number, APPROVE, "reject", _("The application has been rejected."))


FORMS = {"approve": ApproveForm, "revise": RevisionForm, "reject": RejectForm}
DECISIONS = {
    "approve": actions.approve_application,
    "revise": actions.request_revision,
    "reject": actions.reject_application,
}


def _decide(
    request: HttpRequest, number: str, verb: str, decision: str, done: str
) -> HttpResponseBase:
    """One of the three answers; a form that was refused is shown again where it stood."""
    row = _application(request, number, verb)
    form = FORMS[decision](request.POST, prefix=decision, application=row)
    if form.is_valid():
        try:
            DECISIONS[decision](row, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, done)
            return redirect("members_staff:application", row.number)
    row = _application(request, number, verb)
    return _application_page(request, row, bound={decision: form}, status=422)


def _application(request: HttpRequest, number: str, verb: str) -> Application:
    rows = Application.objects.received().permitted(request.user, verb)
    related = ("applicant", "tier", "branch", "decided_by", "member", "order")
    return get_object_or_404(with_expulsion(rows).select_related(*related), number=number)


def _another_organisation(row: Application) -> Organisation | None:
    """Of the same business number, but for the one that the approval of this application made."""
    if not row.business_number:
        return None
    found = Organisation.objects.filter(business_number=row.business_number).first()
    if found and row.member and row.member.organisation_id == found.pk:
        return None
    return found


def _application_page(
    request: HttpRequest,
    row: Application,
    *,
    bound: dict[str, Form] | None = None,
    status: int = 200,
) -> TemplateResponse:
    bound = bound or {}
    user = request.user
    is_own = row.applicant_id == user.pk
    names = dict(nameable_fields(row))
    entries = Entry.objects.filter(
        target_type=Application._meta.label_lower, target_id=str(row.pk), verb__in=HISTORY
    )
    similar = Application.objects.similar_to(row).select_related("branch")
    return TemplateResponse(
        request,
        "staff/members/application_detail.html",
        {
            "application": row,
            "files": row.files.order_by("-pk"),
            "similar": [(other, other.branch in request.scope) for other in similar[:5]],
            "known_organisation": _another_organisation(row),
            "history": [
                (
                    HISTORY[entry.verb],
                    entry,
                    [names[name] for name in entry.facts.get("fields", []) if name in names],
                )
                for entry in entries.order_by("pk")
            ],
            "is_own": is_own,
            "may_revise": not is_own
            and row.may_move_to(Application.Status.REVISION)
            and user.has_perm(REVIEW, row.branch),
            "may_approve": not is_own
            and row.may_move_to(Application.Status.APPROVED)
            and user.has_perm(APPROVE, row.branch),
            "may_reject": not is_own
            and row.may_move_to(Application.Status.REJECTED)
            and user.has_perm(APPROVE, row.branch),
            "expulsion": row.is_held and expulsions_of(row).first(),
            "may_readmit": Scope.of(user, actions.READMIT).everywhere,
            **{
                f"{name}_form": bound.get(name) or form_class(prefix=name, application=row)
                for name, form_class in FORMS.items()
            },
            "refused_form": next(iter(bound.values()), None),
            "may_see_member": row.member and user.has_perm(VIEW_MEMBER, row.member.branch),
            "may_see_order": row.order and user.has_perm("payments.view_order", row.branch),
        },
        status=status,
    )

"""Money tasks: what the rules could not decide."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from kosna.payments import actions
from kosna.payments.forms import (
    ResolveForm,
    StatusFilter,
)
from kosna.payments.models import Task

EXPORT = ListExport(
    "payments.export_tasks",
    gettext_lazy("Money tasks"),
    [
        (gettext_lazy("Since"), lambda row: row.created_at),
        (gettext_lazy("What"), lambda row: row.get_kind_display()),
        (gettext_lazy("Order no."), lambda row: row.order.code),
        (gettext_lazy("Buyer"), lambda row: row.order.buyer_name),
        (gettext_lazy("Note"), lambda row: row.note),
        (gettext_lazy("Deadline"), lambda row: row.due_at),
        (gettext_lazy("Status"), lambda row: row.get_status_display()),
    ],
    people=["order__user"],
)


@staff_view("payments.resolve_task", "payments.view_order")
def tasks(request: HttpRequest) -> HttpResponse:
    form, rows = _listed(request)
    return TemplateResponse(
        request, "staff/payments/tasks.html", {"form": form, "page": page_of(request, rows)}
    )


def _listed(request: HttpRequest) -> tuple[StatusFilter, Any]:
    form = StatusFilter(request.GET, model=Task)
    rows = form.narrow(Task.objects.permitted(request.user, "payments.view_order"))
    return form, rows.select_related("order__branch", "done_by").order_by("-status", "-pk")


@require_POST
@staff_view("payments.resolve_task", "payments.view_order")
def tasks_export(request: HttpRequest) -> HttpResponseBase:
    _form, rows = _listed(request)
    return EXPORT.answer(request, rows)


@staff_view("payments.resolve_task", "payments.view_order")
def task(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Task.objects.permitted(request.user, "payments.view_order")
    rows = rows.select_related("order__user", "order__branch", "payment", "done_by")
    task = get_object_or_404(rows, pk=pk)
    may_resolve = request.user.has_perm("payments.resolve_task", task.order.branch)
    form = ResolveForm(request.POST or None)
    if request.method == "POST":
        get_object_or_404(Task.objects.permitted(request.user, "payments.resolve_task"), pk=pk)
        if form.is_valid():
            actions.resolve_task(task, by=request.user, **form.cleaned_data)
            messages.success(request, _("The task is done."))
            return redirect("payments_staff:tasks")
    audit.viewed(request, task.order, subjects=[task.order.user_id])
    return TemplateResponse(
        request,
        "staff/payments/task.html",
        {"task": task, "order": task.order, "form": form, "may_resolve": may_resolve},
    )

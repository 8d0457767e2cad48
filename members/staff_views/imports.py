"""Bringing members: the files, what their columns mean, what each row would become, the deed."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from kosna.core.sheets import xlsx_response
from members import actions
from members.forms import ApplyForm, ChoiceForm, MappingForm, RowFilter, UndoForm, UploadForm
from members.imports.remarks import told
from members.models import Import, ImportRow

IMPORT = "members.import_member"
Status = Import.Status
EXPORT = ListExport(
    "members.export_imports",
    gettext_lazy("Imports"),
    [
        (gettext_lazy("File"), lambda row: row.file_name),
        (gettext_lazy("For"), lambda row: row.branch.name),
        (gettext_lazy("By"), lambda row: row.by.name),
        (gettext_lazy("Brought on"), lambda row: row.created_at),
        (gettext_lazy("Rows"), lambda row: row.rows),
        (gettext_lazy("Status"), lambda row: row.get_status_display()),
    ],
)
ROWS = ListExport(
    "members.export_import_rows",
    gettext_lazy("Row by row"),
    [
        (gettext_lazy("Line"), lambda row: row.line),
        (gettext_lazy("Name"), lambda row: row.name),
        (gettext_lazy("Member number"), lambda row: row.number),
        (gettext_lazy("Phone"), lambda row: row.phone),
        (gettext_lazy("E-mail"), lambda row: row.email),
        (gettext_lazy("Business number"), lambda row: row.business_number),
        (gettext_lazy("Tier"), lambda row: row.tier.name if row.tier else ""),
        (gettext_lazy("Branch"), lambda row: row.branch.name if row.branch else ""),
        (gettext_lazy("What would happen"), lambda row: row.get_verdict_display()),
        (gettext_lazy("Remarks"), lambda row: " ".join(told(row.remarks))),
    ],
    people=["member__user"],
)


@staff_view(IMPORT)
def imports(request: HttpRequest) -> HttpResponse:
    """The files of this desk's branches, and a place for a new one."""
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        branches=Branch.objects.permitted(request.user, IMPORT),
    )
    if request.method == "POST" and form.is_valid():
        row = actions.start_import(
            form.cleaned_data["file"],
            form.cleaned_data["shape"],
            branch=form.cleaned_data["branch"],
            by=request.user,
        )
        return redirect(row)
    return TemplateResponse(
        request,
        "staff/members/import_list.html",
        {"form": form, "page": page_of(request, _listed(request))},
        status=422 if form.is_bound else 200,
    )


def _listed(request: HttpRequest) -> Any:
    rows = Import.objects.permitted(request.user, IMPORT).select_related("branch", "by")
    return rows.order_by("-pk")


@require_POST
@staff_view(IMPORT)
def imports_export(request: HttpRequest) -> HttpResponseBase:
    return EXPORT.answer(request, _listed(request))


@require_POST
@staff_view(IMPORT)
def import_rows_export(request: HttpRequest, uuid: str) -> HttpResponseBase:
    """As checked; once the file was purged, there are none."""
    row = _import(request, uuid)
    checked = row.checked.select_related("member", "tier", "branch").order_by("line")
    return ROWS.answer(request, RowFilter(request.GET).apply(checked), of=row)


def _import(request: HttpRequest, uuid: str) -> Import:
    rows = Import.objects.permitted(request.user, IMPORT).select_related("branch", "by", "batch")
    return get_object_or_404(rows, uuid=uuid)


@staff_view(IMPORT)
def imported(request: HttpRequest, uuid: str) -> HttpResponse:
    return _page(request, _import(request, uuid))


def _page(
    request: HttpRequest, row: Import, *, forms: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    forms = forms or {}
    at_work = bool(row.batch) and not row.batch.is_over
    row_filter = RowFilter(request.GET)
    context: dict[str, Any] = {
        "imported": row,
        "at_work": at_work,
        "reload_seconds": 2 if at_work else None,
        "row_filter": row_filter,
        "apply_form": forms.get("apply") or ApplyForm(),
        "undo_form": forms.get("undo") or UndoForm(),
        "refused_form": next(iter(forms.values()), None),
    }
    if row.status in (Status.CHECKED, Status.APPLIED, Status.UNDONE) and not row.purged_at:
        checked = row.checked.select_related("member", "tier", "branch")
        page = page_of(request, row_filter.apply(checked).order_by("line"))
        page.object_list = list(page.object_list)
        audit.viewed(
            request,
            row,
            subjects={its.member.user_id for its in page if its.member and its.member.user_id},
            page_number=page.number,
        )
        twins = row.checked.filter(line__in=[its.twin_line for its in page if its.twin_line])
        by_line = {twin.line: twin for twin in twins}
        context |= {
            "page": page,
            "rows": [(its, told(its.remarks), _beside(its, by_line)) for its in page],
            "counts": [
                (label, row.counts.get(verdict, 0), verdict, ImportRow.TONES.get(verdict, "plain"))
                for verdict, label in ImportRow.Verdict.choices
            ],
            "choices": ImportRow.Choice.choices,
        }
    if row.status == Status.CHECKED:
        context["undecided"] = row.checked.undecided().count()
        context["certain"] = row.checked.undecided().filter(is_certain=True).count()
        context["left_out"] = row.checked.not_written().count()
    if row.status == Status.APPLIED:
        until = row.may_be_undone_until
        context["may_undo"] = bool(until) and clock.now() < until
    return TemplateResponse(request, "staff/members/import_detail.html", context, status=status)


def _beside(row: ImportRow, by_line: dict[int, ImportRow]) -> Any:
    """Whom a doubtful row is shown beside: a member, or another line of the file."""
    if row.verdict != ImportRow.Verdict.LIKELY:
        return None
    return by_line.get(row.twin_line) if row.twin_line else row.member


@staff_view(IMPORT)
def import_columns(request: HttpRequest, uuid: str) -> HttpResponse:
    """What the columns and their values mean; saved, every row is checked."""
    row = _import(request, uuid)
    if row.status in (Status.READING, *Import.CLOSED):
        return redirect(row)
    branches = Branch.objects.permitted(request.user, IMPORT)
    if not row.branch.is_head_office:
        branches = branches.filter(pk=row.branch_id)
    form = MappingForm(
        request.POST if request.method == "POST" else None, imported=row, branches=branches
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.check_import(
                row,
                mapping=form.mapping,
                values=form.chosen_values(),
                defaults=form.chosen_defaults(),
                by=request.user,
            )
        except Refused as refusal:
            refusal.to_form(form)
        else:
            return redirect(row)
    return TemplateResponse(
        request,
        "staff/members/import_columns.html",
        {"imported": row, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_POST
@staff_view(IMPORT)
def import_choose(request: HttpRequest, uuid: str, line: int) -> HttpResponse:
    row = _import(request, uuid)
    its = get_object_or_404(row.checked, line=line)
    form = ChoiceForm(request.POST)
    if form.is_valid():
        actions.choose(row, its, form.cleaned_data["choice"])
    return redirect(f"{row.get_absolute_url()}?{request.GET.urlencode()}#line-{line}")


@require_POST
@staff_view(IMPORT)
def import_merge(request: HttpRequest, uuid: str) -> HttpResponse:
    row = _import(request, uuid)
    count = actions.merge_certain(row)
    messages.success(request, _("%(n)s rows will be merged.") % {"n": count})
    return redirect(row)


@require_POST
@staff_view(IMPORT)
def import_apply(request: HttpRequest, uuid: str) -> HttpResponse:
    row = _import(request, uuid)
    form = ApplyForm(request.POST)
    try:
        actions.apply_import(row, leaves_out="leaves_out" in request.POST, by=request.user)
    except Refused as refusal:
        form.is_valid()
        refusal.to_form(form)
        return _page(request, row, forms={"apply": form}, status=422)
    return redirect(row)


@require_POST
@staff_view(IMPORT)
def import_abandon(request: HttpRequest, uuid: str) -> HttpResponse:
    row = _import(request, uuid)
    actions.abandon_import(row, by=request.user)
    messages.success(request, _("The import has been given up. Nothing of it was written."))
    return redirect("members_staff:imports")


@require_POST
@staff_view(IMPORT)
def import_undo(request: HttpRequest, uuid: str) -> HttpResponse:
    row = _import(request, uuid)
    form = UndoForm(request.POST)
    if form.is_valid():
        try:
            actions.undo_import(row, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            return redirect(row)
    return _page(request, row, forms={"undo": form}, status=422)


@staff_view(IMPORT)
def import_faulty(request: HttpRequest, uuid: str) -> FileResponse:
    """The rows that are left out, as they were typed, with the reasons: to be corrected and
    brought again."""
    row = _import(request, uuid)
    audit.viewed(request, row, subjects=[], file="faulty")
    headings = [
        (heading, lambda its, i=index: its[1][i] if i < len(its[1]) else "")
        for index, heading in enumerate(row.headings)
    ]
    columns = [
        (_("Line"), lambda its: its[0]),
        *headings,
        (_("Reasons"), lambda its: " ".join(told(its[2]))),
    ]
    name = f"{row.file_name.rpartition('.')[0] or row.file_name}-{_('faulty')}.xlsx"
    return xlsx_response(name, columns, actions.faulty_rows(row))

"""Terms of officers at the desk: elected, renewed, ended."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit.list_exports import ListExport
from kosna.branch_actions import add_term, end_term, renew_term
from kosna.branches.access import staff_view
from kosna.branches.forms import EndTermForm, RenewTermForm, TermForm
from kosna.branches.models import Branch, Term
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST

CHANGE = "branches.change_branch"
EXPORT = ListExport(
    "branches.export_terms",
    gettext_lazy("Terms that end soon"),
    [
        (gettext_lazy("Name"), lambda term: term.name),
        (gettext_lazy("Office"), lambda term: term.label),
        (gettext_lazy("Branch"), lambda term: term.branch.name),
        (gettext_lazy("Until"), lambda term: term.valid_to),
    ],
)


@staff_view(CHANGE)
def terms(request: HttpRequest) -> HttpResponse:
    """임기 만료 예정: whose term ends within the days of notice, soonest first."""
    page = page_of(request, _expiring(request))
    return TemplateResponse(
        request, "staff/branches/terms.html", {"page": page, "days": Term.NOTICE.days}
    )


def _expiring(request: HttpRequest) -> Any:
    rows = Term.objects.permitted(request.user, CHANGE).expiring(clock.today())
    return rows.select_related("branch").order_by("valid_to", "pk")


@require_POST
@staff_view(CHANGE)
def terms_export(request: HttpRequest) -> HttpResponseBase:
    return EXPORT.answer(request, _expiring(request))


@staff_view(CHANGE)
def term_add(request: HttpRequest, code: str) -> HttpResponse:
    branch = get_object_or_404(Branch.objects.permitted(request.user, CHANGE), code=code)
    form = TermForm(request.POST or None, initial={"valid_from": clock.today()})

    def save() -> Any:
        return add_term(form, branch=branch, by=request.user)

    return _form_page(request, branch, form, save, _("Add an officer"), _("The term is entered."))


def _form_page(
    request: HttpRequest,
    branch: Branch,
    form: Any,
    save: Callable[[], Any],
    title: str,
    done: str,
    term: Term | None = None,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, done)
            return redirect("branches_staff:branch", code=branch.code)
    return TemplateResponse(
        request,
        "staff/branches/term_form.html",
        {"branch": branch, "form": form, "title": title, "term": term},
        status=422 if form.errors else 200,
    )


def _term(request: HttpRequest, pk: int) -> Term:
    rows = Term.objects.permitted(request.user, CHANGE).select_related("branch")
    return get_object_or_404(rows, pk=pk)


@staff_view(CHANGE)
def term_renew(request: HttpRequest, pk: int) -> HttpResponse:
    term = _term(request, pk)
    form: forms.Form = RenewTermForm(request.POST or None)

    def save() -> Any:
        return renew_term(term, **form.cleaned_data, by=request.user)

    done = _("The term is renewed.")
    return _form_page(request, term.branch, form, save, _("Renew the term"), done, term)


@staff_view(CHANGE)
def term_end(request: HttpRequest, pk: int) -> HttpResponse:
    term = _term(request, pk)
    form: forms.Form = EndTermForm(request.POST or None)

    def save() -> Any:
        return end_term(term, **form.cleaned_data, by=request.user)

    done = _("The end of the term is entered.")
    return _form_page(request, term.branch, form, save, _("End the term"), done, term)

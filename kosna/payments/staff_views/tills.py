"""What doors took: by event, by whoever took it and by day; counted and handed over."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_GET, require_POST
from kosna.payments import actions
from kosna.payments.models import Till, TillQuerySet
from kosna.payments.till_forms import CountForm, ReceiveForm, TillFilter

READ, TAKE, RECEIVE = (f"payments.{verb}" for verb in ("view_ledger", "take_money", "receive_till"))

EXPORT = ListExport(
    "payments.export_tills",
    gettext_lazy("Tills at doors"),
    [
        (gettext_lazy("Event"), lambda row: row.title),
        (gettext_lazy("Taken by"), lambda row: row.keeper.name),
        (gettext_lazy("Branch"), lambda row: row.branch.name),
        (gettext_lazy("Day"), lambda row: row.day),
        (gettext_lazy("Cash"), lambda row: row.took_cash),
        (gettext_lazy("Card slips"), lambda row: row.took_cards),
        (gettext_lazy("Transfers seen"), lambda row: row.took_transfers),
        (
            pgettext_lazy("in a till", "Difference"),
            lambda row: None if row.status == Till.Status.OPEN else row.difference,
        ),
        (gettext_lazy("Status"), lambda row: row.get_status_display()),
    ],
    people=["keeper"],
)


@require_GET
@staff_view(READ, TAKE)
def tills(request: HttpRequest) -> HttpResponse:
    form, rows = _listed(request)
    return TemplateResponse(
        request,
        "staff/payments/tills.html",
        {"form": form, "page": page_of(request, _with_takings(rows)), "took": rows.took()},
    )


def _listed(request: HttpRequest) -> tuple[TillFilter, TillQuerySet]:
    form = TillFilter(request.GET)
    return form, form.narrow(Till.objects.readable(request.user))


def _with_takings(rows: TillQuerySet) -> Any:
    rows = rows.with_takings().select_related("branch", "keeper", "received_by")
    return rows.order_by("-day", "-pk")


@require_POST
@staff_view(READ, TAKE)
def tills_export(request: HttpRequest) -> HttpResponseBase:
    _form, rows = _listed(request)
    return EXPORT.answer(request, _with_takings(rows))


def _till(request: HttpRequest, pk: int) -> Till:
    people = ("branch", "keeper", "counted_by", "received_by")
    rows = Till.objects.readable(request.user).with_takings().select_related(*people)
    return get_object_or_404(rows, pk=pk)


@require_GET
@staff_view(READ, TAKE)
def till(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _till(request, pk))


def _page(request: HttpRequest, till: Till, **forms: Form) -> HttpResponse:
    """Whose orders they were stays with those who read orders; others see numbers alone, and who
    sent the transfers."""
    user = request.user
    page = page_of(request, till.entries.with_orders().order_by("pk"))
    if page.object_list:
        audit.viewed(request, till, subjects={row.payment.order.user_id for row in page})
    may_receive = user.has_perm(RECEIVE, till.branch)
    is_own = user.pk == till.keeper_id
    return TemplateResponse(
        request,
        "staff/payments/till.html",
        {
            "till": till,
            "page": page,
            "may_count": till.status != Till.Status.HANDED and (is_own or may_receive),
            "may_receive": till.status == Till.Status.COUNTED
            and may_receive
            and user.pk not in (till.keeper_id, till.counted_by_id),
            "may_see_orders": user.has_perm("payments.view_order", till.branch),
            "count_form": CountForm(),
            "receive_form": ReceiveForm(prefix="receive"),
            **forms,
        },
        status=422 if forms else 200,
    )


def _done(
    request: HttpRequest, till: Till, deed: Callable[..., Any], told: str, **named: Form
) -> HttpResponse:
    """Does what the page's form, by its name there, says; or shows at the field why not."""
    [form] = named.values()
    if form.is_valid():
        try:
            deed(**form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, told)
            return redirect(till)
    return _page(request, till, **named)


@require_POST
@staff_view(RECEIVE, TAKE)
def till_count(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own, or as whoever receives such tills."""
    till = _till(request, pk)
    may_receive = request.user.has_perm(RECEIVE, till.branch)
    if not (may_receive or till.keeper_id == request.user.pk):
        raise Refused(_("A till is counted by whoever took the money, or by the treasurer."))
    told = _("Counted. Another person now receives it.")
    form = CountForm(request.POST)
    return _done(request, till, partial(actions.count_till, till), told, count_form=form)


@require_POST
@staff_view(RECEIVE)
def till_receive(request: HttpRequest, pk: int) -> HttpResponse:
    till = get_object_or_404(
        Till.objects.permitted(request.user, RECEIVE)
        .with_takings()
        .select_related("branch", "keeper", "counted_by", "received_by"),
        pk=pk,
    )
    form = ReceiveForm(request.POST, prefix="receive")
    told = _("Received. The till is closed.")
    return _done(request, till, partial(actions.receive_till, till), told, receive_form=form)

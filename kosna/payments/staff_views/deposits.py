"""Deposits: lines of the bank's list and whose they are, cleared one after the other."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.lists import page_of, searched
from kosna.core.methods import require_GET, require_POST
from kosna.payments import actions
from kosna.payments.bank_forms import (
    AsideForm,
    DepositLineFilter,
    ReturnForm,
    SplitForm,
    UndoMatchForm,
)
from kosna.payments.matching import words_of
from kosna.payments.models import BankAccount, Deposit, Match, NotedDeposit, Order
from kosna.payments.staff_views.choices import (
    CONFIRM,
    choices_for,
    searched_for,
    take,
)

RECENT = 10
EXPORT = ListExport(
    "payments.export_deposits",
    gettext_lazy("Deposits"),
    [
        (gettext_lazy("Depositor name"), lambda row: row.line.payer),
        (gettext_lazy("Amount"), lambda row: row.line.incoming),
        (gettext_lazy("Nobody's yet"), lambda row: row.left),
        (gettext_lazy("Status"), lambda row: row.get_status_display()),
        (
            gettext_lazy("When"),
            lambda row: clock.kst_date(row.line.at) if row.line.grain == "day" else row.line.at,
        ),
        (gettext_lazy("Account"), lambda row: row.line.account.name),
        (gettext_lazy("Description"), lambda row: row.line.memo),
        (gettext_lazy("Note"), lambda row: row.note),
        (
            gettext_lazy("Orders"),
            lambda row: ", ".join(
                f"{match.order.code} {match.order.buyer_name}" for match in row.matched
            ),
        ),
    ],
    people=["standing__order__user"],
)


# Lines of the bank --------------------------------------------------------------------------------


@staff_view(CONFIRM)
def deposits(request: HttpRequest) -> HttpResponse:
    """What came and is to be matched. Cleared from the keyboard, or with plain buttons."""
    form, rows = _listed(request)
    page = page_of(request, rows)
    page.object_list = list(page.object_list)
    return TemplateResponse(
        request,
        "staff/payments/bank/deposits.html",
        {
            "form": form,
            "page": page,
            "rows": _rows(request, page.object_list),
            "progress": _progress(request),
            "recent": _recent(request),
            "noted": NotedDeposit.objects.permitted(request.user, CONFIRM).waiting().count(),
            "here": "deposits",
        },
    )


def _listed(request: HttpRequest) -> tuple[DepositLineFilter, Any]:
    form = DepositLineFilter(
        request.GET, accounts=BankAccount.objects.permitted(request.user, CONFIRM)
    )
    return form, form.narrow(_permitted(request)).order_by("line__at", "pk")


@require_POST
@staff_view(CONFIRM)
def deposits_export(request: HttpRequest) -> HttpResponseBase:
    _form, rows = _listed(request)
    matches = Match.objects.standing().select_related("order").order_by("pk")
    found = rows.with_standing().prefetch_related(Prefetch("matches", matches, to_attr="matched"))
    return EXPORT.answer(request, found)


def _permitted(request: HttpRequest) -> Any:
    rows = Deposit.objects.permitted(request.user, CONFIRM)
    return rows.select_related("line__account")


def _rows(request: HttpRequest, page: list[Deposit]) -> list[dict[str, Any]]:
    """Each deposit with what may be chosen for it, and what was."""
    choices = choices_for(request.user, page)
    matches: dict[int, list[Match]] = {deposit.pk: [] for deposit in page}
    standing = Match.objects.standing().filter(deposit__in=page)
    for match in standing.select_related("order", "matched_by").order_by("pk"):
        matches[match.deposit_id].append(match)
    return [
        {"deposit": deposit, "choices": choices[deposit.pk], "matches": matches[deposit.pk]}
        for deposit in page
    ]


def _progress(request: HttpRequest) -> dict[str, int]:
    """Of today's work in these branches: what is settled, and all of it."""
    rows = Deposit.objects.permitted(request.user, CONFIRM)
    done = rows.settled_since(clock.start_of(clock.today())).count()
    return {"done": done, "total": done + rows.open().count()}


def _recent(request: HttpRequest) -> Any:
    rows = Match.objects.standing().filter(
        matched_by=request.user, matched_at__gte=clock.start_of(clock.today())
    )
    return rows.select_related("order", "deposit__line").order_by("-pk")[:RECENT]


def _deposit(request: HttpRequest, pk: int) -> Deposit:
    return get_object_or_404(_permitted(request), pk=pk)


@staff_view(CONFIRM)
def deposit_line(request: HttpRequest, pk: int) -> HttpResponse:
    """One deposit, all that happened to it, and every way that it can go."""
    return _page(request, _deposit(request, pk))


def _page(
    request: HttpRequest, deposit: Deposit, *, refused: dict[str, Any] | None = None
) -> HttpResponse:
    text = searched(request)
    choices = (
        searched_for(request.user, deposit, text)
        if text
        else choices_for(request.user, [deposit])[deposit.pk]
    )
    shown = deposit.matches.select_related("order", "matched_by", "unmatched_by").order_by("pk")
    history = [(match, words_of(match.why)) for match in shown]
    subjects = {order.user_id for choice in choices for order in choice.orders}
    audit.viewed(
        request,
        deposit,
        branch=deposit.line.account.branch_id,
        subjects=subjects | {match.order.user_id for match, _why in history},
    )
    orders = Order.objects.permitted(request.user, CONFIRM)
    forms = {
        "split_form": SplitForm(orders=orders),
        "aside_form": AsideForm(),
        "return_form": ReturnForm(deposit=deposit),
    } | (refused or {})
    return TemplateResponse(
        request,
        "staff/payments/bank/deposit_line.html",
        {
            "deposit": deposit,
            "line": deposit.line,
            "choices": choices,
            "history": history,
            "returns": deposit.returns.select_related("returned_by").order_by("pk"),
            "text": text,
            "here": "deposits",
            **forms,
        },
        status=422 if refused else 200,
    )


@require_GET
@staff_view(CONFIRM)
def deposit_row(request: HttpRequest, pk: int) -> HttpResponse:
    """One row of the list, drawn anew; with ``?q=`` what somebody looked for."""
    return JsonResponse(_drawn(request, _deposit(request, pk)))


def _drawn(request: HttpRequest, deposit: Deposit, **more: Any) -> dict[str, Any]:
    """What the page's script puts in the place of a row."""
    [row] = _rows(request, [deposit])
    text = searched(request)
    if text and deposit.left:
        row["choices"] = searched_for(request.user, deposit, text)
        seen = {order.user_id for choice in row["choices"] for order in choice.orders}
        where = deposit.line.account.branch_id
        audit.viewed(request, deposit, branch=where, subjects=seen, looked_for=text)
    html = render_to_string(
        "staff/payments/bank/deposit_row.html", {"row": row, "text": text}, request
    )
    return {"row": html, "progress": _progress(request), **more}


def _answer(request: HttpRequest, deposit: Deposit, message: str) -> HttpResponse:
    """The row for the script, or the way back to the list where it was left."""
    deposit = _deposit(request, deposit.pk)
    if _by_script(request):
        return JsonResponse(_drawn(request, deposit, message=message))
    messages.success(request, message)
    back = request.POST.get("back", "")
    if back == "line":
        return redirect(deposit)
    return redirect(
        f"{reverse('payments_staff:deposits')}?{back}" if back else "payments_staff:deposits"
    )


def _refused(request: HttpRequest, deposit: Deposit, refusal: Refused) -> HttpResponse:
    if not _by_script(request):
        raise refusal
    drawn = _drawn(request, _deposit(request, deposit.pk), message=str(refusal))
    return JsonResponse(drawn, status=409)


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Answer") == "row"


@require_POST
@staff_view(CONFIRM)
def deposit_match(request: HttpRequest, pk: int) -> HttpResponse:
    deposit = _deposit(request, pk)
    try:
        matches = take(request.user, deposit, request.POST.get("choice", ""))
    except Refused as refusal:
        return _refused(request, deposit, refusal)
    return _answer(request, deposit, _told(matches))


def _told(matches: list[Match]) -> str:
    """What became of the orders, in one sentence each."""
    told = []
    for match in matches:
        order = match.order
        order.refresh_from_db()
        missing = order.total - order.sum_paid()
        if match.is_found:
            sentence = _("%(order)s: it had been typed by hand; nothing was booked twice.")
        elif order.status == Order.Status.PAID and missing == 0:
            sentence = _("%(order)s is paid.")
        elif missing > 0:
            sentence = _("%(order)s: %(won)s won are still missing.")
        else:
            sentence = _("%(order)s: recorded. A money task says what must be decided.")
        told.append(sentence % {"order": f"{order.buyer_name} {order.code}", "won": f"{missing:,}"})
    return " ".join(told)


@require_POST
@staff_view(CONFIRM)
def deposit_split(request: HttpRequest, pk: int) -> HttpResponse:
    """One transfer for several orders."""
    deposit = _deposit(request, pk)
    form = SplitForm(request.POST, orders=Order.objects.permitted(request.user, CONFIRM))
    if form.is_valid():
        shares = [actions.Share(order, amount) for order, amount in form.shares]
        try:
            matches = actions.match_deposit(deposit, shares=shares, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            return _answer(request, deposit, _told(matches))
    return _page(request, _deposit(request, pk), refused={"split_form": form})


@require_POST
@staff_view(CONFIRM)
def deposit_aside(request: HttpRequest, pk: int) -> HttpResponse:
    deposit = _deposit(request, pk)
    form = AsideForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    try:
        actions.set_aside(deposit, note=note, by=request.user)
    except Refused as refusal:
        return _refused(request, deposit, refusal)
    return _answer(request, deposit, _("Set aside. It can be claimed at any time."))


@require_POST
@staff_view(CONFIRM)
def deposit_take_up(request: HttpRequest, pk: int) -> HttpResponse:
    deposit = _deposit(request, pk)
    try:
        actions.take_up(deposit, by=request.user)
    except Refused as refusal:
        return _refused(request, deposit, refusal)
    return _answer(request, deposit, _("It is to be matched again."))


@require_POST
@staff_view(CONFIRM)
def deposit_return(request: HttpRequest, pk: int) -> HttpResponse:
    deposit = _deposit(request, pk)
    form = ReturnForm(request.POST, deposit=deposit)
    if form.is_valid():
        try:
            actions.return_deposit(deposit, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Recorded: the money was wired back."))
            return redirect(deposit)
    return _page(request, _deposit(request, pk), refused={"return_form": form})


@require_POST
@staff_view(CONFIRM)
def match_undo(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Match.objects.permitted(request.user, CONFIRM).select_related("order", "deposit")
    match = get_object_or_404(rows, pk=pk)
    form = UndoMatchForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        actions.unmatch_deposit(match, reason=reason or _("Undone at once"), by=request.user)
    except Refused as refusal:
        return _refused(request, match.deposit, refusal)
    return _answer(request, match.deposit, _("Taken back. The order stands as it stood before."))


@require_POST
@staff_view(CONFIRM)
def deposits_match(request: HttpRequest) -> HttpResponse:
    """Lets those that fit be confirmed by themselves once more, say after names were learnt."""
    branches = Branch.objects.permitted(request.user, CONFIRM).filter(bank_accounts__isnull=False)
    for branch in branches.distinct():
        tell_matching(request, actions.start_matching(branch, by=request.user))
    return redirect("payments_staff:deposits")


def tell_matching(request: HttpRequest, outcome: Any) -> None:
    """How many were confirmed, or where the work can be followed."""
    if isinstance(outcome, int):
        told = ngettext(
            "%(n)s deposit was confirmed by itself.",
            "%(n)s deposits were confirmed by themselves.",
            outcome,
        )
        messages.success(request, told % {"n": outcome})
    else:
        messages.info(request, _("The deposits are being matched. See “Long work” for how far."))

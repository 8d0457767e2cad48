"""Dues at the desk: what is charged, paid and open; reminders, bills and transfers."""

import hashlib
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.db.models import Count, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from kosna.accounts.requests import client_ip
from kosna.audit import actions as audit
from kosna.audit.forms import ExportForm
from kosna.branches.access import staff_view
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.exports import csv_response
from kosna.core.lists import page_by_keys, page_of
from kosna.core.methods import require_POST
from kosna.payments.models import Order
from members import actions, bills, letters, standing
from members.forms import AGES, ALL, OPEN, PAID, DuesFilter, age_of
from members.models import Balance, DuesNotice, Member
from members.staff_views.assessments import ASSESS

VIEW_DUES, BILL = "members.view_dues", "members.bill_dues"
EXPORT, CONFIRM = "members.export_member", "payments.confirm_deposit"
GREAT = 10_000  # members charged


@staff_view(VIEW_DUES)
def dues(request: HttpRequest) -> TemplateResponse:
    """One year: the sums, and below them who owes what."""
    form, balances = _filtered(request, VIEW_DUES)
    sums = _sums(form.whole(Balance.objects.permitted(request.user, VIEW_DUES)))
    page = page_by_keys(
        request,
        balances.values_list("pk", flat=True),
        Balance.objects.select_related("member__branch", "tier"),
        searched=form.value("q"),
        count=sums["count"].get(form.state),
    )
    told = _notices_of(page.object_list, form.year)
    today = clock.today()
    page.object_list = [
        (row, (today - row.due_on).days if row.open > 0 else 0, told.get(row.member_id))
        for row in page.object_list
    ]
    return TemplateResponse(
        request,
        "staff/dues/dues_list.html",
        {
            "form": form,
            "year": form.year,
            "page": page,
            "sums": sums,
            "notices": _notices(request, form, sums["members"]),
            "query": form.query(request.GET),
            "may_bill": request.user.has_perm(BILL),
            "may_assess": request.user.has_perm(ASSESS),
            "may_export": request.user.has_perm(EXPORT),
            "export_form": ExportForm(),
        },
    )


def _filtered(request: HttpRequest, verb: str) -> tuple[DuesFilter, Any]:
    form = DuesFilter(request.GET, branches=Branch.objects.permitted(request.user, verb))
    rows = Balance.objects.permitted(request.user, verb)
    return form, form.apply(rows).order_by("due_on", "charge")


def _notices_of(balances: Any, year: int) -> dict[int, int]:
    """How often each member of a page was written to about the year."""
    rows = DuesNotice.objects.filter(year=year, member__in=[row.member_id for row in balances])
    return dict(rows.order_by().values_list("member").annotate(Count("pk")))


def _sums(balances: Any) -> dict[str, Any]:
    """Won that are charged, paid and open, and what of it is overdue for how long; how many there
    are in each state. Summed up for each day on which dues were due, of which there are few."""
    owed = Q(open__gt=0)
    by_day = (
        balances.order_by("due_on")
        .values("due_on")
        .annotate(
            members=Count("pk"),
            charged=Sum("amount"),
            came=Sum("paid"),
            left=Sum("open"),
            owing=Count("pk", filter=owed),
            due=Sum("open", filter=owed),
        )
    )
    total = dict.fromkeys(("members", "charged", "came", "left", "owing", "due"), 0)
    ages = {key: [0, 0] for key in AGES}
    for row in by_day:
        for name in total:
            total[name] += row[name] or 0
        if age := age_of(row["due_on"]):
            ages[age][0] += row["owing"]
            ages[age][1] += row["due"] or 0
    return {
        "members": total["members"],
        "charged": total["charged"],
        "paid": total["came"],
        "open": total["due"],
        "credit": total["due"] - total["left"],
        "ages": [(key, AGES[key][0], *ages[key]) for key in AGES],
        "overdue": sum(won for _members, won in ages.values()),
        "count": {
            OPEN: total["owing"],
            PAID: total["members"] - total["owing"],
            ALL: total["members"],
            "overdue": sum(members for members, _won in ages.values()),
            **{key: members for key, (members, _won) in ages.items()},
        },
    }


def _notices(request: HttpRequest, form: DuesFilter, members: int) -> list[tuple[str, int]]:
    """Occasions of the year and how many members were written to on each. A few members are looked
    up one by one; of a great many, all of the year are read, as of a minute ago."""
    rows, are_few = DuesNotice.objects.permitted(request.user, VIEW_DUES), members < GREAT
    rows = rows.filter(year=form.year)
    if branch := form.value("branch"):
        theirs = Member.objects.filter(branch=branch).values("pk")
        rows = rows.filter(member__in=theirs) if are_few else rows.filter(member__branch=branch)
    counts = rows.order_by().values_list("occasion").annotate(Count("pk"))
    if are_few:
        counted = list(counts)
    else:
        asked = hashlib.sha256(str(counts.query).encode()).hexdigest()
        counted = cache.get_or_set(f"dues-notices:{asked}", lambda: list(counts), 60) or []
    sums: dict[str, int] = {}
    for occasion, count in counted:
        label = letters.occasion_label(occasion)
        sums[label] = sums.get(label, 0) + count
    return sorted(sums.items())


@require_POST
@staff_view(EXPORT)
def dues_export(request: HttpRequest) -> HttpResponseBase:
    """The list as CSV, as it is filtered; never without a reason, which stays on record."""
    reason = ExportForm(request.POST)
    if not reason.is_valid():
        raise Refused(*reason.errors.get("reason", []))
    form, balances = _filtered(request, EXPORT)
    people = balances.exclude(member__user=None).values_list("member__user", flat=True)
    audit.record_seen(
        "members.export_dues",
        request.user,
        by=request.user,
        branch=form.value("branch"),
        reason=reason.cleaned_data["reason"],
        subjects=set(people),
        ip=client_ip(request),
        rows=balances.count(),
        filters={key: value for key, value in request.GET.items() if value and key != "page"},
    )
    columns = [
        (_("Member number"), lambda c: c.member.number),
        (_("Name"), lambda c: c.member.name),
        (_("Tier"), lambda c: c.tier.name),
        (_("Branch"), lambda c: c.member.branch.name),
        (_("Year"), lambda c: c.year),
        (_("Due on"), lambda c: c.due_on),
        (_("Charged"), lambda c: c.amount),
        (_("Paid so far"), lambda c: c.paid),
        (_("Not paid yet"), lambda c: c.open),
    ]
    rows = balances.select_related("member__branch", "tier")
    return csv_response(f"{_('Dues')}-{form.year}-{clock.today():%Y%m%d}.csv", columns, rows)


@staff_view(BILL)
def notices(request: HttpRequest) -> HttpResponse:
    """Whom a repeated notice would reach; sent on confirmation, in the background."""
    form, balances = _filtered(request, BILL)
    if request.method == "POST":
        batch = actions.start_notices(balances, by=request.user)
        return redirect("batches:batch", batch.uuid)
    rows = balances.owing().select_related("member__branch")
    return TemplateResponse(
        request,
        "staff/dues/notices_confirm.html",
        {
            "page": page_of(request, rows),
            "year": form.year,
            "query": form.query(request.GET),
        },
    )


@require_POST
@staff_view(BILL)
def bills_start(request: HttpRequest) -> HttpResponse:
    """고지서 of all who are in the list as it is filtered, as one document."""
    _form, balances = _filtered(request, BILL)
    batch = actions.start_bills(balances, by=request.user)
    return redirect("batches:batch", batch.uuid)


# One member -----------------------------------------------------------------------------------


def _member(request: HttpRequest, pk: int, verb: str) -> Member:
    rows = Member.objects.permitted(request.user, verb)
    return get_object_or_404(rows.select_related("tier", "branch", "user", "organisation"), pk=pk)


@staff_view(VIEW_DUES)
def member_dues(request: HttpRequest, pk: int) -> TemplateResponse:
    """All that was charged and reversed, what is open, who let the member off, what was sent."""
    member = _member(request, pk, VIEW_DUES)
    audit.viewed(request, member, subjects=actions.people_of(member))
    today = clock.today()
    standing_charges = member.charges.standing().with_open().select_related("tier")
    charges = list(standing_charges.order_by("-year"))
    history = member.charges.select_related("tier", "booked_by").order_by("-pk")
    sent = member.dues_notices.select_related("sent_by").order_by("-pk")
    return TemplateResponse(
        request,
        "staff/dues/member_dues.html",
        {
            "member": member,
            "standing": standing.standing_of(member, today),
            "today": today,
            "charges": charges,
            "open": sum(charge.open for charge in charges if charge.open > 0),
            "history": history,
            "exemptions": [
                (row, row.until_year is None or row.until_year >= today.year)
                for row in member.exemptions.select_related("granted_by")
            ],
            "notices": [(row, letters.occasion_label(row.occasion)) for row in sent],
            "depositor": letters.depositor_name(member),
            "may_bill": request.user.has_perm(BILL, member.branch),
            "may_assess": request.user.has_perm(ASSESS, member.branch),
            "may_confirm": request.user.has_perm(CONFIRM, member.branch),
            "sees_member": request.user.has_perm("members.view_member", member.branch),
        },
    )


@staff_view(BILL)
def bill(request: HttpRequest, pk: int) -> HttpResponse:
    """One member's 고지서."""
    member = _member(request, pk, BILL)
    content = bills.bill_pdf(member)
    if content is None:
        raise Http404
    audit.viewed(request, member, subjects=actions.people_of(member))
    name = f"{_('Bill for dues')}-{member.number}.pdf"
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": content_disposition_header(as_attachment=True, filename=name),
            "Cache-Control": "private, no-store",
        },
    )


@require_POST
@staff_view(CONFIRM)
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """A transfer that came on a bill: the order that it pays, and the form that records it."""
    member = _member(request, pk, CONFIRM)
    payers = letters.addressees(member)
    if not payers:
        raise Refused(_("Nobody runs this membership yet. Give somebody a seat first."))
    order: Order = actions.renew(member, payer=payers[0], by=request.user)
    messages.info(request, _("This is the order that the transfer pays."))
    return redirect(reverse("payments_staff:deposit", args=[order.code]))

"""A company at its branch's desk: seats, invitations, requests, and what the branch confirms."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.forms import BaseForm, Form
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core import clock
from kosna.core.deeds import carried_out
from kosna.core.korean import display_business_number
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from members import actions, standing
from members.company import facts_about
from members.forms import (
    ConfirmChangeForm,
    DeclineChangeForm,
    EndSeatForm,
    InviteForm,
    RepresentativeForm,
    SeatsForm,
)
from members.models import CompanyChange, Member

VIEW_MEMBER, CHANGE_COMPANY = "members.view_member", "members.change_company"
EXPORT = ListExport(
    "members.export_company_changes",
    gettext_lazy("Company changes"),
    [
        (gettext_lazy("Company"), lambda change: change.member.name),
        (gettext_lazy("Branch"), lambda change: change.member.branch.name),
        (gettext_lazy("Organisation name"), lambda change: change.name),
        (
            gettext_lazy("Business number"),
            lambda change: display_business_number(change.business_number),
        ),
        (gettext_lazy("Representative"), lambda change: change.representative),
        (gettext_lazy("Requested"), lambda change: clock.kst_date(change.asked_at)),
    ],
    people=["member__seat_rows__user"],
)


@staff_view(CHANGE_COMPANY)
def company_changes(request: HttpRequest) -> TemplateResponse:
    return TemplateResponse(
        request,
        "staff/members/company_change_list.html",
        {"page": page_of(request, _waiting(request))},
    )


def _waiting(request: HttpRequest) -> Any:
    """What companies of these branches have asked to have confirmed, oldest first."""
    rows = CompanyChange.objects.waiting().permitted(request.user, CHANGE_COMPANY)
    rows = rows.select_related("member__organisation", "member__branch")
    return rows.order_by("asked_at", "pk")


@require_POST
@staff_view(CHANGE_COMPANY)
def company_changes_export(request: HttpRequest) -> HttpResponseBase:
    return EXPORT.answer(request, _waiting(request))


@staff_view(VIEW_MEMBER)
def company(request: HttpRequest, pk: int) -> TemplateResponse:
    return _page(request, _company(request, pk, VIEW_MEMBER))


def _company(request: HttpRequest, pk: int, verb: str) -> Member:
    rows = Member.objects.permitted(request.user, verb).exclude(organisation=None)
    return get_object_or_404(rows.select_related("tier", "branch", "organisation"), pk=pk)


def _page(
    request: HttpRequest, row: Member, *, bound: dict[str, Form] | None = None, status: int = 200
) -> TemplateResponse:
    bound = bound or {}
    facts = facts_about(row)
    seen = {seat.user_id for seat in (*facts["seats"], *facts["past_seats"])}
    seen |= {asked.user_id for asked in facts["requests"]}
    audit.viewed(request, row, subjects=seen)
    page = page_of(request, facts["seats"])
    for seat in page:
        seat.end_form = EndSeatForm(prefix=f"end{seat.pk}")
    agreed = {"seats": row.seats_agreed, "reason": row.seats_reason}
    return TemplateResponse(
        request,
        "staff/members/company.html",
        {
            "member": row,
            "standing": standing.standing_of(row, clock.today()),
            **facts,
            "page": page,
            "may_change": row.status in Member.RUNNING
            and request.user.has_perm(CHANGE_COMPANY, row.branch),
            "invite_form": bound.get("invite")
            or InviteForm(member=row, may_hand_on=False, prefix="invite"),
            "seats_form": bound.get("seats") or SeatsForm(initial=agreed, prefix="seats"),
            "representative_form": bound.get("representative")
            or RepresentativeForm(member=row, prefix="representative"),
            "confirm_form": bound.get("confirm") or ConfirmChangeForm(prefix="confirm"),
            "decline_form": bound.get("decline") or DeclineChangeForm(prefix="decline"),
            "refused_form": next(iter(bound.values()), None),
        },
        status=status,
    )


def _try(
    request: HttpRequest,
    row: Member,
    name: str,
    form: BaseForm,
    deed: Callable[..., object],
    done: str,
) -> HttpResponseBase:
    """A form on the company's page: back there when it is done, shown again there when not."""
    if carried_out(request, form, deed, done):
        return redirect("members_staff:company", row.pk)
    row = _company(request, row.pk, CHANGE_COMPANY)
    return _page(request, row, bound={name: form}, status=422)


@require_POST
@staff_view(CHANGE_COMPANY)
def invite(request: HttpRequest, pk: int) -> HttpResponseBase:
    row = _company(request, pk, CHANGE_COMPANY)
    return _try(
        request,
        row,
        "invite",
        InviteForm(request.POST, member=row, may_hand_on=False, prefix="invite"),
        partial(actions.invite, row, by=request.user),
        _("The invitation is on its way. It is valid for 7 days."),
    )


@require_POST
@staff_view(CHANGE_COMPANY)
def invitation_again(request: HttpRequest, pk: int, invitation: int) -> HttpResponseBase:
    row = _company(request, pk, CHANGE_COMPANY)
    actions.send_again(get_object_or_404(row.invitations, pk=invitation), by=request.user)
    messages.success(request, _("A new link is on its way. The old one opens nothing more."))
    return redirect("members_staff:company", row.pk)


@require_POST
@staff_view(CHANGE_COMPANY)
def invitation_withdraw(request: HttpRequest, pk: int, invitation: int) -> HttpResponseBase:
    row = _company(request, pk, CHANGE_COMPANY)
    actions.withdraw_invitation(get_object_or_404(row.invitations, pk=invitation), by=request.user)
    messages.success(request, _("The invitation has been withdrawn."))
    return redirect("members_staff:company", row.pk)


@require_POST
@staff_view(CHANGE_COMPANY)
def seat_end(request: HttpRequest, pk: int, seat: int) -> HttpResponseBase:
    row = _company(request, pk, CHANGE_COMPANY)
    form = EndSeatForm(request.POST, prefix=f"end{seat}")
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    actions.end_seat(get_object_or_404(row.seat_rows, pk=seat), by=request.user, reason=reason)
    messages.success(request, _("The seat has ended. The person has been told by e-mail."))
    return redirect("members_staff:company", row.pk)


@require_POST
@staff_view(CHANGE_COMPANY)
def seats(request: HttpRequest, pk: int) -> HttpResponseBase:
    row = _company(request, pk, CHANGE_COMPANY)
    return _try(
        request,
        row,
        "seats",
        SeatsForm(request.POST, prefix="seats"),
        partial(actions.agree_seats, row, by=request.user),
        _("The number of seats is set."),
    )


@require_POST
@staff_view(CHANGE_COMPANY)
def representative(request: HttpRequest, pk: int) -> HttpResponseBase:
    row = _company(request, pk, CHANGE_COMPANY)
    return _try(
        request,
        row,
        "representative",
        RepresentativeForm(request.POST, member=row, prefix="representative"),
        partial(actions.confirm_representative, by=request.user),
        _("The new representative is confirmed and stands in the register."),
    )


@require_POST
@staff_view(CHANGE_COMPANY)
def change_confirm(request: HttpRequest, pk: int, change: int) -> HttpResponseBase:
    row = _company(request, pk, CHANGE_COMPANY)
    asked = get_object_or_404(row.company_changes, pk=change)
    return _try(
        request,
        row,
        "confirm",
        ConfirmChangeForm(request.POST, prefix="confirm"),
        partial(actions.confirm_change, asked, by=request.user),
        _("The change is confirmed and stands in the register."),
    )


@require_POST
@staff_view(CHANGE_COMPANY)
def change_decline(request: HttpRequest, pk: int, change: int) -> HttpResponseBase:
    row = _company(request, pk, CHANGE_COMPANY)
    asked = get_object_or_404(row.company_changes, pk=change)
    return _try(
        request,
        row,
        "decline",
        DeclineChangeForm(request.POST, prefix="decline"),
        partial(actions.decline_change, asked, by=request.user),
        _("The request is declined. The company has been told."),
    )

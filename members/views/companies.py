"""My company: its seats and people for those who run it, one's own seat for those who sit there."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.contrib import messages
from django.forms import BaseForm, Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.core import clock
from kosna.core.deeds import carried_out
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from kosna.payments.models import Order
from members import actions, standing
from members.company import asked_by, facts_about, offers_to
from members.forms import (
    ChangeForm,
    CodeForm,
    DomainForm,
    EndSeatForm,
    FactsForm,
    InviteForm,
    InviteManyForm,
)
from members.models import CompanyDomain, Member, Seat

Role = Seat.Role


def company(request: HttpRequest) -> HttpResponse:
    """The company where this person sits; with several, ``?of=`` names one."""
    mine = list(
        _companies(request).of(request.user).select_related("tier", "branch", "organisation")
    )
    wanted = request.GET.get("of", "")
    member = next((row for row in mine if str(row.pk) == wanted), mine[0] if mine else None)
    if member is None:
        return TemplateResponse(
            request,
            "members/company_none.html",
            {"offers": offers_to(request.user), "asked": asked_by(request.user)},
        )
    return _page(request, member, others=[row for row in mine if row != member])


def _companies(request: HttpRequest) -> Any:
    running = Member.objects.filter(status__in=Member.RUNNING).exclude(organisation=None)
    return running.order_by("pk")


def _run_by(request: HttpRequest, pk: int) -> Member:
    """A company that this person runs; any other does not exist for them."""
    rows = _companies(request).run_by(request.user)
    return get_object_or_404(rows.select_related("tier", "branch", "organisation"), pk=pk)


def _page(
    request: HttpRequest,
    member: Member,
    *,
    others: list[Member] | None = None,
    bound: dict[str, Form] | None = None,
    status: int = 200,
) -> TemplateResponse:
    own = Seat.objects.current().get(member=member, user=request.user)
    context = {
        "member": member,
        "standing": standing.standing_of(member, clock.today()),
        "own": own,
        "others": others or [],
    }
    if own.role in Seat.RUNNING:
        context |= _what_runners_see(request, member, own, bound or {})
        return TemplateResponse(request, "members/company.html", context, status=status)
    runners = Seat.objects.current().running().filter(member=member).select_related("user")
    context["runners"] = runners.order_by("pk")
    return TemplateResponse(request, "members/company_seat.html", context)


def _what_runners_see(
    request: HttpRequest, member: Member, own: Seat, bound: dict[str, Form]
) -> dict[str, Any]:
    """Who sits there, who may come, what happened, and the forms; the orders are one's own."""
    facts = facts_about(member)
    page = page_of(request, facts["seats"])
    for seat in page:
        seat.end_form = EndSeatForm(prefix=f"end{seat.pk}")
    for domain in facts["domains"]:
        name = f"code{domain.pk}"
        domain.code_form = bound.get(name) or CodeForm(prefix=name)
    orders = Order.objects.visible_to(request.user).filter(
        pk__in=actions.orders_of(member.pk).order_by().values("pk")
    )
    return facts | {
        "page": page,
        "orders": orders.order_by("-pk")[:10],
        "invite_form": bound.get("invite") or _invite_form(member, own, facts["seats"]),
        "domain_form": bound.get("domain") or DomainForm(prefix="domain"),
        "refused_form": next(iter(bound.values()), None),
    }


def _invite_form(member: Member, own: Seat, seats: Iterable[Seat], data: Any = None) -> InviteForm:
    """The representative's office is offered by who holds it, or by a contact while nobody does."""
    nobody_holds_it = all(seat.role != Role.REPRESENTATIVE for seat in seats)
    may_hand_on = nobody_holds_it or own.role == Role.REPRESENTATIVE
    return InviteForm(data, member=member, may_hand_on=may_hand_on, prefix="invite")


def _back(member: Member) -> HttpResponse:
    return redirect(f"{reverse('company:company')}?of={member.pk}")


def _try(
    request: HttpRequest,
    member: Member,
    name: str,
    form: BaseForm,
    deed: Callable[..., object],
    done: str,
) -> HttpResponseBase:
    """A form on the company's page: back there when it is done, shown again there when not."""
    if carried_out(request, form, deed, done):
        return _back(member)
    member = _run_by(request, member.pk)
    return _page(request, member, bound={name: form}, status=422)


# --- people ---


@require_POST
def invite(request: HttpRequest, pk: int) -> HttpResponseBase:
    member = _run_by(request, pk)
    seats = list(Seat.objects.current().filter(member=member))
    own = next(seat for seat in seats if seat.user_id == request.user.pk)
    return _try(
        request,
        member,
        "invite",
        _invite_form(member, own, seats, request.POST),
        partial(actions.invite, member, by=request.user),
        _("The invitation is on its way. It is valid for 7 days."),
    )


def invite_many(request: HttpRequest, pk: int) -> HttpResponse:
    """A pasted list; the answer says of each line what became of it."""
    member = _run_by(request, pk)
    form = InviteManyForm(request.POST or None)
    lines = None
    if request.method == "POST" and form.is_valid():
        lines = actions.invite_many(member, people=form.cleaned_data["people"], by=request.user)
    return TemplateResponse(
        request,
        "members/company_invite.html",
        {
            "member": member,
            "form": form,
            "lines": lines,
            "sent": sum(not line.problem for line in lines or ()),
        },
        status=422 if form.errors else 200,
    )


@require_POST
def invitation_again(request: HttpRequest, pk: int, invitation: int) -> HttpResponse:
    member = _run_by(request, pk)
    actions.send_again(get_object_or_404(member.invitations, pk=invitation), by=request.user)
    messages.success(request, _("A new link is on its way. The old one opens nothing more."))
    return _back(member)


@require_POST
def invitation_withdraw(request: HttpRequest, pk: int, invitation: int) -> HttpResponse:
    member = _run_by(request, pk)
    row = get_object_or_404(member.invitations, pk=invitation)
    actions.withdraw_invitation(row, by=request.user)
    messages.success(request, _("The invitation has been withdrawn."))
    return _back(member)


@require_POST
def seat_end(request: HttpRequest, pk: int, seat: int) -> HttpResponse:
    """By those who run the company, of anybody's seat; by everybody, of their own."""
    own = Seat.objects.current().filter(member=pk, pk=seat, user=request.user).first()
    if own:
        actions.end_seat(own, by=request.user)
        messages.success(request, _("You have left your seat. What is yours stays on my page."))
        return redirect("me:me")
    member = _run_by(request, pk)
    form = EndSeatForm(request.POST, prefix=f"end{seat}")
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    actions.end_seat(get_object_or_404(member.seat_rows, pk=seat), by=request.user, reason=reason)
    messages.success(request, _("The seat has ended. The person has been told by e-mail."))
    return _back(member)


@require_POST
def seat_restore(request: HttpRequest, pk: int, seat: int) -> HttpResponse:
    member = _run_by(request, pk)
    ended = get_object_or_404(member.seat_rows.exclude(ended_at=None), pk=seat)
    actions.restore_seat(ended, by=request.user)
    messages.success(request, _("The seat has been given again."))
    return _back(member)


# --- facts ---


def facts(request: HttpRequest, pk: int) -> HttpResponse:
    member = _run_by(request, pk)
    form = FactsForm(request.POST or None, instance=member.organisation)
    if request.method == "POST" and form.is_valid():
        actions.change_facts(member, facts=form.cleaned_data, by=request.user)
        messages.success(request, _("Saved."))
        return _back(member)
    return _form_page(request, member, form, "members/company_facts.html")


def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks the branch to confirm another name, business number or representative."""
    member = _run_by(request, pk)
    form = ChangeForm(request.POST or None, member=member)
    deed = partial(actions.request_change, member, by=request.user)
    done = _("The branch has your request and will write to you.")
    if request.method == "POST" and carried_out(request, form, deed, done):
        return _back(member)
    return _form_page(request, member, form, "members/company_change.html")


def _form_page(
    request: HttpRequest, member: Member, form: BaseForm, template: str
) -> TemplateResponse:
    return TemplateResponse(
        request, template, {"member": member, "form": form}, status=422 if form.errors else 200
    )


@require_POST
def change_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    member = _run_by(request, pk)
    row = get_object_or_404(member.company_changes.waiting())
    actions.withdraw_change(row, by=request.user)
    messages.success(request, _("The request has been withdrawn."))
    return _back(member)


# --- domains and requests ---


@require_POST
def domain(request: HttpRequest, pk: int) -> HttpResponseBase:
    member = _run_by(request, pk)
    return _try(
        request,
        member,
        "domain",
        DomainForm(request.POST, prefix="domain"),
        partial(actions.claim_domain, member, by=request.user),
        _("A code is on its way to that mailbox. Type it here within an hour."),
    )


@require_POST
def domain_prove(request: HttpRequest, pk: int, domain: int) -> HttpResponseBase:
    member = _run_by(request, pk)
    row = get_object_or_404(member.domains.current(), pk=domain)
    return _try(
        request,
        member,
        f"code{row.pk}",
        CodeForm(request.POST, prefix=f"code{row.pk}"),
        partial(actions.prove_domain, row, by=request.user),
        _("The domain is confirmed. People there can ask for a seat now."),
    )


@require_POST
def domain_end(request: HttpRequest, pk: int, domain: int) -> HttpResponse:
    member = _run_by(request, pk)
    row = get_object_or_404(member.domains.current(), pk=domain)
    actions.end_domain(row, by=request.user)
    messages.success(request, _("The domain has been removed."))
    return _back(member)


@require_POST
def request_approve(request: HttpRequest, pk: int, asked: int) -> HttpResponse:
    member = _run_by(request, pk)
    row = get_object_or_404(member.seat_requests, pk=asked)
    actions.approve_request(row, by=request.user)
    messages.success(request, _("The seat has been given."))
    return _back(member)


@require_POST
def request_decline(request: HttpRequest, pk: int, asked: int) -> HttpResponse:
    member = _run_by(request, pk)
    row = get_object_or_404(member.seat_requests, pk=asked)
    actions.decline_request(row, by=request.user)
    messages.success(request, _("The request has been declined. The person has been told."))
    return _back(member)


@require_POST
def ask(request: HttpRequest, domain: int) -> HttpResponse:
    """A seat, by one's address at the company's domain; other domains do not exist here."""
    row: CompanyDomain = get_object_or_404(offers_to(request.user), pk=domain)
    actions.request_seat(row, by=request.user)
    messages.success(request, _("Your request is with the company's contact person."))
    return redirect("me:me")


@require_POST
def ask_withdraw(request: HttpRequest, asked: int) -> HttpResponse:
    actions.withdraw_request(get_object_or_404(asked_by(request.user), pk=asked), by=request.user)
    messages.success(request, _("The request has been withdrawn."))
    return redirect("me:me")

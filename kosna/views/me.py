"""My page: where I stand and why, what is next, and everything that is mine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.models import Registration
from events.waiting_rank import mine
from kosna.accounts.actions import terms_to_agree
from kosna.audit.actions import looks_at
from kosna.core import clock
from kosna.core.lists import page_of
from kosna.documents.models import Document
from kosna.membership_year import year_of
from kosna.payments.models import Order
from members.actions import may_renew
from members.company import asked_by, offers_to
from members.directory.models import Introduction
from members.models import Application, Member
from members.programmes.mine import calls_for, consulting_of
from members.standing import ADMITTED, BEFORE, ENDED, GOOD, Standing, standing_of
from research.models import Download, Permit, Report

SHOWN, OPEN_SHOWN = 5, 50


def me(request: HttpRequest) -> HttpResponse:
    user, today = request.user, clock.today()
    members = (
        Member.objects.of(user)
        .select_related("tier", "branch")
        .prefetch_related("periods__line", "suspensions")
        .order_by("tier__rank", "-pk")
    )
    run_by_me = set(Member.objects.run_by(user).values_list("pk", flat=True))
    mine = [member for member in members if member.pk in run_by_me]
    memberships = [(member, standing_of(member, today)) for member in members]
    # Of somebody who has joined anew, the membership that ended is history.
    running = [(member, standing) for member, standing in memberships if standing.code != ENDED]
    memberships = running or memberships[:1]
    begun = [member for member, standing in running if standing.code not in (ADMITTED, BEFORE)]
    orders = list(Order.objects.visible_to(user).order_by("-pk")[:SHOWN])
    unpaid = [order for order in orders if order.status == Order.Status.PENDING]
    renewable = {row.pk for row in mine if _can_renew(row)}
    application = (
        Application.objects.visible_to(user).select_related("tier").order_by("-pk").first()
    )
    seat_offers = list(offers_to(user))
    documents = Document.objects.filter(subject=user).order_by("-pk")
    tickets = (
        Registration.objects.filter(user=user)
        .confirmed()
        .select_related("event", "ticket")
        .order_by("-event__starts_at")
    )
    return TemplateResponse(
        request,
        "me/me.html",
        {
            "memberships": memberships,
            "run_by_me": run_by_me,
            "with_card": {row.pk for row, _standing in memberships if _has_card(row, today)},
            "next": next_step(unpaid, renewable, application, memberships, seat_offers),
            "year": year_of(user, begun, run_by_me, today),
            "own_addresses": [row for row in mine if row.status == Member.Status.ACTIVE],
            "is_member": any(standing.code == GOOD for _, standing in memberships),
            "seat_offers": seat_offers,
            "seat_requests": asked_by(user),
            "application": application,
            "terms": terms_to_agree(user),
            "introductions_waiting": Introduction.objects.received_by(user).waiting().count(),
            "consulting": consulting_of(run_by_me, SHOWN) if running else [],
            "calls": calls_for(run_by_me, today, SHOWN) if running else [],
            "unpaid": unpaid,
            "orders": orders,
            "tickets": tickets[:SHOWN],
            "documents": documents[:SHOWN],
            "downloads": Download.objects.filter(user=user)
            .select_related("report")
            .order_by("-pk")[:SHOWN],
        },
    )


Held = Sequence[tuple[Member, Standing]]


@dataclass(frozen=True)
class Step:
    """The one thing that comes next, as a button."""

    label: str | Promise
    url: str
    hint: str | Promise = ""


def next_step(
    unpaid: Sequence[Order],
    renewable: set[int],
    application: Application | None,
    held: Held,
    seat_offers: Sequence[object] = (),
) -> Step | None:
    """Pay what is ordered, finish the application, renew, or join; None when nothing is to do, or
    where a company offers a seat, whose card has the button."""
    if unpaid:
        label = _("Pay now") if unpaid[0].total else _("Take the place")
        return Step(label, unpaid[0].get_absolute_url(), unpaid[0].title)
    if application and application.is_editable:
        return Step(_("Complete the application"), application.get_absolute_url())
    if renewable:
        return Step(_("Renew"), reverse("members:renew"))
    if seat_offers or (application and application.is_undecided):
        return None
    if not held or held[0][1].code == ENDED:
        return Step(_("Apply again") if held else _("How to join"), reverse("members:tiers"))
    return None


def _has_card(member: Member, today: date) -> bool:
    """Whether the card can be drawn: for an active membership, on days that are paid and on which
    no decision suspends its rights."""
    return (
        member.status == Member.Status.ACTIVE
        and any(period.holds_on(today) for period in member.periods.all())
        and not any(row.holds_on(today) for row in member.suspensions.all())
    )


def _can_renew(member: Member) -> bool:
    return member.status == Member.Status.ACTIVE and may_renew(member)


def orders(request: HttpRequest) -> HttpResponse:
    rows = Order.objects.visible_to(request.user).order_by("-pk")
    return TemplateResponse(request, "me/orders.html", {"orders": rows[:200]})


def tickets(request: HttpRequest) -> HttpResponse:
    rows = (
        Registration.objects.filter(user=request.user)
        .select_related("event", "ticket")
        .order_by("-event__starts_at")
    )
    return TemplateResponse(
        request,
        "me/tickets.html",
        {"tickets": rows[:200], "waiting": mine(request.user, clock.now())},
    )


def downloads(request: HttpRequest) -> HttpResponse:
    """Every copy that I took, and what I bought or was let in to: there I find it once it is
    paid."""
    user, at = request.user, clock.now()
    page = page_of(request, Download.objects.of(user).newest().select_related("report"))
    shown = list(page.object_list)
    out = Report.objects.published(at)
    return TemplateResponse(
        request,
        "me/downloads.html",
        {
            "page": page,
            "downloads": shown,
            "out": set(
                out.filter(pk__in=[row.report_id for row in shown]).values_list("pk", flat=True)
            ),
            "permits": Permit.objects.current(at)
            .filter(user=user, report__in=out)
            .select_related("report")
            .order_by("-pk")[:OPEN_SHOWN],
        },
    )


def looks(request: HttpRequest) -> HttpResponse:
    """Who of the staff opened my data, when and on which page (개인정보 보호법 §35)."""
    return TemplateResponse(
        request, "me/looks.html", {"entries": looks_at(request.user).select_related("branch")[:200]}
    )

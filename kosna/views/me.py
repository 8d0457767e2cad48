"""My page: where I stand and why, what is next, and everything that is mine."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from events.models import Registration
from kosna.accounts.actions import terms_to_agree
from kosna.audit.actions import looks_at
from kosna.core import clock
from kosna.documents.models import Document
from kosna.payments.models import Order
from members.actions import may_renew
from members.company import asked_by, offers_to
from members.models import Application, Member
from members.standing import ENDED, GOOD, standing_of
from research.models import Download

SHOWN = 5


def me(request: HttpRequest) -> HttpResponse:
    user, today = request.user, clock.today()
    members = (
        Member.objects.of(user)
        .select_related("tier", "branch")
        .prefetch_related("periods", "suspensions")
        .order_by("tier__rank", "-pk")
    )
    memberships = [(member, standing_of(member, today)) for member in members]
    # Of somebody who has joined anew, the membership that ended is history.
    running = [(member, standing) for member, standing in memberships if standing.code != ENDED]
    memberships = running or memberships[:1]
    mine = list(Member.objects.run_by(user).select_related("tier"))
    orders = list(Order.objects.visible_to(user).order_by("-pk")[:SHOWN])
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
            "run_by_me": {member.pk for member in mine},
            "with_card": {row.pk for row, _standing in memberships if _has_card(row, today)},
            "renewable": {row.pk for row in mine if _can_renew(row, today)},
            "own_addresses": [row for row in mine if row.status == Member.Status.ACTIVE],
            "is_member": any(standing.code == GOOD for _, standing in memberships),
            "seat_offers": offers_to(user),
            "seat_requests": asked_by(user),
            "application": Application.objects.visible_to(user)
            .select_related("tier")
            .order_by("-pk")
            .first(),
            "terms": terms_to_agree(user),
            "unpaid": [order for order in orders if order.status == Order.Status.PENDING],
            "orders": orders,
            "tickets": tickets[:SHOWN],
            "documents": documents[:SHOWN],
            "downloads": Download.objects.filter(user=user)
            .select_related("report")
            .order_by("-pk")[:SHOWN],
        },
    )


def _has_card(member: Member, today: date) -> bool:
    """Whether the card can be drawn: for an active membership, on days that are paid."""
    return member.status == Member.Status.ACTIVE and any(
        period.holds_on(today) for period in member.periods.all()
    )


def _can_renew(member: Member, today: date) -> bool:
    return member.status == Member.Status.ACTIVE and may_renew(member, today)


def orders(request: HttpRequest) -> HttpResponse:
    rows = Order.objects.visible_to(request.user).order_by("-pk")
    return TemplateResponse(request, "me/orders.html", {"orders": rows[:200]})


def tickets(request: HttpRequest) -> HttpResponse:
    rows = (
        Registration.objects.filter(user=request.user)
        .select_related("event", "ticket")
        .order_by("-event__starts_at")
    )
    return TemplateResponse(request, "me/tickets.html", {"tickets": rows[:200]})


def documents(request: HttpRequest) -> HttpResponse:
    rows = Document.objects.filter(subject=request.user).order_by("-pk")
    return TemplateResponse(request, "me/documents.html", {"documents": rows[:200]})


def downloads(request: HttpRequest) -> HttpResponse:
    rows = Download.objects.filter(user=request.user).select_related("report").order_by("-pk")
    return TemplateResponse(request, "me/downloads.html", {"downloads": rows[:200]})


def looks(request: HttpRequest) -> HttpResponse:
    """Who of the staff opened my data, when and on which page (개인정보 보호법 §35)."""
    return TemplateResponse(
        request, "me/looks.html", {"entries": looks_at(request.user).select_related("branch")[:200]}
    )

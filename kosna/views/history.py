"""The history of a membership as its member sees it: register, paid days, orders, papers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.core import clock
from kosna.core.lists import page_of
from kosna.core.templatetags.ui import isodate, won
from kosna.documents.models import Document
from kosna.payments.models import Order
from members.models import Member, Period, RegisterEntry

MOST = 500  # of each sort; nobody's history is longer


@dataclass(frozen=True)
class Happening:
    on: date
    what: str
    title: str
    note: str = ""
    url: str = ""
    tone: str = "plain"


def history(request: HttpRequest) -> HttpResponse:
    """The newest first, in as many statements as there are sorts of things."""
    user = request.user
    mine = Member.objects.of(user).values("pk")
    happenings = [
        *_register(mine),
        *_periods(mine),
        *_orders(user),
        *_papers(user),
    ]
    happenings.sort(key=lambda happening: happening.on, reverse=True)
    return TemplateResponse(request, "me/history.html", {"page": page_of(request, happenings)})


def _register(mine: Any) -> Iterator[Happening]:
    entries = RegisterEntry.objects.filter(member__in=mine).select_related("tier", "branch")
    for entry in entries.order_by("-pk")[:MOST]:
        yield Happening(
            entry.on,
            _("Register of members"),
            entry.get_kind_display(),
            f"{entry.number} · {entry.tier.name} · {entry.branch.name}",
            tone="info",
        )


def _periods(mine: Any) -> Iterator[Happening]:
    periods = Period.objects.filter(member__in=mine).select_related("tier").order_by("-pk")
    for period in periods[:MOST]:
        until = isodate(period.ends_on) if period.ends_on else _("for life")
        yield Happening(
            clock.kst_date(period.created_at),
            _("Paid days"),
            f"{isodate(period.starts_on)} ~ {until}",
            period.tier.name if period.voided_at is None else _("Taken back"),
            tone="good" if period.voided_at is None else "danger",
        )


def _orders(user: Any) -> Iterator[Happening]:
    for order in Order.objects.visible_to(user).order_by("-pk")[:MOST]:
        yield Happening(
            clock.kst_date(order.created_at),
            _("Order"),
            order.title,
            f"{won(order.total)} · {order.get_status_display()}",
            order.get_absolute_url(),
            order.status_tone,
        )


def _papers(user: Any) -> Iterator[Happening]:
    for paper in Document.objects.filter(subject=user).order_by("-pk")[:MOST]:
        yield Happening(
            clock.kst_date(paper.issued_at),
            _("Document"),
            paper.get_kind_display(),
            f"{paper.serial} · {paper.get_status_display()}",
            paper.get_pdf_url(),
            paper.status_tone,
        )

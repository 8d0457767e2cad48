"""Renewal in two clicks."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from kosna.core import clock
from kosna.core.errors import Refused
from members import actions, standing
from members.letters import member_of
from members.models import Member


def renew(request: HttpRequest) -> HttpResponseBase:
    """Renewal in two clicks: what it costs, then the order."""
    members = _renewable(request)
    if wanted := request.POST.get("member"):
        member = get_object_or_404(members, pk=wanted if wanted.isdecimal() else 0)
        return redirect(actions.renew(member, by=request.user))
    today = clock.today()
    return TemplateResponse(
        request,
        "members/renew.html",
        {"offers": [_offer(member, today) for member in members]},
    )


def dues(request: HttpRequest, token: str) -> HttpResponseBase:
    """Where the link of a notice leads: to what is due for this membership, and to nobody's but
    one's own."""
    member = get_object_or_404(_renewable(request), pk=member_of(token))
    return TemplateResponse(
        request, "members/renew.html", {"offers": [_offer(member, clock.today())]}
    )


def _renewable(request: HttpRequest) -> Any:
    members = Member.objects.active().run_by(request.user).select_related("tier")
    return members.prefetch_related("periods", "suspensions").order_by("pk")


def _offer(member: Member, today: date) -> dict:
    """What a renewal would cost, or why there is none now."""
    offer = {"member": member, "standing": standing.standing_of(member, today)}
    try:
        priced = actions.renewal_lines(member)
        offer |= {"priced": priced, "total": sum(each.line.amount for each in priced)}
    except Refused as refusal:
        offer["why_not"] = str(refusal)
    return offer

"""Which of somebody's memberships a page of theirs speaks of."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from members.models import Member


def membership_of(request: HttpRequest) -> tuple[Member | None, list[Member]]:
    """The running membership that ``?member=`` names, or the first of those that this person holds
    or runs (None: none), and the others. Anybody else's is a 404."""
    rows = Member.objects.active().run_by(request.user)
    rows = rows.select_related("tier", "branch", "organisation", "user").prefetch_related(
        "periods", "suspensions"
    )
    wanted = request.GET.get("member", "")
    mine = list(rows.order_by("pk"))
    if wanted:
        get_object_or_404(rows, pk=wanted if wanted.isdecimal() else 0)
        mine.sort(key=lambda member: str(member.pk) != wanted)
    return (mine[0], mine[1:]) if mine else (None, [])

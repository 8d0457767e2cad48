"""Who may join, what it costs, and which rights it brings."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.template.response import TemplateResponse

from kosna.core import clock
from members import dues, standing
from members.models import Right, Tier


@login_not_required
def tiers(request: HttpRequest) -> TemplateResponse:
    """Who may join, what it costs, and which rights it brings: all of it from the tables."""
    year = clock.today().year
    rows = list(Tier.objects.prefetch_related("rights", "rates"))
    for tier in rows:
        tier.rate = dues.known_rate(tier, year)
        tier.granted = {row.right: row for row in tier.rights.all()}
    calendar = standing.calendar_for(year)
    return TemplateResponse(
        request,
        "members/tiers.html",
        {
            "people": [tier for tier in rows if tier.holder == Tier.Holder.PERSON],
            "organisations": [tier for tier in rows if tier.holder == Tier.Holder.ORGANISATION],
            "tiers": rows,
            "rights": [
                (label, [(tier, tier.granted.get(right)) for tier in rows])
                for right, label in Right.choices
            ],
            "year": year,
            "due_on": calendar.due_on(year + 1),
            "grace_ends_on": calendar.grace_ends_on(year + 1),
            "next_year_from_month": calendar.next_year_from_month,
        },
    )

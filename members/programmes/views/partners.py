"""What everybody sees: with whom the association and its branches work together."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, F, Prefetch, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from kosna.core import clock
from kosna.core.lists import page_of
from kosna.core.methods import require_safe
from kosna.core.pagecache import cached_page
from members.programmes.forms import PartnerFilter
from members.programmes.models import Partner, Project


def version() -> str:
    """Changes with every partner and the projects of its MOU, and at midnight, when an MOU may end.
    One statement. Names of branches and projects may be as old as a kept page."""
    linked = Sum(F("pk") * F("projects__pk"), filter=Q(projects__is_public=True))
    told = Partner.objects.aggregate(n=Count("pk"), versions=Sum("version"), linked=linked)
    return f"{clock.today()} {told}"


@login_not_required
@require_safe
def partners(request: HttpRequest) -> HttpResponse:
    return cached_page(request, name="partners", version=version, draw=lambda: draw(request))


def draw(request: HttpRequest) -> TemplateResponse:
    form = PartnerFilter(request.GET)
    public = Prefetch("projects", Project.objects.public().order_by("-starts_on", "-pk"), "shown")
    rows = Partner.objects.select_related("branch").prefetch_related(public)
    rows = form.narrow(rows, clock.today())
    return TemplateResponse(
        request, "programmes/partner_list.html", {"form": form, "page": page_of(request, rows)}
    )

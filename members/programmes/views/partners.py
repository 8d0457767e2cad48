"""What everybody sees: with whom the association and its branches work together."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from kosna.core import clock
from kosna.core.lists import page_of
from kosna.core.methods import require_safe
from kosna.core.pagecache import cached_page
from members.programmes.forms import PartnerFilter
from members.programmes.models import Partner


def version() -> str:
    """Changes with every partner, and at midnight, when an MOU may end. One statement. Names of
    branches may be as old as a kept page."""
    return f"{clock.today()} {Partner.objects.aggregate(n=Count('pk'), versions=Sum('version'))}"


@login_not_required
@require_safe
def partners(request: HttpRequest) -> HttpResponse:
    return cached_page(request, name="partners", version=version, draw=lambda: draw(request))


def draw(request: HttpRequest) -> TemplateResponse:
    form = PartnerFilter(request.GET)
    rows = form.narrow(Partner.objects.select_related("branch"), clock.today())
    return TemplateResponse(
        request, "programmes/partner_list.html", {"form": form, "page": page_of(request, rows)}
    )

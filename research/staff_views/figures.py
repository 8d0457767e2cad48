"""What the library and the statistics are used for, in numbers."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.branches.access import staff_view
from kosna.core import clock
from kosna.core.lists import page_of
from kosna.core.methods import require_safe
from research import figures
from research.forms.desk import SpanForm
from research.models import Report, Series, ViewCount
from research.statistics import usage

VIEW = "research.view_report"
VIEW_SERIES = "research.view_series"
USUAL = timedelta(days=90)


@staff_view(VIEW)
@require_safe
def library_figures(request: HttpRequest) -> TemplateResponse:
    """To an editor of a branch, whose reports these are not, everything is empty."""
    span, context = _asked(request)
    if request.scope.everywhere:
        counted = ViewCount.objects.filter(**span.days)
        context |= {
            "by_tier": figures.usage(span, "tier", _("No membership")),
            "by_branch": figures.usage(span, "branch", _("No branch")),
            "looks": figures.looks(span),
            "unread": page_of(request, figures.unread(span)),
            "locked": figures.met_locked(counted, "report"),
            "sales": figures.sales(span),
            "published": Report.objects.published().count(),
        }
    return TemplateResponse(request, "staff/research/figures.html", context)


@staff_view(VIEW_SERIES)
@require_safe
def statistics_figures(request: HttpRequest) -> TemplateResponse:
    """As the library's: of the head office."""
    span, context = _asked(request)
    if request.scope.everywhere:
        context |= {
            "by_tier": usage.by_reader(span),
            "by_branch": usage.by_branch(span),
            "unasked": page_of(request, usage.unasked(span)),
            "locked": usage.wanted(span),
            "published": Series.objects.published().count(),
        }
    return TemplateResponse(request, "staff/research/statistics/figures.html", context)


def _asked(request: HttpRequest) -> tuple[figures.Span, dict[str, Any]]:
    """The days in the address; the last ninety where it names none."""
    form = SpanForm(request.GET)
    form.is_valid()
    last = form.cleaned_data.get("until") or clock.today()
    first = form.cleaned_data.get("since") or last - USUAL
    if not form.errors:  # what is shown stands in the fields
        form = SpanForm({"since": first.isoformat(), "until": last.isoformat()})
    shown = {"form": form, "first": first, "last": last, **figures.counted()}
    return figures.Span(first, last), shown

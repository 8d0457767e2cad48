"""What the library is used for, in numbers."""

from datetime import timedelta

from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.branches.access import staff_view
from kosna.core import clock
from kosna.core.methods import require_safe
from research import counting, figures
from research.forms.desk import SpanForm
from research.models import Report

VIEW = "research.view_report"
USUAL = timedelta(days=90)


@staff_view(VIEW)
@require_safe
def library_figures(request: HttpRequest) -> TemplateResponse:
    """Of the days in the address; of the last ninety where it names none. To an editor of a branch,
    whose reports these are not, everything is empty."""
    form = SpanForm(request.GET)
    form.is_valid()
    last = form.cleaned_data.get("until") or clock.today()
    first = form.cleaned_data.get("since") or last - USUAL
    if not form.errors:  # what is shown stands in the fields
        form = SpanForm({"since": first.isoformat(), "until": last.isoformat()})
    counting.write_looks()
    span = figures.Span(first, last)
    context = {"form": form, "first": first, "last": last}
    if request.scope.everywhere:
        context |= {
            "by_tier": figures.usage(span, "tier", _("No membership")),
            "by_branch": figures.usage(span, "branch", _("No branch")),
            "unread": figures.unread(span),
            "locked": figures.met_locked(span),
            "sales": figures.sales(span),
            "published": Report.objects.published().count(),
        }
    return TemplateResponse(request, "staff/research/figures.html", context)

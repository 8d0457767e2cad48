"""Who exhibits: the list with a search, a page for each, and the exhibitor's own desk."""

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from events import actions
from events.forms.booths import ExhibitorForm, ExhibitorSearch
from events.models import Exhibitor
from events.views.booths import exhibition_or_404
from kosna.core.deeds import carried_out
from kosna.core.lists import page_of
from kosna.core.methods import require_safe


@login_not_required
@require_safe
def exhibitors(request: HttpRequest, slug: str) -> HttpResponse:
    event = exhibition_or_404(slug)
    form = ExhibitorSearch(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    rows = Exhibitor.objects.filter(event=event).shown().matching(text).with_booths()
    return TemplateResponse(
        request,
        "events/exhibitors.html",
        {"event": event, "form": form, "page": page_of(request, rows.order_by("name_ko", "pk"))},
    )


@login_not_required
@require_safe
def exhibitor(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    event = exhibition_or_404(slug)
    row = get_object_or_404(Exhibitor.objects.filter(event=event).shown().with_booths(), pk=pk)
    return TemplateResponse(request, "events/exhibitor.html", {"event": event, "exhibitor": row})


@login_not_required
@require_safe
def exhibitor_logo(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """Of a page that is shown, for everyone; of another for who runs it."""
    event = exhibition_or_404(slug)
    rows = Exhibitor.objects.filter(event=event)
    row = rows.shown().filter(pk=pk).first()
    if row is None and request.user.is_authenticated:
        row = rows.run_by(request.user).filter(pk=pk).first()
    if row is None or not row.logo:
        raise Http404
    response = FileResponse(row.logo.open("rb"), content_type=row.logo_type)
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


def my_exhibitor(request: HttpRequest, pk: int) -> HttpResponse:
    """The page as its exhibitor writes it; also while it is hidden, so that it can be mended."""
    rows = Exhibitor.objects.run_by(request.user).with_booths().select_related("event")
    row = get_object_or_404(rows, pk=pk)
    form = ExhibitorForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        exhibitor=row,
    )

    def write(**typed: object) -> None:
        actions.write_page(row, by=request.user, **typed)

    if request.method == "POST" and carried_out(request, form, write, _("The page is saved.")):
        return redirect(request.path)
    return TemplateResponse(
        request,
        "me/exhibitor.html",
        {"exhibitor": row, "event": row.event, "form": form},
        status=422 if form.errors else 200,
    )

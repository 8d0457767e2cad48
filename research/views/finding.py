"""Help while typing, and searches that people save."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from kosna.accounts.requests import client_ip
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.methods import require_POST, require_safe
from kosna.core.pace import too_fast
from research import actions
from research.finding.facets import query_of, spoken, years_of
from research.finding.shelf import current_shelf
from research.finding.suggesting import suggest
from research.forms.library import SavedSearchForm, SearchForm
from research.models import SavedSearch

TYPED, LONGEST = 300, 60  # letters a minute, from one address; letters


@login_not_required
@require_safe
def suggestions(request: HttpRequest) -> JsonResponse:
    """Public words of what is listed; the browser may keep them for a minute."""
    if too_fast("suggest", client_ip(request), most=TYPED, within=timedelta(minutes=1)):
        return JsonResponse({"found": []}, status=429, headers={"Retry-After": "60"})
    found = suggest(request.GET.get("q", "")[:LONGEST], clock.now())
    return JsonResponse(
        {"found": [vars(suggestion) for suggestion in found]},
        headers={"Cache-Control": "private, max-age=60", "Vary": "Cookie"},
    )


@require_safe
def saved(request: HttpRequest) -> TemplateResponse:
    return _saved(request)


def _saved(request: HttpRequest, typed: SavedSearchForm | None = None) -> TemplateResponse:
    """All of them; the one that was typed falsely with what was typed."""
    rows = []
    for row in SavedSearch.objects.visible_to(request.user):
        form = typed
        if form is None or form.instance.pk != row.pk:
            form = SavedSearchForm(instance=row, prefix=str(row.pk))
        rows.append((row, spoken(row.query), form))
    return TemplateResponse(
        request, "research/saved.html", {"rows": rows}, status=422 if typed else 200
    )


def save(request: HttpRequest) -> HttpResponse:
    """What the address of the list asked for is kept under a name; where it asked for nothing,
    there is nothing to name."""
    wanted = SearchForm(request.GET).wanted(years_of(current_shelf(), clock.now()))
    if not actions.asks_for(wanted):
        messages.warning(request, actions.NOTHING_ASKED)
        return redirect("research:reports")
    named = wanted.get("q") or _("New reports")
    form = SavedSearchForm(request.POST or None, initial={"name": named})
    if form.is_valid():
        try:
            actions.save_search(wanted, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The search is saved."))
            return redirect("research:saved")
    address = query_of(wanted)
    return TemplateResponse(
        request,
        "research/saved_new.html",
        {"form": form, "spoken": spoken(address), "address": address},
        status=422 if form.errors else 200,
    )


@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(SavedSearch.objects.visible_to(request.user), pk=pk)
    form = SavedSearchForm(request.POST, instance=row, prefix=str(pk))
    if not form.is_valid():
        return _saved(request, form)
    form.save()
    messages.success(request, _("Saved."))
    return redirect("research:saved")


@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(SavedSearch.objects.visible_to(request.user), pk=pk).delete()
    messages.success(request, _("The saved search is deleted."))
    return redirect("research:saved")


@csrf_exempt  # the link is the proof, and a mail program's button has no cookie (RFC 8058)
@login_not_required
def stop(request: HttpRequest, token: str) -> TemplateResponse:
    """From a mail, without signing in: no more mails of this kind. Who only looks changes
    nothing, for programs open links, too."""
    try:
        user = actions.user_of_stop_link(token)
    except signing.BadSignature as error:
        raise Http404 from error
    is_done = request.method == "POST"
    if is_done:
        actions.stop_search_mails(user)
    return TemplateResponse(request, "research/saved_stop.html", {"is_done": is_done})

"""A call for proposals, for who holds the event: its terms, the answers by rank, the decision."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import actions
from events.forms.proposals import CallForm, DecisionForm, ProposalFilter
from events.models import Call, Event, Proposal
from events.staff_views.events import event_or_404
from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core.deeds import carried_out
from kosna.core.lists import page_of
from kosna.core.methods import require_POST, require_safe

EXPORT = ListExport(
    "events.export_proposals",
    gettext_lazy("Proposals"),
    [
        (gettext_lazy("Title"), lambda row: row.title),
        (gettext_lazy("By whom"), lambda row: row.user.name),
        (gettext_lazy("Track"), lambda row: row.track.name if row.track else ""),
        (gettext_lazy("Mean score"), lambda row: round(row.score, 1) if row.score else ""),
        (gettext_lazy("Reviews"), lambda row: row.opinions),
        (gettext_lazy("Status"), lambda row: row.get_status_display()),
    ],
    people=["user"],
)


@staff_view("events.change_event")
def call(request: HttpRequest, slug: str) -> HttpResponse:
    """Until when proposals are taken, what is asked for, and who reviews them."""
    event = event_or_404(request, slug, "events.change_event")
    known = Call.objects.filter(event=event).first()
    form = CallForm(request.POST or None, instance=known, event=event)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            actions.touch(event)
            audit.record(
                "events.change_call",
                event,
                by=request.user,
                subjects=form.cleaned_data["reviewers"],
                fields=form.changed_data,
            )
        messages.success(request, _("Saved."))
        return redirect("events_staff:proposals", slug)
    return TemplateResponse(
        request,
        "staff/events/call.html",
        {"event": event, "call": known, "form": form},
        status=422 if form.errors else 200,
    )


@staff_view("events.change_event")
@require_safe
def proposals(request: HttpRequest, slug: str) -> HttpResponse:
    """The best first; what nobody has read yet last."""
    event = event_or_404(request, slug, "events.change_event")
    form, rows = _listed(request, event)
    page = page_of(request, rows)
    audit.viewed(request, event, subjects=[row.user_id for row in page])
    return TemplateResponse(
        request,
        "staff/events/proposals.html",
        {
            "event": event,
            "call": Call.objects.filter(event=event).first(),
            "form": form,
            "page": page,
        },
    )


def _listed(request: HttpRequest, event: Event) -> tuple[ProposalFilter, Any]:
    form = ProposalFilter(request.GET)
    status = form.cleaned_data["status"] if form.is_valid() else ""
    rows = Proposal.objects.filter(call__event=event).in_status(status)
    return form, rows.select_related("user", "track").ranked()


@require_POST
@staff_view("events.change_event")
def proposals_export(request: HttpRequest, slug: str) -> HttpResponseBase:
    event = event_or_404(request, slug, "events.change_event")
    _form, rows = _listed(request, event)
    return EXPORT.answer(request, rows, of=event)


def _proposal_or_404(event: Event, pk: int) -> Proposal:
    rows = Proposal.objects.filter(call__event=event).ranked()
    return get_object_or_404(rows.select_related("call__event", "user", "track", "draft"), pk=pk)


@staff_view("events.change_event")
@require_safe
def proposal(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    row = _proposal_or_404(event, pk)
    audit.viewed(request, event, subjects=[row.user_id], proposal=row.pk)
    return _page(request, event, row, DecisionForm())


def _page(request: HttpRequest, event: Event, row: Proposal, form: DecisionForm) -> HttpResponse:
    return TemplateResponse(
        request,
        "staff/events/proposal.html",
        {
            "event": event,
            "proposal": row,
            "reviews": row.reviews.select_related("reviewer"),
            "is_own": row.user_id == request.user.pk,
            "form": form,
        },
        status=422 if form.errors else 200,
    )


@require_POST
@staff_view("events.change_event")
def proposal_accept(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    done = _("Accepted. It stands in the draft and needs a time and a room.")
    return _decide(request, slug, pk, actions.accept_proposal, done)


@require_POST
@staff_view("events.change_event")
def proposal_decline(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return _decide(request, slug, pk, actions.decline_proposal, _("Declined."))


def _decide(request: HttpRequest, slug: str, pk: int, deed: Any, done: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    row = _proposal_or_404(event, pk)
    form = DecisionForm(request.POST)

    def decide(**typed: Any) -> None:
        deed(row, by=request.user, **typed)

    if carried_out(request, form, decide, done):
        return redirect("events_staff:proposals", slug)
    return _page(request, event, row, form)

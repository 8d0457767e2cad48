"""A call for proposals, for who answers it and for who reviews the answers."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from events import actions
from events.forms.proposals import ProposalForm, ReviewForm
from events.models import Call, Event, Proposal, Review
from kosna.core.deeds import carried_out
from kosna.core.lists import page_of
from kosna.core.methods import require_POST, require_safe


def _call_or_404(slug: str) -> Call:
    calls = Call.objects.filter(event__in=Event.objects.published())
    return get_object_or_404(calls.select_related("event__branch"), event__slug=slug)


def _own_or_404(request: HttpRequest, slug: str, pk: int) -> Proposal:
    mine = Proposal.objects.visible_to(request.user).select_related("call__event__branch", "track")
    return get_object_or_404(mine, call=_call_or_404(slug), pk=pk)


@require_safe
def proposals(request: HttpRequest, slug: str) -> HttpResponse:
    """What is asked for, until when, and what I have handed in."""
    call = _call_or_404(slug)
    mine = call.proposals.visible_to(request.user).select_related("call__event", "track")
    return TemplateResponse(
        request,
        "events/proposals.html",
        {
            "call": call,
            "event": call.event,
            "mine": mine.order_by("-submitted_at", "-pk"),
            "is_reviewer": call.reviewers.filter(pk=request.user.pk).exists(),
        },
    )


def proposal_new(request: HttpRequest, slug: str) -> HttpResponse:
    call = _call_or_404(slug)
    form = ProposalForm(request.POST or None, event=call.event)

    def hand_in(**typed: Any) -> None:
        actions.propose(call, by=request.user, **typed)

    done = _("Handed in. You can change it here until the call closes.")
    if request.method == "POST" and carried_out(request, form, hand_in, done):
        return redirect("events:proposals", slug)
    return _form_page(request, call, form, None)


def proposal(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """My own: to be changed while the call is open, to be read afterwards."""
    row = _own_or_404(request, slug, pk)
    form = ProposalForm(request.POST or None, instance=row, event=row.call.event)

    def change(**typed: Any) -> None:
        actions.change_proposal(row, by=request.user, **typed)

    if request.method == "POST" and carried_out(request, form, change, _("Saved.")):
        return redirect("events:proposals", slug)
    return _form_page(request, row.call, form, row)


def _form_page(
    request: HttpRequest, call: Call, form: ProposalForm, row: Proposal | None
) -> HttpResponse:
    return TemplateResponse(
        request,
        "events/proposal.html",
        {"call": call, "event": call.event, "proposal": row, "form": form},
        status=422 if form.errors else 200,
    )


@require_POST
def proposal_withdraw(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    actions.withdraw_proposal(_own_or_404(request, slug, pk), by=request.user)
    messages.success(request, _("Withdrawn."))
    return redirect("events:proposals", slug)


# --- reviewing: for those whom the organiser has appointed, and never of one's own ---


@require_safe
def reviews(request: HttpRequest, slug: str) -> HttpResponse:
    call = get_object_or_404(_calls_of(request.user), event__slug=slug)
    rows = call.proposals.to_review_by(request.user).select_related("track")
    page = page_of(request, rows.order_by("submitted_at", "pk"))
    mine = Review.objects.filter(reviewer=request.user, proposal__in=[row.pk for row in page])
    scores = dict(mine.values_list("proposal", "score"))
    return TemplateResponse(
        request,
        "events/reviews.html",
        {
            "event": call.event,
            "page": page,
            "rows": [(row, scores.get(row.pk)) for row in page],
        },
    )


def _calls_of(reviewer: Any) -> Any:
    return Call.objects.filter(reviewers=reviewer).select_related("event__branch")


def review(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A proposal without its proposer's name, and my opinion of it."""
    call = get_object_or_404(_calls_of(request.user), event__slug=slug)
    rows = call.proposals.to_review_by(request.user).select_related("track")
    row = get_object_or_404(rows, pk=pk)
    mine = row.reviews.filter(reviewer=request.user).first()
    known = {"score": mine.score, "comment": mine.comment} if mine else None
    form = ReviewForm(request.POST or None, initial=known)

    def judge(**typed: Any) -> None:
        actions.review(row, by=request.user, **typed)

    if request.method == "POST" and carried_out(request, form, judge, _("Your opinion is kept.")):
        return redirect("events:reviews", slug)
    return TemplateResponse(
        request,
        "events/review.html",
        {"event": call.event, "proposal": row, "form": form},
        status=422 if form.errors else 200,
    )

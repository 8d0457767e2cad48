"""General meetings as a member sees them: the call, one's vote and why not, proxy, written vote,
minutes."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from members import actions, rolls
from members.forms import DelegateForm, WrittenVoteForm
from members.models import AgendaItem, Meeting, Member, Presence, Proxy, Voter
from members.views.papers import pdf_response


@dataclass
class Ballot:
    """One vote of the reader: how it stands, and what can be done with it."""

    voter: Voter
    presence: Presence | None
    proxy: Proxy | None
    carried: list[Proxy]
    delegate_form: DelegateForm | None
    written_form: WrittenVoteForm | None


def meetings(request: HttpRequest) -> TemplateResponse:
    """Called meetings, the newest first, with how many votes of the reader's are on each roll."""
    page = page_of(request, Meeting.objects.called().order_by("-starts_at", "-pk"))
    shown = list(page.object_list)
    mine = Voter.objects.of(request.user).filter(meeting__in=shown)
    voted_in = set(mine.values_list("meeting", flat=True))
    page.object_list = [(meeting, meeting.pk in voted_in) for meeting in shown]
    if not page.object_list or not (voted_in or _memberships(request.user)):
        page.object_list = []
    return TemplateResponse(request, "me/meetings.html", {"page": page})


def _memberships(user: Any) -> list[Member]:
    return list(Member.objects.of(user).exclude(number=None).select_related("organisation"))


def _meeting(request: HttpRequest, number: str) -> tuple[Meeting, list[Voter]]:
    """A called meeting, for its voters and for members; to others it does not exist."""
    meeting = get_object_or_404(Meeting.objects.called().select_related("minutes"), number=number)
    voters = list(
        Voter.objects.of(request.user)
        .filter(meeting=meeting)
        .select_related("presence__proxy__delegate", "meeting")
        .order_by("pk")
    )
    if not voters and not _memberships(request.user):
        raise Http404
    return meeting, voters


def meeting(request: HttpRequest, number: str) -> TemplateResponse:
    row, voters = _meeting(request, number)
    return _page(request, row, voters)


def _page(
    request: HttpRequest, row: Meeting, voters: list[Voter], bound: Any = None
) -> TemplateResponse:
    items = list(row.items.all())
    held = {voter.member_id for voter in voters}
    without = [member for member in _memberships(request.user) if member.pk not in held]
    return TemplateResponse(
        request,
        "me/meeting.html",
        {
            "meeting": row,
            "items": items,
            "ballots": [_ballot(row, voter, items, bound) for voter in voters],
            "without": [(member, _why_not(row, member)) for member in without],
            "refused_form": bound,
        },
        status=422 if bound else 200,
    )


def _ballot(row: Meeting, voter: Voter, items: list[AgendaItem], bound: Any) -> Ballot:
    presence = getattr(voter, "presence", None)
    carried = list(voter.carried.standing().select_related("voter").order_by("pk"))
    ballot = Ballot(voter, presence, presence and presence.proxy, carried, None, None)
    if not row.takes_ballots:
        return ballot
    mode = presence.mode if presence else ""
    if not mode and not carried:
        ballot.delegate_form = DelegateForm(meeting=row, prefix=f"proxy{voter.pk}")
    if row.allows_written and not carried and mode in ("", Presence.Mode.WRITTEN):
        ballot.written_form = _written_form(voter, items)
    if bound is not None:
        for name in ("delegate_form", "written_form"):
            form = getattr(ballot, name)
            if form is not None and form.prefix == bound.prefix:
                setattr(ballot, name, bound)
    return ballot


def _written_form(voter: Voter, items: list[AgendaItem], data: Any = None) -> WrittenVoteForm:
    cast = dict(voter.written_votes.values_list("item", "choice"))
    voted_on = [item for item in items if item.is_resolution]
    return WrittenVoteForm(data, items=voted_on, cast=cast, prefix=f"written{voter.pk}")


def _why_not(row: Meeting, member: Member) -> str:
    if reason := rolls.why_not(member, row.record_on):
        return reason
    if row.voters.filter(member=member).exists():
        return _("The vote of this membership is cast by its representative.")
    return _("This membership is not on the roll.")


def _own_voter(request: HttpRequest, number: str) -> tuple[Meeting, list[Voter], Voter]:
    row, voters = _meeting(request, number)
    wanted = request.POST.get("voter", "")
    for voter in voters:
        if str(voter.pk) == wanted:
            return row, voters, voter
    raise Http404


@require_POST
def proxy(request: HttpRequest, number: str) -> HttpResponseBase:
    """Hands the vote to a delegate."""
    row, voters, voter = _own_voter(request, number)
    form = DelegateForm(request.POST, meeting=row, prefix=f"proxy{voter.pk}")
    if form.is_valid():
        try:
            actions.appoint_proxy(voter, delegate=form.cleaned_data["delegate"], by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Your vote has been handed to the delegate."))
            return redirect(row)
    return _page(request, row, voters, bound=form)


@require_POST
def proxy_revoke(request: HttpRequest, number: str) -> HttpResponse:
    row, _voters, voter = _own_voter(request, number)
    rows = Proxy.objects.standing().select_related("voter__meeting", "delegate__user")
    actions.revoke_proxy(get_object_or_404(rows, voter=voter), by=request.user)
    messages.success(request, _("Your proxy has been taken back."))
    return redirect(row)


@require_POST
def written_vote(request: HttpRequest, number: str) -> HttpResponseBase:
    """A vote in writing, or taking it back."""
    row, voters, voter = _own_voter(request, number)
    if request.POST.get("take_back"):
        actions.take_back_written_vote(voter, by=request.user)
        messages.success(request, _("Your vote in writing has been taken back."))
        return redirect(row)
    form = _written_form(voter, list(row.items.all()), request.POST)
    if form.is_valid():
        try:
            actions.vote_in_writing(voter, form.choices, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Your vote in writing has been cast."))
            return redirect(row)
    return _page(request, row, voters, bound=form)


def minutes(request: HttpRequest, number: str) -> HttpResponse:
    row, _voters = _meeting(request, number)
    if row.minutes is None:
        raise Http404
    return pdf_response(row.minutes, f"KOSNA-{row.number}.pdf")

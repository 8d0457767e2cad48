"""The day of a general meeting: proxies on paper, the door, the live count, the resolutions."""

import re
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core.errors import Refused
from kosna.core.korean import mask_name
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from kosna.documents.models import Document
from members import actions, quorum
from members.forms import CountForm, DoorForm, ExcludeForm, PaperProxyForm, ShortReasonForm
from members.models import AgendaItem, Meeting, Proxy, Voter
from members.staff_views.meetings import CALLED, DOOR, OPEN, RUN, VIEW, meeting_or_404

FOUND_AT_THE_DOOR = 10
LIVE_SECONDS = 10
PROXIES = ListExport(
    "members.export_proxies",
    gettext_lazy("Proxies"),
    [
        (gettext_lazy("Voter"), lambda row: f"{row.voter.number} {row.voter.name}"),
        (
            gettext_lazy("Delegate"),
            lambda row: (
                f"{row.delegate.number} {row.delegate.name}"
                if row.delegate
                else _("The chair of the meeting")
            ),
        ),
        (gettext_lazy("Given"), lambda row: row.given_at),
        (
            gettext_lazy("How"),
            lambda row: f"{_('On paper')} · {row.given_by}" if row.is_paper else _("On my page"),
        ),
        (gettext_lazy("Status"), lambda row: _standing_of(row)),
    ],
    people=["voter__user", "delegate__user"],
)
CARD = re.compile(r"/verify/([0-9a-z]{26})/?$")


def _standing_of(proxy: Proxy) -> str:
    if proxy.revoked_at:
        return _("Taken back")
    return _("Counts as present") if proxy.is_present else _("Awaits the delegate")


@staff_view(VIEW)
def proxies(request: HttpRequest, number: str) -> HttpResponseBase:
    """Who handed a vote to whom; a proxy on paper is entered here until the meeting opens."""
    meeting = meeting_or_404(request, number, VIEW)
    may_enter = request.user.has_perm(RUN, meeting.branch) and meeting.status == CALLED
    form = PaperProxyForm(request.POST or None, meeting=meeting)
    if may_enter and form.is_valid():
        data = form.cleaned_data
        try:
            actions.appoint_proxy(
                data["voter"], delegate=data["delegate"], is_paper=True, by=request.user
            )
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The proxy has been entered."))
            return redirect("members_staff:meeting-proxies", number)
    page = page_of(request, _proxies(meeting))
    audit.viewed(
        request, meeting, subjects=[row.voter.user_id for row in page if row.voter.user_id]
    )
    return TemplateResponse(
        request,
        "staff/meetings/proxies.html",
        {"meeting": meeting, "page": page, "form": form, "may_enter": may_enter},
        status=422 if form.is_bound else 200,
    )


def _proxies(meeting: Meeting) -> Any:
    rows = Proxy.objects.filter(voter__meeting=meeting)
    shown = rows.select_related("voter", "delegate__presence", "given_by")
    return shown.order_by("-given_at", "-pk")


@require_POST
@staff_view(VIEW)
def proxies_export(request: HttpRequest, number: str) -> HttpResponseBase:
    meeting = meeting_or_404(request, number, VIEW)
    return PROXIES.answer(request, _proxies(meeting), of=meeting)


@require_POST
@staff_view(RUN)
def proxy_revoke(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    meeting = meeting_or_404(request, number, RUN)
    rows = Proxy.objects.filter(voter__meeting=meeting)
    proxy = get_object_or_404(rows.select_related("voter__meeting", "delegate__user"), pk=pk)
    actions.revoke_proxy(proxy, by=request.user)
    messages.success(request, _("The proxy has been taken back."))
    return redirect("members_staff:meeting-proxies", number)


@staff_view(DOOR)
def door(request: HttpRequest, number: str) -> HttpResponseBase:
    """Who has come: by member number, name or the card's QR code, until the meeting is closed. The
    roll itself is read by those who may; a doorkeeper sees a name whole who has its number."""
    meeting = meeting_or_404(request, number, DOOR)
    may_read = any(request.user.has_perm(verb, meeting.branch) for verb in (VIEW, RUN))
    if request.method == "POST":
        voter = _voter(meeting, request.POST.get("voter", ""))
        name = voter.name if may_read or voter.representative else mask_name(voter.name)
        if request.POST.get("undo"):
            actions.mark_absent(voter, by=request.user)
            messages.success(request, _("%(name)s is no longer present.") % {"name": name})
        else:
            actions.mark_present(voter, by=request.user)
            messages.success(request, _("%(name)s is present.") % {"name": name})
        return redirect("members_staff:meeting-door", number)
    form = DoorForm(request.GET or None)
    wanted = form.cleaned_data["q"].strip() if form.is_valid() else ""
    is_on = meeting.status in (CALLED, OPEN)
    found = _found(meeting, wanted) if wanted and is_on else []
    if found:
        people = [voter.user_id for voter in found if voter.user_id]
        audit.viewed(request, meeting, subjects=people, looked_for=wanted[:40])
    return TemplateResponse(
        request,
        "staff/meetings/door.html",
        {
            "meeting": meeting,
            "form": form,
            "wanted": wanted,
            "is_on": is_on,
            "found": found,
            "is_masked": not may_read and not _is_exact(wanted, found),
            "counted": quorum.attendance(meeting),
        },
    )


def _voter(meeting: Meeting, pk: str) -> Voter:
    rows = meeting.voters.select_related("meeting")
    return get_object_or_404(rows, pk=pk if pk.isdecimal() else 0)


def _found(meeting: Meeting, wanted: str) -> list[Voter]:
    voters = meeting.voters.select_related("presence", "tier", "branch").order_by("number")
    if card := CARD.search(wanted):
        paper = Document.objects.filter(
            code=card[1], kind=Document.Kind.MEMBERSHIP_CARD, status=Document.Status.VALID
        ).first()
        return list(voters.filter(number=paper.facts.get("member_number", "")) if paper else [])
    return list(voters.search(wanted)[:FOUND_AT_THE_DOOR])


def _is_exact(wanted: str, found: list[Voter]) -> bool:
    """Whether a card or a whole member number was shown, and not a part of a name."""
    return bool(CARD.search(wanted)) or [voter.number for voter in found] == [wanted]


@staff_view(VIEW, DOOR)
def live(request: HttpRequest, number: str) -> TemplateResponse:
    """The count, on a screen in the hall: it follows by itself, and names nobody."""
    meeting = meeting_or_404(request, number, VIEW, DOOR)
    is_on = meeting.status in (CALLED, OPEN)
    return TemplateResponse(
        request,
        "staff/meetings/live.html",
        {
            "meeting": meeting,
            "items": meeting.items.all(),
            "counted": quorum.attendance(meeting),
            "reload_seconds": LIVE_SECONDS if is_on else None,
        },
    )


@staff_view(RUN)
def item(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """One item: its count, who has no say, and taking it off."""
    row = _item(request, number, pk)
    form = CountForm(request.POST or None, prefix="count")
    if form.is_valid():
        try:
            actions.count_votes(row, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The count has been entered."))
            return redirect("members_staff:meeting", number)
    return _item_page(request, _item(request, number, pk), {"count": form} if form.is_bound else {})


def _item(request: HttpRequest, number: str, pk: int) -> AgendaItem:
    meeting = meeting_or_404(request, number, RUN)
    row = get_object_or_404(meeting.items, pk=pk)
    row.meeting = meeting
    return row


def _item_page(request: HttpRequest, row: AgendaItem, bound: dict[str, Any]) -> TemplateResponse:
    counted, excluded = quorum.attendance(row.meeting), quorum.excluded(row)
    is_open = row.meeting.status == OPEN
    return TemplateResponse(
        request,
        "staff/meetings/item.html",
        {
            "meeting": row.meeting,
            "item": row,
            "counted": counted,
            "excluded": excluded,
            "say": counted.present - excluded,
            "written": quorum.written(row),
            "exclusions": row.exclusions.select_related("voter").order_by("pk"),
            "may_count": is_open and row.is_resolution and row.status == row.Status.PROPOSED,
            "may_count_again": is_open and row.is_resolution and row.status == row.Status.DECIDED,
            "may_take_off": is_open and row.status == row.Status.PROPOSED,
            "count_form": bound.get("count") or CountForm(prefix="count"),
            "exclude_form": bound.get("exclude") or ExcludeForm(prefix="exclude"),
            "again_form": bound.get("again") or ShortReasonForm(prefix="again"),
            "off_form": bound.get("off") or ShortReasonForm(prefix="off"),
            "refused_form": next(iter(bound.values()), None),
        },
        status=422 if bound else 200,
    )


@require_POST
@staff_view(RUN)
def item_exclude(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    row = _item(request, number, pk)
    form = ExcludeForm(request.POST, prefix="exclude")
    if form.is_valid():
        voter = row.meeting.voters.filter(number=form.cleaned_data["number"]).first()
        if voter is None:
            form.add_error("number", _("Nobody on the roll has this number."))
        else:
            try:
                reason = form.cleaned_data["reason"]
                actions.exclude_voter(row, voter, reason=reason, by=request.user)
            except Refused as refusal:
                refusal.to_form(form)
            else:
                messages.success(request, _("This vote has no say on the item."))
                return redirect("members_staff:meeting-item", number, pk)
    return _item_page(request, row, {"exclude": form})


@require_POST
@staff_view(RUN)
def item_again(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    done = _("The count has been taken back.")
    return _with_reason(request, number, pk, "again", actions.count_again, done)


@require_POST
@staff_view(RUN)
def item_off(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    done = _("The item is not put to the vote.")
    return _with_reason(request, number, pk, "off", actions.take_off_agenda, done)


def _with_reason(
    request: HttpRequest, number: str, pk: int, deed: str, action: Any, done: str
) -> HttpResponseBase:
    row = _item(request, number, pk)
    form: Form = ShortReasonForm(request.POST, prefix=deed)
    if form.is_valid():
        try:
            action(row, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, done)
            return redirect("members_staff:meeting", number)
    return _item_page(request, _item(request, number, pk), {deed: form})

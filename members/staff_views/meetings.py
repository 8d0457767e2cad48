"""General meetings at the desk: preparing, calling, the roll, the proof of notice, the minutes."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.db.models import Count
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.accounts.requests import client_ip
from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core import clock
from kosna.core.deeds import carried_out
from kosna.core.errors import Refused
from kosna.core.lists import page_by_keys, page_of, searched
from kosna.core.methods import require_POST
from kosna.mail.models import Message
from members import actions, quorum
from members.forms import (
    AgendaFormSet,
    CallForm,
    MeetingForm,
    MinutesForm,
    OpenForm,
    RegisterExportForm,
    ShortReasonForm,
)
from members.models import AgendaItem, Meeting, Voter
from members.views.papers import pdf_response

VIEW, RUN, DOOR = "members.view_meeting", "members.run_meeting", "members.check_voter"
GREAT = 10_000  # votes
EXPORT = ListExport(
    "members.export_meetings",
    gettext_lazy("General meetings"),
    [
        (gettext_lazy("Meeting"), lambda meeting: meeting.title),
        (gettext_lazy("Kind"), lambda meeting: meeting.get_kind_display()),
        (gettext_lazy("Starts"), lambda meeting: meeting.starts_at),
        (gettext_lazy("Record date"), lambda meeting: meeting.record_on),
        (gettext_lazy("Votes"), lambda meeting: meeting.roll_size),
        (gettext_lazy("Status"), lambda meeting: meeting.get_status_display()),
    ],
)
NOTICES = ListExport(
    "members.export_notices",
    gettext_lazy("Proof of notice"),
    [
        (gettext_lazy("Voter"), lambda voter: f"{voter.number} {voter.name}"),
        (gettext_lazy("Sent to"), lambda voter: getattr(_message_of(voter), "to", "")),
        (
            gettext_lazy("Posted"),
            lambda voter: voter.notice.posted_at if hasattr(voter, "notice") else "",
        ),
        (gettext_lazy("Sent at"), lambda voter: getattr(_message_of(voter), "sent_at", "")),
        (
            gettext_lazy("Status"),
            lambda voter: (
                message.get_status_display() if (message := _message_of(voter)) else _("No notice")
            ),
        ),
    ],
    people=["user"],
)
DRAFT, CALLED, OPEN = Meeting.Status.DRAFT, Meeting.Status.CALLED, Meeting.Status.OPEN


def meeting_or_404(request: HttpRequest, number: str, *verbs: str) -> Meeting:
    for verb in verbs:
        rows = Meeting.objects.permitted(request.user, verb).select_related("branch", "minutes")
        if meeting := rows.filter(number=number).first():
            return meeting
    raise Http404


@staff_view(VIEW, DOOR)
def meetings(request: HttpRequest) -> TemplateResponse:
    return TemplateResponse(
        request,
        "staff/meetings/meeting_list.html",
        {
            "page": page_of(request, _listed(request)),
            "may_run": request.user.has_perm(RUN),
            "may_view": request.user.has_perm(VIEW),
        },
    )


def _listed(request: HttpRequest) -> Any:
    return request.scope.narrow(Meeting.objects.all()).order_by("-starts_at", "-pk")


@require_POST
@staff_view(VIEW, DOOR)
def meetings_export(request: HttpRequest) -> HttpResponseBase:
    return EXPORT.answer(request, _listed(request))


@staff_view(RUN)
def meeting_new(request: HttpRequest) -> HttpResponseBase:
    form = MeetingForm(request.POST or None)
    if form.is_valid():
        meeting = actions.prepare_meeting(form.save(commit=False), by=request.user)
        return redirect("members_staff:meeting-agenda", meeting.number)
    return _form_page(request, form, None)


@staff_view(RUN)
def meeting_edit(request: HttpRequest, number: str) -> HttpResponseBase:
    meeting = meeting_or_404(request, number, RUN)
    form = MeetingForm(request.POST or None, instance=meeting)
    if form.is_valid():
        try:
            actions.change_meeting(form.save(commit=False), by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Saved."))
            return redirect("members_staff:meeting", number)
    return _form_page(request, form, meeting_or_404(request, number, RUN))


def _form_page(request: HttpRequest, form: Form, meeting: Meeting | None) -> TemplateResponse:
    return TemplateResponse(
        request,
        "staff/meetings/meeting_form.html",
        {"form": form, "meeting": meeting},
        status=422 if form.is_bound else 200,
    )


@staff_view(RUN)
def agenda(request: HttpRequest, number: str) -> HttpResponseBase:
    meeting = meeting_or_404(request, number, RUN)
    formset = AgendaFormSet(
        request.POST or None, queryset=AgendaItem.objects.filter(meeting=meeting)
    )
    if request.method == "POST" and formset.is_valid():
        items = [
            form.save(commit=False) for form in formset.ordered_forms if form.instance.title_ko
        ]
        actions.set_agenda(meeting, items, by=request.user)
        messages.success(request, _("The agenda has been saved."))
        return redirect("members_staff:meeting", number)
    return TemplateResponse(
        request,
        "staff/meetings/agenda.html",
        {"meeting": meeting, "formset": formset},
        status=422 if request.method == "POST" else 200,
    )


@staff_view(VIEW)
def meeting(request: HttpRequest, number: str) -> TemplateResponse:
    return _page(request, meeting_or_404(request, number, VIEW))


def _page(
    request: HttpRequest, row: Meeting, bound: dict[str, Form] | None = None
) -> TemplateResponse:
    """What stands, and beside it only what can be done next."""
    bound = bound or {}
    may_run = request.user.has_perm(RUN, row.branch)
    return TemplateResponse(
        request,
        "staff/meetings/meeting_detail.html",
        {
            "meeting": row,
            "items": row.items.all(),
            "counted": quorum.attendance(row),
            "sent": _notices_of(row),
            "has_next": may_run and row.status in (DRAFT, CALLED, OPEN),
            "may_edit": may_run and row.status == DRAFT,
            "may_freeze": may_run
            and row.status == DRAFT
            and not row.roll_frozen_at
            and clock.today() > row.record_on,
            "may_call": may_run and row.status == DRAFT and row.roll_frozen_at,
            "may_open": may_run and row.status == CALLED,
            "may_cancel": may_run and row.status in (DRAFT, CALLED),
            "may_decide": may_run and row.status == OPEN,
            "at_the_door": row.status in (CALLED, OPEN) and request.user.has_perm(DOOR, row.branch),
            "is_late": row.status == DRAFT and clock.today() > row.last_notice_on,
            "call_form": bound.get("call") or CallForm(prefix="call"),
            "open_form": bound.get("open") or OpenForm(prefix="open"),
            "cancel_form": bound.get("cancel") or ShortReasonForm(prefix="cancel"),
            "refused_form": next(iter(bound.values()), None),
        },
        status=422 if bound else 200,
    )


def _notices_of(meeting: Meeting) -> dict[str, int]:
    """How many notices were posted, have left and failed; of a great roll as of a minute ago."""
    if meeting.called_at is None:
        return {"posted": 0, "sent": 0, "failed": 0}
    if meeting.roll_size < GREAT:
        return _counted(meeting)
    key = f"meeting-notices:{meeting.pk}"
    return cache.get_or_set(key, lambda: _counted(meeting), 60) or _counted(meeting)


def _counted(meeting: Meeting) -> dict[str, int]:
    states = meeting.voters.exclude(notice=None).values_list("notice__message__status")
    counted = dict(states.annotate(Count("pk")).order_by())
    return {
        "posted": sum(counted.values()),
        "sent": counted.get(Message.Status.SENT, 0),
        "failed": counted.get(Message.Status.FAILED, 0),
    }


@require_POST
@staff_view(RUN)
def freeze(request: HttpRequest, number: str) -> HttpResponse:
    row = actions.freeze_roll(meeting_or_404(request, number, RUN), by=request.user)
    messages.success(request, _("%(n)s votes are on the roll.") % {"n": f"{row.roll_size:,}"})
    return redirect("members_staff:meeting", number)


DEEDS: dict[str, tuple[type[Form], Any]] = {
    "call": (CallForm, actions.call_meeting),
    "cancel": (ShortReasonForm, actions.cancel_meeting),
    "open": (OpenForm, actions.open_meeting),
}


@require_POST
@staff_view(RUN)
def call(request: HttpRequest, number: str) -> HttpResponse:
    return _do(request, number, "call", _("The meeting is called; the notices are on their way."))


@require_POST
@staff_view(RUN)
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    return _do(request, number, "cancel", _("The meeting is called off."))


@require_POST
@staff_view(RUN)
def open_(request: HttpRequest, number: str) -> HttpResponse:
    return _do(request, number, "open", _("The meeting is open."))


def _do(request: HttpRequest, number: str, deed: str, done: str) -> HttpResponse:
    row = meeting_or_404(request, number, RUN)
    form_class, action = DEEDS[deed]
    form = form_class(request.POST, prefix=deed)
    if carried_out(request, form, partial(action, row, by=request.user), done):
        return redirect("members_staff:meeting", number)
    return _page(request, meeting_or_404(request, number, RUN), {deed: form})


@staff_view(RUN)
def close(request: HttpRequest, number: str) -> HttpResponseBase:
    row = meeting_or_404(request, number, RUN)
    form = MinutesForm(request.POST or None, initial={"signatories": row.chair})
    if form.is_valid():
        try:
            actions.close_meeting(row, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The meeting is closed and its minutes are issued."))
            return redirect("members_staff:meeting", number)
    return TemplateResponse(
        request,
        "staff/meetings/close.html",
        {
            "meeting": row,
            "form": form,
            "items": row.items.all(),
            "counted": quorum.attendance(row),
            "is_open": row.status == OPEN,
        },
        status=422 if form.is_bound else 200,
    )


@staff_view(VIEW)
def minutes(request: HttpRequest, number: str) -> HttpResponse:
    row = meeting_or_404(request, number, VIEW)
    if row.minutes is None:
        raise Http404
    return pdf_response(row.minutes, f"KOSNA-{row.number}.pdf")


@staff_view(VIEW)
def roll(request: HttpRequest, number: str) -> TemplateResponse:
    """Who may vote, frozen, with how each vote is present."""
    row = meeting_or_404(request, number, VIEW)
    query = searched(request)
    keys = row.voters.search(query).order_by("number").values_list("pk", flat=True)
    voters = row.voters.select_related("tier", "branch", "presence")
    page = page_by_keys(request, keys, voters, searched=query)
    audit.viewed(request, row, subjects=[voter.user_id for voter in page if voter.user_id])
    return TemplateResponse(
        request,
        "staff/meetings/roll.html",
        {
            "meeting": row,
            "page": page,
            "query": query,
            "may_export": request.user.has_perm(RUN, row.branch),
            "export_form": RegisterExportForm(),
        },
    )


@require_POST
@staff_view(RUN)
def roll_export(request: HttpRequest, number: str) -> HttpResponse:
    row = meeting_or_404(request, number, RUN)
    typed = RegisterExportForm(request.POST)
    if not typed.is_valid():
        raise Refused(*(error for errors in typed.errors.values() for error in errors))
    batch = actions.export_roll(row, **typed.cleaned_data, by=request.user, ip=client_ip(request))
    return redirect("batches:batch", batch.uuid)


@staff_view(VIEW)
def notices(request: HttpRequest, number: str) -> TemplateResponse:
    """The proof of notice: to whom, where, when it was posted and when it left."""
    row = meeting_or_404(request, number, VIEW)
    page = page_by_keys(
        request,
        row.voters.order_by("number").values_list("pk", flat=True),
        _noticed(row),
    )
    audit.viewed(request, row, subjects=[voter.user_id for voter in page if voter.user_id])
    return TemplateResponse(request, "staff/meetings/notices.html", {"meeting": row, "page": page})


def _noticed(meeting: Meeting) -> Any:
    return meeting.voters.select_related("notice__message")


def _message_of(voter: Voter) -> Message | None:
    return voter.notice.message if hasattr(voter, "notice") else None


@require_POST
@staff_view(VIEW)
def notices_export(request: HttpRequest, number: str) -> HttpResponseBase:
    meeting = meeting_or_404(request, number, VIEW)
    return NOTICES.answer(request, _noticed(meeting).order_by("number"), of=meeting)

"""Changing a membership from its page: each deed a form of its own that says what follows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kosna.audit import actions as audit
from kosna.branches.access import View, staff_view
from kosna.core import clock
from kosna.core.errors import Refused
from members import actions, standing
from members.forms import BasisAndReasonForm, DeceasedForm, MemberReasonForm, SuspendForm
from members.models import Member

PROPOSE, DECIDE = "members.propose_removal", "members.decide_membership"
WITHDRAW = "members.withdraw_member"
RUNNING = (Member.Status.ADMITTED, Member.Status.ACTIVE)


@dataclass(frozen=True)
class Deed:
    """One way to change a membership: who may, when it makes sense, what is typed, what follows."""

    name: str  # of its address
    verb: str
    title: str | Promise
    follows: str | Promise
    done: str | Promise
    form: type[Form]
    action: Callable[..., object]
    fits: Callable[[Member, date], bool]
    kind: str = "danger"


def is_active(member: Member, today: date) -> bool:
    return member.status == Member.Status.ACTIVE


def is_running(member: Member, today: date) -> bool:
    return member.status in RUNNING


def is_suspended(member: Member, today: date) -> bool:
    return is_active(member, today) and member.suspensions.open(today).exists()


DEEDS = (
    Deed(
        "suspend",
        DECIDE,
        _("Suspend rights by decision"),
        _("All rights rest in these days; dues go on, and the register of members tells of it."),
        _("The rights are suspended."),
        SuspendForm,
        actions.suspend,
        is_active,
    ),
    Deed(
        "restore",
        DECIDE,
        _("Restore the rights"),
        _("The suspension ends today. Rights return as far as the dues are paid."),
        _("The rights are restored."),
        BasisAndReasonForm,
        actions.restore,
        is_suspended,
        kind="primary",
    ),
    Deed(
        "withdraw",
        WITHDRAW,
        _("Record a withdrawal"),
        _(
            "For a member who asked in writing to leave. Rights end at once, dues are not given"
            " back, the number is not used again; the member may join anew."
        ),
        _("The withdrawal is recorded."),
        MemberReasonForm,
        actions.withdraw,
        is_running,
    ),
    Deed(
        "expel",
        PROPOSE,
        _("Propose an expulsion"),
        _(
            "Takes two people: you propose, somebody else confirms. Until then the member keeps"
            " every right, and is told by mail."
        ),
        _("The expulsion is proposed. Somebody else confirms it."),
        BasisAndReasonForm,
        actions.propose_expulsion,
        is_active,
    ),
    Deed(
        "deceased",
        DECIDE,
        _("Record a death or dissolution"),
        _("The membership ends on that day; it passes to nobody."),
        _("The end of the membership is recorded."),
        DeceasedForm,
        actions.record_death,
        is_running,
    ),
    Deed(
        "void",
        DECIDE,
        _("Cancel: entered in error"),
        _(
            "As if it had never been: paid days and papers become void, and whatever was paid is"
            " asked back whole. The line in the register stays, with this cancellation."
        ),
        _("The membership is cancelled."),
        MemberReasonForm,
        actions.void_membership,
        is_running,
    ),
)


def deeds_for(user: Any, member: Member) -> list[Deed]:
    """What this person may do to a membership today; nobody acts on their own."""
    today = clock.today()
    seated = {seat.user_id for seat in member.seat_rows.all() if seat.valid_to is None}
    if user.pk in {member.user_id, *seated}:
        return []
    return [
        deed
        for deed in DEEDS
        if deed.fits(member, today) and user.has_perm(deed.verb, member.branch)
    ]


def page(deed: Deed) -> View:
    """The page of one deed: what follows from it, its form, and a way back."""

    @staff_view(deed.verb)
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        rows = Member.objects.permitted(request.user, deed.verb)
        member = get_object_or_404(rows.select_related("tier", "branch", "organisation"), pk=pk)
        form = deed.form(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                deed.action(member, **form.cleaned_data, by=request.user)
            except Refused as refusal:
                refusal.to_form(form)
            else:
                messages.success(request, deed.done)
                return redirect("members_staff:member", member.pk)
        people = actions.people_of(member)
        audit.viewed(request, member, subjects=people)
        return TemplateResponse(
            request,
            "staff/members/deed.html",
            {
                "deed": deed,
                "form": form,
                "member": member,
                "standing": standing.standing_of(member, clock.today()),
            },
            status=422 if form.errors else 200,
        )

    return view


suspend, restore, withdraw, expel, deceased, void = map(page, DEEDS)

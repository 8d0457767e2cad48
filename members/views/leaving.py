"""A member leaves (탈퇴), knowing what ends."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.core import clock
from kosna.core.errors import Refused
from members import actions, standing
from members.forms import ConfirmForm
from members.models import Member


def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Says what ends, and ends it once that is confirmed; for whoever runs the membership."""
    running = [Member.Status.ADMITTED, Member.Status.ACTIVE]
    rows = Member.objects.run_by(request.user).filter(status__in=running)
    member = get_object_or_404(rows.select_related("tier", "branch", "organisation"), pk=pk)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw(member, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Your membership has ended. Thank you."))
            return redirect("me:me")
    return TemplateResponse(
        request,
        "members/leave.html",
        {
            "form": form,
            "member": member,
            "standing": standing.standing_of(member, clock.today()),
        },
        status=422 if form.errors else 200,
    )

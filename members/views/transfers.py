"""A member asks to move to another branch, and follows the case."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.core.errors import Refused
from kosna.core.methods import require_POST
from members import actions
from members.forms import TransferForm
from members.models import Member, Transfer
from members.views.own import membership_of


def transfer(request: HttpRequest) -> HttpResponse:
    """For a person, or whoever represents or runs an organisation: the case, or the form."""
    member, others = membership_of(request)
    if member is None:
        return TemplateResponse(request, "me/transfer.html", {"member": None})
    case = member.transfers.select_related("from_branch", "to_branch").order_by("-pk").first()
    is_open = case is not None and case.status in Transfer.OPEN
    form = None if is_open else TransferForm(request.POST or None, member=member)
    if request.method == "POST" and form and form.is_valid():
        try:
            actions.request_transfer(member, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Your wish has been passed on to your branch."))
            return redirect(request.get_full_path())
    return TemplateResponse(
        request,
        "me/transfer.html",
        {
            "member": member,
            "others": others,
            "case": case,
            "is_open": is_open,
            "form": form,
            "owed": actions.open_dues(member),
            "history": actions.branch_history(member),
            "step_names": [_("Asked"), _("Old branch"), _("New branch"), _("Moved")],
            "step": STEPS.get(case.status, 0) if case else 0,
        },
        status=422 if form and form.errors else 200,
    )


STEPS = {
    Transfer.Status.REQUESTED: 2,
    Transfer.Status.CLEARED: 3,
    Transfer.Status.ACCEPTED: 4,
    Transfer.Status.DONE: 5,
}


@require_POST
def transfer_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    mine = Member.objects.run_by(request.user).values("pk")
    case = get_object_or_404(Transfer.objects.filter(member__in=mine), pk=pk)
    actions.withdraw_transfer(case, by=request.user)
    messages.success(request, _("The transfer has been taken back."))
    return redirect("me:transfer")

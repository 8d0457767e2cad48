"""A member asks for another tier, having seen what it costs, won by won."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.methods import require_POST
from members import actions, standing, tier_quotes
from members.forms import TierChangeForm
from members.models import Member, Tier, TierChange
from members.views.own import membership_of


def tier(request: HttpRequest) -> HttpResponse:
    """What is on its way; else the tiers with what each would cost today; of a chosen one
    (``?tier=``) the whole quote and the form."""
    member, others = membership_of(request)
    if member is None:
        return TemplateResponse(request, "me/tier.html", {"member": None})
    case = member.tier_changes.select_related("from_tier", "to_tier", "order").order_by("-pk")
    change = case.first()
    shown = {
        "member": member,
        "others": others,
        "standing": standing.standing_of(member, clock.today()),
        "change": change,
        "is_open": change is not None and change.status in TierChange.OPEN,
        "steps": tier_quotes.thawed(change.quote) if change else [],
        "member_query": f"&member={member.pk}" if others else "",
    }
    if shown["is_open"]:
        return TemplateResponse(request, "me/tier.html", shown)
    chosen = tier_quotes.choices_for(member).filter(code=request.GET.get("tier", "")).first()
    if chosen is None:
        choices = tier_quotes.choices_for(member)
        offers = tier_quotes.offers(member, choices, clock.today())
        return TemplateResponse(request, "me/tier.html", shown | {"offers": offers})
    return _apply(request, member, chosen, shown)


def _apply(request: HttpRequest, member: Member, chosen: Tier, shown: dict) -> HttpResponse:
    form = TierChangeForm(request.POST or None, request.FILES or None, tier=chosen)
    [offer] = tier_quotes.offers(member, [chosen], clock.today())
    if request.method == "POST" and form.is_valid():
        try:
            actions.request_tier_change(
                member,
                to_tier=chosen,
                reason=form.cleaned_data["reason"],
                proof=form.cleaned_data.get("proof"),
                by=request.user,
            )
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Your application has been received."))
            return redirect(f"{request.path}?member={member.pk}")
    return TemplateResponse(
        request,
        "me/tier_apply.html",
        shown
        | {
            "offer": offer,
            "sizes": tier_quotes.sizes_in_words(member, chosen),
            "form": form,
        },
        status=422 if form.errors else 200,
    )


@require_POST
def tier_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    mine = Member.objects.run_by(request.user).values("pk")
    change = get_object_or_404(TierChange.objects.filter(member__in=mine), pk=pk)
    actions.withdraw_tier_change(change, by=request.user)
    messages.success(request, _("The application has been withdrawn."))
    return redirect("me:tier")

"""What part of dues goes to branches: rules with their days, what holds today, and new ones."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kosna.branches.access import staff_view
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.methods import require_POST
from kosna.core.templatetags.ui import kdate
from members import actions, shares
from members.forms import ShareRuleForm
from members.models import Member, ShareRule, Tier
from members.staff_views.terms import CHANGE_TERMS, VIEW_TERMS, edit_and_confirm


@staff_view(VIEW_TERMS)
def share_rules(request: HttpRequest) -> TemplateResponse:
    rules = list(ShareRule.objects.select_related("tier", "branch", "entered_by"))
    branches = [branch for branch in Branch.objects.open() if not branch.is_head_office]
    today = clock.today()
    return TemplateResponse(
        request,
        "staff/terms/share_rules.html",
        {
            "rules": shares.with_ends(rules),
            "branches": branches,
            "today": today,
            "holding": [
                (tier, [(row, shares.in_force(rules, tier.pk, row.pk, today)) for row in branches])
                for tier in Tier.objects.all()
            ],
            "may_change": request.user.has_perm(CHANGE_TERMS),
        },
    )


@staff_view(CHANGE_TERMS)
def share_rule_new(request: HttpRequest) -> HttpResponse:
    wanted = {name: request.GET.get(name) for name in ("tier", "branch")}
    form = ShareRuleForm(request.POST or None, initial=wanted)
    return edit_and_confirm(
        request,
        form,
        title=_("New rule of shares"),
        touches=_touches(form) if form.is_valid() else "",
        save=lambda: actions.enter_share_rule(form.rule(), by=request.user),
        back="members_staff:share-rules",
    )


def _touches(form: ShareRuleForm) -> str:
    """How many members pay dues that the rule divides."""
    rule = form.rule()
    members = Member.objects.active()
    if rule.tier:
        members = members.filter(tier=rule.tier)
    if rule.branch:
        members = members.filter(branch=rule.branch)
    count = members.count()
    return ngettext(
        "Divides the dues of %(n)s member, as ordered from %(day)s on.",
        "Divides the dues of %(n)s members, as ordered from %(day)s on.",
        count,
    ) % {"n": f"{count:,}", "day": kdate(rule.valid_from)}


@require_POST
@staff_view(CHANGE_TERMS)
def share_rule_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    rule = get_object_or_404(ShareRule.objects.select_related("tier"), pk=pk)
    actions.withdraw_share_rule(rule, by=request.user)
    messages.success(request, _("The rule is taken back before it began."))
    return redirect("members_staff:share-rules")

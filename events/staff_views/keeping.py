"""What was decided about how long participants' answers are kept."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from events import actions
from events.forms.keeping import KeepingRuleForm
from events.models import KeepingRule
from kosna.branches.access import staff_view
from kosna.core.lists import page_of


@staff_view("events.decide_keeping")
def keeping_rules(request: HttpRequest) -> HttpResponse:
    """The rule in force, those before it, and the form of the next decision: the head office's, as
    it holds for every branch."""
    if not request.scope.everywhere:
        raise PermissionDenied
    rule = KeepingRule.objects.in_force()
    form = KeepingRuleForm(request.POST or None, initial={"days": rule.days})
    if request.method == "POST" and form.is_valid():
        actions.decide_keeping(by=request.user, **form.cleaned_data)
        messages.success(request, _("The decision holds from now on."))
        return redirect("events_staff:keeping-rules")
    rows = KeepingRule.objects.select_related("decided_by").order_by("-pk")
    return TemplateResponse(
        request,
        "staff/events/keeping_rules.html",
        {"rule": rule, "form": form, "page": page_of(request, rows)},
        status=422 if form.errors else 200,
    )

"""Applying: choose a tier, fill in its form, follow it to the decision."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.core import clock
from kosna.core.downloads import as_download
from kosna.core.errors import Refused
from kosna.core.methods import require_POST
from kosna.payments.models import Order
from members import actions, dues
from members.access import memberships_of
from members.forms import ApplicationForm
from members.models import Application, Member, Tier


def apply(request: HttpRequest) -> HttpResponse:
    """Choose a tier, then fill in its form. One application at a time is on its way."""
    waiting = Application.objects.visible_to(request.user).open().first()
    if waiting:
        if request.method == "POST":
            return _beside_another(request, waiting)
        return redirect(waiting)
    code = request.GET.get("tier")
    tier = Tier.objects.open().filter(code=code).first() if code else None
    if tier is None:
        return _choose_tier(request)
    blank = Application(
        applicant=request.user,
        tier=tier,
        name=request.user.name,
        name_en=request.user.name_en,
        phone=request.user.phone,
    )
    # An organisation is known by its number, which nobody has written yet.
    is_for_person = tier.holder == Tier.Holder.PERSON
    if request.method != "POST" and is_for_person and actions.current_members(blank).exists():
        messages.info(request, _("There is a membership already. It can be renewed on your page."))
        return redirect("members:apply")
    return _application_form(request, blank)


def _beside_another(request: HttpRequest, waiting: Application) -> HttpResponse:
    """Sent from a page that was opened before the other application was begun, in another tab. What
    was typed fills the form of a draft, to be looked at and sent; nothing is kept before."""
    told = _("You have begun an application already, for %(tier)s.") % {"tier": waiting.tier.name}
    if waiting.status != Application.Status.DRAFT:
        messages.warning(request, f"{told} " + _("What you have just sent was not taken over."))
        return redirect(waiting)
    messages.warning(
        request,
        f"{told} "
        + _(
            "What you have just typed stands in its form, as far as it fits, and is not saved yet. "
            "Choose files again."
        ),
    )
    typed = {
        name: values if name == "topics" else values[-1]
        for name, values in request.POST.lists()
        if name in Application.WRITTEN and values[-1]
    }
    return _form_page(request, ApplicationForm(instance=waiting, draft=True, initial=typed))


def _choose_tier(request: HttpRequest) -> TemplateResponse:
    year = clock.today().year
    rows = list(Tier.objects.open().prefetch_related("rates"))
    for tier in rows:
        tier.rate = dues.known_rate(tier, year)
    return TemplateResponse(
        request,
        "members/application_choose.html",
        {
            "people": [tier for tier in rows if tier.holder == Tier.Holder.PERSON],
            "organisations": [tier for tier in rows if tier.holder == Tier.Holder.ORGANISATION],
            "held": memberships_of(request.user, clock.now()),
        },
    )


def application_edit(request: HttpRequest, number: str) -> HttpResponse:
    application = own_application(request, number)
    if not application.is_editable:
        return redirect(application)
    return _application_form(request, application)


def _application_form(request: HttpRequest, application: Application) -> HttpResponse:
    draft = request.POST.get("intent") == "save"
    form = ApplicationForm(
        request.POST or None, request.FILES or None, instance=application, draft=draft
    )
    if request.method == "POST" and form.is_valid():
        try:
            application = actions.save_draft(
                form.instance, proof=form.cleaned_data.get("proof"), by=request.user
            )
            if draft:
                messages.success(request, _("Saved. You can continue whenever you like."))
            else:
                application = actions.submit_application(application, by=request.user)
                messages.success(request, _("Your application has been received."))
        except Refused as refusal:
            refusal.to_form(form)
        else:
            return redirect(application)
    elif request.FILES.get("proof") and "proof" in form.fields:
        note = _("Please choose the file again: it was not kept.")
        form["proof"].help_text = f"{note} {form['proof'].help_text}"
    return _form_page(request, form)


def _form_page(request: HttpRequest, form: ApplicationForm) -> TemplateResponse:
    application = form.instance
    return TemplateResponse(
        request,
        "members/application_form.html",
        {
            "form": form,
            "application": application,
            "tier": application.tier,
            "priced": _priced(application.tier),
            "pays_first": application.tier.joining == Tier.Joining.PAY_FIRST,
            "files": application.files.order_by("pk") if application.pk else [],
            "step_names": step_names(application.tier),
        },
        status=422 if form.errors else 200,
    )


def step_names(tier: Tier) -> list[str]:
    middle = [_("Review"), _("Payment")]
    if tier.joining == Tier.Joining.PAY_FIRST:
        middle.reverse()
    return [_("Application"), *middle, _("Member")]


def _priced(tier: Tier) -> list[dues.Priced]:
    """What joining costs today; nothing where the secretariat has not entered it yet."""
    try:
        return dues.explained(tier, clock.today(), first=True)
    except Refused:
        return []


STEPS = {
    Application.Status.DRAFT: 1,
    Application.Status.REVISION: 1,
    Application.Status.SUBMITTED: 2,
    Application.Status.APPROVED: 3,
}


def application(request: HttpRequest, number: str) -> TemplateResponse:
    """Where an application stands and what to do next."""
    application = own_application(request, number)
    is_member = bool(application.member and application.member.status == Member.Status.ACTIVE)
    order = application.order
    lapsed = (Order.Status.EXPIRED, Order.Status.CANCELLED)
    step = 5 if is_member else STEPS.get(application.status, 0)
    pays_first = application.tier.joining == Tier.Joining.PAY_FIRST
    is_paid = order and order.status == Order.Status.PAID
    if pays_first and step in (2, 3):
        step = 3 if is_paid else 2
    return TemplateResponse(
        request,
        "members/application_detail.html",
        {
            "application": application,
            "files": application.files.order_by("pk"),
            "step_names": step_names(application.tier),
            "step": step,
            "is_member": is_member,
            "has_ended": application.member and application.member.status in Member.ENDED,
            "order": order,
            "may_pay": order and order.status == Order.Status.PENDING,
            "pays_first": pays_first,
            "is_paid": is_paid,
            "may_reorder": order and order.status in lapsed and not is_member,
            "may_withdraw": application.may_move_to(Application.Status.WITHDRAWN),
        },
    )


@require_POST
def application_withdraw(request: HttpRequest, number: str) -> HttpResponse:
    application = own_application(request, number)
    actions.withdraw_application(application, by=request.user)
    messages.success(request, _("The application has been withdrawn."))
    return redirect("members:application", application.number)


@require_POST
def application_order(request: HttpRequest, number: str) -> HttpResponse:
    """Another order after the first one lapsed unpaid."""
    return redirect(actions.reissue_order(own_application(request, number), by=request.user))


def application_file(request: HttpRequest, number: str, pk: int) -> FileResponse:
    return attachment(get_object_or_404(own_application(request, number).files, pk=pk))


def attachment(row) -> FileResponse:
    """An applicant's file as a download; a browser never shows it in our name."""
    return as_download(row.file, name=row.name, content_type=row.content_type)


def own_application(request: HttpRequest, number: str) -> Application:
    """The reader's own application; anybody else's does not exist for them."""
    rows = Application.objects.visible_to(request.user).select_related(
        "tier", "branch", "order", "member"
    )
    return get_object_or_404(rows, number=number)

"""The editors' desk: editions, errata, sample pages, and a look at a file before it comes out."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.branches.access import staff_view
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.methods import require_POST, require_safe
from research import actions, samples
from research.forms.editions import EditionForm, ErratumForm, SamplesForm
from research.models import Edition, Report

VIEW, CHANGE, APPROVE = "research.view_report", "research.change_report", "research.approve_report"
PREVIEWED = 6  # pages that the desk shows of a file before it comes out


def _page(request: HttpRequest, report: Report, status: int = 200, **forms: object) -> HttpResponse:
    editions = list(report.editions.select_related("prepared_by"))
    shown = list(report.samples.all())
    prepared = next((row for row in editions if row.followed_at is None), None)
    unseen = prepared or (report if _is_unseen(report) else None)
    may_change, may_approve = (request.user.has_perm(verb) for verb in (CHANGE, APPROVE))
    return TemplateResponse(
        request,
        "staff/research/report_editions.html",
        {
            "report": report,
            "is_out": report.is_out(clock.now()),
            "prepared": prepared,
            "editions": [row for row in editions if row.followed_at],
            "errata": report.errata.all(),
            "samples": shown,
            "previewed": range(1, min(unseen.pages, PREVIEWED) + 1)
            if unseen and (may_change or may_approve)
            else [],
            "may_change": may_change,
            "may_approve": may_approve,
            "edition_form": EditionForm(),
            "erratum_form": ErratumForm(),
            "samples_form": SamplesForm(
                initial={"pages": samples.as_text([row.number for row in shown])}
            ),
            **forms,
        },
        status=status,
    )


def _of(request: HttpRequest, pk: int, verb: str) -> Report:
    return get_object_or_404(Report.objects.permitted(request.user, verb), pk=pk)


@staff_view(VIEW)
@require_safe
def editions(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _of(request, pk, VIEW))


@staff_view(CHANGE)
@require_POST
def edition_prepare(request: HttpRequest, pk: int) -> HttpResponse:
    report = _of(request, pk, CHANGE)
    form = EditionForm(request.POST, request.FILES)
    if form.is_valid():
        typed = dict(form.cleaned_data)
        try:
            actions.prepare_edition(report, upload=typed.pop("pdf"), by=request.user, **typed)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The edition waits for a second person."))
            return redirect("research_staff:editions", report.pk)
    return _page(request, report, 422, edition_form=form)


def _edition(request: HttpRequest, pk: int, verb: str) -> Edition:
    reports = Report.objects.permitted(request.user, verb)
    return get_object_or_404(Edition.objects.filter(report__in=reports), pk=pk)


@staff_view(APPROVE)
@require_POST
def edition_release(request: HttpRequest, pk: int) -> HttpResponse:
    edition = _edition(request, pk, APPROVE)
    actions.release_edition(edition, by=request.user)
    messages.success(request, _("Readers get the new edition from now on."))
    if edition.report.samples.exists():
        messages.warning(
            request, _("The sample pages are still those of the edition before: draw them anew.")
        )
    return redirect("research_staff:editions", edition.report_id)


@staff_view(CHANGE)
@require_POST
def edition_drop(request: HttpRequest, pk: int) -> HttpResponse:
    edition = _edition(request, pk, CHANGE)
    actions.drop_edition(edition, by=request.user)
    messages.success(request, _("The edition was given up."))
    return redirect("research_staff:editions", edition.report_id)


@staff_view(CHANGE)
@require_POST
def erratum_add(request: HttpRequest, pk: int) -> HttpResponse:
    report = _of(request, pk, CHANGE)
    form = ErratumForm(request.POST)
    if not form.is_valid():
        return _page(request, report, 422, erratum_form=form)
    actions.add_erratum(report, by=request.user, **form.cleaned_data)
    messages.success(request, _("The erratum stands on the report's page."))
    return redirect("research_staff:editions", report.pk)


@staff_view(CHANGE)
@require_POST
def samples_choose(request: HttpRequest, pk: int) -> HttpResponse:
    report = _of(request, pk, CHANGE)
    form, was_scheduled = SamplesForm(request.POST), report.is_scheduled(clock.now())
    if form.is_valid():
        try:
            actions.choose_samples(report, pages=form.cleaned_data["pages"], by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The sample pages were drawn."))
            if was_scheduled and report.status == Report.Status.REVIEW:
                messages.warning(
                    request, _("It had been approved as it was: a second person approves it anew.")
                )
            return redirect("research_staff:editions", report.pk)
    return _page(request, report, 422, samples_form=form)


def _is_unseen(report: Report) -> bool:
    """Whether editors may leaf through the file: one that is out is read as readers do."""
    return bool(report.file) and not report.is_out(clock.now())


@staff_view(CHANGE, APPROVE)
@require_safe
def preview(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A page of a file that has not come out yet, as a picture: the prepared edition's where there
    is one."""
    report = get_object_or_404(
        Report.objects.permitted(request.user, CHANGE)
        | Report.objects.permitted(request.user, APPROVE),
        pk=pk,
    )
    prepared = report.editions.filter(followed_at=None).first()
    kept = prepared or (report if _is_unseen(report) else None)
    if kept is None or not 1 <= number <= kept.pages:
        raise Http404
    picture, _width, _height = samples.draw(actions.read_file(kept), number)
    return HttpResponse(
        picture, content_type="image/png", headers={"Cache-Control": "private, no-store"}
    )

"""The desk's papers: the list, one of them, those of a member, and many at once."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.lists import page_by_keys
from kosna.core.methods import require_POST
from kosna.documents.models import Document
from kosna.documents.views import pdf_response
from members import actions
from members import papers as paper_rules
from members.forms import ManyPapersForm, PaperFilter, PaperForm, PaperReasonForm, paper_form
from members.models import Member

VIEW, ISSUE, VOID = (f"documents.{verb}_document" for verb in ("view", "issue", "void"))
EXPORT = ListExport(
    "documents.export_documents",
    gettext_lazy("Documents"),
    [
        (gettext_lazy("Number"), lambda row: row.serial),
        (gettext_lazy("Document"), lambda row: row.get_kind_display()),
        (gettext_lazy("Name"), lambda row: row.name),
        (gettext_lazy("Branch"), lambda row: row.branch.name if row.branch else ""),
        (gettext_lazy("Issued"), lambda row: clock.kst_date(row.issued_at)),
        (gettext_lazy("Status"), lambda row: row.get_status_display()),
    ],
    people=["subject"],
)


@staff_view(VIEW)
def papers(request: HttpRequest) -> TemplateResponse:
    form, rows = _listed(request)
    keys = rows.values_list("pk", flat=True)
    papers = Document.objects.select_related("branch")
    return TemplateResponse(
        request,
        "staff/members/paper_list.html",
        {
            "form": form,
            "page": page_by_keys(request, keys, papers, searched=form.cleaned_data.get("q")),
            "may_issue": request.user.has_perm(ISSUE),
        },
    )


def _listed(request: HttpRequest) -> tuple[PaperFilter, Any]:
    form = PaperFilter(request.GET, branches=Branch.objects.permitted(request.user, VIEW))
    return form, form.apply(Document.objects.permitted(request.user, VIEW)).order_by("-pk")


@require_POST
@staff_view(VIEW)
def papers_export(request: HttpRequest) -> HttpResponseBase:
    form, rows = _listed(request)
    branch = form.cleaned_data.get("branch")
    return EXPORT.answer(request, rows.select_related("branch"), branch=branch)


def _paper(request: HttpRequest, pk: int, verb: str) -> Document:
    rows = Document.objects.permitted(request.user, verb).select_related("branch", "subject")
    return get_object_or_404(rows, pk=pk)


def _looked(request: HttpRequest, document: Document) -> None:
    audit.viewed(request, document, subjects=[document.subject_id] if document.subject_id else [])


@staff_view(VIEW)
def paper(request: HttpRequest, pk: int) -> TemplateResponse:
    return _paper_page(request, _paper(request, pk, VIEW))


def _paper_page(
    request: HttpRequest, document: Document, refused: PaperReasonForm | None = None
) -> TemplateResponse:
    _looked(request, document)
    changes = document.is_of_membership and document.status == Document.Status.VALID
    seen = Member.objects.permitted(request.user, "members.view_member")
    return TemplateResponse(
        request,
        "staff/members/paper_detail.html",
        {
            "document": document,
            "member": seen.filter(pk=document.member_id).first() if document.member_id else None,
            "may_reissue": changes and request.user.has_perm(ISSUE, document.branch),
            "may_void": changes and request.user.has_perm(VOID, document.branch),
            "refused": refused,
            "reissue_form": PaperReasonForm(prefix="reissue"),
            "void_form": PaperReasonForm(prefix="void"),
        },
        status=422 if refused else 200,
    )


@staff_view(VIEW)
def paper_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    document = _paper(request, pk, VIEW)
    _looked(request, document)
    return pdf_response(document)


@require_POST
@staff_view(VOID)
def paper_void(request: HttpRequest, pk: int) -> HttpResponse:
    document = _paper(request, pk, VOID)
    form = PaperReasonForm(request.POST, prefix="void")
    if form.is_valid():
        actions.void_paper(document, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, _("The document is void; its verification page says so."))
        return redirect("members_staff:paper", document.pk)
    return _paper_page(request, document, form)


@require_POST
@staff_view(ISSUE)
def paper_reissue(request: HttpRequest, pk: int) -> HttpResponse:
    document = _paper(request, pk, ISSUE)
    form = PaperReasonForm(request.POST, prefix="reissue")
    if form.is_valid():
        actions.reissue_paper(document, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, _("Issued again under the same number."))
        return redirect("members_staff:paper", document.pk)
    return _paper_page(request, document, form)


@staff_view(ISSUE)
def member_papers(request: HttpRequest, pk: int) -> HttpResponse:
    """Issues a paper on behalf of who speaks for the membership, who finds it on their page."""
    rows = paper_rules.with_grounds(Member.objects.permitted(request.user, ISSUE))
    member = get_object_or_404(rows, pk=pk)
    holder = paper_rules.holder_of(member)
    offers = _offers(request, member, holder)
    if request.method == "POST":
        form, reason = next((pair for pair in offers if pair[0].is_bound), (None, None))
        if form is None or reason is None:
            raise Http404
        if form.is_valid() and reason.is_valid():
            try:
                document = actions.issue_paper(
                    member,
                    form.kind,
                    holder=holder,
                    reason=reason.cleaned_data["reason"],
                    by=request.user,
                    **form.facts(),
                )
            except Refused as refusal:
                refusal.to_form(form)
            else:
                return redirect("members_staff:paper", document.pk)
    audit.viewed(request, member, subjects=[holder] if holder else [])
    return TemplateResponse(
        request,
        "staff/members/member_papers.html",
        {"member": member, "holder": holder, "offers": offers},
        status=422 if request.method == "POST" else 200,
    )


def _offers(
    request: HttpRequest, member: Member, holder: User | None
) -> list[tuple[PaperForm, PaperReasonForm]]:
    """A form for each paper with its reason; those that were sent are bound."""
    offers = []
    for kind in paper_rules.offered(member, holder) if holder else ():
        prefix = f"{kind}-{member.pk}"
        data = request.POST if request.POST.get("paper") == prefix else None
        offers.append((paper_form(kind, data, member=member), PaperReasonForm(data, prefix=prefix)))
    return offers


@staff_view(ISSUE)
def many_papers(request: HttpRequest) -> HttpResponse:
    """Papers for all members of a filter: a long work that can be left."""
    form = ManyPapersForm(
        request.POST if request.method == "POST" else None,
        branches=Branch.objects.permitted(request.user, ISSUE),
    )
    if request.method == "POST" and form.is_valid():
        language = form.cleaned_data["language"]
        try:
            batch = actions.issue_many(
                form.apply(Member.objects.permitted(request.user, ISSUE)),
                form.cleaned_data["kind"],
                language="" if language == form.EACH else language,
                purpose=form.cleaned_data["purpose"],
                mails=form.cleaned_data["mails"],
                by=request.user,
            )
        except Refused as refusal:
            refusal.to_form(form)
        else:
            return redirect("batches:batch", batch.uuid)
    return TemplateResponse(
        request,
        "staff/members/many_papers.html",
        {"form": form},
        status=422 if form.errors else 200,
    )

"""Papers that a member takes away, in two clicks: which one, and how."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from kosna.core.qr import qr_svg
from kosna.documents import actions as documents
from kosna.documents.models import Document
from members import actions
from members import papers as paper_rules
from members.access import memberships_of
from members.forms import PaperForm, paper_form
from members.models import Member
from members.standing import SUSPENDED, standing_of
from members.views.applications import own_application


def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """입회승인서."""
    application = own_application(request, number)
    issued = Document.objects.filter(key__startswith=f"approval:{application.pk}:")
    document = issued.order_by("status", "pk").first()  # a void one only where there is no other
    if document is None:
        raise Http404
    return pdf_response(document, f"KOSNA-{application.number}.pdf")


def _held(request: HttpRequest) -> list[Member]:
    """Memberships that the reader holds or sits in today, best first."""
    ranks = [held.member.pk for held in memberships_of(request.user, clock.now())]
    rows = paper_rules.with_grounds(Member.objects.filter(pk__in=ranks))
    return sorted(rows, key=lambda member: ranks.index(member.pk))


def card(request: HttpRequest) -> HttpResponse:
    """The reader's own membership card, for the days paid for."""
    for member in _held(request):
        if period := paper_rules.card_period(member, clock.today()):
            document = actions.card_of(member, period, holder=request.user)
            return pdf_response(document, f"KOSNA-{member.number}.pdf")
    raise Http404(_("A card is issued for the days for which dues are paid."))


def card_page(request: HttpRequest) -> HttpResponse:
    """The card on a phone: held up at a counter, read by a camera."""
    cards = [_card(request, member) for member in _held(request)]
    return TemplateResponse(request, "me/card.html", {"cards": cards, "at": clock.now()})


def _card(request: HttpRequest, member: Member) -> dict[str, Any]:
    today = clock.today()
    period = paper_rules.card_period(member, today)
    document = period and actions.card_of(member, period, holder=request.user)
    address = document and documents.verify_url(document)
    return {
        "member": member,
        "name": member.name_of(request.user),
        "standing": (standing := standing_of(member, today)),
        "may_renew": standing.code != SUSPENDED and paper_rules.runs(member, request.user),
        "document": document,
        "address": address,
        "qr": qr_svg(address, title=_("Code of the card"), size=240) if address else "",
    }


def my_papers(request: HttpRequest) -> HttpResponse:
    """What I have, and what I can be given now."""
    forms = _offers(request)
    if request.method == "POST":
        form = next((form for form in forms if form.is_bound), None)
        if form is None:
            raise Http404
        if form.is_valid():
            try:
                document = actions.issue_paper(
                    form.member, form.kind, holder=request.user, by=request.user, **form.facts()
                )
            except Refused as refusal:
                refusal.to_form(form)
            else:
                return redirect("documents:pdf", document.code)
    rows = Document.objects.filter(subject=request.user).order_by("-pk")
    return TemplateResponse(
        request,
        "me/documents.html",
        {
            "page": page_of(request, rows),
            "forms": forms,
            "several": len({form.member.pk for form in forms}) > 1,
        },
        status=422 if any(form.errors for form in forms) else 200,
    )


def _offers(request: HttpRequest) -> list[PaperForm]:
    """A form for each paper; the one that was sent is bound."""
    mine = Member.objects.of(request.user).order_by("tier__rank", "-pk")
    sent = request.POST.get("paper", "")
    return [
        paper_form(kind, request.POST if sent == f"{kind}-{member.pk}" else None, member=member)
        for member in paper_rules.with_grounds(mine)
        for kind in paper_rules.offered(member, request.user)
    ]


@require_POST
def reissue(request: HttpRequest, code: str) -> HttpResponse:
    """재발급 of one's own paper."""
    document = get_object_or_404(Document, code=code, subject=request.user)
    actions.reissue_paper(document, by=request.user)
    messages.success(request, _("Issued again under the same number."))
    return redirect("me:documents")


def pdf_response(document: Document, name: str) -> HttpResponse:
    return HttpResponse(
        documents.pdf_of(document),
        content_type="application/pdf",
        headers={"Content-Disposition": content_disposition_header(False, name)},
    )

"""Papers that a member takes away: the card and the certificate of admission."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from kosna.core import clock
from kosna.documents import actions as documents
from kosna.documents.models import Document
from members import actions
from members.access import memberships_of
from members.models import Member, Period
from members.views.applications import own_application


def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """입회승인서."""
    application = own_application(request, number)
    document = get_object_or_404(Document, key=f"approval:{application.pk}")
    return pdf_response(document, f"KOSNA-{application.number}.pdf")


def card(request: HttpRequest) -> HttpResponse:
    """The reader's own membership card, for the days paid for."""
    today = clock.today()
    for held in memberships_of(request.user, clock.now()):
        period = Period.objects.on(today).filter(member=held.member).order_by("-ends_on").first()
        if period:
            member = Member.objects.select_related("organisation", "branch", "tier").get(
                pk=held.member.pk
            )
            document = actions.issue_card(member, period, holder=request.user)
            return pdf_response(document, f"KOSNA-{member.number}.pdf")
    raise Http404(_("A card is issued for the days for which dues are paid."))


def pdf_response(document: Document, name: str) -> HttpResponse:
    return HttpResponse(
        documents.pdf_of(document),
        content_type="application/pdf",
        headers={"Content-Disposition": content_disposition_header(False, name)},
    )

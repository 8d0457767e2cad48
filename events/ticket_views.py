"""A ticket: whoever knows its address holds it. Giving it up is for the one who bought it."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events import actions
from events.forms import CancelForm
from events.models import Registration
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.qr import qr_svg
from kosna.documents import actions as documents
from kosna.documents.rendering import render_pdf


def _ticket_or_404(secret: str) -> Registration:
    return get_object_or_404(Registration.objects.with_event(), secret=secret)


def _address(place: Registration) -> str:
    return settings.SITE_URL + place.get_absolute_url()


def _unlisted(response: HttpResponse) -> HttpResponse:
    """No search engine may list what only its holder should know; no referrer may carry it away."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _pdf(content: bytes, name: str) -> HttpResponse:
    return _unlisted(
        HttpResponse(
            content,
            content_type="application/pdf",
            headers={
                "Content-Disposition": content_disposition_header(
                    as_attachment=False, filename=name
                )
            },
        )
    )


@login_not_required
def ticket(request: HttpRequest, secret: str) -> HttpResponse:
    place = _ticket_or_404(secret)
    is_confirmed = place.status == Registration.Status.CONFIRMED
    return _unlisted(
        TemplateResponse(
            request,
            "tickets/ticket.html",
            {
                "place": place,
                "event": place.event,
                "is_confirmed": is_confirmed,
                "is_buyer": place.line.order.user_id == request.user.pk,
                "can_cancel": not actions.cancellation_refusals(place),
                "qr": qr_svg(_address(place), title=_("Ticket code"), size=220)
                if is_confirmed
                else "",
                "has_certificate": _has_certificate(place),
            },
        )
    )


@login_not_required
def ticket_pdf(request: HttpRequest, secret: str) -> HttpResponse:
    place = _ticket_or_404(secret)
    if place.status != Registration.Status.CONFIRMED:
        raise Http404
    language = get_language() or "ko"
    facts = actions.ticket_facts(place, language)
    content = render_pdf(
        "documents/ticket.html",
        {
            "facts": {
                **facts,
                "holder": facts["name"],
                "ticket_type": facts["ticket"],
                "code": facts["door_code"],
            },
            "qr": qr_svg(_address(place)),
        },
        language=language,
    )
    return _pdf(content, f"KOSNA-{place.door_code}.pdf")


def _has_certificate(place: Registration) -> bool:
    return place.event.gives_certificate and place.has_come


@login_not_required
def certificate_pdf(request: HttpRequest, secret: str) -> HttpResponse:
    """참가확인서, for those who came and for nobody else."""
    place = _ticket_or_404(secret)
    if not _has_certificate(place):
        raise Http404
    document = actions.issue_certificate(place, get_language() or "ko")
    return _pdf(documents.pdf_of(document), f"{document.serial}.pdf")


def ticket_cancel(request: HttpRequest, secret: str) -> HttpResponse:
    """For the buyer alone: the money goes back to where it came from."""
    place = get_object_or_404(
        Registration.objects.visible_to(request.user).with_event(), secret=secret
    )
    reasons = actions.cancellation_refusals(place)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            amount = actions.cancel_registration(
                registration=place, reason=form.cleaned_data["reason"], by=request.user
            )
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(
                request,
                _("Your place is cancelled. The refund is on its way to review.")
                if amount
                else _("Your place is cancelled."),
            )
            return redirect(place)
    return _unlisted(
        TemplateResponse(
            request,
            "tickets/ticket_cancel.html",
            {
                "place": place,
                "event": place.event,
                "form": form,
                "reasons": reasons,
                "quote": place.refund_quote(clock.today()),
                "days_left": place.event.days_until(clock.today()),
            },
            status=422 if form.is_bound and form.errors else 200,
        )
    )

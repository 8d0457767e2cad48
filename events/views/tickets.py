"""A ticket: whoever knows its address holds it. Giving it up is for the one who bought it."""

from collections.abc import Collection

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from events import actions, certificates, changes, materials, online, sign_ups, surveys
from events.forms.registering import CancelForm, CancelPlacesForm
from events.models import Registration
from kosna.accounts.guests import buyers, guests_too
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.qr import qr_svg
from kosna.documents import actions as documents
from kosna.documents.rendering import render_pdf
from kosna.payments import actions as payments
from kosna.payments.models import Order


def ticket_or_404(secret: str) -> Registration:
    return get_object_or_404(Registration.objects.with_event(), secret=secret)


def _address(place: Registration) -> str:
    return settings.SITE_URL + place.get_absolute_url()


def unlisted(response: HttpResponse) -> HttpResponse:
    """No search engine may list what only its holder should know; no referrer may carry it away to
    another site. To our own it may: a browser that must tell none at all sends its forms from
    nowhere ("Origin: null"), and they are refused as a stranger's."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _pdf(content: bytes, name: str) -> HttpResponse:
    return unlisted(
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
    place = ticket_or_404(secret)
    is_confirmed = place.is_ticket
    stays = actions.handing_refusals(place)
    can_correct = bool(place.name) and not actions.correcting_refusals(place)
    return unlisted(
        TemplateResponse(
            request,
            "tickets/ticket.html",
            {
                "place": place,
                "event": place.event,
                "is_confirmed": is_confirmed,
                "is_buyer": place.line.order.user_id in buyers(request),
                "can_hand_over": can_correct and not stays,
                "stays": stays if can_correct else [],
                "can_correct": can_correct,
                "can_cancel": not actions.cancellation_refusals(place),
                "can_change": not changes.refusals_of(place) and _has_other_tickets(place),
                "others": _confirmed_in(place.line.order) > 1,
                "has_sign_ups": is_confirmed and sign_ups.offered(place.event).exists(),
                "qr": qr_svg(_address(place), title=_("Ticket code"), size=220)
                if is_confirmed
                else "",
                "extras": place.extra_names(),
                "room": online.room_for(place, clock.now()),
                "progress": certificates.progress(place, clock.now()),
                "verdict": certificates.verdict(place),
                "shelved": materials.shelve(
                    materials.of_event(place.event),
                    request.user,
                    clock.now(),
                    came=materials.came_with(place),
                ),
                "may_answer": place.event.questions.exists()
                and not surveys.why_not(place, clock.now()),
            },
        )
    )


def _has_other_tickets(place: Registration) -> bool:
    others = place.event.tickets.filter(is_hidden=False, is_on_sale=True)
    return others.exclude(pk=place.ticket_id).exists()


def _confirmed_in(order: Order) -> int:
    return Registration.objects.confirmed().filter(line__order=order).count()


@login_not_required
def ticket_pdf(request: HttpRequest, secret: str) -> HttpResponse:
    place = ticket_or_404(secret)
    if not place.is_ticket:
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
                "extras": ", ".join(place.extra_names()),
            },
            "qr": qr_svg(_address(place)),
        },
        language=language,
    )
    return _pdf(content, f"KOSNA-{place.door_code}.pdf")


@login_not_required
def certificate_pdf(request: HttpRequest, secret: str) -> HttpResponse:
    """참가확인서 or 수료증, for those who earned it and for nobody else."""
    place = ticket_or_404(secret)
    try:
        document = actions.issue_certificate(place, get_language() or "ko")
    except Refused:
        raise Http404 from None
    return _pdf(documents.pdf_of(document), f"{document.serial}.pdf")


@guests_too
def ticket_cancel(request: HttpRequest, secret: str) -> HttpResponse:
    """For the buyer alone: the money goes back to where it came from."""
    place = get_object_or_404(
        Registration.objects.bought_by(buyers(request))
        .with_event()
        .select_related("line__order__user"),
        secret=secret,
    )
    order = place.line.order
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and _give_up(request, order, [place.line_id], form):
        return redirect(_next_page(order) or place.get_absolute_url())
    quotes = actions.quote(order)
    mine = [each for each in quotes if each.chosen_by == place.line_id]
    return unlisted(
        TemplateResponse(
            request,
            "tickets/ticket_cancel.html",
            {
                "place": place,
                "event": place.event,
                "form": form,
                "quote": mine[0],
                "extras": mine[1:],
                "paid": sum(each.line.amount for each in mine),
                "back": sum(each.back for each in mine),
                "stays": sum(each.stays for each in mine),
                "others": sum(not each.refusals and not each.goes_with for each in quotes) > 1,
                "certified": certificates.papers_of([place]).valid().exists(),
            },
            status=422 if form.errors else 200,
        )
    )


@guests_too
def order_cancel(request: HttpRequest, code: str) -> HttpResponse:
    """One, several or all places of an order: first chosen, then seen with their sum, then
    confirmed."""
    kinds = (actions.PAYABLE, actions.CHANGE_PAYABLE)
    orders = Order.objects.bought_by(buyers(request)).filter(payable__in=kinds)
    order = get_object_or_404(orders.select_related("user"), code=code)
    if order.payable == actions.CHANGE_PAYABLE:  # given up with its place
        place = get_object_or_404(Registration, changes__line__order=order)
        return redirect("tickets:ticket-cancel", place.secret)
    asked = request.POST if request.method == "POST" else request.GET
    chosen = {int(pk) for pk in asked.getlist("line")[:100] if pk.isdecimal() and len(pk) < 16}
    form = CancelPlacesForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and _give_up(request, order, chosen, form):
        return redirect(_next_page(order) or order.get_absolute_url())
    quotes = actions.quote(order)
    taken = [each for each in quotes if each.chosen_by in chosen and not each.refusals]
    leaving = Registration.objects.filter(line__in=[each.line.pk for each in taken])
    return unlisted(
        TemplateResponse(
            request,
            "tickets/order_cancel.html",
            {
                "order": order,
                "quotes": [(each, each in taken) for each in quotes],
                "may_cancel": any(not each.refusals for each in quotes),
                "taken": taken,
                "places": sum(not each.goes_with for each in taken),
                "back": sum(each.back for each in taken),
                "certified": certificates.papers_of(leaving).valid().exists(),
                "form": form,
            },
            status=422 if form.errors else 200,
        )
    )


def _give_up(request: HttpRequest, order: Order, lines: Collection[int], form: CancelForm) -> bool:
    if not form.is_valid():
        return False
    try:
        amount = actions.cancel_places(
            order,
            lines,
            quoted=form.cleaned_data["quoted"],
            reason=form.cleaned_data["reason"],
            by=order.user,
        )
    except Refused as refusal:
        refusal.to_form(form)
        return False
    text = ngettext("Your place is cancelled.", "%(n)s places are cancelled.", len(lines))
    text %= {"n": len(lines)}
    if amount:
        text = f"{text} {_('The refund is on its way to review.')}"
    messages.success(request, text)
    return True


def _next_page(order: Order) -> str | None:
    """Where the buyer says into which account the money goes, if that must be said."""
    if any(account is None for _refund, account in payments.open_to_account(order)):
        return reverse("payments:refund-account", args=[order.code])
    return None

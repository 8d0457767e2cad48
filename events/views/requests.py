"""Places asked for, for whoever asked, with an account or without: what was decided, and taking a
request back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from events import actions
from events.models import PlaceRequest
from events.views.events import live_or_404
from events.views.guests import chosen
from events.views.tickets import unlisted
from kosna.accounts import guests
from kosna.accounts.guests import buyers, guests_too
from kosna.core.methods import require_POST, require_safe


@guests_too
@require_safe
def requested(request: HttpRequest, slug: str) -> HttpResponse:
    state = live_or_404(slug)
    mine = PlaceRequest.objects.of_people(buyers(request)).filter(event=state.event_id)
    rows = mine.select_related("event", "ticket", "order", "user__guest").order_by("-pk")
    facts = {"rows": rows[:50], "slug": slug}
    return unlisted(TemplateResponse(request, "events/requested.html", facts))


@login_not_required
@require_safe
def request_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link in a guest's mails about what they asked for: whoever opens it has read the mail. It
    shows nothing and asks for nothing, so that a scanner of mails does neither."""
    known = guests.known_by(token)
    requests = PlaceRequest.objects.select_related("event")
    asked = requests.visible_to(known.user).last() if known else None
    if known is None or asked is None:
        raise Http404
    guests.confirm(known)
    guests.enter(request, known)
    return unlisted(redirect(asked))


@guests_too
@require_POST
def prove(request: HttpRequest, slug: str) -> HttpResponse:
    """A guest whose address is proven asks for their places."""
    theirs = PlaceRequest.objects.of_people(guests.guests_of(request))
    unproven = theirs.filter(status=PlaceRequest.Status.UNPROVEN)
    asked = chosen(request, "request", slug, unproven)
    actions.prove_request(asked, by=asked.user)
    messages.success(request, _("You have asked for your places. We write to you."))
    return redirect("events:requested", slug)


@guests_too
@require_POST
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    mine = PlaceRequest.objects.of_people(buyers(request)).unended()
    asked = chosen(request, "request", slug, mine)
    actions.withdraw_request(asked, by=asked.user)
    messages.success(request, _("Your request is withdrawn."))
    return redirect("events:requested", slug)


@require_POST
def claim(request: HttpRequest, slug: str) -> HttpResponse:
    """A guest's request becomes one's own: for the account whose verified address it was."""
    theirs = PlaceRequest.objects.of_people(guests.guests_of(request)).undecided()
    actions.claim_request(chosen(request, "request", slug, theirs), by=request.user)
    messages.success(request, _("The request is in your account now."))
    return redirect("events:requested", slug)

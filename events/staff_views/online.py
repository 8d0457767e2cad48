"""How an event is held, for who runs it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from events import actions
from events.forms.online import OnlineForm
from events.models import OnlineRoom
from events.staff_views.events import event_or_404
from kosna.branches.access import staff_view
from kosna.core.deeds import carried_out


@staff_view("events.change_event")
def online(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    room = OnlineRoom.objects.filter(event=event).first()
    known = {name: getattr(room, name) for name in ("url", "note_ko", "note_en")} if room else {}
    form = OnlineForm(request.POST or None, initial={"mode": event.mode, **known})

    def keep(**typed: str) -> None:
        actions.set_online(event, by=request.user, **typed)

    if request.method == "POST" and carried_out(request, form, keep, _("Saved.")):
        return redirect("events_staff:event", slug)
    return TemplateResponse(
        request,
        "staff/events/online.html",
        {"event": event, "form": form, "told": room.mails.count() if room else 0},
        status=422 if form.errors else 200,
    )

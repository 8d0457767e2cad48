"""What programs ask of events. A key opens its branch, the key of a device at the door its event:
whatever else there is does not exist for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import actions
from events.api import shapes
from events.api.writing import draft_of
from events.changes import with_price
from events.door import arrivals
from events.models import Event, Ticket
from kosna.api.actions import Credential
from kosna.api.models import Scope
from kosna.api.operations import Answer, Call, Resource
from kosna.api.paging import page_by_key
from kosna.api.problems import Problem
from kosna.audit import actions as audit

READ, WRITE, CHECK_IN = Scope.READ_EVENTS, Scope.WRITE_EVENTS, Scope.CHECK_IN

EVENTS = Resource("events", "events")
EVENT = Resource("events/<slug:slug>", "event")
PUBLISH = Resource("events/<slug:slug>/publish", "event-publish")
UNPUBLISH = Resource("events/<slug:slug>/unpublish", "event-unpublish")
REGISTRATIONS = Resource("events/<slug:slug>/registrations", "registrations")
ROSTER = Resource("events/<slug:slug>/roster", "roster")
SCANS = Resource("events/<slug:slug>/scans", "scans")
ARRIVALS = Resource("events/<slug:slug>/arrivals", "arrivals")


def _events(credential: Credential) -> QuerySet[Event]:
    events = Event.objects.filter(branch=credential.branch_id)
    device: Any = credential.device
    return events.filter(pk=device.event_id) if device else events


def _event(call: Call, slug: str) -> Event:
    event = _events(call.credential).filter(slug=slug).first()
    if event is None:
        raise Http404
    return event


def _shown(event: Event) -> Answer:
    found = Event.objects.prefetch_related(_tickets()).get(pk=event.pk)
    return Answer(found, {"ETag": f'"{found.version}"'})


def _tickets() -> Prefetch:
    return Prefetch("tickets", Ticket.objects.with_room().prefetch_related("prices__tier"))


def _by_version(call: Call, event: Event, act: Callable[..., None], **more: Any) -> Answer:
    """What becomes of an event, if it still is what the sender has seen."""
    try:
        act(event=event, version=call.version or 0, by=call.credential.by, **more)
    except actions.Stale as stale:
        raise Problem(412, stale) from stale
    return _shown(event)


@EVENTS.answers(
    "GET",
    summary=gettext_lazy("The events of the branch"),
    scopes={READ},
    query=shapes.EVENT_QUERY,
    answer=shapes.EVENTS,
)
def list_events(call: Call) -> Answer:
    rows = _events(call.credential).in_status(call.query.get("status", ""))
    return Answer(page_by_key(call, rows.prefetch_related(_tickets())))


@EVENTS.answers(
    "POST",
    summary=gettext_lazy("Makes a draft of an event, with its tickets"),
    scopes={WRITE},
    body=shapes.NEW_EVENT,
    answer=shapes.EVENT,
    creates=True,
)
def create_event(call: Call) -> Answer:
    event, _columns, tickets = draft_of(call.body, call.credential)
    actions.create_draft(event=event, tickets=tickets, by=call.credential.by)
    return _shown(event)


@EVENT.answers("GET", summary=gettext_lazy("One event"), scopes={READ, WRITE}, answer=shapes.EVENT)
def show_event(call: Call, slug: str) -> Answer:
    return _shown(_event(call, slug))


@EVENT.answers(
    "PATCH",
    summary=gettext_lazy("Changes what is sent of a draft, and adds or changes tickets"),
    scopes={WRITE},
    body=shapes.CHANGES,
    answer=shapes.EVENT,
    is_versioned=True,
)
def change_event(call: Call, slug: str) -> Answer:
    event, columns, tickets = draft_of(call.body, call.credential, _event(call, slug))
    return _by_version(call, event, actions.change_draft, fields=columns, tickets=tickets)


@PUBLISH.answers(
    "POST",
    summary=gettext_lazy("Shows a draft to everyone"),
    scopes={WRITE},
    answer=shapes.EVENT,
    is_versioned=True,
)
def publish_event(call: Call, slug: str) -> Answer:
    return _by_version(call, _event(call, slug), actions.publish_version)


@UNPUBLISH.answers(
    "POST",
    summary=gettext_lazy("Takes an event back to a draft, while nobody has registered"),
    scopes={WRITE},
    answer=shapes.EVENT,
    is_versioned=True,
)
def unpublish_event(call: Call, slug: str) -> Answer:
    return _by_version(call, _event(call, slug), actions.unpublish_version)


@REGISTRATIONS.answers(
    "GET",
    summary=gettext_lazy("Who comes to an event; every page is on record as a look at their data"),
    scopes={Scope.READ_REGISTRATIONS},
    query=shapes.REGISTRATION_QUERY,
    answer=shapes.REGISTRATIONS,
)
def list_registrations(call: Call, slug: str) -> Answer:
    event = _event(call, slug)
    rows = event.registrations.in_state(call.query.get("status", ""))
    page = page_by_key(call, with_price(rows).select_related("line__order", "check_in"))
    audit.viewed(
        call.request,
        event,
        by=call.credential.by,
        subjects=[place.user_id for place in page.rows if place.user_id],
        registrations=[place.pk for place in page.rows],
    )
    return Answer(page)


@ROSTER.answers(
    "GET",
    summary=gettext_lazy("The signed roster of a device at the door; not for keys of a branch"),
    scopes={CHECK_IN},
    answer=shapes.ROSTER,
)
def show_roster(call: Call, slug: str) -> Answer:
    _event(call, slug)
    device: Any = call.credential.device
    if device is None:
        raise Problem(403, _("A roster is signed for one device: pair it at the desk."))
    return Answer(actions.roster(device))


@SCANS.answers(
    "POST",
    summary=gettext_lazy("Hands in scans of the doors, each kept once by its uuid"),
    scopes={CHECK_IN},
    body=shapes.SCANS,
    answer=shapes.SCAN_ANSWERS,
)
def hand_in_scans(call: Call, slug: str) -> Answer:
    event = _event(call, slug)
    device: Any = call.credential.device
    scans = [actions.SentScan(**scan) for scan in call.body["scans"]]
    if device:
        return Answer(actions.sync_scans(device=device, scans=scans, sent_at=call.body["sent_at"]))
    post = actions.Post(event, call.credential.by, call.body.get("door", ""))
    return Answer(actions.keep_scans(post, scans, call.body["sent_at"]))


@ARRIVALS.answers(
    "GET",
    summary=gettext_lazy("How many are expected, came and are inside, and through which doors"),
    scopes={CHECK_IN, READ},
    answer=shapes.ARRIVALS,
)
def show_arrivals(call: Call, slug: str) -> Answer:
    event = _event(call, slug)
    return Answer(Told(arrivals.numbers(event), arrivals.arrivals(event)))


@dataclass(frozen=True)
class Told:
    numbers: arrivals.Numbers
    arrivals: arrivals.Arrivals

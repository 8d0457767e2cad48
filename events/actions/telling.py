"""What participants are told, by mail and on paper."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from events import certificates
from events.models import (
    Call,
    Event,
    OnlineRoom,
    PlaceRequest,
    ProgrammeVersion,
    Proposal,
    Registration,
    Session,
    Ticket,
    TicketChange,
    WaitlistEntry,
)
from events.programme import Change
from kosna.accounts.models import User
from kosna.core import clock
from kosna.core.templatetags.ui import kdate, kdatetime
from kosna.core.tokens import fingerprint
from kosna.mail import post
from kosna.payments import actions as payments
from kosna.payments.models import Order


def ticket_facts(place: Registration, language: str) -> dict[str, str]:
    """Plain facts for mails and papers, in one language."""
    event, ticket = place.event, place.ticket
    with translation.override(language):
        return {
            "name": place.name,
            "organisation": place.affiliation,
            "event_title": event.title,
            "venue": ", ".join(filter(None, [event.venue, event.address])),
            "ticket": ticket.name,
            "when": kdatetime(event.starts_at),
            "valid_on": kdate(ticket.day),
            "starts_at": event.starts_at.astimezone(clock.KST).isoformat(),
            "ends_at": event.ends_at.astimezone(clock.KST).isoformat(),
            "door_code": place.door_code,
            "url": settings.SITE_URL + place.get_absolute_url(),
        }


def _tell(
    template: str, place: Registration, order: Order, again: str = "", **facts: object
) -> None:
    reader = order.user
    post.send(
        template,
        to=[place.email or reader.mailbox],
        language=reader.language,
        key=f"{template}:{place.pk}" + (f":{fingerprint(again)[:16]}" if again else ""),
        context={
            **ticket_facts(place, reader.language),
            "name": place.name or reader.name,
            **facts,
        },
        user=reader,
        branch=place.event.branch,
    )


def tell_confirmed(places: Iterable[Registration], order: Order) -> None:
    nameless = []
    for place in places:
        if place.name:
            _tell("registration_confirmed", place, order)
        else:
            nameless.append(place)
    if nameless:
        tell_nameless(nameless, order, "paid")


def tell_named(place: Registration, order: Order) -> None:
    """The ticket itself; again whenever it is another, which its secret says."""
    _tell("registration_confirmed", place, order, again=place.secret)


def _post(template: str, key: str, reader: User, event: Event, facts: Mapping[str, object]) -> None:
    """To somebody in their own language; the same mail of the same ``key`` once."""
    post.send(
        template,
        to=[reader.mailbox],
        language=reader.language,
        key=f"{template}:{key}",
        context=facts,
        user=reader,
        branch=event.branch,
    )


def tell_nameless(places: Sequence[Registration], order: Order, when: str) -> None:
    """To the buyer, once at each of the times that ``when`` names."""
    reader, event = order.user, places[0].event
    with translation.override(reader.language):
        facts = {
            "name": reader.name,
            "event_title": event.title,
            "when": kdatetime(event.starts_at),
            "places": len(places),
            "url": payments.address_of(order)
            if reader.is_guest
            else settings.SITE_URL + reverse("tickets:order-places", args=[order.code]),
        }
    _post("names_wanted", f"{order.code}:{when}", reader, event, facts)


def tell_handed_over(place: Registration, order: Order) -> None:
    """To whoever held the ticket, before it is another's."""
    _tell("ticket_handed_over", place, order, again=place.secret)


def tell_tomorrow(place: Registration, day: date) -> None:
    """Once of each day: an event may have been moved since it was told."""
    _tell("event_tomorrow", place, place.line.order, again=day.isoformat())


def tell_cancelled(place: Registration, refund: int, reason: str) -> None:
    _tell(
        "registration_cancelled",
        place,
        place.line.order,
        refund=refund,
        reason=reason,
        is_certificate_void=certificates.papers_of([place]).filter(status="void").exists(),
    )


def tell_changed(
    place: Registration,
    was: Ticket,
    *,
    paid: int = 0,
    refund: int = 0,
    lost: Iterable[Session] = (),
) -> None:
    """The same ticket, of another kind; again at each change, and where one that was taken back is
    paid after all. ``lost``: the sessions that it is no ticket for."""
    order = place.line.order
    with translation.override(order.user.language):
        facts = {"was": was.name, "lost": [session.title for session in lost]}
    again = " ".join(f"{pk} {at}" for pk, at in place.changes.done().values_list("pk", "done_at"))
    _tell("ticket_changed", place, order, again=again, paid=paid, refund=refund, **facts)


def tell_change_undone(place: Registration, change: TicketChange, lost: Iterable[Session]) -> None:
    """The ticket is the old one again, as the money for its change was another's. ``change`` as it
    was done."""
    order = place.line.order
    with translation.override(order.user.language):
        facts = {"becomes": change.becomes.name, "lost": [session.title for session in lost]}
    again = f"{change.pk} {change.done_at}"
    _tell("ticket_change_undone", place, order, again=again, **facts)


def tell_change_asked(
    place: Registration,
    was: Ticket,
    becomes: Ticket,
    order: Order,
    lost: Iterable[Session] = (),
) -> None:
    """To the buyer, of a change that staff have prepared for them: over the difference, or, of a
    place that was not paid yet, over its whole order. ``lost``: what it would leave."""
    reader, event = order.user, place.event
    with translation.override(reader.language):
        facts = {
            "name": reader.name,
            "event_title": event.title,
            "was": was.name,
            "becomes": becomes.name,
            "total": order.total,
            "is_difference": order.pk != place.line.order_id,
            "lost": [session.title for session in lost],
            "deadline": kdatetime(order.expires_at),
            "url": payments.address_of(order),
        }
    _post("ticket_change_asked", order.code, reader, event, facts)


def tell_limit(order: Order, ticket: Ticket, kept: Order) -> None:
    """To a guest whose order was given up: their address has what one person may have. The link
    leads to the order that was ``kept``."""
    reader, event = order.user, ticket.event
    with translation.override(reader.language):
        facts = {
            "name": reader.name,
            "event_title": event.title,
            "ticket": ticket.name,
            "code": order.code,
            "most": ticket.max_per_person,
            "url": payments.address_of(kept),
        }
    _post("limit_reached", order.code, reader, event, facts)


REQUEST_LINK = "request_link"


def _request_page(asked: PlaceRequest) -> str | dict[str, str]:
    """A guest's is a secret that the outbox does not hold."""
    if asked.user.is_guest:
        return post.secretly(REQUEST_LINK, asked.user.guest.seed)
    return str(settings.SITE_URL + asked.get_absolute_url())


def tell_request(template: str, asked: PlaceRequest, order: Order | None = None) -> None:
    """What became of a request for places; with the order, once there is one."""
    reader, event = asked.user, asked.event
    with translation.override(reader.language):
        facts = {
            "name": reader.name,
            "event_title": event.title,
            "ticket": asked.ticket.name,
            "places": len(asked.places),
            "reason": asked.reason,
            "total": order.total if order else 0,
            "deadline": kdatetime(order.expires_at) if order else "",
            "url": payments.address_of(order) if order else _request_page(asked),
        }
    _post(template, str(asked.pk), reader, event, facts)


# --- of those who wait ---


WAITING_LINK = "waiting_link"


def _list_of(entry: WaitlistEntry) -> str | dict[str, str]:
    """The page of an entry; a guest's is a secret that the outbox does not hold."""
    if entry.user.is_guest:
        return post.secretly(WAITING_LINK, entry.user.guest.seed)
    return str(settings.SITE_URL + entry.get_absolute_url())


def tell_waiting(template: str, key: str, entry: WaitlistEntry, **facts: object) -> None:
    reader, event = entry.user, entry.event
    with translation.override(reader.language):
        plain = {
            "name": reader.name,
            "event_title": event.title,
            "ticket": entry.ticket.name,
            "when": kdatetime(event.starts_at),
            "list_url": _list_of(entry),
        }
        shown = {name: kdatetime(v) if isinstance(v, datetime) else v for name, v in facts.items()}
    _post(template, key, reader, event, plain | shown)


def tell_joined(entry: WaitlistEntry, places: int, rank: int) -> None:
    tell_waiting("waiting_joined", str(entry.pk), entry, places=places, rank=rank)


def tell_offered(entry: WaitlistEntry, order: Order, places: int, left: int) -> None:
    tell_waiting(
        "waiting_offered",
        order.code,
        entry,
        places=places,
        left=left,
        total=order.total,
        hours=entry.event.offer_hours,
        deadline=order.expires_at,
        url=payments.address_of(order),
    )


def tell_lapsed(entry: WaitlistEntry, order: Order, left: int, fewest: int) -> None:
    """``left`` wait on; or, where one order holds at least ``fewest``, they have ended with it."""
    places = entry.places.filter(registration__line__order=order).count()
    tell_waiting("waiting_lapsed", order.code, entry, places=places, left=left, fewest=fewest)


def tell_rest_ended(entry: WaitlistEntry, left: int, fewest: int) -> None:
    """The same, of who let nothing lapse."""
    tell_waiting("waiting_ended", str(entry.pk), entry, left=left, fewest=fewest)


def tell_own_ended(entry: WaitlistEntry, left: int, fewest: int) -> None:
    """To whoever has a seat of their own: ``left`` wait on; or, where one order holds at least
    ``fewest``, they have ended with it."""
    tell_waiting("waiting_own_ended", str(entry.pk), entry, left=left, fewest=fewest)


def tell_closed(entry: WaitlistEntry) -> None:
    is_cancelled = entry.event.status == Event.Status.CANCELLED
    tell_waiting("waiting_closed", str(entry.pk), entry, is_cancelled=is_cancelled)


# --- of a programme ---


def tell_proposal(template: str, proposal: Proposal) -> None:
    reader, call = proposal.user, proposal.call
    with translation.override(reader.language):
        facts = {
            "name": reader.name,
            "title": proposal.title,
            "event_title": call.event.title,
            "closes": kdatetime(call.closes_at),
            "answer": proposal.answer,
            "url": settings.SITE_URL + proposal.get_absolute_url(),
        }
    _post(template, str(proposal.pk), reader, call.event, facts)


def tell_reviewer(call: Call, reviewer: User, unread: Sequence[Proposal]) -> None:
    """What waits for their opinion, with the last of it: again only when there is a later one."""
    event = call.event
    with translation.override(reviewer.language):
        facts = {
            "name": reviewer.name,
            "event_title": event.title,
            "titles": [proposal.title for proposal in unread],
            "closes": kdatetime(call.closes_at),
            "url": settings.SITE_URL + reverse("events:reviews", args=[event.slug]),
        }
    _post("proposals_waiting", f"{call.pk}:{reviewer.pk}:{unread[-1].pk}", reviewer, event, facts)


def tell_programme(
    version: ProgrammeVersion,
    changes: Iterable[Change],
    *,
    lost: Iterable[tuple[Change, str, str]],
    to: str,
    name: str,
    language: str,
    user: User | None,
) -> None:
    """What a new version changes for one person; ``lost``: in which sessions a place ended, whose
    it was, and why."""
    event = version.event
    with translation.override(language):
        facts = {
            "name": name,
            "event_title": event.title,
            "note": version.note,
            "changes": [_lines(change) for change in changes],
            "lost": [{"title": change.title, "name": who, "why": why} for change, who, why in lost],
            "url": settings.SITE_URL + reverse("events:timetable", args=[event.slug]),
        }
    post.send(
        "programme_changed",
        to=[to],
        language=language,
        key=f"programme_changed:{version.pk}",
        context=facts,
        user=user,
        branch=event.branch,
    )


def _lines(change: Change) -> dict[str, object]:
    return {
        "label": str(change.label),
        "title": change.title,
        "when": change.when,
        "parts": [
            {"label": str(part.label), "old": part.old, "new": part.new}
            for part in change.parts
            if part.is_told
        ],
    }


# --- of an online event ---


def tell_link(place: Registration, room: OnlineRoom) -> None:
    """To who holds a place that is confirmed; see ``events.online``."""
    order = place.line.order
    with translation.override(order.user.language):
        note = room.note
    _tell("online_link", place, order, again=place.secret + room.url, link=room.url, note=note)

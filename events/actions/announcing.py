"""Whoever counts on an event is told by mail: of its programme once it is published, of another
time or place, and of its end where no place of theirs says so."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils import translation

from events.actions.telling import tell_programme
from events.models import Event, ProgrammeVersion, Proposal, Registration, Speaker
from events.programme import ADDED, DROPPED, Change
from kosna.accounts.models import User
from kosna.core.templatetags.ui import kspan
from kosna.mail import post


@dataclass(frozen=True)
class Losers:
    """The keys of the places that lose theirs in a session by a change of it: it has moved to
    another ``day`` than their ticket's, it is ``open`` to everyone, or a ``break``."""

    places: Collection[int] = ()
    why: str = ""


@dataclass(frozen=True)
class Reader:
    address: str
    name: str
    language: str
    user: User | None
    place: int | None = None  # the key of that by which they come

    @classmethod
    def of(cls, user: User) -> "Reader":
        return cls(user.mailbox, user.name, user.language, user)

    @classmethod
    def speaking(cls, speaker: Speaker) -> "Reader":
        language = speaker.user.language if speaker.user else settings.LANGUAGE_CODE
        return cls(speaker.address, speaker.name_ko, language, speaker.user)

    @classmethod
    def at(cls, place: Registration) -> "Reader":
        buyer = place.line.order.user
        name = place.name or buyer.name
        return cls(place.email or buyer.mailbox, name, buyer.language, place.user, place.pk)


def tell_concerned(
    version: ProgrammeVersion, concerned: Iterable[tuple[Change, Iterable[Reader], Losers]]
) -> None:
    """One mail to each person, with all that concerns them."""
    concerns: dict[str, list[Change]] = {}
    lost: dict[str, list[tuple[Change, str, str]]] = defaultdict(list)
    readers: dict[str, Reader] = {}
    for change, people, losers in concerned:
        if not change.is_told:
            continue
        for reader in people:
            loss = (change, reader.name, losers.why)
            if reader.place in losers.places and loss not in lost[reader.address]:
                lost[reader.address].append(loss)
            if reader.address and change not in concerns.setdefault(reader.address, []):
                concerns[reader.address].append(change)
                readers.setdefault(reader.address, reader)
    for address, told in concerns.items():
        reader = readers[address]
        tell_programme(
            version,
            told,
            lost=lost[address],
            to=address,
            name=reader.name,
            language=reader.language,
            user=reader.user,
        )


def announce_programme(event: Event) -> None:
    """Tells of the versions that were published while nobody could see the event: speakers alone,
    as nobody has signed up by then. What came and went meanwhile is passed over in silence."""
    versions = list(event.programme_versions.filter(is_told=False).order_by("number"))
    if not versions:
        return
    speakers = event.speakers.select_related("user").in_bulk()
    speaking = {
        session.pk: [speaker.pk for speaker in session.speakers.all()]
        for session in event.sessions.prefetch_related("speakers")
    }
    concerned = []
    for change in _summed_up(versions):
        people = speaking[change.session or 0] if change.kind == ADDED else change.people
        known = [speakers[pk] for pk in people if pk in speakers]
        concerned.append((change, [Reader.speaking(speaker) for speaker in known], Losers()))
    tell_concerned(versions[-1], concerned)
    event.programme_versions.filter(is_told=False).update(is_told=True)


def _summed_up(versions: Iterable[ProgrammeVersion]) -> list[Change]:
    """The last that happened to each session; what is new to everybody was added."""
    sums: dict[int | None, Change] = {}
    for version in versions:
        for change in map(Change.of, version.changes):
            before = sums.pop(change.session, None)
            if before is None or before.kind != ADDED:
                sums[change.session] = change
            elif change.kind != DROPPED:
                sums[change.session] = replace(change, kind=ADDED, parts=[])
    return list(sums.values())


# --- another time or place, or none ---


def tell_moved(before: Event, event: Event) -> int:
    """Tells whoever counts on an event that it is held at another time or place; in a language in
    which both read as they did there is no news. Returns how many were told."""
    news = {
        language: {"was": _held(before, language), "now": _held(event, language)}
        for language, _name in settings.LANGUAGES
    }
    is_news = {language: told["was"] != told["now"] for language, told in news.items()}
    readers = _once(reader for reader in _counting_on(event) if is_news[reader.language])
    for reader in readers:
        _tell("event_moved", event, reader, str(event.version), **news[reader.language])
    return len(readers)


def tell_called_off(event: Event, reason: str) -> None:
    """To whoever speaks, teaches or has offered to; who holds a place or a booth, waits or has
    asked for one is told as that ends."""
    offered = (Proposal.Status.SUBMITTED, Proposal.Status.ACCEPTED)
    proposals = Proposal.objects.filter(call__event=event, status__in=offered).order_by("pk")
    people = [Reader.of(row.user) for row in proposals.select_related("user")]
    for reader in _once([*_taking_part(event), *people]):
        held = _held(event, reader.language)
        _tell("event_called_off", event, reader, str(event.pk), reason=reason, **held)


def _held(event: Event, language: str) -> dict[str, str]:
    with translation.override(language):
        return {
            "when": kspan(event.starts_at, event.ends_at),
            "venue": ", ".join(filter(None, [event.venue, event.address])),
        }


def _once(readers: Iterable[Reader]) -> list[Reader]:
    """One of each address, those without one left out."""
    found: dict[str, Reader] = {}
    for reader in readers:
        if reader.address:
            found.setdefault(reader.address, reader)
    return list(found.values())


def _counting_on(event: Event) -> Iterator[Reader]:
    """Whoever has a place or a booth, waits or has asked for one, speaks or teaches."""
    places = event.registrations.holding_seats().order_by("pk")
    yield from map(Reader.at, places.select_related("line__order__user__guest", "user"))
    for waiting in event.waitlist.waiting().select_related("user__guest"):
        yield Reader.of(waiting.user)
    for asked in event.place_requests.undecided().select_related("user"):
        yield Reader.of(asked.user)
    for booking in event.booth_bookings.current().select_related("line__order__user"):
        yield Reader.of(booking.line.order.user)
    yield from _taking_part(event)


def _taking_part(event: Event) -> Iterator[Reader]:
    """Whoever speaks in what is published, or teaches."""
    yield from map(Reader.speaking, event.speakers.shown().select_related("user"))
    for instructor in event.instructors.current().select_related("user"):
        yield Reader.of(instructor.user)


def _tell(template: str, event: Event, reader: Reader, key: str, **facts: object) -> None:
    with translation.override(reader.language):
        title = event.title
    post.send(
        template,
        to=[reader.address],
        language=reader.language,
        key=f"{template}:{key}",
        context={
            "name": reader.name,
            "event_title": title,
            "url": settings.SITE_URL + event.get_absolute_url(),
            **facts,
        },
        user=reader.user,
        branch=event.branch,
    )

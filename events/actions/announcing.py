"""Whoever a programme concerns is told of it by mail, once its event is published."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.conf import settings

from events.actions.telling import tell_programme
from events.models import Event, ProgrammeVersion, Registration, Speaker
from events.programme import ADDED, DROPPED, Change
from kosna.accounts.models import User


@dataclass(frozen=True)
class Reader:
    address: str
    name: str
    language: str
    user: User | None

    @classmethod
    def speaking(cls, speaker: Speaker) -> "Reader":
        language = speaker.user.language if speaker.user else settings.LANGUAGE_CODE
        return cls(speaker.address, speaker.name_ko, language, speaker.user)

    @classmethod
    def at(cls, place: Registration) -> "Reader":
        buyer = place.line.order.user
        name = place.name or buyer.name
        return cls(place.email or buyer.mailbox, name, buyer.language, place.user)


def tell_concerned(
    version: ProgrammeVersion, concerned: Iterable[tuple[Change, Iterable[Reader]]]
) -> None:
    """One mail to each person, with all that concerns them."""
    concerns: dict[str, list[Change]] = {}
    readers: dict[str, Reader] = {}
    for change, people in concerned:
        if not change.is_told:
            continue
        for reader in people:
            if reader.address and change not in concerns.setdefault(reader.address, []):
                concerns[reader.address].append(change)
                readers.setdefault(reader.address, reader)
    for address, told in concerns.items():
        reader = readers[address]
        tell_programme(
            version,
            told,
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
        concerned.append((change, [Reader.speaking(speaker) for speaker in known]))
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

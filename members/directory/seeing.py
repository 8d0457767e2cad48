"""What one reader sees of an entry: each field goes by its own audience."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from members.directory.models import Audience, Introduction, Profile


@dataclass(frozen=True)
class Shown:
    """An entry as a reader sees it; a field that is not for them is as good as empty.

    ``audiences`` are those that the reader belongs to."""

    profile: Profile
    audiences: frozenset[str] = frozenset({Audience.MEMBERS})

    @property
    def is_introduced(self) -> bool:
        return Audience.INTRODUCED in self.audiences

    def _told(self, field: str, value: Any) -> Any:
        return value if getattr(self.profile, f"{field}_for") in self.audiences else None

    @property
    def headline(self) -> str | None:
        return self._told("headline", self.profile.headline)

    @property
    def intro(self) -> str | None:
        return self._told("intro", self.profile.intro)

    @property
    def affiliation(self) -> str | None:
        parts = (self.profile.affiliation, self.profile.position)
        return self._told("affiliation", " · ".join(part for part in parts if part))

    @property
    def topics(self) -> list[str] | None:
        return self._told("topics", self.profile.topic_labels)

    @property
    def website(self) -> str | None:
        return self._told("website", self.profile.website)

    @property
    def links(self) -> list[str] | None:
        return self._told("links", self.profile.links)

    @property
    def email(self) -> str | None:
        return self._told("email", self.profile.email)

    @property
    def phone(self) -> str | None:
        return self._told("phone", self.profile.phone)


READER = frozenset({Audience.MEMBERS})
INTRODUCED = READER | {Audience.INTRODUCED}


def introduced_to(user: Any, profiles: Iterable[int]) -> set[int]:
    """Which of these entries (keys) an entry that this person keeps is introduced to; one
    statement."""
    keys, mine = list(profiles), Profile.objects.kept_by(user).values("pk")
    accepted = Introduction.objects.accepted()
    asked = accepted.filter(asker__in=mine, asked__in=keys).order_by().values_list("asked")
    asking = accepted.filter(asked__in=mine, asker__in=keys).order_by().values_list("asker")
    return {key for (key,) in asked.union(asking)}


def shown_to(user: Any, profiles: Iterable[Profile]) -> list[Shown]:
    rows = list(profiles)
    introduced = introduced_to(user, [row.pk for row in rows])
    return [Shown(row, INTRODUCED if row.pk in introduced else READER) for row in rows]

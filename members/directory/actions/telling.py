"""Whom the directory writes to: those who keep an entry, each in their own language."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from kosna.accounts.models import User
from kosna.mail import post
from members.actions.offices import runners_of
from members.directory.models import Profile


def keepers_of(profile: Profile) -> list[User]:
    """A person, or whoever represents or runs an organisation now."""
    member = profile.member
    if member.organisation_id:
        return runners_of(member)
    return [member.user] if member.user else []


def tell(
    template: str, profile: Profile, people: Iterable[User], *, path: str, **facts: Any
) -> None:
    """One mail to each; ``profile`` is the entry that they keep, ``path`` where to go."""
    for person in people:
        post.send(
            template,
            [person.mailbox],
            language=person.language,
            context={"name": person.name, "url": settings.SITE_URL + path, **facts},
            user=person,
            branch=profile.member.branch,
        )


def subjects_of(*profiles: Profile) -> set[User]:
    """Whose data an entry in the record is about."""
    return {person for profile in profiles for person in keepers_of(profile)}

"""Loads the demonstration, once."""

from django.conf import settings
from django.db import transaction

from kosna.accounts.models import User
from kosna.audit.actions import seal
from kosna.audit.models import Entry
from kosna.core.errors import Refused
from kosna.demo import (
    after,
    api,
    association,
    attendees,
    bank,
    booths,
    changes,
    community,
    consulting,
    desks,
    directory,
    door,
    dues,
    events,
    imports,
    leaving,
    library,
    meetings,
    memberships,
    moves,
    notices,
    papers,
    partners,
    people,
    post,
    programme,
    projects,
    proofs,
    provider,
    registrations,
    research,
    rooms,
    sales,
    statements,
    statistics,
    walk_ins,
)
from kosna.demo.story import Story


def is_loaded() -> bool:
    return User.objects.filter(email="regular@example.test").exists()


def load() -> bool:
    """All of it or nothing; False when it was there already. Raises Refused in production, and
    where the portal holds people who are not of the demonstration."""
    if settings.PRODUCTION:
        raise Refused("The demonstration is never loaded in production.")
    if is_loaded():
        return False
    if User.objects.exists():
        raise Refused("This database is in use. The demonstration needs an empty one.")
    with transaction.atomic():
        association.build()
        story = Story()
        story.at(story.past(6, 1, 2), people.appoint_staff)
        for chapter in (
            memberships,
            moves,
            desks,
            notices,
            partners,
            community,
            directory,
            consulting,
            projects,
            imports,
            dues,
            papers,
            meetings,
            research,
            statistics,
            events,
            programme,
            registrations,
            attendees,
            sales,
            changes,
            booths,
            door,
            walk_ins,
            api,
            after,
            rooms,
            library,
            proofs,
            statements,
            provider,
            bank,
            leaving,
        ):
            chapter.tell(story)
        story.play()
        post.deliver_quietly()
    while Entry.objects.unsealed().exists():
        seal()
    return True

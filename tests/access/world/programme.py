"""A published session with a speaker and their photo, and a proposal for another."""

from typing import Any

from django.core.files.base import ContentFile

from events.actions import publish_programme
from events.models import Event, Speaker
from tests import factories
from tests.conftest import Cast


def programme_world(cast: Cast, event: Event) -> dict[str, Any]:
    speaker = Speaker(event=event, name_ko="여하준")
    speaker.photo.save("photo.jpg", ContentFile(b"\xff\xd8\xff"))
    draft = factories.make_draft(event, speakers=[speaker])
    publish_programme(event, by=None)
    draft.refresh_from_db()
    call = factories.make_call(event, reviewers=[cast.associate])
    proposal = call.proposals.create(user=cast.regular, title_ko="제안", abstract_ko="요약")
    return {
        "session": draft.session_id,
        "programme_version": 1,
        "draft": draft.pk,
        "speaker": speaker.pk,
        "proposal": proposal.pk,
    }

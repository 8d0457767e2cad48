"""A published session with a speaker and their photo."""

from typing import Any

from django.core.files.base import ContentFile

from events.actions import publish_programme
from events.models import Event, Speaker
from tests import factories


def programme_world(event: Event) -> dict[str, Any]:
    speaker = Speaker(event=event, name_ko="여하준")
    speaker.photo.save("photo.jpg", ContentFile(b"\xff\xd8\xff"))
    draft = factories.make_draft(event, speakers=[speaker])
    publish_programme(event, by=None)
    draft.refresh_from_db()
    return {"session": draft.session_id, "draft": draft.pk, "speaker": speaker.pk}

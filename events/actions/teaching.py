"""A person is appointed to a course, and taken off it."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from events.models import Event, Instructor
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.templatetags.ui import kdatetime
from kosna.mail import post


@transaction.atomic
def appoint_instructor(event: Event, *, user: User, by: User) -> Instructor:
    """Lets a person call the roll of a course, and tells them. Raises Refused where they do."""
    try:
        with transaction.atomic():
            row = Instructor.objects.create(event=event, user=user, appointed_by=by)
    except IntegrityError:
        raise Refused(_("This person teaches here already."), field="email") from None
    audit.record("events.appoint_instructor", event, by=by, subjects=[user])
    with translation.override(user.language):
        facts = {"name": user.name, "event_title": event.title, "when": kdatetime(event.starts_at)}
    post.send(
        "instructor_appointed",
        to=[user.email],
        language=user.language,
        key=f"instructor:{row.pk}",
        context=facts | {"url": settings.SITE_URL + reverse("me:roll", args=[event.slug])},
        user=user,
        branch=event.branch,
    )
    return row


@transaction.atomic
def dismiss_instructor(instructor: Instructor, *, by: User) -> None:
    current = Instructor.objects.current().filter(pk=instructor.pk)
    if not current.update(ended_at=clock.now(), ended_by=by):
        raise Refused(_("This person does not teach here any more."))
    audit.record(
        "events.dismiss_instructor", instructor.event, by=by, subjects=[instructor.user_id]
    )

"""Mails of the demonstration's past: told as sent, and sent to nobody."""

from datetime import datetime, timedelta

from kosna.core import clock
from kosna.mail.models import Message
from kosna.mail.post import render

Status = Message.Status


def deliver_quietly() -> None:
    """Renders each waiting mail as of its own day. The last one is left with a failure, so that
    the desk has something to send again."""
    waiting = deliver_before(clock.now() + timedelta(days=1))
    if waiting:
        last = waiting[-1]
        Message.objects.filter(pk=last.pk).update(
            status=Status.FAILED, sent_at=None, attempts=6, error="550 5.1.1 mailbox unavailable"
        )


def deliver_before(instant: datetime) -> list[Message]:
    """Those posted before an instant, in their order."""
    queued = Message.objects.filter(status=Status.QUEUED, created_at__lt=instant)
    waiting = list(queued.order_by("created_at", "pk"))
    for message in waiting:
        with clock.standing_at(message.created_at):
            subject, text, _html = render(message, kept=True)
            message.move_to(Status.SENDING, attempts=1)
            message.move_to(
                Status.SENT, subject=subject[:200], text=text, sent_at=message.created_at
            )
    return waiting

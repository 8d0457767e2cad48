"""Posting a mail (a row in the caller's transaction), and delivering it (by the worker, after it).

Templates see only the plain facts given here, never objects: nothing in a person's name can reach
into the portal. ``templates/mail/<name>.subject.txt`` and ``.txt`` are required, ``.html`` is not.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import translation

from kosna.accounts.models import User
from kosna.branches.models import Branch
from kosna.core import clock, tokens
from kosna.core.errors import Refused
from kosna.mail.models import Message

MAX_ATTEMPTS = 6
NOWHERE = ".invalid"  # RFC 2606: of guests and of closed accounts; nothing arrives there
STUCK_AFTER = timedelta(minutes=10)


def send(
    template: str,
    to: Iterable[str],
    *,
    language: str = "ko",
    key: str = "",
    context: Mapping[str, Any] | None = None,
    user: User | None = None,
    branch: Branch | None = None,
    after: timedelta = timedelta(),
) -> None:
    """Posts one mail to each address; nothing to who has none. With a ``key``, the same mail is
    never posted twice."""
    Message.objects.bulk_create(
        [
            Message(
                template=template,
                key=f"{key}:{address}" if key else None,
                to=address,
                user=user,
                branch=branch,
                language=language,
                context=dict(context or {}),
                due_at=clock.now() + after,
                message_id=f"<{secrets.token_hex(16)}@kosna>",
            )
            for address in to
            if address and not address.endswith(NOWHERE)
        ],
        ignore_conflicts=bool(key),
    )


SECRETS: dict[str, Callable[[str], str]] = {"token": tokens.token, "code": tokens.code}
LEFT_OUT = "…"


def register_secret(kind: str, draw: Callable[[str], str]) -> None:
    """Another kind of value that is drawn from its seed: a whole address, say."""
    SECRETS[kind] = draw


def secretly(kind: str, seed: str) -> dict[str, str]:
    """A value for ``context`` that the outbox does not hold: drawn into the mail as it leaves, and
    left out of the text that is kept."""
    return {"secret": kind, "seed": seed}


def _is_secret(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"secret", "seed"}


def _told(value: Any, *, kept: bool) -> Any:
    if not _is_secret(value):
        return value
    return LEFT_OUT if kept else SECRETS[value["secret"]](value["seed"])


def render(message: Message, *, kept: bool = False) -> tuple[str, str, str]:
    """Subject, plain text and HTML (may be empty) in the reader's language; ``kept`` as it stays
    on record, without its secrets."""
    context = _context(message, message.language, kept=kept)
    with translation.override(message.language):
        base = f"mail/{message.template}"
        subject = _subject(message, context)
        text = _plain(f"{base}.txt", context)
        try:
            html = get_template(f"{base}.html").render(context)
        except TemplateDoesNotExist:
            html = ""
    return subject, text, html


def subject_in(message: Message, language: str) -> str:
    """What a mail is about, in a language that need not be its reader's; without its secrets. Of
    one that was emptied (``kosna.mail.kept``), nothing."""
    if not message.to:
        return message.subject
    with translation.override(language):
        return _subject(message, _context(message, language, kept=True))


def _subject(message: Message, context: Mapping[str, Any]) -> str:
    return " ".join(_plain(f"mail/{message.template}.subject.txt", context).split())


def _context(message: Message, language: str, *, kept: bool) -> dict[str, Any]:
    return {
        **{key: _told(value, kept=kept) for key, value in message.context.items()},
        "association": settings.ASSOCIATION,
        "site_url": settings.SITE_URL,
        "language": language,
    }


def _plain(name: str, context: Mapping[str, Any]) -> str:
    """Plain text has no markup to escape: a name with an ampersand arrives as it was typed."""
    backend: Any = get_template(name)
    return backend.template.render(Context(context, autoescape=False))


def _headers(message: Message) -> dict[str, str]:
    """A mail with a ``stop_url`` can be stopped by the mail program's own button, which posts there
    without a cookie (RFC 2369, RFC 8058)."""
    headers = {"Message-ID": message.message_id}
    if stop_url := _told(message.context.get("stop_url"), kept=False):
        headers["List-Unsubscribe"] = f"<{stop_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def deliver(message: Message) -> None:
    """Sends one waiting mail. A failure is tried again, each time later, six times in all."""
    try:
        message.move_to(Message.Status.SENDING, attempts=message.attempts + 1, due_at=clock.now())
    except Refused:
        return  # another worker has it
    try:
        subject, text, html = render(message)
        mail = EmailMultiAlternatives(subject, text, to=[message.to], headers=_headers(message))
        if html:
            mail.attach_alternative(html, "text/html")
        mail.send()
    except Exception as error:  # whatever it was, the mail is tried again
        final = message.attempts >= MAX_ATTEMPTS
        message.move_to(
            Message.Status.FAILED if final else Message.Status.QUEUED,
            error=f"{type(error).__name__}: {error}"[:500],
            due_at=clock.now() + timedelta(minutes=2**message.attempts),
        )
    else:
        if any(map(_is_secret, message.context.values())):
            subject, text, _html = render(message, kept=True)
        message.move_to(
            Message.Status.SENT, subject=subject[:200], text=text, sent_at=clock.now(), error=""
        )


def deliver_due(limit: int = 100) -> int:
    """Delivers what is due; mails stuck half-sent (a killed worker) are tried once more."""
    stuck = Message.objects.filter(
        status=Message.Status.SENDING, due_at__lt=clock.now() - STUCK_AFTER
    )
    stuck.filter(attempts__gte=MAX_ATTEMPTS).update(
        status=Message.Status.FAILED, error="The worker ended while it was sending this mail."
    )
    stuck.update(status=Message.Status.QUEUED)
    due = Message.objects.filter(status=Message.Status.QUEUED, due_at__lte=clock.now())
    messages = list(due.order_by("due_at", "pk")[:limit])
    for message in messages:
        deliver(message)
    return len(messages)

"""A member asks to be introduced; the other accepts, declines or lets it be.

Whoever asks or answers holds the rows of both entries: nobody asks more in a day than they may, and
of two who ask each other one is told to answer instead.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.templatetags.ui import kdate
from members.directory.actions.entries import locked
from members.directory.actions.telling import keepers_of, subjects_of, tell
from members.directory.models import Audience, Block, Introduction, Profile

Status = Introduction.Status
DAILY_CAP = 5  # of one entry, on a calendar day in Seoul
AGAIN_AFTER = timedelta(days=90)  # who was declined may ask once more


def asked_today(asker: Profile) -> int:
    """However those requests have ended."""
    return asker.requests_sent.filter(asked_at__gte=clock.start_of(clock.today())).count()


def why_not_ask(asker: Profile | None, asked: Profile) -> list[str]:
    """All reasons for which one entry cannot ask another now; empty where it can."""
    if asker == asked:
        return [_("This is your own entry.")]
    if asker is None or not asker.is_listed_on(clock.today()):
        return [_("Open your own entry first: whoever is asked sees who asks.")]
    return list(_why_not(asker, asked))


def _why_not(asker: Profile, asked: Profile) -> Iterator[str]:
    earlier = list(Introduction.objects.between(asker, asked))
    standing = {row.status for row in earlier if row.asker_id == asker.pk}
    theirs = {row.status for row in earlier if row.asker_id == asked.pk}
    if Status.ACCEPTED in standing | theirs:
        yield _("You are introduced to each other already.")
        return
    if Status.WAITING in theirs:
        yield _("This member has asked you. Please answer among your introductions.")
        return
    if Status.WAITING in standing:
        yield _("You have asked already. The answer will reach you by mail.")
        return
    is_shut = asked.blocks.filter(blocked=asker).exists() or not asked.takes_requests
    declined = [
        row for row in earlier if row.asker_id == asker.pk and row.status == Status.DECLINED
    ]
    again = max((row.closed_at + AGAIN_AFTER for row in declined if row.closed_at), default=None)
    if is_shut:
        yield _("This member takes no requests at present.")
    elif again and again > clock.now():
        yield _("It did not suit this time. You can ask again from %(day)s on.") % {
            "day": kdate(again)
        }
    if asked_today(asker) >= DAILY_CAP:
        yield _("You have asked %(n)s members today. Please go on tomorrow.") % {"n": DAILY_CAP}


@transaction.atomic
def ask(*, asker: Profile, asked: Profile, message: str, by: User) -> Introduction:
    """A request with a message. Raises Refused with all that stands against it, and where the
    other's entry is no longer in the directory."""
    rows = {row.pk: row for row in locked(asker.pk, asked.pk)}
    asker, asked = rows[asker.pk], rows[asked.pk]
    if not asked.is_listed_on(clock.today()):
        raise Refused(_("This entry is no longer in the directory."))
    if by in keepers_of(asked):  # of an organisation that they run
        raise Refused(_("This is your own entry."))
    if reasons := why_not_ask(asker, asked):
        raise Refused(*reasons)
    introduction = Introduction.objects.create(
        asker=asker, asked=asked, message=message, asked_by=by
    )
    _record("directory.ask", introduction, by=by)
    tell(
        "introduction_asked",
        asked,
        keepers_of(asked),
        path=introduction.get_absolute_url(),
        other=asker.member.name,
        message=message,
        expires_on=clock.kst_date(introduction.expires_at).isoformat(),
    )
    return introduction


@transaction.atomic
def accept(introduction: Introduction, *, by: User) -> None:
    """Each of the two is told the other's address, which stays with the introduction. Raises
    Refused when its time is over, or when either of the entries is no longer in the directory."""
    rows = {row.pk: row for row in locked(introduction.asker_id, introduction.asked_id)}
    asker, asked = rows[introduction.asker_id], rows[introduction.asked_id]
    if introduction.expires_at <= clock.now():
        raise Refused(_("The time for an answer is over. You can ask this member yourself."))
    if not asked.is_listed_on(clock.today()):
        raise Refused(_("Your own entry is not in the directory at present."))
    if not asker.is_listed_on(clock.today()):
        raise Refused(_("This member's entry is no longer in the directory."))
    introduction.move_to(
        Status.ACCEPTED,
        closed_at=clock.now(),
        closed_by=by,
        asker_email=_address_of(asker, introduction.asked_by),
        asked_email=_address_of(asked, by),
    )
    _record("directory.accept", introduction, by=by)
    sides = (
        (asker, asked, introduction.asked_email),
        (asked, asker, introduction.asker_email),
    )
    for own, other, email in sides:
        tell(
            "introduction_accepted",
            own,
            keepers_of(own),
            path=introduction.get_absolute_url(),
            other=other.member.name,
            email=email,
        )


def _address_of(profile: Profile, person: User) -> str:
    """That of the entry, unless it is for nobody; else the account's of who acted for it."""
    if profile.email and profile.email_for != Audience.NOBODY:
        return profile.email
    keepers = keepers_of(profile)
    if keepers and person not in keepers:  # who acted then speaks for the company no more
        person = keepers[0]
    return person.mailbox


@transaction.atomic
def decline(introduction: Introduction, *, by: User) -> None:
    """The asker is told kindly, and no reason is asked for."""
    introduction.move_to(Status.DECLINED, closed_at=clock.now(), closed_by=by)
    _record("directory.decline", introduction, by=by)
    _tell_asker("introduction_declined", introduction)


@transaction.atomic
def withdraw(introduction: Introduction, *, by: User) -> None:
    introduction.move_to(Status.WITHDRAWN, closed_at=clock.now(), closed_by=by)
    _record("directory.withdraw", introduction, by=by)


def expire_due() -> int:
    """Requests without an answer end after 14 days, and the asker is told. Returns how many."""
    ended = 0
    for introduction in Introduction.objects.overdue(clock.now()).with_sides():
        try:
            _expire(introduction)
        except Refused:  # answered meanwhile
            continue
        ended += 1
    return ended


@transaction.atomic
def _expire(introduction: Introduction) -> None:
    introduction.move_to(Status.EXPIRED, closed_at=clock.now())
    _record("directory.expire", introduction, by=None)
    _tell_asker("introduction_expired", introduction)


@transaction.atomic
def block(introduction: Introduction, *, by: User) -> None:
    """Takes no further requests of who asked; an open one is declined by it."""
    locked(introduction.asker_id, introduction.asked_id)
    _block, is_new = Block.objects.get_or_create(
        owner=introduction.asked, blocked=introduction.asker, defaults={"by": by}
    )
    if not is_new:
        raise Refused(_("You take no requests of this member already."))
    _record("directory.block", introduction, by=by)
    introduction.refresh_from_db()
    if introduction.status == Status.WAITING:
        decline(introduction, by=by)


@transaction.atomic
def unblock(row: Block, *, by: User) -> None:
    """Requests of that member are taken again."""
    audit.record("directory.unblock", row, by=by, branch=row.owner.member.branch_id, subjects=[by])
    row.delete()


def _tell_asker(template: str, introduction: Introduction) -> None:
    asker = introduction.asker
    tell(
        template,
        asker,
        keepers_of(asker),
        path=introduction.get_absolute_url(),
        other=introduction.asked.member.name,
    )


def _record(verb: str, introduction: Introduction, *, by: User | None, **facts: Any) -> None:
    audit.record(
        verb,
        introduction,
        by=by,
        branch=introduction.asked.member.branch_id,
        subjects=subjects_of(introduction.asker, introduction.asked),
        **facts,
    )

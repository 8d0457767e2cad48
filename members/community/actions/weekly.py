"""The weekly mail: on Mondays at nine in Seoul, to members who have asked for it, what is new to
each of them. Titles and links alone; nothing where nothing is new. It is asked for, so it is no
advertising; each carries the link that stops it."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from members import news
from members.access import AsIf, memberships_of, memberships_of_all
from members.community.models import WeeklyMail

WEEK = timedelta(days=7)
AT = time(9, tzinfo=clock.KST)
MOST = 20  # titles of one kind; how many more there are is said
AT_ONCE = 500
STOP_LINK = "community.stop_weekly"


def last_monday(at: datetime) -> datetime:
    """The latest instant at which the mail was due."""
    day = clock.kst_date(at)
    monday = datetime.combine(day - timedelta(days=day.weekday()), AT)
    return monday if monday <= at else monday - WEEK


def ask_weekly(*, by: User) -> None:
    """The first one tells of the week that has begun. Raises Refused to who is no member."""
    now = clock.now()
    if not memberships_of(by, now):
        raise Refused(_("The weekly mail is for members."))
    WeeklyMail.objects.get_or_create(
        user=by, defaults={"asked_at": now, "told_until": last_monday(now)}
    )


def stop_weekly(user: int) -> int:
    return WeeklyMail.objects.filter(user=user).delete()[0]


def stop_link(user: str) -> str:
    """Drawn into the mail as it leaves: whoever has it can stop the mails, and nothing else."""
    token = signing.dumps(int(user), salt=STOP_LINK)
    return f"{settings.SITE_URL}{reverse('community:weekly-stop', args=[token])}"


def user_of_stop_link(token: str) -> int:
    """Raises signing.BadSignature for one that we did not write."""
    return int(signing.loads(token, salt=STOP_LINK))


def send_weekly() -> str:
    """What the worker does every hour: whoever was not told yet of the week that has ended is told.
    Safe twice and in parallel, and after a worker was killed in the middle."""
    now = clock.now()
    until = last_monday(now)
    shelves: list[news.Shelf] | None = None
    told = 0
    while rows := list(
        WeeklyMail.objects.due(until).select_related("user").order_by("pk")[:AT_ONCE]
    ):
        if shelves is None:
            shelves = news.told(until - WEEK, until)
        held = memberships_of_all({row.user_id for row in rows}, now)
        told += sum(
            _tell(row, AsIf.holding(held.get(row.user_id, ())), shelves, until) for row in rows
        )
    return f"{told} mails" if told else ""


@transaction.atomic
def _tell(row: WeeklyMail, reader: AsIf, shelves: Sequence[news.Shelf], until: datetime) -> int:
    if not WeeklyMail.objects.due(until).filter(pk=row.pk).update(told_until=until):
        return 0  # another worker tells them, or they have just stopped it
    if not reader.held:  # who has left asks for nothing any more
        return 0
    user = row.user
    kinds = [kind for shelf in shelves if (kind := _kind_for(reader, shelf, user.language))]
    if not kinds:
        return 0
    post.send(
        "weekly_news",
        [user.mailbox],
        user=user,
        language=user.language,
        key=f"community.weekly:{until:%Y-%m-%d}:{user.pk}",
        context={
            "name": user.name,
            "count": sum(len(kind["rows"]) + kind["more"] for kind in kinds),
            "kinds": kinds,
            "weekly_url": f"{settings.SITE_URL}{reverse('community:weekly')}",
            "stop_url": post.secretly(STOP_LINK, str(user.pk)),
        },
    )
    return 1


def _kind_for(reader: AsIf, shelf: news.Shelf, language: str) -> dict[str, Any] | None:
    """As plain facts for the mail; None where nothing is new to this reader."""
    mine = [one for one in shelf.news if one.is_for(reader)]
    if not mine:
        return None
    with translation.override(language):
        heading = str(shelf.heading)
    return {
        "heading": heading,
        "url": f"{settings.SITE_URL}{shelf.path}",
        "more": max(0, len(mine) - MOST),
        "rows": [
            {"title": one.title(language), "url": f"{settings.SITE_URL}{one.path}"}
            for one in mine[:MOST]
        ],
    }

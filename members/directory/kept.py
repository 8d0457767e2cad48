"""What becomes of an entry in the directory when its person's account is closed: it is emptied, and
so is what they asked and how they were reached. Who was introduced to whom stays."""

from django.db.models import Q, QuerySet

from kosna.accounts.models import User
from kosna.accounts.retention import AT_ONCE, NOBODY, RECORD, Fate, on_closing, rule
from members.directory.actions import close_entry, decline
from members.directory.models import Block, Introduction, Profile


def tell() -> None:
    rule(Fate.GOES, AT_ONCE, "directory_entries", "directory_blocks")
    rule(Fate.THINS, RECORD, "introductions_asked", "introductions_received")
    rule(Fate.STAYS, RECORD, "directory_consents", "directory_reports")
    on_closing(_erase)


def _erase(user: User) -> None:
    entries = Profile.objects.filter(member__user=user)
    for entry in entries.opened():
        close_entry(entry, by=user)
    for introduction in Introduction.objects.waiting().filter(asked__in=entries.values("pk")):
        decline(introduction, by=user)
    _empty(entries)
    Introduction.objects.filter(asked_by=user).update(message=NOBODY)
    own = Q(asker__member__user=user) | Q(asked_by=user, asker_email=user.email)
    Introduction.objects.filter(own).update(asker_email="")
    own = Q(asked__member__user=user) | Q(closed_by=user, asked_email=user.email)
    Introduction.objects.filter(own).update(asked_email="")
    Block.objects.filter(owner__member__user=user).delete()


def _empty(entries: QuerySet[Profile]) -> None:
    entries.update(
        headline="",
        intro_ko="",
        intro_en="",
        affiliation="",
        position="",
        topics=[],
        website="",
        links=[],
        email="",
        phone="",
        takes_requests=False,
        search_text="",
        pleaded_at=None,
        plea="",
    )

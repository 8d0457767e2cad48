"""Searches that people save, and the mail when something new fits. Such mails are asked for, so
they are no advertising; each carries the link that stops them."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.accounts.models import User
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from members.access import entitlement
from research.finding.cards import card_in, instant_of, text_tokens
from research.finding.facets import GROUPS, query_of
from research.finding.searching import FIELDS
from research.finding.words import words_of
from research.models import Placed, Posting, Report, SavedSearch, Step

MOST = 50  # of one person
AT_ONCE = 100
NOTHING_ASKED = gettext_lazy("Search for something first, or choose a topic.")
STOP_LINK = "research.stop_searches"


def asks_for(wanted: Mapping[str, Any]) -> str:
    """What a search is kept as, empty where it asks for nothing: an order is no question."""
    return query_of({key: value for key, value in wanted.items() if key != "sort"})


def save_search(wanted: Mapping[str, Any], *, name: str, mails: bool, by: User) -> SavedSearch:
    """One that is saved already takes the new name. Raises Refused where nothing is asked for, or
    this person has too many."""
    query = asks_for(wanted)
    if not query:
        raise Refused(str(NOTHING_ASKED))
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)
        kept = SavedSearch.objects.filter(user=by)
        if not kept.filter(query=query).exists() and kept.count() >= MOST:
            raise Refused(
                _("You have saved %(n)s searches. Delete one that you no longer need.")
                % {"n": MOST}
            )
        search, _created = kept.update_or_create(
            user=by, query=query, defaults={"name": name, "mails": mails}
        )
    return search


def stop_search_mails(user: int) -> int:
    return SavedSearch.objects.filter(user=user, mails=True).update(mails=False)


def stop_link(user: str) -> str:
    """Drawn into the mail as it leaves: whoever has it can stop the mails, and nothing else."""
    token = signing.dumps(int(user), salt=STOP_LINK)
    return f"{settings.SITE_URL}{reverse('research:saved-stop', args=[token])}"


def user_of_stop_link(token: str) -> int:
    """Raises signing.BadSignature for one that we did not write."""
    return int(signing.loads(token, salt=STOP_LINK))


def announce() -> str:
    """What the worker does every minute: whoever saved a search that a report fits is told once it
    has come out and its text is known. Safe twice and in parallel."""
    due = Placed.objects.filter(
        is_listed=True,
        announced_at=None,
        since__lte=instant_of(clock.now()),
        text_sha256=F("report__sha256"),
    ).order_by("since")
    told = sum(_announce(row) for row in due[:AT_ONCE])
    return f"{told} mails" if told else ""


@transaction.atomic
def _announce(placed: Placed) -> int:
    now = clock.now()
    if not Placed.objects.filter(pk=placed.pk, announced_at=None).update(announced_at=now):
        return 0  # another worker tells of it
    report = Report.objects.published(now).with_access().filter(pk=placed.pk).first()
    if report is None:
        return 0
    told = 0
    for user, searches in _asking(report, placed).items():
        if names := [row.name for row in searches if _is_listed_for(user, row, report)]:
            _tell(user, report, names)
            told += 1
    return told


def _asking(report: Report, placed: Placed) -> dict[User, list[SavedSearch]]:
    """Searches saved before it came out that it fits, by person; blocked accounts ask nothing."""
    searches = SavedSearch.objects.filter(
        mails=True, user__is_active=True, created_at__lte=_came_out_at(report)
    ).select_related("user")
    searches = searches.order_by("pk")
    found: dict[User, list[SavedSearch]] = defaultdict(list)
    tokens: set[tuple[str, str]] | None = None
    for row in searches.iterator(chunk_size=1000):
        if tokens is None:
            pages = report.text_pages.values_list("text", flat=True)
            tokens = card_in(placed).tokens() | text_tokens(pages)
        if fits(row.query, tokens):
            found[row.user].append(row)
    return found


def _came_out_at(report: Report) -> datetime:
    """When readers could first find it: with its instant, or where that was dated back, with the
    approval by which it came out, which was not taken back before. What was brought in from
    elsewhere nobody approved here: it was out already."""
    assert report.published_at is not None
    approved = None
    kinds = (Step.Kind.APPROVED, Step.Kind.SUBMITTED, Step.Kind.WITHDREW)
    for kind, at in report.steps.filter(kind__in=kinds).order_by("pk").values_list("kind", "at"):
        if approved and kind == Step.Kind.WITHDREW:
            break
        approved = at if kind == Step.Kind.APPROVED else None
    return max(report.published_at, approved or report.published_at)


def fits(query: str, tokens: set[tuple[str, str]]) -> bool:
    """Whether a report with these tokens (field, token) is among what a search finds."""
    wanted = dict(parse_qsl(query))
    chosen = {f"{group}={wanted[group]}" for group in GROUPS if group in wanted}
    words = words_of(wanted.get("q", ""))
    if wanted.get("q") and not words:
        return False
    return all((Posting.Field.FACET.value, facet) in tokens for facet in chosen) and all(
        any(all((name, token) in tokens for token in word.tokens) for name in FIELDS)
        for word in words
    )


def _is_listed_for(user: User, search: SavedSearch, report: Report) -> bool:
    """What is out is listed for everybody, unless somebody wants only what they may read. One that
    opens for them later counts: nothing is told a second time, and its page says when."""
    if "mine" not in dict(parse_qsl(search.query)):
        return True
    decision = entitlement(user, report, clock.now())
    return decision.allowed or decision.code == "later"


def _tell(user: User, report: Report, names: list[str]) -> None:
    post.send(
        "search_fits",
        [user.mailbox],
        user=user,
        language=user.language,
        key=f"research.search:{report.pk}:{user.pk}",
        context={
            "name": user.name,
            "title_ko": report.title_ko,
            "title_en": report.title_en or report.title_ko,
            "searches": names,
            "url": f"{settings.SITE_URL}{report.get_absolute_url()}",
            "saved_url": f"{settings.SITE_URL}{reverse('research:saved')}",
            "stop_url": post.secretly(STOP_LINK, str(user.pk)),
        },
    )

"""Every report in every state, asked for by the whole cast through every exit: one answer, that of
``entitlement``. One world, one pass."""

import html
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import default_storage
from django.test import Client

from kosna.accounts.models import User
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.mail import post
from kosna.mail.models import Message
from members import access
from members.access import Decision, entitlement
from research import actions, pictures
from research.models import Download, Report, SamplePage, SavedSearch
from research.pictures import share_picture
from tests import factories
from tests.api.programs import Program, issue
from tests.conftest import PEOPLE, Cast
from tests.research.readers import come, pay

Status = Report.Status
Answers = dict[str, bool]
SECRET, LINE = "비밀문장", "속글"  # a word of every text, and what stands beside it
NEWER = {"public", "gated", "sold"}  # with an edition that nobody has released yet
NOT_OUT = {"draft", "review", "scheduled", "withdrawn"}

# What an exit tells of a report is public once it is out, or it is its text, which ``entitlement``
# opens to a reader. An exit is a function below and, if it is of the text, its name here.
TEXT = {"link", "bytes", "part", "head", "edition"}
SIGNED_IN = {"buy"}  # tells a visitor of nothing, not even of what is not there
# Nobody is told or given these.
NEVER = {"unreleased", "guessed", "text on a page"}


def of_pages(client: Client, report: Report) -> Answers:
    page = f"/research/{report.slug}/"
    shown, offer = client.get(page), client.get(f"{page}buy/")
    words = shown.content.decode() if shown.status_code == 200 else ""
    is_offered = offer.status_code == 200 and report.title in offer.content.decode()
    return {
        "page": shown.status_code == 200,
        "tags": f'og:title" content="{report.title}"' in words,
        "description": f'og:description" content="{report.abstract}"' in words,
        "buy": is_offered or offer.headers.get("Location", "").startswith((page, "/orders/")),
        "text on a page": LINE in words + offer.content.decode(),
        "link": f"{page}download/" in words,
        "sample": is_given(client, f"{page}pages/1/"),
        "picture": is_picture(client, f"{page}cover/ko.png"),
        **{
            f"cite {kind}": client.get(f"{page}cite/{kind}/").status_code == 200
            for kind in ("bib", "ris")
        },
    }


def of_files(client: Client, report: Report) -> Answers:
    copy = f"/research/{report.slug}/download/"
    return {
        "head": client.head(copy).status_code == 200,
        "part": begins(client, copy),
        "bytes": is_given(client, copy),
        "edition": begins(client, f"{copy}?edition=0.9"),
        "unreleased": begins(client, f"{copy}?edition=2.0"),
        "guessed": any(is_given(client, f"{at}{report.file.name}") for at in GUESSED),
    }


GUESSED = ("/", "/media/", "/private/", "/private/copies/", "/copies/", "/static/../media/")
EXITS: list[Callable[[Client, Report], Answers]] = [of_pages, of_files]


def is_given(client: Client, address: str) -> bool:
    answer = client.get(address)
    return answer.status_code == 200 and answer.getvalue().startswith(b"%PDF")


def begins(client: Client, address: str) -> bool:
    """Whether the first bytes of a copy are given. A refusal is a line here, not a page to draw."""
    answer = client.get(address, headers={"Range": "bytes=0-3"})
    return answer.status_code == 206 and answer.content == b"%PDF"


def is_picture(client: Client, address: str) -> bool:
    answer = client.get(address)
    return answer.status_code == 200 and answer.content.startswith(b"\x89PNG")


# Lists, and which reports they name: all that are out, or those that their reader may read.
def shelf(client: Client, query: str = "") -> set[str]:
    page = client.get(f"/research/{query}")
    return {row.report.slug for row in page.context_data["shelved"]}


def named(client: Client, address: str, slugs: set[str]) -> set[str]:
    """Which reports a text leads to."""
    text = client.get(address).getvalue().decode()
    return {slug for slug in slugs if f"/research/{slug}/" in text}


def lines(client: Client, slugs: set[str]) -> set[str]:
    """Of which texts a line is shown under what a search finds."""
    page = client.get(f"/research/?q={SECRET}").content.decode()
    return {slug for slug in slugs if f"{LINE} {slug}" in page}


OF_ALL: dict[str, Callable[[Client, set[str]], set[str]]] = {
    "list": lambda client, _slugs: shelf(client),
    "search": lambda client, _slugs: shelf(client, "?q=숏폼"),
    "search in texts": lambda client, _slugs: shelf(client, f"?q={SECRET}"),
    "author": lambda client, slugs: named(client, "/research/authors/김서연/", slugs),
    "feed": lambda client, slugs: named(client, "/research/feed/", slugs),
    "feed of a topic": lambda client, slugs: named(client, "/research/feed/?topic=market", slugs),
    "sitemap": lambda client, slugs: named(client, "/sitemap.xml", slugs),
}
# Pages that show some of what is out, related reports too: never anything else.
OF_SOME = ("/", "/research/public/", "/research/sold/", "/research/suggest/?q=숏폼", "/me/")


def build(cast: Cast, make_report: Any) -> None:
    """A report in every state and for every kind of reader, each with an earlier edition, a sample
    page and a text. The pictures of the samples are the files themselves, to be found out."""
    now = clock.now()
    regular = (cast.regular_tier,)
    early = factories.make_clock({cast.regular_tier: now - timedelta(hours=1)})
    early.openings.create(tier=None, opens_at=now + timedelta(days=9))
    later = factories.make_clock({None: now + timedelta(days=9)})
    event = factories.make_event(branch=cast.busan)
    make_report("public")
    make_report("gated", tiers=regular)
    make_report("early", tiers=(*regular, cast.associate_tier), clock=early)
    make_report("later", tiers=regular, clock=later)
    make_report("for-companies", tiers=(cast.company_tier,))
    make_report("sold", tiers=(cast.company_tier,), price=9_000)
    make_report("at-home", is_public=False).branches.add(cast.busan)
    make_report("after", is_public=False).occasions.create(event=event.pk)
    make_report("draft", tiers=regular, status=Status.DRAFT, published_at=None)
    make_report("review", status=Status.REVIEW, published_at=None)
    make_report("scheduled", published_at=now + timedelta(days=1))
    make_report("withdrawn", tiers=(cast.company_tier,), price=9_000)
    for report in Report.objects.all():
        report.editions.create(
            label="0.9", file=report.file.name, sha256=report.sha256, pages=2,
            published_at=now, followed_at=now,
        )  # fmt: skip
        if report.slug in NEWER:
            report.editions.create(
                label="2.0", file=report.file.name, sha256=report.sha256, pages=2
            )
        SamplePage.objects.create(
            report=report, number=1, picture=report.file.name, width=9, height=9
        )
        report.authors_ko = "김서연"
        actions.keep_authors(report)
        actions.keep_text(report, [f"{SECRET} {LINE} {report.slug}"])
    come(cast.applicant, event, cast.doorkeeper)
    for slug in ("sold", "withdrawn"):
        pay(actions.buy_report(Report.objects.get(slug=slug), by=cast.account), cast)
    for slug in ("sold", "later", "withdrawn"):
        report = Report.objects.get(slug=slug)
        actions.read_for_a_reason(report, reason="확인", by=cast.editor)
    draft, until = Report.objects.get(slug="draft"), now + timedelta(days=1)
    actions.let_in(draft, cast.editor, until=until, reason="확인", by=cast.editor)
    actions.withdraw_report(Report.objects.get(slug="withdrawn"), reason="오류", by=cast.editor)


@pytest.fixture
def reports(cast: Cast, make_report: Any) -> list[Report]:
    build(cast, make_report)
    return list(Report.objects.with_access().order_by("slug"))


def asking(cast: Cast, who: str) -> Any:
    """As the next request would load this person: nothing is remembered."""
    return AnonymousUser() if who == "visitor" else User.objects.get(pk=getattr(cast, who).pk)


def answers_of(client: Client, report: Report) -> Answers:
    return {name: told for ask in EXITS for name, told in ask(client, report).items()}


@pytest.fixture(autouse=True)
def _no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether there is a picture; what is on it is asked of each, below."""
    monkeypatch.setattr(pictures, "share_picture", lambda *_asked: b"\x89PNG")


def test_one_answer_through_every_exit(cast: Cast, login: Any, reports: list[Report]) -> None:
    now, slugs = clock.now(), {report.slug for report in reports}
    out = slugs - NOT_OUT
    readers: dict[str, set[str]] = {slug: set() for slug in slugs}
    for who in ("visitor", *PEOPLE):
        client, reader = login(who), asking(cast, who)
        may = {
            report.slug
            for report in reports
            if report.slug in out and entitlement(reader, report, now).allowed
        }
        for language in ("en", "ko") if who in ("visitor", "regular") else ("ko",):
            client.cookies["language"] = language
            listed = {name: of_all(client, slugs) for name, of_all in OF_ALL.items()}
            assert listed == dict.fromkeys(OF_ALL, out), (who, language)
            assert shelf(client, "?mine=1") == may, (who, language)
            assert lines(client, slugs) == may, (who, language)
        assert all(named(client, page, slugs) <= out for page in OF_SOME), who
        # A visitor is a reader of what is public, but a copy asks whose it is.
        takes = may if reader.is_authenticated else set()
        offered = out if reader.is_authenticated else set()
        for report in reports:
            slug, answers = report.slug, answers_of(client, report)
            assert answers == {
                name: name not in NEVER
                and slug in (takes if name in TEXT else offered if name in SIGNED_IN else out)
                for name in answers
            }, (who, slug)
            readers[slug] |= {who} if slug in takes else set()
    everyone, of_companies = set(PEOPLE), {"company_rep", "company_seat"}
    assert readers == {
        "public": everyone,
        "gated": {"regular"},
        "early": {"regular"},
        "later": {"editor"},
        "for-companies": of_companies,
        "sold": of_companies | {"account", "editor"},
        "at-home": {"regular", "associate"},
        "after": {"applicant"},
        **{slug: set() for slug in slugs - out},
    }
    # As many copies are on record as left: one begun, the whole, the old edition.
    assert Download.objects.count() == sum(3 * len(names) for names in readers.values())


def test_twin_without_entitlement_every_exit_of_the_text_gives_it(
    cast: Cast, login: Any, reports: list[Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So what the test above compares is no answer that nobody could get."""
    gated = next(report for report in reports if report.slug == "gated")
    client = login("account")
    told = answers_of(client, gated)
    assert not any(told[name] for name in TEXT)
    assert SECRET not in " ".join(lines(client, {"gated"}))
    monkeypatch.setattr(access, "_by_membership", lambda *_asked: Decision(True, "open", ""))
    told = answers_of(client, gated)
    assert all(told[name] for name in TEXT)
    assert lines(client, {"gated"}) == {"gated"}
    assert not any(told[name] for name in NEVER)


def test_the_picture_of_a_link_says_what_the_public_page_says(
    cast: Cast, login: Any, reports: list[Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    monkeypatch.setattr(pictures, "_write", lambda _pen, _at, text, *_how: written.append(text))
    for report in reports:
        written.clear()
        assert share_picture(report, "ko").startswith(b"\x89PNG")
        told = " ".join(written)
        assert SECRET not in told and LINE not in told and report.file.name not in told
        if report.slug not in NOT_OUT:
            page = html.unescape(login("visitor").get(f"/research/{report.slug}/").content.decode())
            assert told and not [word for word in told.split() if word not in page]


def test_programs_are_told_of_what_is_out_and_of_no_text(cast: Cast, reports: list[Report]) -> None:
    """As of whoever may issue a key, whatever they may read."""
    out = {report.slug for report in reports} - NOT_OUT
    for who in ("officer", "editor", "auditor", "head_office"):
        ask = Program(issue(cast, "research:read", label=who, by=who))
        listed = ask("GET", "reports")
        answers = {report.slug: ask("GET", f"reports/{report.slug}") for report in reports}
        heads = {slug for slug in answers if ask("HEAD", f"reports/{slug}").status_code == 200}
        given = {slug for slug, answer in answers.items() if answer.status_code == 200}
        assert {row["slug"] for row in listed.json()["items"]} == given == heads == out, who
        told = " ".join(answer.content.decode() for answer in (listed, *answers.values()))
        hidden = {LINE, "%PDF", "download", *(report.file.name for report in reports)}
        assert not [word for word in hidden if word in told], who


def test_mails_tell_of_what_their_reader_may_read(cast: Cast, reports: list[Report]) -> None:
    """Who asked for what fits and can be read hears of just that, and of what opens for them later;
    no mail has a line of it."""
    for who in PEOPLE:
        wanted = {"q": SECRET, "mine": "1"}
        actions.save_search(wanted, name="x", mails=True, by=getattr(cast, who))
    SavedSearch.objects.update(created_at=clock.now() - timedelta(days=2))
    actions.announce()
    told: dict[str, set[str]] = {who: set() for who in PEOPLE}
    for message in Message.objects.filter(template="search_fits").select_related("user"):
        told[message.user.name].add(message.context["url"].split("/")[-2])
        assert LINE not in " ".join(post.render(message))
    now = clock.now()
    out = [report for report in reports if report.slug not in NOT_OUT]
    wanted_by = {
        who: {row: entitlement(asking(cast, who), row, now) for row in out} for who in told
    }
    assert told == {
        who: {row.slug for row, decision in rows.items() if decision.allowed}
        | {row.slug for row, decision in rows.items() if decision.code == "later"}
        for who, rows in wanted_by.items()
    }
    assert told["regular"] == {"public", "gated", "early", "later", "at-home"}
    assert told["lapsed"] == {"public"}


def test_no_exit_but_the_library_gives_a_file(
    cast: Cast, login: Any, reports: list[Report]
) -> None:
    """Not by the name in the storage, not at the desk, not by a mail, nor in the record."""
    files = {report.file.name for report in reports}
    assert all(default_storage.exists(name) for name in files)
    for who in ("visitor", "regular", "editor"):
        client = login(who)
        for name in sorted(files):
            for folder in ("", "media/", "static/", "research/", "private/", "static/../media/"):
                assert client.get(f"/{folder}{name}").status_code == 404, (who, folder)
    for who in ("editor", "auditor"):
        client = login(who)
        for report in reports:
            for page in ("", "editions/", "access/", "as/", "edit/", "preview/1/"):
                told = client.get(f"/staff/reports/{report.pk}/{page}")
                shows = told.status_code == 200
                assert b"%PDF" not in told.content and report.file.name.encode() not in told.content
                if page == "preview/1/":  # a picture of what has not come out yet, for who decides
                    is_unseen = report.slug in NOT_OUT | NEWER
                    assert shows == (is_unseen and who != "auditor"), (who, report.slug)
    told = " ".join(
        [
            *Message.objects.values_list("text", flat=True),
            *(str(context) for context in Message.objects.values_list("context", flat=True)),
            *(str(facts) for facts in Entry.objects.values_list("facts", flat=True)),
            Client().get("/").content.decode(),
        ]
    )
    assert Message.objects.exists()
    assert "/download/" not in told and not [name for name in files if name in told]

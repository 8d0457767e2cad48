"""Every report in every state, asked for by the cast through every exit: one answer, that of
``entitlement``. One world, one pass."""

from datetime import timedelta
from typing import Any

from django.test import Client

from events.models import CheckIn
from kosna.accounts.models import User
from kosna.core import clock
from members.access import entitlement
from research import actions
from research.models import Report, SamplePage
from tests import factories
from tests.conftest import Cast

ASKING = ("visitor", "account", "associate", "regular", "lapsed", "editor")


def build(cast: Cast, make_report: Any) -> None:
    now = clock.now()
    soon = factories.make_clock({cast.regular_tier: now - timedelta(hours=1), None: now})
    soon.openings.filter(tier=None).update(opens_at=now + timedelta(days=9))
    event = factories.make_event(branch=cast.busan)
    regular = (cast.regular_tier,)
    make_report("public")
    make_report("gated", tiers=regular)
    make_report("clocked", tiers=(*regular, cast.associate_tier), clock=soon)
    make_report("sold", tiers=(cast.company_tier,), price=9_000)
    make_report("at-home", tiers=(), is_public=False).branches.add(cast.busan)
    make_report("after", tiers=(), is_public=False).occasions.create(event=event.pk)
    make_report("draft", tiers=regular, status=Report.Status.DRAFT)
    make_report("scheduled", published_at=now + timedelta(days=1))
    make_report("withdrawn", status=Report.Status.WITHDRAWN)
    place = factories.make_place(factories.make_ticket(event), cast.account)
    CheckIn.objects.create(registration=place, by=cast.doorkeeper)
    for report in Report.objects.all():
        report.editions.create(
            label="0.9", file=report.file.name, sha256=report.sha256, pages=2,
            published_at=now, followed_at=now,
        )  # fmt: skip
        SamplePage.objects.create(
            report=report, number=1, picture=report.file.name, width=9, height=9
        )
        actions.add_erratum(report, place="p. 1", text_ko="x", text_en="x", by=cast.editor)
    actions.read_for_a_reason(Report.objects.get(slug="sold"), reason="확인", by=cast.editor)


def shelf(client: Client, url: str) -> set[str]:
    return {row.report.slug for row in client.get(url).context_data["shelved"]}


def has_sample(client: Client, url: str) -> bool:
    answer = client.get(url)
    return answer.status_code == 200 and b"".join(answer.streaming_content).startswith(b"%PDF")


def exits(client: Client, report: Report) -> dict[str, Any]:
    """Whether each exit shows the report, or gives its bytes."""
    page = f"/research/{report.slug}/"
    part = client.get(f"{page}download/", headers={"Range": "bytes=0-3"})
    whole = client.get(f"{page}download/")
    earlier = client.get(f"{page}download/?edition=0.9")
    shown = client.get(page)
    words = shown.content.decode() if shown.status_code == 200 else ""
    return {
        "page": shown.status_code == 200,
        "sample": has_sample(client, f"{page}pages/1/"),
        "cite": client.get(f"{page}cite/bib/").status_code == 200,
        "link": f"{page}download/" in words,
        "bytes": whole.status_code == 200 and whole.content.startswith(b"%PDF"),
        "part": part.status_code == 206 and part.content == b"%PDF",
        "head": client.head(f"{page}download/").status_code == 200,
        "edition": earlier.status_code == 200 and earlier.content.startswith(b"%PDF"),
    }


def test_one_answer_through_every_exit(cast: Cast, login: Any, make_report: Any) -> None:
    build(cast, make_report)
    now = clock.now()
    reports = list(Report.objects.with_access().order_by("slug"))
    out = {report.slug for report in reports if report in Report.objects.published()}
    assert len(out) == 6
    names = [report.file.name for report in reports]
    told = set()
    for who in ASKING:
        client, user = login(who), None
        if who != "visitor":
            user = User.objects.get(pk=getattr(cast, who).pk)
        asked = user or type("Visitor", (), {"is_authenticated": False})()
        answers = {
            report.slug: report.slug in out and entitlement(asked, report, now).allowed
            for report in reports
        }
        may = {slug for slug, allowed in answers.items() if allowed}
        told.add(frozenset(may))
        assert shelf(client, "/research/") == out
        assert shelf(client, "/research/?q=숏폼") == out
        assert shelf(client, "/research/?mine=1") == may
        for report in reports:
            slug, reads = report.slug, user is not None and answers[report.slug]
            assert exits(client, report) == {
                "page": slug in out,
                "sample": slug in out,
                "cite": slug in out,
                "link": reads,
                "bytes": reads,
                "part": reads,
                "head": reads,
                "edition": reads,
            }, (who, slug)
    for name in names:
        for guess in (f"/{name}", f"/media/{name}", f"/research/{name}"):
            answer = client.get(guess)
            assert (answer.status_code, b"%PDF" in answer.content) == (404, False), guess
    assert len(told) == 5  # the shelves of these readers differ
    feed = Client().get("/research/feed/").content.decode()
    assert {slug for slug in answers if f"/research/{slug}/" in feed} == out
    everything = feed + Client().get("/").content.decode()
    assert not [name for name in names if name in everything]
    assert "/download/" not in everything

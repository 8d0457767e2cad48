"""What the desk lists of one report takes as many statements for three rows as for one."""

from datetime import timedelta

from django.utils.crypto import get_random_string

from kosna.core import clock
from research import actions
from tests import factories
from tests.conftest import Cast
from tests.members.test_desk import queries_of


def test_pages_of_one_report(cast: Cast, login, make_report) -> None:
    report, client, now = make_report("kept"), login("editor"), clock.now()
    pages = [f"/staff/reports/{report.pk}/{page}" for page in ("", "access/", "editions/")]
    seen_as = f"/staff/reports/as/?tier={cast.regular_tier.pk}"  # all of them

    def one_more() -> None:
        reader = factories.make_user(f"독자 {get_random_string(4)}")
        actions.let_in(
            report, reader, until=now + timedelta(days=9), reason="x", by=cast.head_office
        )
        report.editions.create(
            label=get_random_string(4), file=report.file.name, sha256=report.sha256, pages=2,
            published_at=now, followed_at=now,
        )  # fmt: skip
        make_report(get_random_string(4).lower(), tiers=(cast.regular_tier,), price=9_000)
        actions.add_erratum(report, place="p. 1", text_ko="x", text_en="x", by=cast.editor)

    one_more()
    one = [queries_of(client, page) for page in (*pages, seen_as)]
    one_more()
    one_more()
    assert [queries_of(client, page) for page in (*pages, seen_as)] == one

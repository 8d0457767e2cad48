"""What programs are told of reports and figures: what the pages say, and never a byte of a file."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from events.actions import publish, unpublish
from kosna.core import clock
from research.actions import tell_values
from research.models import Report
from research.statistics.values import NewValue
from tests import factories
from tests.api.programs import Program, issue
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(cast: Cast) -> Program:
    return Program(issue(cast, "research:read"))


def said(instant: datetime) -> str:
    return instant.astimezone(clock.KST).isoformat(timespec="seconds")


def test_a_report_says_what_opens_for_whom(cast: Cast, ask: Program) -> None:
    now = clock.now()
    opening = factories.make_clock({cast.regular_tier: now, None: now + timedelta(days=9)})
    event = factories.make_event("seminar", title_ko="가을 세미나")
    report = factories.make_report(
        "outlook", tiers=(cast.regular_tier,), clock=opening, price=9_000, edition="2.0"
    )
    report.branches.add(cast.busan)
    report.occasions.create(event=event.pk)
    report.labels.create(kind="field", value="management")
    answer = ask("GET", "reports/outlook")
    told = answer.json()
    assert told["readers"] == {
        "everyone": False,
        "tiers": ["regular"],
        "branches": ["busan"],
        "events": ["가을 세미나"],
        "opens": [
            {"tier": "regular", "opens_at": said(now)},
            {"tier": None, "opens_at": said(now + timedelta(days=9))},
        ],
        "price": 9_000,
    }
    assert (told["slug"], told["edition"], told["fields"]) == ("outlook", "2.0", ["management"])
    assert told["url"].endswith("/research/outlook/")
    hidden = (report.file.name, report.sha256, "search_text", "download")
    assert not [word for word in hidden if word in answer.content.decode()]
    again = ask("GET", "reports/outlook", If_None_Match=answer["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    unpublish(event=event, by=cast.officer)
    assert ask("GET", "reports/outlook").json()["readers"]["events"] == []
    publish(event=event, by=cast.officer)
    assert ask("HEAD", "reports/outlook")["Content-Length"] == str(len(answer.content))


def test_what_is_not_out_does_not_exist(ask: Program) -> None:
    for status in (Report.Status.DRAFT, Report.Status.REVIEW, Report.Status.WITHDRAWN):
        factories.make_report(status.value, status=status)
    factories.make_report("scheduled", published_at=clock.now() + timedelta(days=1))
    factories.make_report("out")
    factories.make_series("draft", status="draft")
    assert [row["slug"] for row in ask("GET", "reports").json()["items"]] == ["out"]
    for slug in ("draft", "review", "withdrawn", "scheduled"):
        for method in ("GET", "HEAD"):
            assert ask(method, f"reports/{slug}", If_None_Match="*").status_code == 404
    assert ask("GET", "statistics").json()["items"] == []
    for path in ("statistics/draft", "statistics/draft/values"):
        assert ask("GET", path).status_code == 404


def test_lists_go_on_page_by_page_in_so_many_queries(
    ask: Program, django_assert_num_queries: Any, cast: Cast
) -> None:
    for n in range(3):
        factories.make_report(f"market-{n}", tiers=(cast.regular_tier,))
        factories.make_series(f"series-{n}")
    ask("GET", "reports")
    for limit in (1, 3):
        with django_assert_num_queries(8):
            page = ask("GET", f"reports?topic=market&limit={limit}").json()
    assert [row["slug"] for row in page["items"]] == ["market-0", "market-1", "market-2"]
    assert page["next"] is None
    first = ask("GET", "reports?limit=2").json()
    rest = ask("GET", f"reports?after={first['next']}").json()
    assert [row["slug"] for row in rest["items"]] == ["market-2"]
    assert len(ask("GET", "statistics?limit=2").json()["items"]) == 2


def test_figures_are_those_that_the_issuer_sees(cast: Cast) -> None:
    series = factories.make_series("usage", tiers=(cast.regular_tier,), audience="detail")
    series.breakdowns = [
        {"name_ko": "나이", "name_en": "Age", "categories": [["young", "청년", "Young"]]}
    ]
    series.save()
    factories.make_values(series, {"2025": "12.30", ("2025", "", "young"): "34.5"})
    ask = Program(issue(cast, "research:read"))
    seen = ask("GET", "statistics/usage/values")
    told = seen.json()
    assert [(row["first"], row["value"]) for row in told["items"]] == [("", "12.30")]
    assert told["shut"] and ask("GET", "statistics/usage").json()["breakdowns"] == []
    assert ask("GET", "statistics/usage/values", If_None_Match=seen["ETag"]).status_code == 304
    member = factories.make_member(cast.officer, tier=cast.regular_tier, branch=cast.busan)
    # The series is as it was, and what its reader may see is not.
    now_seen = ask("GET", "statistics/usage/values", If_None_Match=seen["ETag"])
    told = now_seen.json()
    assert [(row["first"], row["value"]) for row in told["items"]] == [
        ("", "12.30"),
        ("young", "34.5"),
    ]
    assert told["shut"] == ""
    assert ask("GET", "statistics/usage").json()["breakdowns"][0]["categories"] == [
        {"code": "young", "name_ko": "청년", "name_en": "Young"}
    ]
    series.audience = "members"
    series.save()
    member.periods.update(voided_at=clock.now())
    refused = ask("GET", "statistics/usage/values", If_None_Match=now_seen["ETag"])
    assert (refused.status_code, "items" in refused.json()) == (403, False)
    assert ask("GET", "statistics/usage").json()["shut"] == refused.json()["detail"]


def test_another_scope_opens_none_of_it(cast: Cast) -> None:
    factories.make_report("out")
    ask = Program(issue(cast, "events:read"))
    for path in ("reports", "reports/out", "statistics", "statistics/x", "statistics/x/values"):
        assert ask("GET", path).status_code == 403
    assert Program(issue(cast, "research:read", label="x"))("GET", "events").status_code == 403


def test_a_program_is_told_why_a_figure_was_revised(cast: Cast) -> None:
    series = factories.make_series("revised")
    factories.make_values(series, {"2025": "1.0"})
    cell, why = (
        (date(2025, 1, 1), "", "", ""),
        {"reason": "표본 보완", "reason_en": "Larger sample"},
    )
    tell_values(series, [NewValue(cell, Decimal("2.0"))], **why, by=cast.editor)
    told = Program(issue(cast, "research:read"))("GET", "statistics/revised/values").json()
    assert [(row["value"], row["reason_ko"], row["reason_en"]) for row in told["items"]] == [
        ("2.0", "표본 보완", "Larger sample")
    ]

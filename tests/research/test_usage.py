"""What the office is told of the use of statistics: by tier and branch, nobody's, and locked."""

from datetime import timedelta

import pytest

from kosna.core import clock
from kosna.core.templatetags.ui import kdatetime
from research import counting
from research.models import UseCount
from tests import factories
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
FIGURES = "/staff/statistics/figures/"


def counts() -> dict[tuple[str, str, str], tuple[int, int, int]]:
    return {
        (row.series.code, row.reader, row.branch): (row.views, row.files, row.locked)
        for row in UseCount.objects.select_related("series")
    }


def test_looks_and_files_are_counted_by_tier_and_branch(cast: Cast, login) -> None:
    shut = factories.make_series("shut", tiers=(cast.regular_tier,), audience="members")
    opened = factories.make_series("opened")
    unasked = factories.make_series("unasked", tiers=(cast.regular_tier,), audience="detail")
    for series in (shut, opened, unasked):
        factories.make_values(series, {"2025": "1.0"})
    page = "/research/statistics/shut"
    visitor = login("visitor")
    for _look in range(2):  # the kept page counts, too
        assert visitor.get(f"{page}/").status_code == 200
    assert visitor.get(f"{page}.csv").status_code == 403
    assert visitor.head(f"{page}/").status_code == 200
    login("account").get("/research/statistics/opened/")
    regular = login("regular")
    regular.get("/research/statistics/compare/?s=shut&s=opened&s=none")
    for kind in ("csv", "xlsx", "json", "svg"):
        assert regular.get(f"{page}.{kind}").getvalue()
    regular.get("/research/statistics/compare.csv?s=shut&s=opened")
    login("editor").get("/research/statistics/unasked/")

    told = login("auditor").get(FIGURES).context_data
    tier, branch = cast.regular_tier, cast.busan
    assert counts() == {
        ("shut", "visitor", ""): (2, 1, 3),
        ("opened", "account", ""): (1, 0, 0),
        ("shut", tier.code, branch.code): (1, 5, 0),
        ("opened", tier.code, branch.code): (1, 1, 0),
        ("unasked", "staff", ""): (1, 0, 0),
    }
    by_tier = {row.name: (row.counts, row.most) for row in told["by_tier"]}
    assert by_tier[tier.name] == ((2, 6), [(shut, 6), (opened, 2)])
    assert len(by_tier) == 4 and ((2, 1), []) in by_tier.values()  # what is locked is not used
    assert ((2, 6), [(shut, 6), (opened, 2)]) in [
        (row.counts, row.most) for row in told["by_branch"] if row.name == branch.name
    ]
    assert told["locked"] == [(shut, 3)]
    assert list(told["unasked"]) == []  # nobody wonders before a month is over
    with clock.standing_at(clock.now() + timedelta(days=31)):
        assert list(login("auditor").get(FIGURES).context_data["unasked"]) == [unasked]
    for asked in ("until=0001-01-01", "since=9999-12-31", "since=x&until=2026-02-30"):
        assert login("editor").get(f"{FIGURES}?{asked}").status_code == 200


def test_a_file_that_is_not_given_is_not_counted(cast: Cast, login) -> None:
    """But one that is shut to its reader is, as locked."""
    shut = factories.make_series("shut", tiers=(cast.regular_tier,), audience="members")
    for series in (shut, factories.make_series("opened")):
        factories.make_values(series, {"2025": "0.0"})
    factories.make_series("empty")
    visitor, page = login("visitor"), "/research/statistics"
    for address, status in (
        ("opened.csv?from=x", 400), ("opened.svg?by=zzz", 400), ("empty.svg", 404),
        ("compare.csv?s=opened&from=x", 400), ("compare.csv?s=opened&index=1", 400),
        ("compare.csv?s=empty", 404), ("shut.csv?from=x", 403), ("compare.csv?s=shut", 403),
    ):  # fmt: skip
        assert visitor.get(f"{page}/{address}").status_code == status, address
    login("auditor").get(FIGURES)
    assert counts() == {("shut", "visitor", ""): (0, 2, 2)}
    for kind in ("csv", "svg"):
        assert visitor.get(f"{page}/opened.{kind}").status_code == 200
    assert visitor.get(f"{page}/compare.csv?s=opened&s=shut").status_code == 200
    login("auditor").get(FIGURES)
    assert counts()["opened", "visitor", ""] == (0, 3, 0)
    assert counts()["shut", "visitor", ""] == (0, 3, 3)


def test_who_looks_as_a_member_is_not_counted(cast: Cast, login) -> None:
    series = factories.make_series("shut", tiers=(cast.regular_tier,), audience="members")
    factories.make_values(series, {"2025": "1.0"})
    client = login("editor")
    client.post("/staff/view-as/", {"tier": cast.regular_tier.pk, "standing": "", "branch": ""})
    assert client.get("/research/statistics/shut/").context_data["reading"].sees_total
    client.get("/research/statistics/shut.csv")
    client.get("/research/statistics/compare/?s=shut")
    client.get(FIGURES)
    assert not counts()


@pytest.mark.parametrize("rows", [1, 3])
def test_figures_query_count(cast: Cast, login, django_assert_num_queries, rows: int) -> None:
    for number in range(rows):
        for reader, locked in (("visitor", 1), (cast.regular_tier.code, 0)):
            factories.make_series(f"s{number}{locked}").use_counts.create(
                day=clock.today(), reader=reader, views=1, locked=locked
            )
        factories.make_series(f"unasked{number}")
    client = login("editor")
    client.get(FIGURES)
    with django_assert_num_queries(16):
        client.get(FIGURES)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ko", "아직 기록하지 않은 조회(프로세스마다 최대 49회)는 빠져 있습니다."),
        ("en", "not written down yet, at most 49 each, is missing."),
    ],
)
def test_figures_say_as_of_when_they_are_and_what_is_missing(
    cast: Cast, login, make_report, language: str, words: str
) -> None:
    """What this process has counted is there at once; of another one at most so much waits."""
    report = make_report()
    series = factories.make_series("opened")
    client = login("head_office")
    client.cookies["language"] = language
    for _look in range(counting.MOST):
        login("visitor").get("/research/statistics/opened/")
    assert series.use_counts.get().views == counting.MOST  # as other processes see it
    login("visitor").get("/research/statistics/opened/")
    assert series.use_counts.get().views == counting.MOST
    for page in (FIGURES, "/staff/reports/figures/", f"/staff/reports/{report.pk}/"):
        text = client.get(page).content.decode()
        assert words in text and kdatetime(clock.now())[-5:-2] in text
    assert series.use_counts.get().views == counting.MOST + 1

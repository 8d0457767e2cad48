"""Series and values: who sees what through which exit, what was known when, what changes."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.test import Client
from openpyxl import load_workbook

from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.verify import values_replace_their_own
from members.models import Tier
from research import actions
from research.models import Observation, Series
from research.statistics.values import NewValue, parse_value
from tests import factories
from tests.conftest import PEOPLE, Cast
from tests.members.test_desk import queries_of

pytestmark = pytest.mark.django_db
CATEGORIES = [["young", "청년", "Young"], ["old", "장년", "Old"]]
AGES = [{"name_ko": "연령", "name_en": "Age", "categories": CATEGORIES}]
EVERYBODY = {"visitor", *PEOPLE}
TOTAL, DETAIL = "77.7", "91.3"  # figures that stand nowhere else on a page
KINDS = ("page", "list", "csv", "xlsx", "json", "svg", "compare", "compare.csv")


def at(year: int, period: str = "2025", first: str = "") -> tuple[date, str, str, str]:
    return (date(int(period), 1, 1), "", first, "")


def tell(series: Series, text: str | None, by: Any, *, reason: str = "", **more: Any) -> None:
    value = None if text is None else D(text)
    actions.tell_values(series, [NewValue(at(0, **more), value)], reason=reason, by=by)


@pytest.fixture
def gated(cast: Cast) -> dict[str, Series]:
    """One series for each kind of audience, of age groups; the detail for regular members."""
    found = {}
    for audience in Series.Audience.values:
        tiers: tuple[Tier, ...] = () if audience == "everyone" else (cast.regular_tier,)
        found[audience] = factories.make_series(
            f"of-{audience}", audience=audience, tiers=tiers, breakdowns=AGES, is_sample=True
        )
        values: dict[tuple[str, ...] | str, str] = {
            "2024": "60.1", "2025": TOTAL, ("2024", "", "young"): "80.2",
            ("2025", "", "young"): DETAIL,
        }  # fmt: skip
        factories.make_values(found[audience], values)
    return found


def text_of(client: Client, code: str, kind: str) -> str:
    addresses = {
        "page": f"/research/statistics/{code}/",
        "list": f"/research/statistics/?q={code}",
        "compare": f"/research/statistics/compare/?s={code}",
        "compare.csv": f"/research/statistics/compare.csv?s={code}",
    }
    answer = client.get(addresses.get(kind, f"/research/statistics/{code}.{kind}"))
    content = b"".join(answer)
    if kind == "xlsx" and answer.status_code == 200:
        sheet = load_workbook(io.BytesIO(content)).worksheets[0]
        return "\n".join(str(cell) for row in sheet.values for cell in row if cell is not None)
    return content.decode()


@pytest.mark.parametrize("audience", Series.Audience.values)
def test_every_exit_gives_one_answer(
    cast: Cast, login: Callable[[str], Client], gated: dict[str, Series], audience: str
) -> None:
    """Whoever it is, by whatever way: the total and the detail are there exactly where the rule
    opens them, the sentence where something is shut, and the label of sample data always."""
    sees_detail = {"regular"} if audience != "everyone" else EVERYBODY
    sees_total = sees_detail if audience == "members" else EVERYBODY
    code = gated[audience].code
    for who in sorted(EVERYBODY):
        client = login(who)
        client.cookies["language"] = "en"
        for kind in KINDS:
            words = text_of(client, code, kind)
            assert (TOTAL in words) == (who in sees_total), (who, kind)
            if kind not in ("list", "compare", "compare.csv"):
                assert (DETAIL in words) == (who in sees_detail), (who, kind)
            if who in sees_total:
                assert "ample data" in words, (who, kind)
            if who not in sees_total and kind != "list":
                reasons = {
                    "visitor": "For members. Please sign in",
                    "lapsed": "Your dues are unpaid",
                }
                assert reasons.get(who, "Not included in your membership") in words, (who, kind)
            if who in sees_total - sees_detail and kind in ("page", "csv", "xlsx", "json"):
                assert "Only the total is shown" in words, (who, kind)


def test_asking_for_the_detail_by_name_opens_nothing(cast: Cast, login, gated) -> None:
    for who in ("visitor", "lapsed", "associate"):
        for kind in ("", ".csv", ".json", ".svg", ".xlsx"):
            address = f"/research/statistics/of-detail{kind or '/'}"
            for query in (
                "by=first&pick=young",
                "by=&first=young",
                "by=region",
                "as_of=2030-01-01",
            ):
                answer = login(who).get(f"{address}?{query}")
                assert DETAIL.encode() not in b"".join(answer)


def test_closed_files_are_403_and_hidden_series_404(cast: Cast, login, gated) -> None:
    visitor = login("visitor")
    for kind in ("csv", "xlsx", "json", "svg"):
        assert visitor.get(f"/research/statistics/of-members.{kind}").status_code == 403
        answer = login("regular").get(f"/research/statistics/of-members.{kind}")
        assert (answer.status_code, bool(b"".join(answer))) == (200, True)
    Series.objects.update(status="withdrawn")
    for address in ("of-everyone/", "of-everyone.csv", "of-everyone.svg", "none/"):
        assert login("regular").get(f"/research/statistics/{address}").status_code == 404
    page = login("regular").get("/research/statistics/")
    assert page.context_data["entries"] == []


def test_a_changed_rule_holds_from_the_next_request(cast: Cast, login, gated) -> None:
    series = gated["everyone"]
    visitor = login("visitor")
    assert TOTAL in text_of(visitor, series.code, "page")
    series.audience = "members"
    actions.save_series(series, tiers=[cast.regular_tier], by=cast.editor)
    assert TOTAL not in text_of(visitor, series.code, "page")
    assert TOTAL not in text_of(visitor, series.code, "list")


def test_old_values_stay_with_date_and_reason(cast: Cast, login) -> None:
    series = factories.make_series("kept")
    days = [datetime(2026, month, 1, 3, tzinfo=UTC) for month in (1, 2, 3)]
    told = zip(days, ("10.0", "11.0", None), ("", "표본 보완", "집계 오류"), strict=True)
    for day, text, reason in told:
        with clock.standing_at(day):
            tell(series, text, cast.editor, reason=reason)
    visitor = login("visitor")

    def known(query: str) -> Any:
        facts = json.loads(visitor.get(f"/research/statistics/kept.json{query}").content)
        return [(row["value"], row["mark"]) for row in facts["observations"]]

    assert known("?as_of=2025-12-31") == []
    assert known("?as_of=2026-01-31") == [("10.0", "")]
    assert known("?as_of=2026-02-01") == [("11.0", "r")]
    assert known("") == [(None, "r")]
    page = visitor.get("/research/statistics/kept/").content.decode()
    assert "표본 보완" in page
    assert "집계 오류" in page
    then = visitor.get("/research/statistics/kept/?as_of=2026-02-01").content.decode()
    assert "표본 보완" in then
    assert "집계 오류" not in then
    assert Observation.objects.count() == 3
    assert [entry.verb for entry in Entry.objects.all()] == ["research.tell_values"] * 3


def test_every_change_can_be_leafed_through(cast: Cast, login) -> None:
    series = factories.make_series("kept")
    for month in range(1, 24):
        with clock.standing_at(datetime(2024 + month // 12, month % 12 + 1, 1, tzinfo=UTC)):
            tell(series, f"{month}.0", cast.editor, reason=f"제{month}차 개정")
    shown = [
        [
            change["row"].reason
            for change in login("visitor")
            .get(f"/research/statistics/kept/{query}")
            .context_data["revisions"]
        ]
        for query in ("", "?page=2")
    ]
    told = [f"제{month}차 개정" for month in range(23, 1, -1)]
    assert shown == [told[:20], told[20:]]


def test_a_change_needs_a_reason_and_says_something(cast: Cast) -> None:
    series = factories.make_series()
    tell(series, "10.0", cast.editor)
    for text in ("10.0", "11.0"):
        with pytest.raises(Refused):
            tell(series, text, cast.editor)
    assert series.version == 2


def test_the_database_keeps_every_value(cast: Cast) -> None:
    series = factories.make_series()
    factories.make_values(series, {"2025": "1.0"})
    row = Observation.objects.get()
    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE research_observation SET value = '2.0'")
    again: dict[str, Any] = {"series": series, "period": row.period, "value": D(2)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Observation.objects.create(**again)
    assert values_replace_their_own() == []
    with transaction.atomic():
        other: dict[str, Any] = {**again, "period": date(2024, 1, 1)}
        Observation.objects.create(**other, replaces=row, reason_ko="x")
        assert len(values_replace_their_own()) == 1
        transaction.set_rollback(True)
    Observation.objects.create(**again, replaces=row, reason_ko="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Observation.objects.create(**again, replaces=row, reason_ko="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Observation.objects.create(**again, replaces=Observation.objects.latest("pk"), reason_ko="")


@pytest.mark.parametrize(
    "text", ["0.1", "123456789012345678.123456", "-0.000001", "1000000.000000"]
)
def test_a_value_is_kept_digit_by_digit(cast: Cast, text: str) -> None:
    series = factories.make_series(places=6)
    tell(series, text, cast.editor)
    [stored] = Observation.objects.values_list("value", flat=True)
    assert str(stored) == text
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM research_observation")
        assert cursor.fetchone() == (text,)


def test_values_are_not_left_without_their_place(cast: Cast) -> None:
    series = factories.make_series(breakdowns=AGES, by_region=True)
    factories.make_values(series, {("2025", "busan"): "1.5", ("2025", "", "old"): "2.0"})
    series.frequency, series.by_region, series.places = "month", False, 0
    series.breakdowns = [{**AGES[0], "categories": [["young", "청년", ""]]}]
    with pytest.raises(Refused) as refused:
        actions.save_series(series, tiers=[], by=cast.editor)
    assert len(refused.value.reasons) == 4


def test_files_say_what_they_are(cast: Cast, login, gated) -> None:
    Series.objects.filter(code="of-everyone").update(method_ko="=cmd()", by_region=True)
    answer = login("visitor").get("/research/statistics/of-everyone.csv?from=2025")
    text = answer.content.decode()
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:])))
    above = [row[0] for row in rows if len(row) == 1]
    assert any("시연용 생성자료" in line for line in above)
    assert any("%" in line for line in above)
    headings = next(row for row in rows if len(row) > 1)
    assert headings[-3:-1] == ["값 (%)", "부호"]
    assert [row[4] for row in rows[rows.index(headings) + 1 :]] == [TOTAL, DETAIL]
    assert answer["Cache-Control"] == "private, no-store"
    facts = json.loads(login("visitor").get("/research/statistics/of-everyone.json").content)
    assert facts["is_sample"] is True
    assert facts["unit"]["ko"] == "%"
    assert {row["value"] for row in facts["observations"]} == {"60.1", TOTAL, "80.2", DETAIL}


def test_picture_travels_alone(cast: Cast, login, gated) -> None:
    answer = login("visitor").get("/research/statistics/of-everyone.svg?chart=bar&by=first")
    assert answer["Content-Type"].startswith("image/svg+xml")
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    text = answer.content.decode()
    assert "--trace-0" in text
    assert "svg{color-scheme:light dark;background:var(--chart-ground)}" in text
    assert "<script" not in text


def test_comparison_of_two_units_is_an_index(cast: Cast, login) -> None:
    one = factories.make_series("one")
    two = factories.make_series(
        "two", unit_ko="명", unit_en="people", places=0, frequency="quarter"
    )
    factories.make_values(one, {"2023": "20.0", "2024": "50.0", "2025": "55.0"})
    factories.make_values(two, {"2024-Q1": "200", "2024-Q2": "300", "2025-Q1": "400"})
    visitor = login("visitor")
    facts = json.loads(visitor.get("/research/statistics/compare.json?s=one&s=two").content)
    assert facts["is_index"] is True
    values = [[row["value"] for row in series["values"]] for series in facts["series"]]
    assert values == [["40.0", "100.0", "110.0"], ["100.0", "150.0", "200.0"]]
    same = json.loads(visitor.get("/research/statistics/compare.json?s=one&s=one").content)
    assert (same["is_index"], same["unit"]) == (False, "%")
    page = visitor.get("/research/statistics/compare/?s=two&s=one&from=2024&chart=bar&s=none")
    assert page.context_data["found"].starts[0] == date(2024, 1, 1)
    assert visitor.get("/research/statistics/compare.csv").status_code == 404
    for kind in ("csv", "xlsx", "svg"):
        answer = visitor.get(f"/research/statistics/compare.{kind}?s=one&s=two&index=1")
        assert (answer.status_code, bool(b"".join(answer))) == (200, True)


def test_years_beside_quarters_have_rows_of_their_own(cast: Cast, login) -> None:
    yearly = factories.make_series("yearly")
    quarterly = factories.make_series("quarterly", frequency="quarter")
    factories.make_values(yearly, {"2024": "50.0", "2025": "55.0"})
    factories.make_values(quarterly, {"2025-Q1": "20.0", "2025-Q2": "30.0"})
    visitor, asked = login("visitor"), "?s=yearly&s=quarterly"
    page = visitor.get(f"/research/statistics/compare/{asked}")
    assert page.context_data["found"].rows == [
        ("2024년", ["50.0", ""]), ("2025년", ["55.0", ""]),
        ("2025년 1분기", ["", "20.0"]), ("2025년 2분기", ["", "30.0"]),
    ]  # fmt: skip
    assert "값은 각 기간의 시작" in page.content.decode()
    text = visitor.get(f"/research/statistics/compare.csv{asked}").content.decode("utf-8-sig")
    rows = [row for row in csv.reader(io.StringIO(text)) if row and row[0][:4].isdecimal()]
    assert rows == [
        ["2024", "50.0", "", "", ""], ["2025", "55.0", "", "", ""],
        ["2025-Q1", "", "", "20.0", ""], ["2025-Q2", "", "", "30.0", ""],
    ]  # fmt: skip


SENSELESS = (
    ("by=x&first=zzz", "by=x, first=zzz"),
    ("chart=pie&from=abc&to=99999&at=1", "from=abc, to=99999, at=1, chart=pie"),
    ("as_of=yesterday&pick=none&from=", "as_of=yesterday, pick=none"),
    ("by=second&second=old&as_of=9999-12-31", "as_of=9999-12-31, by=second, second=old"),
    ("from=2025&to=2024", "from=2025, to=2024"),
)


@pytest.mark.parametrize(("query", "parts"), SENSELESS)
def test_a_page_leaves_out_what_makes_no_sense_and_says_so(gated, login, query, parts) -> None:
    for address in ("", "industry/"):
        assert login("visitor").get(f"/research/statistics/{address}?{query}").status_code == 200
    page = login("visitor").get(f"/research/statistics/of-everyone/?{query}")
    assert page.status_code == 200 and page.context_data["odd"] == parts.split(", ")
    assert all(f"<code>{part}</code>" in page.content.decode() for part in parts.split(", "))


@pytest.mark.parametrize(("query", "parts"), SENSELESS)
def test_no_file_is_made_of_what_makes_no_sense(gated, login, query, parts) -> None:
    for kind in ("csv", "xlsx", "json", "svg"):
        answer = login("visitor").get(f"/research/statistics/of-everyone.{kind}?{query}")
        said = answer.json()["error"] if kind == "json" else answer.content.decode()
        assert answer.status_code == 400 and parts in said
    # What a reader may not see is another answer, whatever the address says.
    assert login("visitor").get(f"/research/statistics/of-members.csv?{query}").status_code == 403


def test_a_comparison_leaves_out_what_makes_no_sense_but_its_file_does_not(gated, login) -> None:
    visitor = login("visitor")
    known, strange = "s=of-everyone&s=of-detail", "s=nothing&from=abc&as_of=x&chart=map&index=2"
    assert not visitor.get(f"/research/statistics/compare/?{known}").context_data["odd"]
    page = visitor.get(f"/research/statistics/compare/?{known}&{strange}")
    assert len(page.context_data["found"].lines) == 2
    for part in strange.split("&"):
        assert f"<code>{part}</code>" in page.content.decode()
    for kind in ("csv", "xlsx", "json", "svg"):
        file = f"/research/statistics/compare.{kind}?{known}"
        given = visitor.get(file)
        assert (given.status_code, bool(b"".join(given))) == (200, True)
        assert visitor.get(f"{file}&{strange}").status_code == 400
        assert visitor.get(f"{file}&from=2025&to=2024").status_code == 400


def test_what_the_forms_send_makes_sense(gated, login) -> None:
    """Empty fields, and the lines that were chosen when others were drawn."""
    usual = "by=&first=young&pick=young&pick=old&chart=bar&from=2024&to=2025&as_of=&at="
    page = login("regular").get(f"/research/statistics/of-everyone/?{usual}")
    assert page.context_data["odd"] == []


def test_list_finds_by_words_initials_and_filters(cast: Cast, login, gated) -> None:
    factories.make_series("games", topic="games", name_ko="소셜 게임", by_region=True)
    client = login("visitor")

    def codes(query: str) -> set[str]:
        page = client.get(f"/research/statistics/?{query}")
        return {entry.series.code for entry in page.context_data["entries"]}

    assert codes("q=소셜 게임") == codes("q=ㅅㅅ ㄱㅇ") == codes("topic=games") == {"games"}
    assert codes("by=region&frequency=year") == {"games"}
    assert codes("by=breakdown") == {"of-everyone", "of-detail", "of-members"}
    assert codes("q=없는말") == set()


def test_pages_take_as_many_statements_for_many_as_for_one(cast: Cast, login) -> None:
    addresses = (
        "/research/statistics/?page=1", "/research/statistics/industry/?a=1",
        "/research/statistics/first/?a=1", "/research/statistics/compare/?s=first&s=s2&s=s3",
        "/research/statistics/first.csv", "/research/statistics/first.json",
    )  # fmt: skip
    series = factories.make_series("first", is_key=True, breakdowns=AGES)

    def values(of: Series, *years: int) -> None:
        for year in years:
            factories.make_values(of, {str(year): "1.0", (str(year), "", "old"): "2.0"})

    values(series, 2020, 2021)
    for name in ("visitor", "regular"):
        client = login(name)
        one = [queries_of(client, address) for address in addresses]
        for number in (2, 3):
            code = f"s{number}{'' if name == 'visitor' else 'r'}"
            values(factories.make_series(code, is_key=True), 2020, 2021, 2022)
        values(series, *((2022, 2023) if name == "visitor" else (2024, 2025)))
        assert [queries_of(client, address) for address in addresses] == one
        assert max(one) <= 14


def test_kept_pages_cost_one_statement_and_follow_every_change(cast: Cast, login, gated) -> None:
    visitor = Client()
    for address in ("of-everyone/", "", "industry/"):
        assert queries_of(visitor, f"/research/statistics/{address}") == 1
    tell(gated["everyone"], "55.5", cast.editor, reason="정정")
    for address in ("of-everyone/", ""):
        assert "55.5" in visitor.get(f"/research/statistics/{address}").content.decode()


def test_one_series_in_place_of_another_is_no_kept_page(cast: Cast) -> None:
    one, other = (factories.make_series(code) for code in ("one", "other"))
    versions = Series.objects.filter(pk__in=[one.pk, other.pk])
    versions.filter(pk=other.pk).update(status=Series.Status.DRAFT, version=one.version)
    assert "/statistics/one/" in Client().get("/research/statistics/").content.decode()
    versions.filter(pk=other.pk).update(status=Series.Status.PUBLISHED)
    versions.filter(pk=one.pk).update(status=Series.Status.WITHDRAWN)
    assert "/statistics/one/" not in Client().get("/research/statistics/").content.decode()


@pytest.mark.parametrize("typed", ["1e24", "9" * 24, "1e99999999", "NaN", "1e-9", "1e100000000000"])
def test_what_no_series_holds_is_refused_in_words(typed: str) -> None:
    with pytest.raises(ValueError, match=typed[:20]):
        parse_value(typed, Series(places=6))

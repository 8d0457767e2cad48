"""Partners: entered, changed and ended by the branch that signed; shown to everybody."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from kosna.audit.models import Entry
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.errors import Refused
from members.programmes.actions import correct_end, end_partner, write_partner
from members.programmes.models import Partner
from members.programmes.views.partners import version
from tests.conftest import Cast
from tests.members.programmes.partners import make_partner

pytestmark = pytest.mark.django_db

SIGNED = date(2024, 3, 4)


def typed(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "branch": cast.busan.pk,
        "kind": "public",
        "name_ko": "해솔진흥원",
        "name_en": "Haesol Agency",
        "about_ko": "교육\n\n<b>상담</b>",
        "about_en": "Courses",
        "signed_on": str(SIGNED),
        **changes,
    }


def names(client: Client, query: str = "") -> list[str]:
    page = client.get(f"/programmes/partners/{query}").context["page"]
    return [partner.name_ko for partner in page]


def test_branch_enters_what_it_signed(cast: Cast, login: Any, client: Client) -> None:
    response = login("officer").post("/staff/partners/new/", typed(cast))
    partner = Partner.objects.get()
    assert response["Location"] == f"/staff/partners/{partner.pk}/"
    assert (partner.written_by, partner.ended_on) == (cast.officer, None)
    page = client.get("/programmes/partners/").content.decode()
    assert "해솔진흥원" in page and "&lt;b&gt;상담" in page  # text, and nothing else
    client.cookies["language"] = "en"
    page = client.get("/programmes/partners/").content.decode()
    assert "Haesol Agency" in page and "Courses" in page
    entry = Entry.objects.get(verb="programmes.write_partner")
    assert (entry.branch, entry.actor_id) == (cast.busan, cast.officer.pk)
    assert entry.facts["changed"] == sorted(set(typed(cast)) - {"branch"})  # there is one alone


def test_branch_writes_for_itself_alone(cast: Cast, login: Any) -> None:
    officer = login("officer")
    refused = officer.post("/staff/partners/new/", typed(cast, branch=cast.daegu.pk))
    assert refused.status_code == 422 and set(refused.context["form"].errors) == {"branch"}
    there = make_partner(cast.daegu, by=cast.other_officer)
    ending = {"on": str(clock.today()), "reason": "만료"}
    for address, data in (("", typed(cast)), ("end/", ending), ("end/correct/", ending)):
        answer = officer.post(f"/staff/partners/{there.pk}/{address}", data)
        assert answer.status_code == 404
    there.refresh_from_db()
    assert (there.version, there.ended_on) == (1, None)
    assert list(officer.get("/staff/partners/").context["page"]) == []
    assert list(login("head_office").get("/staff/partners/").context["page"]) == [there]


@pytest.mark.parametrize("missing", ["branch", "kind", "name_ko", "about_ko", "signed_on"])
def test_what_is_missing_is_said_at_its_field(cast: Cast, login: Any, missing: str) -> None:
    answer = login("head_office").post("/staff/partners/new/", typed(cast, **{missing: ""}))
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {missing})
    assert not Partner.objects.exists()


def test_nothing_is_entered_before_it_is_signed(cast: Cast, login: Any) -> None:
    officer, today = login("officer"), clock.today()
    data = typed(cast, signed_on=str(today + timedelta(days=1)))
    answer = officer.post("/staff/partners/new/", data)
    assert set(answer.context["form"].errors) == {"signed_on"}
    assert (
        officer.post("/staff/partners/new/", typed(cast, signed_on=str(today))).status_code == 302
    )


def test_form_sent_twice_enters_one(cast: Cast, login: Any) -> None:
    officer = login("officer")
    assert officer.post("/staff/partners/new/", typed(cast)).status_code == 302
    assert officer.post("/staff/partners/new/", typed(cast)).status_code == 422
    twin = Partner.objects.get()
    twin.pk = None  # as a second click sees it, which looked before the first one wrote
    with pytest.raises(Refused):
        write_partner(twin, fields=[], by=cast.officer)
    assert (
        Partner.objects.count() == Entry.objects.filter(verb__startswith="programmes").count() == 1
    )


def test_change_keeps_what_it_does_not_name(cast: Cast, login: Any) -> None:
    partner = make_partner(cast.busan, by=cast.other_officer, ended_on=date(2025, 1, 1))
    stale = Partner.objects.get()
    correct_end(partner, on=None, reason="연장", by=cast.officer)
    stale.name_ko = "새이름시"
    write_partner(stale, fields=["name_ko"], by=cast.officer)
    partner.refresh_from_db()
    assert (partner.name_ko, partner.ended_on, partner.version) == ("새이름시", None, 3)
    assert partner.written_by == cast.other_officer
    assert Entry.objects.get(verb="programmes.write_partner").facts["changed"] == ["name_ko"]


def test_change_does_not_make_one_of_two(cast: Cast, login: Any) -> None:
    first = make_partner(cast.busan, by=cast.officer)
    other = make_partner(cast.busan, by=cast.officer)
    answer = login("officer").post(
        f"/staff/partners/{other.pk}/", typed(cast, name_ko=first.name_ko)
    )
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"signed_on"})
    assert answer.context["partner"].name_ko == other.name_ko  # its heading is what is kept
    elsewhere = make_partner(cast.daegu, by=cast.other_officer, name_ko=first.name_ko)
    assert elsewhere.pk != first.pk


def test_signing_stays_before_the_last_day(cast: Cast, login: Any) -> None:
    partner = make_partner(cast.busan, by=cast.officer, ended_on=date(2025, 1, 1))
    address = f"/staff/partners/{partner.pk}/"
    answer = login("officer").post(address, typed(cast, signed_on="2025-01-02"))
    assert set(answer.context["form"].errors) == {"signed_on"}
    assert login("officer").post(address, typed(cast, signed_on="2025-01-01")).status_code == 302
    with pytest.raises(IntegrityError), transaction.atomic():
        Partner.objects.update(ended_on=date(2024, 12, 31))


def test_ended_one_stays_on_record(cast: Cast, login: Any, client: Client) -> None:
    partner, officer = make_partner(cast.busan, by=cast.officer), login("officer")
    address, yesterday = f"/staff/partners/{partner.pk}/", clock.today() - timedelta(days=1)
    for wrong, field in (
        ({"on": "2024-03-03", "reason": "만료"}, "on"),
        ({"on": "", "reason": "만료"}, "on"),
        ({"on": str(yesterday), "reason": ""}, "reason"),
    ):
        answer = officer.post(f"{address}end/", wrong)
        assert (answer.status_code, set(answer.context["end_form"].errors)) == (422, {field})
    assert names(client) == [partner.name_ko]
    ending = {"on": str(yesterday), "reason": "기간 만료"}
    assert officer.post(f"{address}end/", ending)["Location"] == address
    assert names(client) == []
    assert names(client, "?past=1") == [partner.name_ko]
    entry = Entry.objects.get(verb="programmes.end_partner")
    assert (entry.reason, entry.facts["on"]) == ("기간 만료", str(yesterday))
    again = officer.post(f"{address}end/", ending)
    assert again.status_code == 422 and again.context["partner"].ended_on == yesterday
    assert Entry.objects.filter(verb="programmes.end_partner").count() == 1


def test_wrong_last_day_is_put_right(cast: Cast, login: Any, client: Client) -> None:
    partner = make_partner(cast.busan, by=cast.officer, ended_on=date(2025, 1, 1))
    officer, address = login("officer"), f"/staff/partners/{partner.pk}/end/correct/"
    same = officer.post(address, {"on": "2025-01-01", "reason": "오기"})
    assert (same.status_code, set(same.context["end_form"].errors)) == (422, {"on"})
    assert officer.post(address, {"on": "2024-03-03", "reason": "오기"}).status_code == 422
    assert officer.post(address, {"on": "", "reason": "다른 협약"}).status_code == 302
    assert names(client) == [partner.name_ko]
    entry = Entry.objects.get(verb="programmes.correct_end")
    assert (entry.facts["before"], entry.facts["on"]) == ("2025-01-01", "")
    partner.refresh_from_db()
    with pytest.raises(Refused):
        correct_end(partner, on=None, reason="오기", by=cast.officer)


@pytest.mark.parametrize(
    ("last", "state"), [(None, "current"), (1, "current"), (0, "current"), (-1, "past")]
)
def test_state_follows_from_the_last_day(cast: Cast, last: int | None, state: str) -> None:
    today = clock.today()
    ended_on = None if last is None else today + timedelta(days=last)
    partner = make_partner(cast.busan, by=cast.officer, ended_on=ended_on)
    assert partner.state == state
    for each in Partner.State:
        found = Partner.objects.in_state(each, today)
        assert list(found) == ([partner] if each == state else [])


@pytest.fixture
def four(cast: Cast) -> list[Partner]:
    """In the order of the page."""
    return [
        make_partner(branch, by=cast.officer, kind=kind, signed_on=date(year, 1, 1), ended_on=last)
        for branch, kind, year, last in (
            (cast.busan, "city", 2024, None),
            (cast.daegu, "company", 2021, None),
            (cast.busan, "company", 2025, date(2025, 6, 1)),
            (cast.daegu, "city", 2020, date(2021, 1, 1)),
        )
    ]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", [0, 1]),
        ("?past=1", [0, 1, 2, 3]),
        ("?kind=city", [0]),
        ("?kind=city&past=1", [0, 3]),
        ("?branch=daegu", [1]),
        ("?branch=busan&kind=company&past=1", [2]),
        ("?branch=busan&kind=company", []),
        ("?branch=nowhere&kind=nothing&past=maybe&page=x", [0, 1, 2, 3]),
    ],
)
def test_visitors_filter(four: list[Partner], client: Client, query: str, shown: list[int]) -> None:
    assert names(client, query) == [four[number].name_ko for number in shown]
    is_empty = 'class="empty"' in client.get(f"/programmes/partners/{query}").content.decode()
    assert is_empty == (not shown)


def test_branch_that_closed_is_still_found(cast: Cast, four: list[Partner], client: Client) -> None:
    Branch.objects.filter(pk=cast.daegu.pk).update(status=Branch.Status.CLOSED)
    assert names(client, "?branch=daegu") == [four[1].name_ko]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", [0, 1, 2, 3]),
        ("?state=current", [0, 1]),
        ("?state=past&kind=city", [3]),
        ("?branch={daegu}&state=past", [3]),
    ],
)
def test_desk_filters(
    cast: Cast, four: list[Partner], login: Any, query: str, shown: list[int]
) -> None:
    address = f"/staff/partners/{query.format(daegu=cast.daegu.pk)}"
    found = login("head_office").get(address).context["page"]
    assert list(found) == [four[number] for number in shown]


def test_every_change_is_another_version(
    cast: Cast, django_assert_num_queries: Callable[[int], Any]
) -> None:
    versions = [version()]
    partner = make_partner(cast.busan, by=cast.officer)
    versions.append(version())
    partner.about_ko = "상담을 함께합니다."
    write_partner(partner, fields=["about_ko"], by=cast.officer)
    versions.append(version())
    end_partner(partner, on=clock.today(), reason="만료", by=cast.officer)
    versions.append(version())
    correct_end(partner, on=None, reason="오기", by=cast.officer)
    versions.append(version())
    with clock.standing_at(clock.now() + timedelta(days=1)):
        versions.append(version())
    assert len(set(versions)) == len(versions), versions
    with django_assert_num_queries(1):
        version()


def test_kept_page_is_one_statement_until_something_changes(
    cast: Cast, client: Client, django_assert_num_queries: Callable[[int], Any]
) -> None:
    partner = make_partner(cast.busan, by=cast.officer)
    client.get("/programmes/partners/")
    with django_assert_num_queries(1):
        assert partner.name_ko in client.get("/programmes/partners/").content.decode()
    end_partner(partner, on=date(2025, 1, 1), reason="만료", by=cast.officer)
    assert partner.name_ko not in client.get("/programmes/partners/").content.decode()


def test_home_says_nothing_of_partners_without_one(cast: Cast, client: Client) -> None:
    assert "home-partners" not in client.get("/").content.decode()


def test_home_names_eight_at_most(cast: Cast, client: Client) -> None:
    made = [
        make_partner(cast.busan, by=cast.officer, signed_on=date(2015 + number, 1, 1))
        for number in range(9)
    ]
    make_partner(cast.busan, by=cast.officer, signed_on=SIGNED, ended_on=date(2025, 1, 1))
    page = client.get("/")
    assert page.context["partners"] == made[:0:-1]
    assert 'href="/programmes/partners/"' in page.content.decode().partition("home-partners")[2]


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_have_a_constant_query_count(
    cast: Cast, login: Any, rows: int, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for _number in range(rows):
        make_partner(cast.busan, by=cast.officer)
    officer = login("officer")
    officer.get("/staff/partners/")
    with django_assert_num_queries(5):
        officer.get("/staff/partners/")
    with django_assert_num_queries(4):
        Client().get("/programmes/partners/?past=1")

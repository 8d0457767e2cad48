"""Officers' terms, the map, the public numbers, and the closing of a branch."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from kosna.audit.models import Entry
from kosna.branch_actions import add_term, against_closing, close_branch, end_term, renew_term
from kosna.branches.forms import TermForm
from kosna.branches.models import Appointment, Branch, Proposal, Region, Term
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.tilemap import tile_map
from members import figures
from members.models import Application
from tests import factories
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)


@pytest.fixture(autouse=True)
def standing() -> Any:
    with clock.standing_at(clock.datetime(2026, 11, 25, 12, tzinfo=clock.KST)):
        yield


def elect(cast: Cast, title: str = "branch_president", **typed: Any) -> Term:
    typed = {
        "title": title,
        "name_ko": "최지부",
        "valid_from": TODAY,
        "valid_to": TODAY + timedelta(days=60),
        "basis": "제12차 이사회",
        "is_public": True,
        **typed,
    }
    form = TermForm(typed)
    assert form.is_valid(), form.errors
    return add_term(form, branch=cast.busan, by=cast.head_office)


def test_only_one_at_a_time_is_branch_president(cast: Cast) -> None:
    elect(cast)
    with pytest.raises(Refused, match="최지부"):
        elect(cast, name_ko="박지부", valid_from=TODAY + timedelta(days=60))
    elect(cast, name_ko="박지부", valid_from=TODAY + timedelta(days=61), valid_to=None)
    elect(cast, "director"), elect(cast, "director", name_ko="이이사")
    assert Entry.objects.filter(verb="branches.add_term").count() == 4


@pytest.mark.parametrize(
    ("ends", "shown"), [(-1, False), (0, True), (60, True), (61, False), (None, False)]
)
def test_terms_are_announced_sixty_days_ahead(cast: Cast, ends: Any, shown: bool) -> None:
    term = elect(cast, valid_from=date(2025, 1, 1), valid_to=None)
    last = None if ends is None else TODAY + timedelta(days=ends)
    Term.objects.filter(pk=term.pk).update(valid_to=last)
    assert Term.objects.expiring(TODAY).exists() is shown


def test_who_is_renewed_is_no_longer_announced(cast: Cast) -> None:
    term = elect(cast, affiliation="가온소셜랩")
    again = renew_term(term, valid_to=None, basis="제13차 이사회", by=cast.head_office)
    assert (again.valid_from, again.affiliation) == (TODAY + timedelta(days=61), "가온소셜랩")
    assert not Term.objects.expiring(TODAY).exists()
    with pytest.raises(Refused):
        renew_term(term, valid_to=None, basis="x", by=cast.head_office)
    with pytest.raises(Refused):  # the later one first
        end_term(term, on=TODAY, reason="사임", by=cast.head_office)
    end_term(again, on=TODAY, reason="사임", by=cast.head_office)  # it has not begun
    end_term(term, on=TODAY, reason="사임", by=cast.head_office)
    assert [(row.valid_to, row.end_reason) for row in Term.objects.all()] == [(TODAY, "사임")]


def test_past_officers_stand_on_the_staff_side_only(cast: Cast, login: Any) -> None:
    elect(cast, name_ko="전임자", valid_from=date(2020, 1, 1), valid_to=date(2022, 12, 31))
    elect(cast, name_ko="현직자")
    elect(cast, "director", name_ko="비공개", is_public=False)
    public = Client().get("/branches/busan/").content.decode()
    assert ("전임자" in public, "현직자" in public, "비공개" in public) == (False, True, False)
    staff = login("head_office").get("/staff/branches/busan/").content.decode()
    assert all(name in staff for name in ("전임자", "현직자", "비공개"))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_terms_has_a_constant_query_count(
    cast: Cast, login: Any, rows: int, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        elect(cast, "director", name_ko=f"이사{number}")
    client = login("head_office")
    client.get("/staff/terms/")
    with django_assert_num_queries(4):
        page = client.get("/staff/terms/").context["page"]
    assert len(page.object_list) == rows


# The map --------------------------------------------------------------------------------------


def tiles() -> dict[str, str]:
    """What each tile is called, and where it leads."""
    drawn = tile_map(Branch.objects.shown().with_regions())["tiles"]
    return {str(tile.name): tile.code for tile in drawn}


def test_a_tile_leads_to_the_branch_that_is_open_there(cast: Cast) -> None:
    gwangju = factories.make_branch("gwangju", status=Branch.Status.PLANNED)
    assert tiles()["광주"] == "gwangju"
    honam = Branch.objects.create(code="honam", name_ko="호남지부", status=Branch.Status.OPEN)
    honam.regions.set(gwangju.regions.all())
    assert tiles()["광주"] == "honam"
    honam.move_to(Branch.Status.CLOSED)
    assert tiles()["광주"] == "gwangju"


def test_a_region_that_nobody_foresaw_gets_a_tile_from_its_first_day(cast: Cast) -> None:
    merged = Region.objects.create(
        code="merged", name_ko="통합특별시", name_en="Merged", valid_from=TODAY
    )
    factories.make_branch("ulsan").regions.set([merged])
    assert tiles()["통합특별시"] == "ulsan" and "울산" not in tiles()
    Region.objects.filter(pk=merged.pk).update(valid_from=TODAY + timedelta(days=1))
    assert "통합특별시" not in tiles()


# Numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([7, 5], [7, 5]),
        ([20, 4, 3], [20, None, None]),
        ([20, 9, 4], [20, None, None]),  # 4 alone would follow from the total
        ([20, 0], [20]),
        ([4], [None]),
        ([], []),
    ],
)
def test_no_count_tells_of_somebody(counts: list[int], shown: list[int | None]) -> None:
    told = figures.hide_small([(str(n), count) for n, count in enumerate(counts)])
    assert [figure.count for figure in told] == shown


def test_numbers_are_those_of_this_moment(cast: Cast) -> None:
    for year in (2026, 2026, 2025, 2026, 2026, 2026):
        factories.make_member(
            tier=cast.associate_tier, branch=cast.busan, joined_on=date(year, 1, 1)
        )
    found = figures.of_branch(cast.busan, TODAY)
    # 7 associates and 1 regular member: the one alone would follow from the total.
    assert (found.total, found.joined) == (8, 5)
    assert [figure.count for figure in found.tiers] == [None, None]
    assert [figure.count for figure in found.holders] == [8]
    page = Client().get("/branches/busan/")
    assert page.context["figures"] == found


# Closing --------------------------------------------------------------------------------------


def test_every_reason_against_closing_is_said_at_once(cast: Cast) -> None:
    Application.objects.create(
        applicant=cast.applicant, tier=cast.regular_tier, branch=cast.busan, name="x"
    )
    Proposal.objects.create(
        user=cast.account,
        branch=cast.busan,
        role=Appointment.Role.DOORKEEPER,
        valid_from=TODAY,
        proposed_by=cast.head_office,
    )
    elect(cast)
    factories.make_event(branch=cast.busan)
    with pytest.raises(Refused) as refusal:
        close_branch(cast.busan, basis="이사회", by=cast.head_office)
    assert refusal.value.reasons == against_closing(cast.busan)
    assert len(refusal.value.reasons) == 6
    assert against_closing(cast.hq) == ["본부는 폐지할 수 없습니다."]


def test_an_empty_branch_closes_and_is_gone_everywhere(cast: Cast, login: Any) -> None:
    branch = factories.make_branch("ulsan")
    assert "ulsan" in Client().get("/branches/").content.decode()
    answer = login("head_office").post(
        "/staff/branches/ulsan/close/",
        {"meeting": "제14차 이사회", "decided_on": "2026-11-20", "number": "2026-14"},
    )
    assert answer.status_code == 302
    branch.refresh_from_db()
    assert (branch.status, branch.closed_on) == (Branch.Status.CLOSED, TODAY)
    assert "ulsan" not in Client().get("/branches/").content.decode()
    assert Entry.objects.get(verb="branches.close_branch").reason.startswith("제14차 이사회")
    for page in ("/staff/branches/ulsan/", "/staff/branches/?status=closed"):
        text = login("head_office").get(page).content.decode()
        assert TODAY.isoformat() in text
        assert 'href="/branches/ulsan/"' not in text  # which is no page any more

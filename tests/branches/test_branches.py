"""Branches: opening one is a form, an office is a dated appointment, and both are on record."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from kosna.audit.models import Entry
from kosna.branch_actions import appoint, end_appointment
from kosna.branches.models import Appointment, Branch, Region, Scope
from kosna.core import clock
from kosna.core.errors import Refused
from tests import factories
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
Role = Appointment.Role


def answers(**changes: Any) -> dict[str, Any]:
    region, _created = Region.objects.get_or_create(
        code="ulsan",
        valid_from=date(1997, 7, 15),
        defaults={"name_ko": "울산", "name_en": "Ulsan"},
    )
    return {
        "code": "ulsan",
        "name_ko": "울산지부",
        "name_en": "Ulsan branch",
        "status": Branch.Status.PLANNED,
        "regions": [region.pk],
        **changes,
    }


def test_branch_opens_by_form(cast: Cast, login: Any) -> None:
    client = login("head_office")
    response = client.post("/staff/branches/new/", answers())
    assert response["Location"] == "/staff/branches/ulsan/"
    branch = Branch.objects.get(code="ulsan")
    assert [region.name for region in branch.regions.all()] == ["울산"]
    entry = Entry.objects.get(verb="branches.change_branch")
    assert (entry.actor_id, entry.branch) == (cast.head_office.pk, branch)
    assert "name_ko" in entry.facts["changed"]
    assert Client().get("/branches/ulsan/").status_code == 200


def test_branch_form_keeps_what_was_typed(cast: Cast, login: Any) -> None:
    response = login("head_office").post("/staff/branches/new/", answers(code="busan"))
    form = response.context["form"]
    assert set(form.errors) == {"code"}
    assert form["name_ko"].value() == "울산지부"
    assert Branch.objects.count() == 3


@pytest.mark.parametrize("old", Branch.Status.values)
@pytest.mark.parametrize("new", Branch.Status.values)
def test_branch_status_follows_the_arrows(cast: Cast, login: Any, old: str, new: str) -> None:
    branch = factories.make_branch("ulsan", status=old)
    response = login("head_office").post("/staff/branches/ulsan/", answers(status=new))
    branch.refresh_from_db()
    if new == old or new in Branch.TRANSITIONS[old]:
        assert (response.status_code, branch.status) == (302, new)
    else:
        assert set(response.context["form"].errors) == {"status"}
        assert branch.status == old


def test_closed_branch_is_not_shown(client: Client, cast: Cast) -> None:
    Branch.objects.filter(code="daegu").update(status=Branch.Status.CLOSED)
    assert client.get("/branches/daegu/").status_code == 404
    assert set(client.get("/branches/").context["branches"]) == {cast.hq, cast.busan}


def test_public_page_names_public_officers_of_today(cast: Cast, client: Client) -> None:
    def office(user: Any, role: str, **fields: Any) -> None:
        Appointment.objects.create(
            user=user, branch=cast.busan, role=role, is_public=True, **fields
        )

    today = clock.today()
    office(cast.regular, Role.BRANCH_PRESIDENT, valid_from=today)
    office(
        cast.lapsed,
        Role.BRANCH_PRESIDENT,
        valid_from=date(2020, 1, 1),
        valid_to=today - timedelta(days=1),
    )
    office(cast.account, Role.TREASURER, valid_from=today + timedelta(days=1))
    page = client.get("/branches/busan/")
    assert [office.user for office in page.context["officers"]] == [cast.regular]
    assert page.context["members"] == 2  # regular and associate


def test_public_page_leaves_out_rows_of_other_branches(cast: Cast, client: Client) -> None:
    here = factories.make_event(branch=cast.busan)
    factories.make_event(branch=cast.daegu)
    factories.make_event(branch=cast.busan, status="draft")
    assert list(client.get("/branches/busan/").context["events"]) == [here]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("address", "statements"), [("/branches/", 1), ("/branches/busan/", 5)])
def test_public_pages_have_a_constant_query_count(
    cast: Cast,
    client: Client,
    django_assert_num_queries: Any,
    rows: int,
    address: str,
    statements: int,
) -> None:
    for number in range(rows):
        factories.make_branch(f"extra{number}")
        factories.make_event(branch=cast.busan)
        Appointment.objects.create(
            user=factories.make_user(),
            branch=cast.busan,
            role=Role.BRANCH_OFFICER,
            is_public=True,
            valid_from=date(2020, 1, 1),
        )
    with django_assert_num_queries(statements):
        client.get(address)


# --- appointments -----------------------------------------------------------------------------


def ask(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "email": cast.account.email,
        "role": Role.BRANCH_OFFICER,
        "valid_from": str(clock.today()),
        **changes,
    }


def test_office_opens_its_pages_at_once_and_is_on_record(cast: Cast, login: Any) -> None:
    newcomer = login("account")
    assert newcomer.get("/staff/").status_code == 403
    response = login("head_office").post("/staff/branches/busan/appoint/", ask(cast))
    assert response["Location"] == "/staff/branches/busan/"
    assert newcomer.get("/staff/").status_code == 200
    entry = Entry.objects.get(verb="branches.appoint")
    assert entry.subjects == [cast.account.pk]
    assert entry.facts == {"role": Role.BRANCH_OFFICER}
    assert entry.branch == cast.busan


def test_nobody_appoints_themselves(cast: Cast, login: Any) -> None:
    response = login("head_office").post(
        "/staff/branches/hq/appoint/",
        ask(cast, email=cast.head_office.email, role=Role.TREASURER),
    )
    assert response.context["form"].non_field_errors()
    assert not cast.head_office.appointments.filter(role=Role.TREASURER).exists()


def test_same_office_is_not_given_twice(cast: Cast) -> None:
    offer = {"user": cast.account, "branch": cast.busan, "role": Role.DOORKEEPER, "valid_to": None}
    appoint(**offer, valid_from=date(2026, 1, 1), by=cast.head_office)
    with pytest.raises(Refused):
        appoint(**offer, valid_from=date(2026, 6, 1), by=cast.head_office)
    assert cast.account.appointments.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "nobody@example.test"}, "email"),
        ({"role": "emperor"}, "role"),
        ({"valid_from": "2026-05-01", "valid_to": "2026-04-30"}, "valid_to"),
        ({"valid_from": ""}, "valid_from"),
    ],
)
def test_appointment_refuses(cast: Cast, login: Any, changes: dict, field: str) -> None:
    response = login("head_office").post("/staff/branches/busan/appoint/", ask(cast, **changes))
    assert set(response.context["form"].errors) == {field}
    assert not cast.account.appointments.exists()


def test_ended_office_opens_nothing_at_the_next_request(cast: Cast, login: Any) -> None:
    officer, office = login("officer"), cast.officer.appointments.get()
    assert officer.get("/staff/").status_code == 200
    address = f"/staff/appointments/{office.pk}/end/"
    assert login("head_office").get(address).status_code == 200  # asks first
    assert officer.get("/staff/").status_code == 200
    login("head_office").post(address)
    assert officer.get("/staff/").status_code == 403
    office.refresh_from_db()
    assert office.valid_to == clock.today() - timedelta(days=1)
    assert Entry.objects.get(verb="branches.end_appointment").subjects == [cast.officer.pk]


def test_office_of_the_future_is_taken_back(cast: Cast) -> None:
    office = appoint(
        user=cast.account,
        branch=cast.busan,
        role=Role.DOORKEEPER,
        valid_from=clock.today() + timedelta(days=7),
        valid_to=None,
        by=cast.head_office,
    )
    end_appointment(office, by=cast.head_office)
    assert not cast.account.appointments.exists()
    assert Entry.objects.filter(verb="branches.cancel_appointment").count() == 1


def test_office_ends_once(cast: Cast) -> None:
    office = cast.officer.appointments.get()
    end_appointment(office, by=cast.head_office)
    with pytest.raises(Refused):
        end_appointment(office, by=cast.head_office)


def test_region_is_in_force_between_its_dates(db: None) -> None:
    old = Region.objects.create(
        code="jeonnam",
        name_ko="전라남도",
        name_en="Jeonnam",
        valid_from=date(1946, 1, 1),
        valid_to=date(2026, 6, 30),
    )
    new = Region.objects.create(
        code="jeonnam",
        name_ko="전남광주통합특별시",
        name_en="Jeonnam-Gwangju",
        valid_from=date(2026, 7, 1),
    )
    assert list(Region.objects.on(date(2026, 6, 30))) == [old]
    assert list(Region.objects.on(date(2026, 7, 1))) == [new]


def test_scope_of_nobody_is_empty(cast: Cast) -> None:
    scope = Scope.of(cast.regular, "members.view_member")
    assert not scope
    assert list(scope.narrow(Branch.objects.all(), "pk")) == []

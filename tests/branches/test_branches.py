"""Branches: opening one is a form, an office is a dated appointment, and both are on record."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from kosna.accounts.models import User
from kosna.audit.models import Entry
from kosna.branch_actions import (
    appoint,
    confirm_proposal,
    end_appointment,
    propose,
)
from kosna.branches.models import Appointment, Branch, Proposal, Region, Scope
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.mail.models import Message
from tests import factories
from tests.conftest import Cast
from tests.members.conftest import make_application

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
    assert page.context["figures"].total is None  # regular and associate: too few to be told


def test_public_page_leaves_out_rows_of_other_branches(cast: Cast, client: Client) -> None:
    here = factories.make_event(branch=cast.busan)
    factories.make_event(branch=cast.daegu)
    factories.make_event(branch=cast.busan, status="draft")
    assert list(client.get("/branches/busan/").context["events"]) == [here]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("address", "statements"), [("/branches/", 2), ("/branches/busan/", 7)])
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


@pytest.fixture
def colleague(cast: Cast) -> User:
    """A second person at the head office who may appoint; here the treasurer of the cast."""
    factories.appoint(cast.treasurer, Role.SYSTEM_ADMIN, cast.hq)
    return cast.treasurer


def proposed(cast: Cast, **changes: Any) -> Proposal:
    facts = {
        "user": cast.account,
        "branch": cast.busan,
        "role": Role.BRANCH_OFFICER,
        "valid_from": clock.today(),
        "valid_to": None,
        "by": cast.head_office,
        **changes,
    }
    return propose(**facts)


def test_office_opens_its_pages_once_another_person_confirms(
    cast: Cast, colleague: User, login: Any
) -> None:
    newcomer = login("account")
    response = login("head_office").post("/staff/branches/busan/appoint/", ask(cast))
    assert response["Location"] == "/staff/branches/busan/"
    assert newcomer.get("/staff/").status_code == 403
    assert not cast.account.appointments.exists()
    proposal = Proposal.objects.get()
    branch = login("treasurer").get("/staff/branches/busan/")
    assert list(branch.context["proposals"]) == [proposal]
    address = f"/staff/proposals/{proposal.pk}/"
    assert login("treasurer").get(address).context["may_decide"]
    assert Entry.objects.filter(verb="privacy.view", subjects=[cast.account.pk]).exists()
    answer = login("treasurer").post(f"{address}confirm/")
    assert answer["Location"] == "/staff/proposals/"
    assert newcomer.get("/staff/").status_code == 200
    entry = Entry.objects.get(verb="branches.appoint")
    assert (entry.actor_id, entry.subjects) == (colleague.pk, [cast.account.pk])
    assert entry.facts == {"role": Role.BRANCH_OFFICER}
    assert entry.branch == cast.busan
    verbs = Entry.objects.filter(verb__startswith="branches.").values_list("verb", "actor_id")
    assert set(verbs) == {
        ("branches.propose", cast.head_office.pk),
        ("branches.confirm_proposal", colleague.pk),
        ("branches.appoint", colleague.pk),
    }


@pytest.mark.parametrize(
    ("language", "said"), [("ko", "지부 사무국"), ("en", "Branch secretariat, Busan branch")]
)
def test_person_appointed_is_told(cast: Cast, colleague: User, language: str, said: str) -> None:
    User.objects.filter(pk=cast.account.pk).update(language=language)
    cast.account.refresh_from_db()
    confirm_proposal(proposed(cast), by=colleague)
    message = Message.objects.get(template="office_given")
    subject, text, _html = post.render(message)
    assert message.to == cast.account.email
    assert said in subject
    assert said in text
    assert clock.today().isoformat() in text


@pytest.mark.parametrize("step", ["confirm", "refuse"])
def test_nobody_decides_about_their_own_proposal_or_office(
    cast: Cast, colleague: User, login: Any, step: str
) -> None:
    own = proposed(cast)
    for_oneself = proposed(cast, user=cast.head_office, role=Role.TREASURER, by=colleague)
    client = login("head_office")
    for row in (own, for_oneself):
        page = client.get(f"/staff/proposals/{row.pk}/")
        assert (page.context["may_decide"], page.context["needs_another"]) == (False, True)
        answer = client.post(f"/staff/proposals/{row.pk}/{step}/", {"reason": "x"})
        assert answer.status_code == 303  # back, with the reason as a message
        row.refresh_from_db()
        assert row.status == Proposal.Status.PROPOSED
    assert not Entry.objects.filter(verb="branches.appoint").exists()


def test_database_knows_that_it_takes_two(cast: Cast, colleague: User) -> None:
    row = proposed(cast)
    for decided_by in (cast.head_office, cast.account):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.move_to(Proposal.Status.CONFIRMED, decided_at=clock.now(), decided_by=decided_by)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=row.pk).update(proposed_by=cast.account)


def test_refused_proposal_has_its_reason_and_may_be_made_again(
    cast: Cast, colleague: User, login: Any
) -> None:
    row, client = proposed(cast), login("treasurer")
    assert client.post(f"/staff/proposals/{row.pk}/refuse/", {}).status_code == 422
    assert client.post(f"/staff/proposals/{row.pk}/refuse/", {"reason": "정원"}).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.reason, row.decided_by) == ("refused", "정원", colleague)
    assert Entry.objects.get(verb="branches.refuse_proposal").reason == "정원"
    with pytest.raises(Refused):
        confirm_proposal(row, by=colleague)
    proposed(cast)
    assert not cast.account.appointments.exists()


def test_proposal_waits_once(cast: Cast) -> None:
    proposed(cast)
    with pytest.raises(Refused):
        proposed(cast)
    assert Proposal.objects.count() == 1


def test_office_given_meanwhile_is_not_given_again(cast: Cast, colleague: User) -> None:
    row = proposed(cast)
    factories.appoint(cast.account, Role.BRANCH_OFFICER, cast.busan)
    with pytest.raises(Refused):
        confirm_proposal(row, by=colleague)
    row.refresh_from_db()
    assert row.status == Proposal.Status.PROPOSED
    assert cast.account.appointments.count() == 1


def test_desk_shows_what_one_may_decide(cast: Cast, colleague: User, login: Any) -> None:
    proposed(cast)

    def waiting(who: str) -> list[int]:
        queues = login(who).get("/staff/").context["queues"]
        return [one["count"] for one in queues if one["queue"].name == "proposals"]

    assert (waiting("head_office"), waiting("treasurer"), waiting("officer")) == ([0], [1], [])


@pytest.mark.parametrize("rows", [1, 3])
def test_proposals_list_has_a_constant_query_count(
    cast: Cast, login: Any, django_assert_num_queries: Any, rows: int
) -> None:
    for _number in range(rows):
        proposed(cast, user=factories.make_user())
    client = login("head_office")
    client.get("/staff/proposals/")
    with django_assert_num_queries(5):
        page = client.get("/staff/proposals/")
    assert page.context["page"].paginator.count == rows


@pytest.mark.parametrize(
    ("query", "found"),
    [("", 2), ("status=proposed", 1), ("status=nonsense", 2), ("q=daegu", 1), ("q=nobody", 0)],
)
def test_proposals_filters_stand_in_the_address(
    cast: Cast, colleague: User, login: Any, query: str, found: int
) -> None:
    confirm_proposal(proposed(cast), by=colleague)
    proposed(cast, branch=cast.daegu)
    page = login("head_office").get(f"/staff/proposals/?{query}")
    assert page.context["page"].paginator.count == found


# --- the desk's list of branches --------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_staff_list_has_a_constant_query_count(
    cast: Cast, login: Any, django_assert_num_queries: Any, rows: int
) -> None:
    for number in range(rows):
        factories.make_branch(f"extra{number}", status=Branch.Status.PLANNED)
    client = login("head_office")
    client.get("/staff/branches/")
    with django_assert_num_queries(4):
        page = client.get("/staff/branches/?status=planned")
    assert page.context["page"].paginator.count == rows


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", ["hq", "busan", "daegu"]),
        ("status=closed", ["daegu"]),
        ("status=nonsense", ["hq", "busan", "daegu"]),
        ("q=Busan", ["busan"]),
        ("q=지부&status=open", ["hq", "busan"]),
        ("q=nowhere", []),
    ],
)
def test_staff_list_filters_stand_in_the_address(
    cast: Cast, login: Any, query: str, codes: list[str]
) -> None:
    Branch.objects.filter(code="daegu").update(status=Branch.Status.CLOSED)
    page = login("head_office").get(f"/staff/branches/?{query}")
    assert [branch.code for branch in page.context["page"]] == codes


def test_staff_list_has_pages(cast: Cast, login: Any) -> None:
    for number in range(20):
        factories.make_branch(f"extra{number}")
    page = login("head_office").get("/staff/branches/?page=2&q=branch").context["page"]
    assert (page.paginator.count, len(page.object_list)) == (23, 3)


def test_nobody_appoints_themselves(cast: Cast, login: Any) -> None:
    response = login("head_office").post(
        "/staff/branches/hq/appoint/",
        ask(cast, email=cast.head_office.email, role=Role.TREASURER),
    )
    assert response.context["form"].non_field_errors()
    assert not Proposal.objects.exists()


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
    assert not Proposal.objects.exists()


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


def test_abolished_regions_are_offered_no_more_and_stay(cast: Cast, login: Any) -> None:
    old = Region.objects.create(
        code="gangwon",
        valid_from=date(1995, 1, 1),
        valid_to=date(2023, 6, 10),
        name_ko="강원도",
        name_en="Gangwon",
    )
    branch = factories.make_branch("ulsan", status=Branch.Status.PLANNED)
    branch.regions.add(old)
    client = login("head_office")
    form = client.get("/staff/branches/ulsan/").context["form"]
    assert old not in form.fields["regions"].queryset
    assert set(
        client.post("/staff/branches/new/", answers(regions=[old.pk])).context["form"].errors
    )
    wanted = answers()
    assert client.post("/staff/branches/ulsan/", wanted).status_code == 302
    assert {region.pk for region in branch.regions.all()} == {old.pk, *wanted["regions"]}


@pytest.mark.parametrize(
    ("status", "code"), [(Branch.Status.PREPARING, "ulsan2"), (Branch.Status.OPEN, "ulsan")]
)
def test_code_of_an_open_branch_stays(cast: Cast, login: Any, status: str, code: str) -> None:
    branch = factories.make_branch("ulsan", status=status)
    response = login("head_office").post(
        "/staff/branches/ulsan/", answers(status=status, code="ulsan2")
    )
    assert response["Location"] == f"/staff/branches/{code}/"
    branch.refresh_from_db()
    assert branch.code == code


def test_branch_closes_when_nobody_belongs_to_it(cast: Cast, login: Any) -> None:
    branch = factories.make_branch("ulsan")
    member = factories.make_member(branch=branch)
    office = factories.appoint(cast.account, Role.BRANCH_OFFICER, branch)
    application = make_application(cast.applicant, cast.regular_tier, branch)
    client = login("head_office")

    def refusals() -> int:
        response = client.post("/staff/branches/ulsan/", answers(status=Branch.Status.CLOSED))
        branch.refresh_from_db()
        if response.status_code == 302:
            assert branch.status == Branch.Status.CLOSED
            return 0
        assert branch.status == Branch.Status.OPEN
        return len(response.context["form"].errors["status"])

    assert refusals() == 4  # one for each, below the sentence that it cannot be closed
    end_appointment(office, by=cast.head_office)
    assert refusals() == 3
    application.move_to("withdrawn")
    assert refusals() == 2
    member.move_to("withdrawn", ended_on=clock.today())
    assert refusals() == 0

"""Projects: shown to everybody, in figures with their source, with calls that open by tier."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail.models import Message
from members.models import Opening
from members.programmes import actions
from members.programmes.models import Project, ProjectApplication, ProjectFigure
from tests.conftest import Cast
from tests.members.programmes.partners import make_partner
from tests.members.programmes.projects import make_application, make_project, open_call
from tests.members.test_desk import queries_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def typed(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "branch": cast.busan.pk,
        "slug": "vivid",
        "area": "policy",
        "title_ko": "정책포털",
        "title_en": "Policy portal",
        "text_ko": "시민이 <b>정책</b>을 씁니다.",
        "text_en": "Citizens write policy.",
        "lead_ko": "협회",
        "lead_en": "The association",
        "others_ko": "광명시\n시민 블로그 필진",
        "starts_on": "2011-10-04",
        "is_public": "on",
        **changes,
    }


def test_a_branch_enters_its_project(cast: Cast, login: Any, client: Client) -> None:
    partner = make_partner(cast.busan, by=cast.officer)
    answer = login("officer").post("/staff/projects/new/", typed(cast, partner=partner.pk))
    row = Project.objects.get()
    assert answer.url == f"/staff/projects/{row.pk}/"
    page = client.get("/programmes/projects/vivid/").content.decode()
    assert "&lt;b&gt;정책" in page and "시민 블로그 필진" in page and partner.name_ko in page
    client.cookies["language"] = "en"
    assert "Citizens write policy." in client.get("/programmes/projects/vivid/").content.decode()
    entry = Entry.objects.get(verb="programmes.write_project")
    assert (entry.branch, entry.actor_id) == (cast.busan, cast.officer.pk)
    hidden = {key: value for key, value in typed(cast).items() if key != "is_public"}
    assert login("officer").post(answer.url, hidden | {"ends_on": ""}).status_code == 302
    assert client.get("/programmes/projects/vivid/").status_code == 404


def test_a_branch_writes_for_itself_alone(cast: Cast, login: Any) -> None:
    officer = login("officer")
    refused = officer.post("/staff/projects/new/", typed(cast, branch=cast.daegu.pk))
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"branch"})
    there = make_project(cast.daegu, by=cast.other_officer)
    for page in ("", "call/", "figures/"):
        assert officer.post(f"/staff/projects/{there.pk}/{page}", {}).status_code == 404
    other = make_partner(cast.daegu, by=cast.other_officer)
    refused = officer.post("/staff/projects/new/", typed(cast, partner=other.pk))
    assert set(refused.context["form"].errors) == {"partner"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slug": ""}, "slug"), ({"slug": "한글 주소"}, "slug"), ({"title_ko": ""}, "title_ko"),
        ({"ends_on": "2011-01-01"}, "ends_on"), ({"link": "javascript:alert(1)"}, "link"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(
    cast: Cast, login: Any, changes: dict[str, str], field: str
) -> None:
    answer = login("officer").post("/staff/projects/new/", typed(cast, **changes))
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})


def test_an_address_is_given_once(cast: Cast, login: Any) -> None:
    make_project(cast.daegu, by=cast.other_officer, slug="vivid")
    answer = login("officer").post("/staff/projects/new/", typed(cast))
    assert set(answer.context["form"].errors) == {"slug"}


@pytest.mark.parametrize(
    ("first", "last", "state"),
    [(1, None, "planned"), (0, None, "running"), (-9, 0, "running"), (-9, -1, "done")],
)
def test_state_follows_from_the_days(
    cast: Cast, client: Client, first: int, last: int | None, state: str
) -> None:
    today = clock.today()
    row = make_project(
        cast.busan, by=cast.officer, starts_on=today + timedelta(days=first),
        ends_on=None if last is None else today + timedelta(days=last),
    )  # fmt: skip
    assert row.state == state
    for each in Project.State:
        page = client.get(f"/programmes/projects/?state={each}").context["page"]
        assert list(page) == ([row] if each == state else [])
    assert list(client.get("/programmes/projects/?state=x&branch=nowhere").context["page"]) == [row]


def test_a_figure_names_its_source(cast: Cast, login: Any, client: Client) -> None:
    row = make_project(cast.busan, by=cast.officer)
    officer, page = login("officer"), f"/staff/projects/{row.pk}/"
    told = {"name_ko": "방문", "value": "22000", "unit_ko": "명", "unit_en": "people",
            "on": "2011-12-31", "source_ko": "언론 보도"}  # fmt: skip
    refused = officer.post(f"{page}figures/", told | {"source_ko": ""})
    assert (refused.status_code, set(refused.context["figure_form"].errors)) == (422, {"source_ko"})
    assert officer.post(f"{page}figures/", told).url == page
    assert set(officer.post(f"{page}figures/", told).context["figure_form"].errors) == {"on"}
    shown = client.get(row.get_absolute_url()).content.decode()
    assert "22,000명" in shown and "언론 보도" in shown
    client.cookies["language"] = "en"
    assert "22,000 people" in client.get(row.get_absolute_url()).content.decode()
    figure = ProjectFigure.objects.get()
    removal = f"/staff/projects/figures/{figure.pk}/remove/"
    assert login("other_officer").post(removal).status_code == 404
    assert officer.post(removal).url == page
    assert not ProjectFigure.objects.exists()
    assert Entry.objects.get(verb="programmes.remove_figure").facts["value"] == 22000


# The call for participants.


def calling(cast: Cast, *, places: int = 2) -> Project:
    """Open to regular members for an hour, to everybody in an hour."""
    now = clock.now()
    project = make_project(cast.busan, by=cast.officer)
    return open_call(
        project, opens_at=now + HOUR, first={cast.regular_tier: now - HOUR}, places=places
    )


def test_a_call_is_written_to_the_tier_clock(cast: Cast, login: Any) -> None:
    row = make_project(cast.busan, by=cast.officer)
    officer, page = login("officer"), f"/staff/projects/{row.pk}/"
    day = clock.today() + timedelta(days=3)
    told = {"first_at": f"{day}T10:00", "opens_at": f"{day}T09:00", "places": "2",
            "ends_on": str(day + timedelta(days=9))}  # fmt: skip
    assert set(officer.post(f"{page}call/", told).context["call_form"].errors) == {"first_at"}
    told["opens_at"] = f"{day + timedelta(days=1)}T09:00"
    early = told | {"ends_on": str(day)}
    assert set(officer.post(f"{page}call/", early).context["call_form"].errors) == {"ends_on"}
    assert officer.post(f"{page}call/", told).url == page
    tiers = set(Opening.objects.values_list("tier__code", flat=True))
    assert tiers == {"regular", "company", None}  # associates have no priority here
    assert officer.post(f"{page}call/", told | {"first_at": ""}).url == page
    assert set(Opening.objects.values_list("tier__code", flat=True)) == {None}


def test_regular_members_apply_first(cast: Cast, login: Any) -> None:
    project = calling(cast)
    address = f"{project.get_absolute_url()}apply/"
    told = {"member": cast.regular_member.pk, "plan": "강사를 보냅니다.", "may_name": "on"}
    associate = login("associate")
    assert associate.post(address, told).url == project.get_absolute_url()
    assert login("visitor").get(project.get_absolute_url()).status_code == 200
    refused = login("regular").post(address, told | {"may_name": ""})
    assert set(refused.context["form"].errors) == {"may_name"}
    assert login("regular").post(address, told).url == "/me/projects/"
    row = ProjectApplication.objects.get()
    assert (row.was_early, row.applied_by) == (True, cast.regular)
    again = login("regular").post(address, told)
    assert again.status_code == 422
    with clock.standing_at(clock.now() + 2 * HOUR):
        own = associate.get(address).context["form"].fields["member"].queryset.get()
        assert associate.post(address, told | {"member": own.pk}).url == "/me/projects/"
    assert not ProjectApplication.objects.get(member=own).was_early
    assert Message.objects.filter(template="project_received").count() == 2


@pytest.mark.parametrize("who", ["account", "lapsed", "company_seat"])
def test_who_may_not_apply(cast: Cast, login: Any, who: str) -> None:
    project = open_call(make_project(cast.busan, by=cast.officer), opens_at=clock.now() - HOUR)
    client = login(who)
    assert client.get(f"{project.get_absolute_url()}apply/").url == project.get_absolute_url()
    assert not client.get(project.get_absolute_url()).context["may_apply"]
    with pytest.raises(Refused):
        actions.apply_to_project(project, member=cast.company, plan="x", by=getattr(cast, who))


def test_a_call_ends_with_its_last_day(cast: Cast) -> None:
    project = open_call(
        make_project(cast.busan, by=cast.officer), opens_at=clock.now() - HOUR,
        ends_on=clock.today() - timedelta(days=1),
    )  # fmt: skip
    with pytest.raises(Refused):
        actions.apply_to_project(project, member=cast.regular_member, plan="x", by=cast.regular)


def test_as_many_are_taken_on_as_there_are_places(cast: Cast, login: Any, client: Client) -> None:
    project = calling(cast, places=1)
    mine = make_application(project, cast.regular_member, by=cast.regular)
    company = make_application(project, cast.company, by=cast.company_rep)
    officer, page = login("officer"), f"/staff/projects/applications/{mine.number}/"
    assert login("other_officer").get(page).status_code == 404
    assert officer.get(page).status_code == 200
    assert Entry.objects.get(verb="privacy.view").subjects == [cast.regular.pk]
    assert officer.post(f"{page}accept/").url == page
    with pytest.raises(Refused):
        actions.accept_application(company, by=cast.officer)
    assert client.get(project.get_absolute_url()).context["taking_part"] == ["regular"]
    other = f"/staff/projects/applications/{company.number}/"
    assert officer.post(f"{other}decline/", {"reason": ""}).status_code == 422
    assert officer.post(f"{other}decline/", {"reason": "정원 마감"}).url == other
    assert "정원 마감" in login("company_rep").get("/me/projects/").content.decode()
    sent = Message.objects.filter(template__startswith="project").order_by("pk")
    assert [row.template for row in sent] == ["project_accepted", "project_declined"]
    with pytest.raises(Refused):  # one place is taken
        actions.call_for_participants(
            project, first_at=None, opens_at=clock.now(), ends_on=clock.today(), places=0,
            by=cast.officer,
        )  # fmt: skip


def test_who_owes_dues_is_not_taken_on(cast: Cast) -> None:
    late = make_application(calling(cast), cast.lapsed_member, by=cast.lapsed)
    with pytest.raises(Refused, match="회비"):
        actions.accept_application(late, by=cast.officer)
    with pytest.raises(Refused):
        actions.decline_application(late, reason="x", by=cast.lapsed)


def test_an_application_is_withdrawn(cast: Cast, login: Any) -> None:
    row = make_application(calling(cast), cast.regular_member, by=cast.regular)
    address = f"/me/projects/{row.number}/withdraw/"
    assert login("company_rep").post(address).status_code == 404
    assert login("regular").post(address).url == "/me/projects/"
    row.refresh_from_db()
    assert row.status == "withdrawn"


def test_the_database_keeps_a_call_whole(cast: Cast) -> None:
    make_project(cast.busan, by=cast.officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.update(places=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.update(ends_on=date(2020, 1, 1))


def test_lists_have_a_constant_query_count(cast: Cast, login: Callable[[str], Client]) -> None:
    project = calling(cast, places=9)

    def one_more() -> None:
        other = calling(cast)
        make_application(other, cast.regular_member, by=cast.regular)
        ProjectFigure.objects.create(
            project=project, name_ko="방문", value=1, source_ko="x",
            on=date(2020, 1, project.figures.count() + 1),
        )  # fmt: skip
        member = cast.company if not project.applications.exists() else None
        make_application(
            project, member or cast.regular_member, by=cast.regular,
            status="received" if member else "declined",
        )  # fmt: skip

    pages = {
        "/programmes/projects/": "regular", project.get_absolute_url(): "regular",
        "/me/projects/": "regular", "/staff/projects/": "officer",
        f"/staff/projects/{project.pk}/": "officer",
        f"/staff/projects/{project.pk}/applications/": "officer",
    }  # fmt: skip
    clients = {who: login(who) for who in set(pages.values())}
    one_more()
    one = {page: queries_of(clients[who], page) for page, who in pages.items()}
    one_more()
    one_more()
    assert {page: queries_of(clients[who], page) for page, who in pages.items()} == one
    assert max(one.values()) <= 20


def test_the_page_of_partners_names_the_projects_of_an_mou(cast: Cast, client: Client) -> None:
    partner = make_partner(cast.busan, by=cast.officer)
    address = "/programmes/partners/"
    client.get(address)
    shown = make_project(cast.busan, by=cast.officer, partner=partner)
    hidden = make_project(cast.busan, by=cast.officer, partner=partner, is_public=False)
    page = client.get(address).content.decode()
    assert shown.get_absolute_url() in page and hidden.title_ko not in page

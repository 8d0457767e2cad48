"""Staff see any public page as a tier, and get nothing by it: no byte, no order, no kept page."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from events.models import Event
from kosna.audit.models import Entry
from kosna.branches.models import Appointment
from kosna.core import clock
from kosna.payments.models import Order
from research.models import Download, Report, ViewCount
from tests import factories
from tests.conftest import Cast

LOOK, BACK = "/staff/view-as/", "/staff/view-as/end/"


def look(client: Client, tier: Any, standing: str = "", branch: Any = None, page: str = "") -> Any:
    return client.post(
        LOOK,
        {
            "tier": tier.pk if tier else "",
            "standing": standing,
            "branch": branch.pk if branch else "",
            "page": page,
        },
    )


@pytest.fixture
def reports(cast: Cast, make_report: Any) -> dict[str, Report]:
    regular = (cast.regular_tier,)
    home = make_report("at-home", is_public=False)
    home.branches.add(cast.busan)
    return {
        "gated": make_report("gated", tiers=regular),
        "at-home": home,
        "sold": make_report("sold", tiers=(cast.company_tier,), price=9_000),
    }


def labels(client: Client) -> dict[str, str]:
    shelved = client.get("/research/").context_data["shelved"]
    return {row.report.slug: row.decision.code for row in shelved}


def test_pages_are_those_of_the_reader(cast: Cast, login: Any, reports: dict[str, Report]) -> None:
    client = login("editor")
    before = labels(client)
    assert before == {"gated": "tier", "at-home": "others", "sold": "tier"}
    answer = look(client, cast.regular_tier, page="/research/gated/")
    assert (answer.status_code, answer.url) == (302, "/research/gated/")
    page = client.get("/research/gated/").content.decode()
    assert "/research/gated/download/" in page and cast.regular_tier.name in page
    assert labels(client) == {"gated": "open", "at-home": "others", "sold": "tier"}
    look(client, cast.regular_tier, "arrears", cast.busan)
    assert labels(client) == {"gated": "renew", "at-home": "renew", "sold": "tier"}
    look(client, cast.regular_tier, "", cast.busan)
    assert labels(client)["at-home"] == "open"
    assert client.post(BACK, {"page": "/research/"}).url == "/research/"
    assert labels(client) == before
    verbs = list(Entry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["members.view_as"] * 3 + ["members.end_view_as"]
    assert not ViewCount.objects.exists()


def test_events_figures_and_home_are_those_of_the_reader(cast: Cast, login: Any) -> None:
    event = factories.make_event("seminar", branch=cast.busan)
    factories.make_ticket(event, prices={None: 55_000, cast.regular_tier: 33_000})
    series = factories.make_series("usage", tiers=(cast.regular_tier,))
    factories.make_values(series, {"2025": "12.3"})
    client = login("head_office")

    def prices() -> list[int | None]:
        lists = [client.get(page).context_data["invitations"] for page in ("/events/", "/")]
        asked = [*(shown[0] for shown in lists)]
        asked.append(client.get("/events/seminar/").context_data["invitation"])
        return [invitation.offers[0].price for invitation in asked]

    assert prices() == [55_000] * 3
    look(client, cast.regular_tier)
    assert prices() == [33_000] * 3
    assert "12.3" in client.get("/research/statistics/usage/").content.decode()
    for kind in ("csv", "xlsx", "json", "svg"):
        assert client.get(f"/research/statistics/usage.{kind}").status_code == 403


def test_booths_files_and_forms_are_those_of_the_reader(cast: Cast, login: Any) -> None:
    ago = clock.now() - timedelta(days=9)
    expo = factories.make_event("expo", kind=Event.Kind.EXHIBITION, branch=cast.busan)
    factories.make_ticket(expo, prices={None: 55_000, cast.regular_tier: 33_000})
    factories.make_booth(expo, prices={None: 1_100_000, cast.company_tier: 990_000})
    for event in (expo, factories.make_event("past", branch=cast.busan, starts_at=ago)):
        factories.make_material(
            event, by=cast.officer, tiers=(cast.regular_tier,), for_those_who_came=False
        )
    client = login("head_office")

    def told() -> tuple[set[int], list[int], set[bool]]:
        plan = client.get("/events/expo/booths/").context_data["offers"][0]
        one = client.get("/events/expo/booths/A1/").context_data["offer"]
        any_one = client.get("/events/expo/booths/any/S/").context_data["offer"]
        forms = [
            client.get(f"/events/expo/{page}/").context_data["invitation"].offers[0].price
            for page in ("register", "register/list", "waiting")
        ]
        files = client.get("/events/expo/materials/").context_data["shelved"]
        [(_past, kept)] = client.get("/events/archive/").context_data["shelves"]
        return (
            {plan.price, one.price, any_one.price},
            forms,
            {row.decision.allowed for row in (*files, *kept)},
        )

    nothing = ({1_100_000}, [55_000] * 3, {False})
    assert told() == nothing
    look(client, cast.regular_tier)
    # What one is personally is no company's; a list is of colleagues.
    assert told() == ({1_100_000}, [33_000, 55_000, 33_000], {True})
    look(client, cast.company_tier)
    assert told() == ({990_000}, [55_000] * 3, {False})
    client.post(BACK)
    assert told() == nothing


def test_no_file_of_an_event_leaves_meanwhile(cast: Cast, login: Any) -> None:
    event = factories.make_event("forum", branch=cast.busan)
    address = factories.make_material(event, by=cast.officer, is_public=True).get_absolute_url()
    place = factories.make_place(factories.make_ticket(event), cast.account)
    by_ticket = f"{place.get_absolute_url()}materials/{event.materials.get().pk}/"
    client = login("head_office")

    def given() -> list[bool]:
        answers = [client.get(page).getvalue() for page in (address, by_ticket)]
        assert all(b"%PDF" in told or cast.regular_tier.name in told.decode() for told in answers)
        return [told.startswith(b"%PDF") for told in answers]

    assert given() == [True, True]
    look(client, cast.regular_tier)
    assert given() == [False, False]
    client.post(BACK)
    assert given() == [True, True]


def test_nothing_is_given_or_done_meanwhile(
    cast: Cast, login: Any, reports: dict[str, Report]
) -> None:
    client = login("editor")
    client.post(f"/staff/reports/{reports['gated'].pk}/read/", {"reason": "확인"})
    assert client.get("/research/gated/download/").status_code == 200
    look(client, cast.regular_tier)
    copy = "/research/gated/download/"
    refused = client.get(copy)
    assert (refused.status_code, b"%PDF" in refused.content) == (403, False)
    assert cast.regular_tier.name in refused.content.decode()
    assert client.get(copy, headers={"Range": "bytes=0-3"}).status_code == 403
    assert client.head(copy).status_code == 403
    assert client.post("/research/sold/buy/").status_code == 303
    assert (Download.objects.count(), Order.objects.count()) == (1, 0)
    client.post(BACK)
    assert client.get(copy).status_code == 200


def test_it_ends_with_the_hour_and_with_the_office(
    cast: Cast, login: Any, reports: dict[str, Report]
) -> None:
    client = login("editor")
    look(client, cast.regular_tier)
    with clock.standing_at(clock.now() + timedelta(minutes=61)):
        assert labels(client)["gated"] == "tier"
    assert labels(client)["gated"] == "open"
    Appointment.objects.filter(user=cast.editor).update(valid_to=clock.today() - timedelta(days=1))
    assert labels(client)["gated"] == "tier"


def test_nobody_else_sees_a_page_of_it(cast: Cast, login: Any, reports: dict[str, Report]) -> None:
    for who in ("regular", "officer", "treasurer"):
        client = login(who)
        assert look(client, cast.company_tier).status_code == 403
        session = client.session
        session["viewing_as"] = {
            "tier": cast.company_tier.pk, "standing": "good", "branch": None,
            "since": clock.now().isoformat(),
        }  # fmt: skip
        session.save()
        assert labels(client)["sold"] == "tier"
    editor = login("editor")
    look(editor, cast.company_tier)
    page = editor.get("/research/sold/")
    assert page["Cache-Control"] == "private, no-store"
    assert cast.company_tier.name in page.content.decode()
    kept = [Client().get("/research/sold/").content.decode() for _turn in range(2)]
    assert not any("viewing-bar" in page or "/download/" in page for page in kept)


def test_a_page_elsewhere_is_not_gone_to(cast: Cast, login: Any) -> None:
    for page in ("https://evil.test/", "//evil.test/", "javascript:alert(1)", "/\\evil.test"):
        assert look(login("editor"), cast.regular_tier, page=page).url == "/research/"

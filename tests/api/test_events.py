"""Programs write drafts, publish them, and read what is of their branch alone."""

import pytest

from events import actions
from events.models import Event
from kosna.api.models import KeptAnswer
from kosna.audit.models import Entry, Look
from kosna.core import clock
from tests import factories
from tests.api.programs import NEW, Program, issue
from tests.events.doors import make_device
from tests.events.test_waiting import more_seats, wait

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(cast):
    return Program(issue(cast), **{"Accept-Language": "en"})


def test_a_draft_is_made_changed_and_published(cast, ask, client):
    made = ask("POST", "events", NEW)
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["status"], made["ETag"]) == ("draft", f'"{told["version"]}"')
    assert (told["full_refund_days"], told["half_refund_days"]) == (7, 3)
    ticket = told["tickets"][0]
    assert [price["amount"] for price in ticket["prices"]] == [30000, 20000]
    event = Event.objects.get(slug="spring-seminar")
    assert event.branch == cast.busan
    entry = Entry.objects.get(verb="events.create")
    assert (entry.actor_id, entry.facts["holder"][:6]) == (cast.officer.pk, "token:")
    assert client.get("/events/spring-seminar/").status_code == 404

    changed = ask(
        "PATCH", "events/spring-seminar",
        {"title_en": "Spring", "half_refund_days": 1, "tickets": [
            {"id": ticket["id"], "capacity": 50}, {"name_ko": "학생", "capacity": 5, "prices": []},
        ]},
        If_Match=made["ETag"],
    )  # fmt: skip
    assert changed.status_code == 200, changed.content
    told = changed.json()
    assert (told["title_ko"], told["title_en"], told["half_refund_days"]) == (
        "봄 세미나",
        "Spring",
        1,
    )
    assert [(t["capacity"], len(t["prices"])) for t in told["tickets"]] == [(50, 2), (5, 0)]
    unpriced = ask("POST", "events/spring-seminar/publish", If_Match=changed["ETag"])
    assert (unpriced.status_code, "학생" in unpriced.json()["detail"]) == (409, True)
    priced = ask(
        "PATCH", "events/spring-seminar",
        {"tickets": [{"id": told["tickets"][1]["id"],
                      "prices": [{"tier": None, "amount": 1000, "until": None}]}]},
        If_Match=changed["ETag"],
    )  # fmt: skip
    shown = ask("POST", "events/spring-seminar/publish", If_Match=priced["ETag"])
    assert (shown.status_code, shown.json()["status"]) == (200, "published")
    assert client.get("/events/spring-seminar/").status_code == 200
    refused = ask("PATCH", "events/spring-seminar", {"title_ko": "x"}, If_Match=shown["ETag"])
    assert refused.status_code == 409
    back = ask("POST", "events/spring-seminar/unpublish", If_Match=shown["ETag"])
    assert (back.status_code, back.json()["status"]) == (200, "draft")


def test_who_saw_an_older_version_changes_nothing(cast, ask):
    made = ask("POST", "events", NEW)
    ask("PATCH", "events/spring-seminar", {"title_ko": "처음"}, If_Match=made["ETag"])
    for method, path, sent in (
        ("PATCH", "events/spring-seminar", {"title_ko": "나중"}),
        ("POST", "events/spring-seminar/publish", None),
    ):
        stale = ask(method, path, sent, If_Match=made["ETag"])
        assert (stale.status_code, stale["Content-Type"]) == (412, "application/problem+json")
        assert ask(method, path, sent).status_code == 428
        assert ask(method, path, sent, If_Match="W/x").status_code == 422
    event = Event.objects.get()
    assert (event.title_ko, event.status) == ("처음", "draft")


def test_all_that_is_wrong_is_told_at_once_and_where(cast, ask):
    def errors(sent):
        answer = ask("POST", "events", sent)
        assert answer.status_code == 422, answer.content
        return sorted(error["pointer"] for error in answer.json()["errors"])

    assert errors({}) == ["/ends_at", "/kind", "/slug", "/starts_at", "/title_ko"]
    assert errors(NEW | {"kind": "party", "seats": 1, "title_ko": "\0"}) == [
        "/kind", "/seats", "/title_ko",
    ]  # fmt: skip
    assert errors(NEW | {"slug": "new", "full_refund_days": 1}) == ["/half_refund_days", "/slug"]
    assert errors(NEW | {"ends_at": NEW["starts_at"]}) == ["/ends_at"]
    price = {"tier": "gold", "amount": 1, "until": None}
    late = {"name_ko": "x", "capacity": 1, "day": "2030-05-01", "prices": [price]}
    assert errors(NEW | {"tickets": [late, {"id": 1}]}) == [
        "/tickets/0/day", "/tickets/0/prices/0/tier", "/tickets/1/id",
    ]  # fmt: skip
    assert Event.objects.count() == 0
    client, headers = ask.client, ask.headers
    sent = {"data": b"{", "content_type": "application/json", "headers": headers}
    assert client.post("/api/v1/events", **sent).status_code == 400
    assert client.post("/api/v1/events", {"a": 1}, headers=headers).status_code == 415
    big = client.post("/api/v1/events", **sent | {"data": b" " * 1_000_001})
    assert big.status_code == 413
    wrong = ask("DELETE", "events")
    assert (wrong.status_code, wrong["Allow"]) == (405, "GET, HEAD, POST")
    assert ask("GET", "nothing").json()["status"] == 404


def test_sent_twice_with_one_key_makes_one_event(cast, ask):
    first = ask("POST", "events", NEW, Idempotency_Key="a-1")
    again = ask("POST", "events", NEW, Idempotency_Key="a-1")
    assert (again.status_code, again.json(), again["ETag"]) == (201, first.json(), first["ETag"])
    assert again["Idempotent-Replayed"] == "true"
    assert ask("POST", "events", NEW | {"slug": "b"}, Idempotency_Key="a-1").status_code == 422
    assert ask("POST", "events", NEW).status_code == 422  # the address is taken
    other = Program(issue(cast, label="다른 키"))
    assert other("POST", "events", NEW | {"slug": "b"}, Idempotency_Key="a-1").status_code == 201
    assert ask("POST", "events", NEW, Idempotency_Key="a-2").status_code == 422
    assert ask("POST", "events", NEW | {"slug": "c"}, Idempotency_Key="a-2").status_code == 201
    assert KeptAnswer.objects.count() == 3


def test_another_branch_and_another_scope_see_nothing(cast):
    factories.make_event("busan", branch=cast.busan)
    factories.make_event("daegu", branch=cast.daegu)
    ask = Program(issue(cast))
    assert [row["slug"] for row in ask("GET", "events").json()["items"]] == ["busan"]
    foreign, missing = ask("GET", "events/daegu"), ask("GET", "events/none")
    assert (foreign.status_code, foreign.content) == (404, missing.content)
    for path in ("registrations", "arrivals"):
        assert ask("GET", f"events/daegu/{path}").status_code == 404
    for path in ("publish", "unpublish"):
        assert ask("POST", f"events/daegu/{path}", If_Match='"1"').status_code == 404
    assert ask("PATCH", "events/daegu", {}, If_Match='"1"').status_code == 404
    reader = Program(issue(cast, "events:read", label="읽기"))
    assert reader("POST", "events", NEW).status_code == 403
    assert reader("GET", "events/busan/registrations").status_code == 403
    assert reader("GET", "events/busan/roster").status_code == 403
    assert reader("GET", "events/busan/arrivals").status_code == 200


def test_pages_by_cursor_in_as_many_statements(cast, django_assert_num_queries):
    ask = Program(issue(cast))
    ask("GET", "events")

    def more(n):
        event = factories.make_event(f"e{n}", branch=cast.busan)
        factories.make_place(factories.make_ticket(event, prices={None: 1, cast.regular_tier: 2}))

    more(1)
    with django_assert_num_queries(7):
        ask("GET", "events")
    for n in (2, 3, 4, 5):
        more(n)
    with django_assert_num_queries(7):
        ask("GET", "events")
    seen, after = [], ""
    while after is not None:
        page = ask("GET", f"events?limit=2{after}").json()
        seen += [row["slug"] for row in page["items"]]
        after = page["next"] and f"&after={page['next']}"
    assert seen == ["e1", "e2", "e3", "e4", "e5"]
    for query in ("limit=0", "limit=x", "after=%EA", "after=zzz", "limit=1&limit=2", "x=1"):
        assert ask("GET", f"events?{query}").status_code == 422


def test_who_comes_is_on_record_as_a_look(cast, django_assert_num_queries):
    event = factories.make_event("busan", branch=cast.busan)
    ticket = factories.make_ticket(event)
    place = factories.make_place(ticket, user=cast.regular)
    ask = Program(issue(cast, "registrations:read"))
    told = ask("GET", "events/busan/registrations").json()
    assert [row["id"] for row in told["items"]] == [place.pk]
    assert "secret" not in told["items"][0] and "code" not in told["items"][0]
    look = Look.objects.get(user_id=cast.regular.pk)
    assert (look.entry.actor_id, look.entry.facts["holder"][:6]) == (cast.officer.pk, "token:")
    with django_assert_num_queries(7):
        ask("GET", "events/busan/registrations")
    factories.make_place(ticket)
    factories.make_place(ticket)
    with django_assert_num_queries(7):
        ask("GET", "events/busan/registrations")


def test_a_device_hands_in_its_scans_at_its_own_event(cast):
    event = factories.make_event("busan", branch=cast.busan, starts_at=clock.now())
    factories.make_event("other", branch=cast.busan)
    place = factories.make_place(factories.make_ticket(event))
    device = make_device(event, by=cast.officer)
    ask = Program(actions.token_of(device))
    assert ask("GET", "events/busan/roster").json().keys() == {"roster", "signature"}
    sent = {
        "sent_at": "2030-01-01T00:00:00Z",
        "scans": [{"uuid": "0b9b2c9e-6a36-4a0d-8a5f-0f1f2f3f4f5f", "at": "2030-01-01T00:00:00Z",
                   "code": place.code}],
    }  # fmt: skip
    for _n in range(2):
        told = ask("POST", "events/busan/scans", sent)
        assert [row["outcome"] for row in told.json()["answers"]] == ["admitted"]
    assert event.scans.count() == 1
    numbers = ask("GET", "events/busan/arrivals").json()
    assert (numbers["expected"], numbers["came"], numbers["inside"]) == (1, 1, 1)
    for path in ("other/roster", "other/arrivals"):
        assert ask("GET", f"events/{path}").status_code == 404
    assert ask("GET", "events").status_code == 403
    actions.revoke_device(device, by=cast.officer)
    assert ask("POST", "events/busan/scans", sent).status_code == 401


def test_a_key_of_the_branch_checks_in_at_its_events_alone(cast):
    event = factories.make_event("busan", branch=cast.busan, starts_at=clock.now())
    place = factories.make_place(factories.make_ticket(event))
    foreign = factories.make_place(
        factories.make_ticket(factories.make_event("daegu", branch=cast.daegu))
    )
    ask = Program(issue(cast, "checkin"))

    def hand_in(path: str, code: str, **more: str):
        uuid = f"0b9b2c9e-6a36-4a0d-8a5f-{len(code):012d}"
        scans = [{"uuid": uuid, "at": "2030-01-01T00:00:00Z", "code": code}]
        sent = {"sent_at": "2030-01-01T00:00:00Z", "scans": scans, **more}
        return ask("POST", f"events/{path}/scans", sent)

    for _twice in range(2):
        told = hand_in("busan", place.code, door="북문").json()["answers"]
        assert [row["outcome"] for row in told] == ["admitted"]
    scan = event.scans.get()
    assert (scan.door, scan.device, scan.by) == ("북문", None, cast.officer)
    entry = Entry.objects.get(verb="events.check_in")
    assert (entry.actor_id, entry.facts["holder"][:6]) == (cast.officer.pk, "token:")
    [told] = hand_in("busan", foreign.secret).json()["answers"]
    assert (told["outcome"], told["name"]) == ("other", None)
    assert hand_in("daegu", foreign.code).status_code == 404
    assert ask("GET", "events/daegu/arrivals").status_code == 404
    assert ask("GET", "events/busan/arrivals").json()["came"] == 1
    assert ask("GET", "events/busan/roster").status_code == 403
    [told] = hand_in("busan", "Z" * len(place.code)).json()["answers"]
    assert (told["outcome"], told["name"]) == ("conflict", None)
    assert event.scans.count() == 2
    reader = Program(issue(cast, "events:read", label="읽기"))
    assert reader("POST", "events/busan/scans", {"scans": []}).status_code == 403


def test_the_seats_left_are_those_that_the_page_says(cast, ask, client):
    """Nobody who may buy has any while the ticket is waited for, be it full or not."""
    event = factories.make_event("full", branch=cast.busan)
    ticket = factories.make_ticket(event, capacity=0)
    wait(ticket, cast.account)
    more_seats(ticket, 3)
    factories.make_ticket(event, capacity=5)

    def told() -> list[list[int]]:
        api = [row["seats_left"] for row in ask("GET", "events/full").json()["tickets"]]
        offers = client.get("/events/full/").context["invitation"].offers
        return [api, [offer.seats_left for offer in offers]]

    assert told() == [[0, 5]] * 2
    assert actions.serve_lists() == 1
    assert told() == [[2, 5]] * 2
    listed = ask("GET", "events").json()["items"]
    assert [row["seats_left"] for row in listed[0]["tickets"]] == [2, 5]
    document = client.get("/api/v1/openapi.json", headers={"Accept-Language": "en"}).json()
    described = document["components"]["schemas"]["Ticket"]["properties"]["seats_left"]
    assert described["description"].endswith("None while anybody waits for this ticket.")

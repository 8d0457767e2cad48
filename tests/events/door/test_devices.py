"""The door with devices: no scan lost, none counted twice, and each refusal has its word."""

import base64
import json
from datetime import datetime, timedelta
from uuid import uuid4

import pikepdf
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events import actions
from events.actions import Post
from events.door import arrivals
from events.models import CheckIn, DoorDevice, DoorScan, Event, Outcome, Registration, Ticket
from kosna.audit.models import Entry, Look
from kosna.core import batches, clock
from kosna.core.errors import Refused
from kosna.core.models import Batch
from tests import factories
from tests.events.doors import NOON, make_device, outcomes, scan

pytestmark = pytest.mark.django_db
OFFLINE = {"told": "admitted"}
OUT = {"direction": "out"}


def ask(device, *scans) -> list[str]:
    return [answer.outcome for answer in actions.sync_scans(device=device, scans=scans)]


def two(place: Registration) -> list[Registration]:
    return [place, factories.make_place(place.ticket, factories.make_user("이도윤"))]


def came(place) -> CheckIn:
    return CheckIn.objects.get(registration=place)


# --- who is let in ---


def test_what_is_sent_twice_is_kept_once(device, place):
    first = scan(place, 1)
    assert ask(device, first) == ["admitted"]
    assert ask(device, first, scan(place, 2)) == ["admitted", "already"]
    assert outcomes(device.event) == ["admitted", "already"]
    assert came(place).at == NOON + timedelta(minutes=1)
    entry = Entry.objects.get(verb="events.check_in")
    assert (entry.actor_id, entry.facts) == (device.added_by_id, {"device": str(device)})


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_earliest_scan_admits_whichever_device_hands_in_first(device, place, order):
    other = make_device(device.event, "후문")
    handed_in = [(device, scan(place, 5, **OFFLINE)), (other, scan(place, 1, **OFFLINE))]
    for index in order:
        by, made = handed_in[index]
        ask(by, made)
    assert outcomes(device.event) == ["admitted", "twice"]
    assert (came(place).at, came(place).door) == (NOON + timedelta(minutes=1), "후문")
    assert Entry.objects.filter(verb="events.check_in").count() == 1


def test_in_and_out_and_back(device, place, ticket):
    factories.make_place(ticket)  # never comes
    walks = [scan(place, 0), scan(place, 30, **OUT), scan(place, 31, **OUT), scan(place, 60)]
    assert ask(device, *walks[:2]) == ["admitted", "left"]
    assert arrivals.numbers(device.event) == arrivals.Numbers(expected=2, came=1, inside=0)
    assert ask(device, *walks[2:]) == ["outside", "returned"]
    assert arrivals.numbers(device.event) == arrivals.Numbers(expected=2, came=1, inside=1)
    assert (came(place).at, came(place).inside_since) == (NOON, NOON + timedelta(hours=1))


def test_nobody_stays_overnight(device, place):
    ask(device, scan(place, 0))
    with clock.standing_at(NOON + timedelta(days=1)):
        assert arrivals.numbers(device.event).inside == 0
        assert ask(device, scan(place, 24 * 60)) == ["returned"]
    assert came(place).at == NOON


def test_who_went_out_before_we_heard_that_they_came_is_outside(device, place, event):
    back = make_device(event, "후문")
    assert ask(back, scan(place, 60, **OUT)) == ["outside"]
    assert arrivals.numbers(event) == arrivals.Numbers(expected=1, came=0, inside=0)
    assert ask(device, scan(place, 0, **OFFLINE)) == ["admitted"]
    assert outcomes(event) == ["admitted", "left"]
    assert came(place).inside_since is None


def test_a_device_that_never_heard_the_answer_decides_and_is_believed(device, place):
    other = make_device(device.event, "후문")
    ask(other, scan(place, 1))
    asked = scan(place, 2)
    assert ask(device, asked) == ["already"]
    assert ask(device, scan(place, 2, uuid=asked.uuid, **OFFLINE)) == ["twice"]
    assert outcomes(device.event) == ["admitted", "twice"]


@pytest.mark.parametrize("told", ["unpaid", "unknown", "nameless", "already"])
def test_whom_a_device_turned_away_unheard_has_not_come(device, place, told):
    asked = scan(place, 1)
    assert ask(device, asked) == ["admitted"]
    assert ask(device, scan(place, 1, uuid=asked.uuid, told=told)) == [told]
    assert not CheckIn.objects.exists()
    assert arrivals.numbers(device.event).inside == 0
    verbs = Entry.objects.filter(verb__endswith="check_in").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "events.check_in", "events.withdraw_check_in",
    ]  # fmt: skip
    assert ask(device, scan(place, 5)) == ["admitted"]


def test_whom_a_device_turned_away_unheard_came_by_another_door(device, place, event):
    asked = scan(place, 1)
    assert ask(device, asked) == ["admitted"]
    ask(make_device(event, "후문"), scan(place, 2, **OFFLINE))
    assert outcomes(event) == ["admitted", "twice"]
    ask(device, scan(place, 1, uuid=asked.uuid, told="unpaid"))
    assert outcomes(event) == ["unpaid", "admitted"]
    assert (came(place).at, came(place).door) == (NOON + timedelta(minutes=2), "후문")


def test_a_device_tells_of_its_question_by_a_new_key(device, place, event):
    ask(make_device(event, "후문"), scan(place, 1))
    asked = scan(place, 2)
    assert ask(device, asked) == ["already"]
    actions.revoke_device(device, by=device.added_by)
    again = scan(place, 2, uuid=asked.uuid, **OFFLINE)
    assert ask(make_device(event), again) == ["twice"]


def test_the_desk_and_a_device_tell_one_story(device, place, event):
    by = factories.make_user("접수요원")
    with clock.standing_at(NOON + timedelta(minutes=10)):
        assert actions.check_in(event=event, typed=place.code, by=by).outcome == "admitted"
    assert event.scans.count() == 0
    ask(device, scan(place, 3, **OFFLINE))
    assert outcomes(event) == ["admitted", "twice"]
    assert came(place).door == "정문"
    left = actions.check_in(event=event, typed=place.code, by=by, direction="out")
    back = actions.check_in(event=event, typed=place.code, by=by)
    assert (left.outcome, back.outcome) == ("left", "returned")
    assert actions.check_in(event=event, typed=place.code, by=by).outcome == "already"


def test_a_wrong_clock_is_put_right(device, place):
    ahead = timedelta(hours=2)
    made = scan(place, 60 + 120, **OFFLINE)  # at one o'clock, says a clock that is two hours ahead
    actions.sync_scans(device=device, scans=[made], sent_at=clock.now() + ahead)
    assert came(place).at == NOON + timedelta(hours=1)


def test_nobody_is_made_to_have_come_before_the_day_or_the_device(device, place, event):
    late = make_device(event, "후문")
    DoorDevice.objects.update(added_at=NOON + timedelta(hours=1))
    late.refresh_from_db()
    actions.sync_scans(device=late, scans=[scan(place, **OFFLINE)], sent_at=clock.now())
    assert came(place).at == NOON + timedelta(hours=1)
    other = factories.make_place(place.ticket, factories.make_user("이도윤"))
    asked = scan(other, -24 * 60, **OFFLINE)
    actions.keep_scans(Post(event, device.added_by, "정문"), [asked], clock.now())
    assert came(other).at == clock.start_of(clock.kst_date(NOON))


def test_a_clock_that_begins_with_1970_loses_nothing(device, place):
    client, epoch = as_device(actions.token_of(device)), "1970-01-01T00:0{}:00.000Z"
    rows = [row_of(scan(each, **OFFLINE)) | {"at": epoch.format(5)} for each in two(place)]
    answer = hand_in(client, rows[0], sent_at=epoch.format(6)).json()
    assert (answer["malformed"], len(answer["answers"])) == ([], 1)
    assert came(place).at == clock.now() - timedelta(minutes=1)
    # Put right before it sent: all that we know is the day.
    assert hand_in(client, rows[1]).json()["malformed"] == []
    assert CheckIn.objects.earliest("at").at == clock.start_of(clock.kst_date(NOON))


def test_a_new_key_carries_on_the_old_one(device, place, event):
    old = actions.token_of(device)
    other = actions.token_of(make_device(factories.make_event("elsewhere", starts_at=NOON)))
    actions.revoke_device(device, by=device.added_by)
    new = actions.add_device(event=event, label="a", door="b", kind="door", by=device.added_by)
    client = as_device(actions.token_of(new))
    mine, others = (row_of(scan(each, **OFFLINE)) for each in two(place))
    for row, former, at in [(mine, [other, old, "", 1], NOON), (others, [other], clock.now())]:
        body = {"sent_at": clock.now().isoformat(), "scans": [row], "former": former}
        client.post(reverse("door:sync"), body, content_type="application/json")
        assert CheckIn.objects.get(registration=row["place"]).at == at
    for wrong in ("x", [old] * 201):
        body = {"sent_at": clock.now().isoformat(), "scans": [], "former": wrong}
        answer = client.post(reverse("door:sync"), body, content_type="application/json")
        assert answer.status_code == 400


def test_a_uuid_that_was_anothers_is_answered_and_holds_up_nobody(device, place):
    other = factories.make_place(place.ticket, factories.make_user("이도윤"))
    first = scan(place, 1)
    assert ask(device, first) == ["admitted"]
    assert ask(device, scan(other, 2, uuid=first.uuid), scan(other, 3)) == ["conflict", "admitted"]
    assert came(other).at == NOON + timedelta(minutes=3)


def coded(code: str, uuid=None, **fields):
    return scan(None, uuid=uuid, code=code, **fields)


def test_a_uuid_opens_no_door_with_another_code(device, place, event):
    other = factories.make_place(place.ticket, factories.make_user("이도윤"))
    unknown, known = coded("ZZZZZZZZ"), coded(place.code)
    assert ask(device, unknown, known) == ["unknown", "admitted"]
    wrong = [
        coded(other.code, unknown.uuid),
        coded(other.code, known.uuid),
        coded("ZZZZZZZZ", known.uuid),
        coded(other.code, known.uuid, **OFFLINE),
    ]
    assert ask(device, *wrong) == ["conflict"] * 4
    assert ask(device, unknown, known) == ["unknown", "admitted"]
    twins = uuid4()
    wrong = [coded("ZZZZZZZZ", twins), coded(other.code, twins)]
    assert ask(device, *wrong) == ["unknown", "conflict"]
    assert not CheckIn.objects.filter(registration=other).exists()
    assert outcomes(event) == ["unknown", "admitted", "unknown"]

    elsewhere = factories.make_place(
        factories.make_ticket(factories.make_event("elsewhere", starts_at=NOON))
    )
    there = make_device(elsewhere.event)
    assert ask(there, coded(elsewhere.code, known.uuid), coded("Z", unknown.uuid)) == [
        "conflict", "conflict",
    ]  # fmt: skip


def test_a_ticket_handed_over_before_its_scan_came_twice_is_no_other(device, place):
    first = scan(place, 1, digest=actions.secret_digest(place.secret))
    assert ask(device, first) == ["admitted"]
    Registration.objects.update(secret="new")
    assert ask(device, first) == ["admitted"]


def test_a_scan_that_is_not_kept_is_named_to_its_device(device, place):
    client = as_device(actions.token_of(device))
    unknown = row_of(coded("ZZZZZZZZ"))
    assert hand_in(client, unknown).json()["conflicts"] == []
    answer = hand_in(client, unknown | {"code": place.code}).json()
    assert (answer["answers"], answer["conflicts"]) == ([], [unknown["uuid"]])
    kiosk = as_device(actions.token_of(make_device(device.event, "로비", kind="kiosk")))
    body = {"uuid": unknown["uuid"], "code": place.code}
    told = kiosk.post(reverse("door:self"), body, content_type="application/json")
    assert told.status_code == 409
    assert not CheckIn.objects.exists()


# --- who is not ---


def refused(place: Registration, **changes) -> Registration:
    Registration.objects.filter(pk=place.pk).update(**changes)
    if "released_at" in changes:
        Ticket.objects.filter(pk=place.ticket_id).update(taken=F("taken") - 1)
    return place


def test_each_refusal_has_its_word_on_both_ways(device, place, ticket, event):
    now = clock.now()
    unpaid = refused(factories.make_place(ticket), status="held", confirmed_at=None)
    cancelled = refused(factories.make_place(ticket), status="cancelled", released_at=now)
    tomorrow = factories.make_ticket(event, day=(NOON + timedelta(days=1)).date())
    elsewhere = factories.make_place(factories.make_ticket(factories.make_event("elsewhere")))
    ask(device, scan(place))
    expected = {
        "unpaid": unpaid, "cancelled": cancelled, "day": factories.make_place(tomorrow),
        "already": place,
    }  # fmt: skip
    by = factories.make_user("접수요원")
    for word, row in expected.items():
        assert ask(device, scan(row, 5)) == [word]
        assert actions.check_in(event=event, typed=row.code, by=by).outcome == word
    for word, code in {"unknown": "ZZZZZZZZ", "other": elsewhere.secret}.items():
        assert ask(device, scan(None, code=code)) == [word]
        assert actions.check_in(event=event, typed=code, by=by).outcome == word
    # A handed-over ticket: the device's roster still knows the old secret.
    assert ask(device, scan(place, 6, digest=actions.secret_digest("old"))) == ["replaced"]
    # Nobody of another event is named here.
    assert not DoorScan.objects.filter(registration=elsewhere).exists()
    assert ask(device, scan(elsewhere, 7)) == ["unknown"]
    labels = [str(outcome.label) for outcome in Outcome]
    assert len(set(labels)) == len(labels)


def test_whoever_was_let_in_wrongly_is_pointed_out(device, place, event):
    refused(place, status="cancelled", released_at=clock.now())
    assert ask(device, scan(place, 1, **OFFLINE), scan(place, 2, told="unpaid")) == [
        "cancelled",
        "unpaid",
    ]
    assert not CheckIn.objects.exists()
    told = {notice.query: notice.count for notice in arrivals.notices(event)}
    assert told == {"wrongly": 1, "unpaid": 1}
    for query, count in told.items():
        assert event.scans.in_state(query).count() == count


# --- devices ---


def as_device(token: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {token}"})


def hand_in(client: Client, *rows: dict, sent_at: str = ""):
    body = {"sent_at": sent_at or clock.now().isoformat(), "scans": rows}
    return client.post(reverse("door:sync"), body, content_type="application/json")


def row_of(made) -> dict:
    return {
        "uuid": str(made.uuid), "at": made.at.isoformat(), "direction": made.direction,
        "told": made.told, "code": made.code, "place": made.place, "digest": made.digest,
    }  # fmt: skip


def test_a_device_hands_in_until_it_is_revoked(device, place):
    token = actions.token_of(device)
    client = as_device(token)
    assert hand_in(as_device("x" * 43), row_of(scan(place))).status_code == 401
    assert hand_in(Client(), row_of(scan(place))).status_code == 401
    answer = hand_in(client, row_of(scan(place)), {"uuid": "no", "at": "1"}).json()
    assert [told["outcome"] for told in answer["answers"]] == ["admitted"]
    assert answer["answers"][0]["name"] == "김*늘"
    assert answer["malformed"] == ["no"]
    for body in ("", "[]", '{"scans": 1, "sent_at": 2}', '{"scans": [], "sent_at": "2026-01-01"}'):
        assert client.post(
            reverse("door:sync"), body, content_type="application/json"
        ).status_code == 400, body  # fmt: skip
    device.refresh_from_db()
    assert (device.seed, actions.token_of(device)) == ("", "")
    actions.revoke_device(device, by=device.added_by)
    for answer in (hand_in(client, row_of(scan(place, 5))), client.get(reverse("door:roster"))):
        assert (answer.status_code, answer.json()) == (401, {"error": "revoked"})
    assert outcomes(device.event) == ["admitted"]


def test_a_scan_takes_few_statements(device, place, ticket):
    client = as_device(actions.token_of(device))
    hand_in(client, row_of(scan(factories.make_place(ticket))))
    with CaptureQueriesContext(connection) as captured:
        assert hand_in(client, row_of(scan(place))).json()["answers"][0]["outcome"] == "admitted"
    work = [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"]]
    assert len(work) <= 7, work


def verify(key: bytes, text: str, signature: bytes) -> None:
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    public.verify(encode_dss_signature(r, s), text.encode(), ec.ECDSA(hashes.SHA256()))


def test_a_roster_is_signed_and_holds_no_more_than_a_doorkeeper_needs(device, place):
    answer = as_device(actions.token_of(device)).get(reverse("door:roster"))
    text = answer.json()["roster"]
    signature = base64.b64decode(answer.json()["signature"])
    verify(actions.roster_key(device), text, signature)
    other = make_device(device.event, "후문")
    for key, told in [
        (actions.roster_key(device), text.replace("confirmed", "cancelled")),
        (actions.roster_key(other), text),
    ]:
        with pytest.raises(InvalidSignature):
            verify(key, told, signature)
    facts = json.loads(text)
    assert datetime.fromisoformat(facts["expires_at"]) == device.roster_ends_at
    assert facts["places"] == [
        {
            "id": place.pk, "digest": actions.secret_digest(place.secret), "code": place.code,
            "name": "김*늘", "affiliation": "누리상사", "ticket": "일반", "day": "",
            "status": "confirmed", "came_at": "", "inside_since": "",
        }
    ]  # fmt: skip
    assert place.secret not in text
    assert Look.objects.filter(user_id=place.user_id).count() == 1
    device.refresh_from_db()
    actions.roster(device)
    assert Look.objects.filter(user_id=place.user_id).count() == 1


def test_kiosks_and_past_events_get_no_roster(event, place, device):
    with pytest.raises(Refused):
        actions.roster(make_device(event, kind="kiosk"))
    token = actions.token_of(device)
    with clock.standing_at(device.roster_ends_at + timedelta(minutes=1)):
        assert as_device(token).get(reverse("door:roster")).status_code == 409
        # What it still holds is taken: nothing is lost.
        assert hand_in(as_device(token), row_of(scan(place, **OFFLINE))).status_code == 200
        # So a device that was revoked gets a new key.
        actions.add_device(event=event, label="a", door="b", kind="door", by=device.added_by)
    with clock.standing_at(device.token_ends_at + timedelta(minutes=1)):
        assert hand_in(as_device(token)).status_code == 401
        with pytest.raises(Refused):
            make_device(event)


# --- pages ---


def test_arrivals_by_door_and_quarter_take_constant_statements(cast, login, event, ticket, device):
    client = login("head_office")
    back = make_device(event, "후문")

    def one_more(minutes, at_device):
        ask(at_device, scan(factories.make_place(ticket), minutes))

    def read(page):
        url = reverse(f"events_staff:{page}", args=["doors"])
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(url)
        assert answer.status_code == 200
        return len(captured), answer

    pages = ("door", "door-scans", "door-devices")
    one_more(1, device)
    before = [read(page)[0] for page in pages]
    for minutes, at_device in [(2, back), (16, back), (17, back)]:
        one_more(minutes, at_device)
    make_device(event, "옆문")
    assert [read(page)[0] for page in pages] == before
    shown = read("door")[1].context["arrivals"]
    assert [(row.begins_at, dict(row.by_door)) for row in shown.quarters] == [
        (NOON, {"정문": 1, "후문": 1}),
        (NOON + timedelta(minutes=15), {"정문": 0, "후문": 2}),
    ]
    assert (dict(shown.totals), shown.total) == ({"정문": 1, "후문": 3}, 4)


def test_arrivals_are_those_of_today(event, place, device):
    Event.objects.update(ends_at=NOON + timedelta(days=1, hours=6))
    event.refresh_from_db()
    early, late = two(place)
    ask(device, scan(early), scan(late, 1))
    assert arrivals.arrivals(event).total == 2
    with clock.standing_at(NOON + timedelta(days=1)):
        assert (arrivals.arrivals(event).day, arrivals.arrivals(event).total) == (clock.today(), 0)
        day = 24 * 60
        ask(device, scan(early, day - 60), scan(early, day - 20, **OUT), scan(early, day - 10))
        actions.admit(factories.make_place(place.ticket), event=event, by=device.added_by)
        shown = arrivals.arrivals(event)
        assert [(row.begins_at - NOON, dict(row.by_door)) for row in shown.quarters] == [
            (timedelta(hours=23), {"": 0, "정문": 1}), (timedelta(days=1), {"": 1, "정문": 0}),
        ]  # fmt: skip
    with clock.standing_at(NOON + timedelta(days=9)):
        assert arrivals.arrivals(event) == shown


def test_a_device_is_added_shown_once_and_revoked(cast, login, event):
    client = login("head_office")
    url = reverse("events_staff:door-devices", args=["doors"])
    answer = client.post(url, {"label": "", "door": "정문", "kind": "door"})
    assert (answer.status_code, answer.context["form"]["door"].value()) == (422, "정문")
    page = client.post(url, {"label": "태블릿 1", "door": "정문", "kind": "door"}, follow=True)
    device = event.devices.get()
    token = actions.token_of(device)
    assert token in page.content.decode()
    assert as_device(token).get(reverse("door:roster")).status_code == 200
    assert token not in client.get(page.request["PATH_INFO"]).content.decode()
    client.post(reverse("events_staff:door-device-revoke", args=["doors", device.pk]))
    assert as_device(token).get(reverse("door:roster")).status_code == 401
    assert list(
        Entry.objects.filter(target_type="events.doordevice").values_list("verb", flat=True)
    ) == ["events.add_device", "events.fetch_roster", "events.revoke_device"]


def test_who_may_take_money_is_asked_once_however_many_officers(cast, login, event):
    client, url = login("head_office"), reverse("events_staff:door-devices", args=["doors"])
    statements = []
    for n in range(2):
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        statements.append(len(seen))
        for person in range(2):
            keeper = factories.make_user(f"접수 {n}{person}")
            factories.appoint(keeper, "doorkeeper", event.branch)
    assert statements[0] == statements[1]


# --- guests by themselves ---


def test_a_guest_checks_in_at_a_kiosk_with_few_tries(event, ticket, place, device):
    kiosk = make_device(event, "로비", kind="kiosk")
    client = as_device(actions.token_of(kiosk))

    def try_code(code: str, by: Client = client):
        body = {"uuid": str(uuid4()), "code": code}
        return by.post(reverse("door:self"), body, content_type="application/json")

    assert try_code(place.door_code).json() | {"uuid": ""} == {
        "uuid": "", "outcome": "admitted", "name": "김*늘", "affiliation": "누리상사",
        "ticket": "일반",
    }  # fmt: skip
    assert try_code(place.code).json()["outcome"] == "already"
    for n in range(5):
        assert try_code(f"ZZZZZZZ{n}").json().keys() == {"uuid", "outcome"}
    late = factories.make_place(ticket)
    assert try_code(late.code).status_code == 409
    with clock.standing_at(clock.now() + timedelta(minutes=6)):
        assert try_code(late.code).json()["outcome"] == "admitted"
    assert try_code(late.code, as_device(actions.token_of(device))).status_code == 409
    assert hand_in(client, row_of(scan(place))).status_code == 409


def test_badges_are_drawn_for_everybody_who_is_expected(cast, login, event, ticket, place):
    factories.make_place(ticket, name="")
    refused(factories.make_place(ticket), status="cancelled", released_at=clock.now())
    for n in range(9):
        factories.make_place(ticket, name=f"참가자 {n}", tier="regular")
    url = reverse("events_staff:badges", args=["doors"])
    client = login("head_office")
    assert client.post(url, {"size": "huge"}).status_code == 422
    for size, pages in (("sheet", 2), ("label", 10)):
        where = client.post(url, {"size": size}).headers["Location"]
        batches.run_all()
        batch = Batch.objects.latest("pk")
        assert str(batch.uuid) in where
        assert (batch.status, batch.done, batch.total) == ("done", 10, 10)
        with batch.file.open() as file, pikepdf.open(file) as pdf:
            assert len(pdf.pages) == pages
    entry = Entry.objects.filter(verb="events.print_badges").latest("pk")
    assert entry.subjects == [place.user_id]
    Registration.objects.update(name="")
    assert client.post(url, {"size": "sheet"}).status_code == 422

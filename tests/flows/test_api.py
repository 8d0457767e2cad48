"""A program publishes an event through the API, and a device and a program check its guests in:
with nothing but keys that staff issued at their desk, over HTTP."""

import json
import urllib.error
import urllib.request
from datetime import timedelta
from typing import Any
from uuid import uuid4

from events.actions import token_of
from events.models import DoorDevice, Event, Registration
from kosna.core import clock
from tests.api.programs import NEW


class Asker:
    """A program elsewhere: it knows an address and a key."""

    def __init__(self, base: str, key: str) -> None:
        self.base, self.key = f"{base}/api/v1/", key

    def __call__(self, method: str, path: str, sent: Any = None, **headers: str) -> Any:
        """(status, headers, what is told)"""
        request = urllib.request.Request(
            self.base + path,
            json.dumps(sent).encode() if sent is not None else None,
            {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
            | {name.replace("_", "-"): told for name, told in headers.items()},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                body = answer.read()
                return answer.status, answer.headers, json.loads(body) if body else None
        except urllib.error.HTTPError as answer:
            with answer:
                body = answer.read()
                return answer.code, answer.headers, json.loads(body) if body else None


def test_an_event_is_published_sold_and_checked_in_through_the_api(portal, people, enter):
    officer = enter("officer").open("/staff/api-keys/")
    officer.press("label", label="지부 누리집", scopes=["events:read", "events:write", "checkin"])
    [key] = [word for word in officer.page.xpath("//main//code/text()") if "kosna_" in word]
    publisher = Asker(portal.url, key)

    soon = clock.now().isoformat(timespec="seconds")
    price = {"tier": None, "amount": 0, "until": None}
    ticket = {"name_ko": "일반", "capacity": 2, "prices": [price]}
    sent = NEW | {"tickets": [ticket]}
    status, headers, told = publisher("POST", "events", sent, Idempotency_Key="spring")
    assert (status, told["status"]) == (201, "draft")
    assert publisher("POST", "events", sent, Idempotency_Key="spring")[1]["ETag"] == headers["ETag"]
    status, headers, told = publisher(
        "PATCH", "events/spring-seminar", {"title_en": "Spring"}, If_Match=headers["ETag"]
    )
    assert (status, told["title_en"]) == (200, "Spring")
    status, *_rest = publisher("POST", "events/spring-seminar/publish", If_Match=headers["ETag"])
    assert status == 200
    _status, seen, told = publisher("GET", "events/spring-seminar")
    assert publisher("GET", "events/spring-seminar", If_None_Match=seen["ETag"])[0] == 304
    status, headers, told = publisher("HEAD", "events/spring-seminar")
    assert (status, told, headers["ETag"]) == (200, None, seen["ETag"])

    for name in ("regular", "account"):
        enter(name).open("/events/spring-seminar/register/").press("myself", myself=True)
    status, _headers, told = publisher("GET", "events/spring-seminar", If_None_Match=seen["ETag"])
    assert (status, told["tickets"][0]["seats_left"]) == (200, 0)

    officer.open("/staff/events/spring-seminar/door/devices/")
    officer.press("label", label="태블릿 1", door="정문")
    device = DoorDevice.objects.get()
    tablet = Asker(portal.url, token_of(device))
    _status, _headers, signed = tablet("GET", "events/spring-seminar/roster")
    roster = {row["name"]: row for row in json.loads(signed["roster"])["places"]}
    assert len(roster) == 2
    mine, other = Registration.objects.order_by("pk")
    now = clock.now()  # the day has come
    Event.objects.update(starts_at=now, ends_at=now + timedelta(hours=3))
    scan = {"uuid": str(uuid4()), "at": soon, "told": "admitted", "place": mine.pk}
    for _twice in range(2):  # the answer to the first was lost
        sent = {"sent_at": soon, "scans": [scan]}
        status, _headers, told = tablet("POST", "events/spring-seminar/scans", sent)
        assert [row["outcome"] for row in told["answers"]] == ["admitted"]
    gate = {"uuid": str(uuid4()), "at": soon, "code": other.code}
    sent = {
        "sent_at": soon,
        "door": "회전문",
        "scans": [gate, scan | {"uuid": str(uuid4()), "told": ""}],
    }
    status, _headers, told = publisher("POST", "events/spring-seminar/scans", sent)
    assert [row["outcome"] for row in told["answers"]] == ["admitted", "already"]
    assert tablet("GET", "events/spring-seminar/arrivals")[2]["came"] == 2
    arrivals = officer.open("/staff/events/spring-seminar/door/").text
    assert "정문" in arrivals and "회전문" in arrivals

    officer.open("/staff/api-keys/").press("revoke/")
    assert publisher("GET", "events")[0] == 401

"""Add-ons are given out at the door, each once, with a network and without."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from events import actions
from events.actions import SentHandOut
from events.door import arrivals
from events.models import Event, Extra, HandOut, Registration
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.models import OrderLine
from tests import factories
from tests.conftest import Cast
from tests.events.doors import NOON, make_device

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def standing():
    with clock.standing_at(NOON + timedelta(hours=3)):
        yield


@pytest.fixture
def event(cast: Cast) -> Event:
    return factories.make_event("doors", branch=cast.busan, starts_at=NOON)


def extra_for(place: Registration, name: str = "점심", amount: int = 0) -> Extra:
    addon = place.event.addons.filter(name_ko=name).first() or factories.make_addon(
        place.event, name_ko=name
    )
    line = OrderLine.objects.create(
        order=place.line.order, kind="addon", title_ko=name, amount=amount, vat_class="exempt"
    )
    addon.taken += 1
    addon.save()
    return Extra.objects.create(addon=addon, registration=place, line=line)


@pytest.fixture
def place(event: Event) -> Registration:
    return factories.make_place(factories.make_ticket(event), name="김하늘")


@pytest.fixture
def device(event: Event) -> Any:
    device = make_device(event)
    device.key = actions.token_of(device)
    return device


def give(device: Any, extra: Extra, minutes: int = 0, **facts: Any) -> tuple[bool, Any]:
    sent = SentHandOut(facts.pop("uuid", uuid4()), NOON + timedelta(minutes=minutes), extra.pk,
                       **facts)  # fmt: skip
    [answer] = actions.hand_out_all(device=device, sent=[sent], sent_at=clock.now())
    return answer.is_given, answer.given_at


def test_each_is_given_once(place, device):
    lunch, uuid = extra_for(place), uuid4()
    assert give(device, lunch, uuid=uuid) == (True, NOON)
    assert give(device, lunch, uuid=uuid) == (True, NOON)
    assert give(device, lunch, 5) == (False, NOON)
    assert HandOut.objects.count() == 1
    assert give(device, extra_for(place, "기념품"), 6)[0]


def test_what_two_devices_gave_without_a_network_is_kept_and_told(place, device, event):
    lunch = extra_for(place)
    other = make_device(event, "후문")
    assert give(device, lunch, 9, told=True) == (True, NOON + timedelta(minutes=9))
    assert give(other, lunch, 2, told=True) == (True, NOON + timedelta(minutes=2))
    assert give(device, lunch, 20) == (False, NOON + timedelta(minutes=2))
    [row] = arrivals.addons(event)
    assert (row.had, row.given, row.twice) == (1, 1, 1)


def test_a_uuid_that_was_anothers_gives_nothing_and_holds_up_nobody(place, device):
    lunch, book, uuid = extra_for(place), extra_for(place, "교재"), uuid4()
    assert give(device, lunch, uuid=uuid)[0]
    assert give(device, book, uuid=uuid, told=True) == (False, None)
    assert HandOut.objects.count() == 1


def test_not_to_who_may_not_come_in(place, device, cast):
    lunch = extra_for(place)
    foreign = extra_for(factories.make_place(factories.make_ticket(factories.make_event())))
    assert give(device, foreign) == (False, None)
    Registration.objects.filter(pk=place.pk).update(status="held")
    assert give(device, lunch) == (False, None)
    assert give(device, lunch, told=True)[0]  # it has happened
    kiosk = make_device(place.event, "로비", kind="kiosk")
    with pytest.raises(Refused):
        give(kiosk, lunch)


def test_what_somebody_has_at_another_event_is_not_shown(event, login: Callable[[str], Client]):
    foreign = factories.make_place(factories.make_ticket(factories.make_event("elsewhere")))
    extra_for(foreign, "남의 점심")
    sent = {"code": foreign.secret, "direction": "in"}
    told = login("doorkeeper").post(reverse("events_staff:check-in", args=["doors"]), sent)
    assert told.context["scan"].outcome == "other"
    assert "남의 점심" not in told.content.decode()


def test_the_desk_says_why_it_gives_nothing(place, cast, login: Callable[[str], Client]):
    lunch = extra_for(place)
    Registration.objects.filter(pk=place.pk).update(status="held")
    told = login("doorkeeper").post(
        reverse("events_staff:hand-out", args=["doors", lunch.pk]), follow=True
    )
    assert "더는 유효하지 않아" in told.content.decode()


def sync(device: Any, **sent: Any) -> Any:
    body = {"sent_at": clock.now().isoformat(), "scans": [], **sent}
    return Client().post(
        reverse("door:sync"), json.dumps(body), content_type="application/json",
        headers={"Authorization": f"Bearer {device.key}"},
    )  # fmt: skip


def test_a_device_is_told_of_them_and_hands_them_in(place, device):
    lunch = extra_for(place)
    entry = json.loads(actions.roster(device).text)["places"][0]
    assert entry["extras"] == [{"id": lunch.pk, "name": "점심", "given_at": ""}]
    scan = {"uuid": str(uuid4()), "at": NOON.isoformat(), "direction": "in", "place": place.pk}
    [answer] = sync(device, scans=[scan]).json()["answers"]
    assert answer["extras"] == entry["extras"]
    giving = {"uuid": str(uuid4()), "at": NOON.isoformat(), "extra": lunch.pk}
    said = sync(device, hand_outs=[giving, {"uuid": "x"}]).json()
    given = {"uuid": giving["uuid"], "is_given": True, "given_at": NOON.isoformat()}
    assert said["hand_outs"] == [given]
    assert said["malformed"] == ["x"]
    assert sync(device, hand_outs="x").status_code == 400
    entry = json.loads(actions.roster(device).text)["places"][0]
    assert entry["extras"][0]["given_at"]


def test_the_desk_gives_them_out(place, cast, login: Callable[[str], Client]):
    lunch, client = extra_for(place), login("doorkeeper")
    page = client.post("/staff/checkin/doors/", {"code": place.code})
    url = reverse("events_staff:hand-out", args=["doors", lunch.pk])
    assert url in page.content.decode()
    for times in (1, 1):
        given = client.post(url, follow=True)
        assert given.redirect_chain[0][0].endswith(f"/people/{place.pk}/")
        assert url not in given.content.decode()
        assert HandOut.objects.count() == times
    assert login("other_officer").post(url).status_code == 404
    assert url not in client.post("/staff/checkin/doors/", {"code": place.code}).content.decode()
    assert "점심" in login("officer").get("/staff/events/doors/door/").content.decode()

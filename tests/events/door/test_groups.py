"""One code for everybody of an order, at the desk and on a device: who of them may come in."""

import json

import pytest
from django.urls import reverse
from lxml import html

from events import actions
from events.models import CheckIn, Outcome, Registration
from kosna.core import clock
from tests import factories
from tests.events.doors import group_of, scan

pytestmark = pytest.mark.django_db


def test_one_code_opens_a_whole_group(cast, login, event, ticket, place, device):
    mine, other = group_of(ticket, "이도윤", "박서준")
    address = actions.group_address(mine.line.order)
    entries = {
        entry["id"]: entry.get("group")
        for entry in json.loads(actions.roster(device).text)["places"]
    }
    mark = actions.secret_digest(address.rpartition("/")[2])
    assert entries == {place.pk: None, mine.pk: mark, other.pk: mark}
    url = reverse("events_staff:check-in", args=["doors"])
    page = login("doorkeeper").post(url, {"code": address})
    assert [row.pk for row in page.context["found"]] == [other.pk, mine.pk]
    assert "이도윤" not in page.content.decode()
    assert not CheckIn.objects.exists()
    for wrong in (address[:-1] + "x", address.replace(mine.line.order.code, "ABCDEF")):
        assert login("doorkeeper").post(url, {"code": wrong}).context["scan"].outcome == "unknown"
    elsewhere = factories.make_event("elsewhere")
    assert actions.find_group(elsewhere, address, by=cast.doorkeeper) == []
    ticked = [other.code, mine.code, "AAAAAAAA"]
    page = login("doorkeeper").post(url, {"people": ticked})
    assert {scan.registration.pk for scan in page.context["group"]} == {mine.pk, other.pk}
    assert "이도윤" not in page.content.decode()
    assert CheckIn.objects.count() == 2
    again = login("doorkeeper").post(url, {"people": [mine.code]}).context["group"]
    assert [scan.outcome for scan in again] == ["already"]


@pytest.mark.miscounts
def test_who_of_a_group_has_not_paid_stands_in_its_list_and_is_not_let_in(event, ticket, device):
    """Masked as everybody; whoever gave up or has no name does not stand there."""
    group = group_of(ticket, "이도윤", "박서준", "최민서", "정다온")
    paid, unpaid, gone, nameless = group
    Registration.objects.filter(pk=unpaid.pk).update(status="held", confirmed_at=None)
    Registration.objects.filter(pk=gone.pk).update(status="cancelled", released_at=clock.now())
    Registration.objects.filter(pk=nameless.pk).update(name="")
    mark = actions.secret_digest(actions.group_address(paid.line.order).rpartition("/")[2])

    def listed() -> list[tuple[str, str]]:
        entries = json.loads(actions.roster(device).text)["places"]
        return [(each["name"], each["status"]) for each in entries if each.get("group") == mark]

    assert listed() == [("이*윤", "confirmed"), ("박*준", "held")]
    answers = actions.sync_scans(device=device, scans=[scan(unpaid), scan(paid)])
    assert [answer.outcome for answer in answers] == ["unpaid", "admitted"]
    Registration.objects.filter(pk=paid.pk).update(status="held", confirmed_at=None)
    assert listed() == [("이*윤", "held"), ("박*준", "held")]  # nobody of it has paid


@pytest.mark.miscounts
def test_the_desk_lists_who_of_a_group_has_not_paid_and_ticks_nobody_else(login, event, ticket):
    paid, unpaid, gone = group_of(ticket, "이도윤", "박서준", "최민서")
    Registration.objects.filter(pk=unpaid.pk).update(status="held", confirmed_at=None)
    Registration.objects.filter(pk=gone.pk).update(status="cancelled", released_at=clock.now())
    url = reverse("events_staff:check-in", args=["doors"])
    page = login("doorkeeper").post(url, {"code": actions.group_address(paid.line.order)})
    boxes = html.fromstring(page.content.decode()).xpath("//input[@name='people']")
    assert {box.get("value"): box.get("checked") is not None for box in boxes} == {
        paid.code: True, unpaid.code: False,
    }  # fmt: skip
    assert page.content.decode().count(str(Outcome.UNPAID.label)) == 1
    answer = login("doorkeeper").post(url, {"people": [unpaid.code]})
    assert [each.outcome for each in answer.context["group"]] == ["unpaid"]

"""Who may have a file of an event: everyone, those who came, members of some tiers."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events import materials
from events.models import CheckIn, Material
from kosna.audit.models import Entry
from kosna.core import clock
from tests import factories


@pytest.fixture
def past(cast):
    return factories.make_event(
        "past", branch=cast.busan, starts_at=clock.now() - timedelta(days=9), title_ko="가을 포럼"
    )


@pytest.fixture
def came(cast, past):
    """``account`` was there, ``associate`` has a ticket and stayed away."""
    ticket = factories.make_ticket(past)
    place = factories.make_place(ticket, cast.account)
    CheckIn.objects.create(registration=place, by=cast.officer)
    factories.make_place(ticket, cast.associate)
    return place


@pytest.mark.parametrize(
    ("rule", "readers"),
    [
        ({"is_public": True}, {"visitor", "account", "associate", "regular", "lapsed"}),
        ({"for_those_who_came": True}, {"account"}),
        ({"for_those_who_came": True, "tiers": True}, {"account", "regular"}),
        ({"for_those_who_came": False, "tiers": True}, {"regular"}),
    ],
    ids=["everyone", "came", "came or tier", "tier"],
)
def test_page_and_bytes_give_the_same_answer(cast, login, past, came, rule, readers):
    tiers = (cast.regular_tier,) if rule.pop("tiers", False) else ()
    material = factories.make_material(past, by=cast.officer, tiers=tiers, **rule)
    got = set()
    for who in ("visitor", "account", "associate", "regular", "lapsed"):
        client = login(who)
        response = client.get(material.get_absolute_url())
        page = client.get(reverse("events:materials", args=["past"]))
        assert page.context["shelved"][0].decision.allowed == (response.status_code == 200)
        if response.status_code == 200:
            got.add(who)
            assert b"".join(response.streaming_content).startswith(b"%PDF")
            assert response["Content-Security-Policy"] == "default-src 'none'"
            assert response["Content-Disposition"].startswith("attachment")
        else:
            assert response.status_code == 403
            assert page.context["shelved"][0].decision.reason in response.content.decode()
    assert got == readers


def test_a_ticket_opens_files_without_an_account(cast, past, came, client):
    material = factories.make_material(past, by=cast.officer)
    url = reverse("tickets:ticket-material", args=[came.secret, material.pk])
    assert url in client.get(came.get_absolute_url()).content.decode()
    response = client.get(url)
    assert response.status_code == 200
    assert b"".join(response.streaming_content).startswith(b"%PDF")
    CheckIn.objects.all().delete()
    assert client.get(url).status_code == 403


def test_a_ticket_opens_no_file_of_another_event(cast, past, came, client):
    other = factories.make_material(factories.make_event("other"), by=cast.officer)
    url = reverse("tickets:ticket-material", args=[came.secret, other.pk])
    assert client.get(url).status_code == 404
    assert client.get(reverse("events:material", args=["past", other.pk])).status_code == 404


@pytest.mark.miscounts
def test_who_gave_the_place_up_has_not_come(cast, past, came):
    material = factories.make_material(past, by=cast.officer)
    assert materials.has_come(cast.account, past)
    came.status, came.released_at = "cancelled", clock.now()
    came.save()
    assert not materials.has_come(cast.account, past)
    assert not materials.may_read(material, cast.account, clock.now(), came=False).allowed


def test_nothing_of_a_draft_is_open(cast, login):
    draft = factories.make_event("draft", status="draft")
    material = factories.make_material(draft, by=cast.officer, is_public=True)
    assert login("regular").get(material.get_absolute_url()).status_code == 404


def upload(name: str = "발표.pdf", content: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or factories.make_pdf())


def test_a_file_is_handed_out_and_taken_back(cast, past, login):
    client, url = login("officer"), reverse("events_staff:materials", args=["past"])
    version = past.version
    data = {"title_ko": "자료", "upload": upload(), "tiers": [cast.regular_tier.pk]}
    assert client.post(url, data).status_code == 302
    material = Material.objects.get()
    assert material.file_name == "발표.pdf"
    assert "발표" not in material.file.name
    assert list(material.tiers.all()) == [cast.regular_tier]
    past.refresh_from_db()
    assert past.version != version
    storage, name = material.file.storage, material.file.name
    assert storage.exists(name)
    client.post(reverse("events_staff:material-remove", args=["past", material.pk]))
    assert not Material.objects.exists()
    verbs = set(Entry.objects.filter(target_type="events.event").values_list("verb", flat=True))
    assert {"events.add_material", "events.remove_material"} <= verbs


@pytest.mark.parametrize(
    "wrong",
    [
        {"upload": SimpleUploadedFile("x.pdf", b"MZ not a pdf"), "for_those_who_came": "on"},
        {"upload": upload()},  # for nobody
        {"for_those_who_came": "on"},  # no file
    ],
    ids=["no pdf", "for nobody", "no file"],
)
def test_a_wrong_file_is_refused_and_what_was_typed_stays(cast, past, login, wrong):
    url = reverse("events_staff:materials", args=["past"])
    response = login("officer").post(url, {"title_ko": "내 자료", **wrong})
    assert response.status_code == 422
    assert "내 자료" in response.content.decode()
    assert not Material.objects.exists()


def test_the_archive_says_where_materials_are(cast, past, login):
    factories.make_event("bare", starts_at=past.starts_at)
    for _n in range(2):
        factories.make_material(past, by=cast.officer)
    page = login("visitor").get("/events/?past=1").content.decode()
    assert page.count("/materials/") == 1
    assert reverse("events:materials", args=["past"]) in page
    assert reverse("events:materials", args=["past"]) in (
        login("visitor").get(past.get_absolute_url()).content.decode()
    )


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("regular", "events:materials"),
        ("officer", "events_staff:materials"),
        ("visitor", "archive"),
    ],
)
def test_lists_take_as_many_statements_for_three_as_for_one(cast, past, login, who, address):
    client = login(who)
    url = "/events/?past=1" if address == "archive" else reverse(address, args=["past"])
    counts = []
    for more in (1, 2):
        for _n in range(more):
            event = factories.make_event(starts_at=past.starts_at)
            for each in (past, event):
                factories.make_material(each, by=cast.officer, tiers=(cast.regular_tier,))
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]

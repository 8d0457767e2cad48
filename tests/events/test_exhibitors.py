"""An exhibitor's page: who writes it, who sees it, what becomes of a logo, what staff hide."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from events import actions
from events.models import Event, Exhibitor
from kosna.core.errors import Refused
from kosna.mail import post as post_office
from kosna.mail.models import Message
from tests import factories
from tests.events.test_booths import book, other
from tests.events.test_registering import pay
from tests.members.test_desk import queries_of

TEXTS = {"name_ko": "㈜별빛", "about_ko": "별을 봅니다.", "products_ko": "망원경\n성도"}


@pytest.fixture
def expo(cast):
    return factories.make_event("expo", kind=Event.Kind.EXHIBITION, branch=cast.busan)


def exhibit(expo, company, number="A1"):
    pay(book(factories.make_booth(expo, number), company))
    return Exhibitor.objects.get(contact=company.contact)


@pytest.fixture
def exhibitor(cast, expo):
    return exhibit(expo, other(cast.account, "㈜별빛"))


def logo(size=(1200, 300)):
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    file = io.BytesIO()
    Image.new("RGB", size, "red").save(file, format="JPEG", exif=exif)
    return SimpleUploadedFile("logo.jpg", file.getvalue())


def write(client, exhibitor, **typed):
    return client.post(reverse("me:exhibitor", args=[exhibitor.pk]), TEXTS | typed)


def page_of(exhibitor):
    return reverse("events:exhibitor", args=["expo", exhibitor.pk])


def test_an_exhibitor_writes_its_page_and_visitors_read_it(exhibitor, login):
    answer = write(login("account"), exhibitor, website="https://star.example.test/", logo=logo())
    assert answer.status_code == 302
    text = login("visitor").get(page_of(exhibitor)).content.decode()
    for told in ("별을 봅니다.", "성도", "https://star.example.test/", "A1"):
        assert told in text
    answer = login("visitor").get(reverse("events:exhibitor-logo", args=["expo", exhibitor.pk]))
    content = b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "image/jpeg"
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size == (480, 120)
        assert not picture.getexif()


def test_a_new_logo_takes_the_place_of_the_old_one(
    exhibitor, login, django_capture_on_commit_callbacks
):
    client = login("account")
    write(client, exhibitor, logo=logo())
    exhibitor.refresh_from_db()
    old, storage = exhibitor.logo.name, exhibitor.logo.storage
    with django_capture_on_commit_callbacks(execute=True):
        write(client, exhibitor, drops_logo="on")
    exhibitor.refresh_from_db()
    assert not exhibitor.logo
    assert not storage.exists(old)


@pytest.mark.parametrize(
    "typed",
    [
        {"name_ko": ""},
        {"website": "javascript:alert(1)"},
        {"logo": SimpleUploadedFile("logo.svg", b"<svg onload='alert(1)'/>")},
        {"logo": SimpleUploadedFile("logo.png", b"\x89PNG\r\n\x1a\nbroken")},
    ],
)
def test_what_no_page_may_hold_is_refused_at_its_field(exhibitor, login, typed):
    answer = write(login("account"), exhibitor, **typed)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == set(typed)


def test_only_who_speaks_for_the_exhibitor_writes_its_page(cast, expo, exhibitor, login):
    for name in ("regular", "company_rep", "officer"):
        assert write(login(name), exhibitor).status_code == 404
    theirs = exhibit(expo, actions.Company(cast.company_rep, cast.company), "A2")
    assert login("company_rep").get(reverse("me:exhibitor", args=[theirs.pk])).status_code == 200
    assert login("company_seat").get(reverse("me:exhibitor", args=[theirs.pk])).status_code == 404


def test_an_unpaid_booth_shows_nobody(cast, expo, login):
    book(factories.make_booth(expo), other(cast.account))
    row = Exhibitor.objects.get()
    assert login("visitor").get(page_of(row)).status_code == 404
    text = login("visitor").get(reverse("events:exhibitors", args=["expo"])).content.decode()
    assert row.name_ko not in text


def test_what_staff_hide_is_gone_everywhere_until_it_is_shown_again(cast, exhibitor, login):
    write(login("account"), exhibitor, logo=logo())
    hide = reverse("events_staff:exhibitor-hide", args=["expo", exhibitor.pk])
    assert login("officer").post(hide, {"reason": "허위 표시"}).status_code == 302
    for address in (page_of(exhibitor), page_of(exhibitor) + "logo/"):
        assert login("visitor").get(address).status_code == 404
    for name in ("events:exhibitors", "events:booths"):
        text = login("visitor").get(reverse(name, args=["expo"])).content.decode()
        assert "㈜별빛" not in text
    assert "허위 표시" in post_office.render(Message.objects.get(template="exhibitor_hidden"))[1]
    own = login("account").get(reverse("me:exhibitor", args=[exhibitor.pk]))
    assert "허위 표시" in own.content.decode()
    with pytest.raises(Refused):
        actions.hide_page(exhibitor, reason="x", by=cast.officer)
    actions.show_page(exhibitor, by=cast.officer)
    assert login("visitor").get(page_of(exhibitor)).status_code == 200


def test_exhibitors_are_found_by_name_and_product_in_constant_statements(cast, expo, login):
    names = [("㈜가람", "지도"), ("㈜나래", "연\n지도"), ("㈜다온", "책")]
    url, counts = reverse("events:exhibitors", args=["expo"]), []
    for n, (name, products) in enumerate(names):
        row = exhibit(expo, other(factories.make_user(), name), f"A{n}")
        Exhibitor.objects.filter(pk=row.pk).update(products_ko=products)
        counts.append(queries_of(login("visitor"), url))
    assert len(set(counts)) == 1
    for text, found in [("지도", ["㈜가람", "㈜나래"]), ("다온", ["㈜다온"]), ("없음", [])]:
        page = login("visitor").get(url, {"q": text}).context["page"]
        assert [row.name_ko for row in page] == found

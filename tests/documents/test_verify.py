"""Anyone checks a paper, and learns its kind, number, a masked name and its validity: no more."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import translation

from kosna.core import clock
from kosna.documents.actions import issue, pdf_of, void
from kosna.documents.models import CODE_ALPHABET, Document, new_code
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
FACTS = {
    "name": "남궁하늘",
    "member_number": "26-00042",
    "tier": "정회원",
    "joined_on": "2026-03-02",
    "valid_until": "2026-12-31",
    "phone": "010-0000-0001",
}


def card(cast: Cast, **changes: Any) -> Document:
    with transaction.atomic():
        return issue(
            **{
                "kind": Document.Kind.MEMBERSHIP_CARD,
                "key": "card-1",
                "subject": cast.regular,
                "facts": FACTS,
                **changes,
            }
        )


def page_of(document: Document | str, **headers: str) -> tuple[int, str]:
    code = getattr(document, "code", document)
    response = Client().get(f"/verify/{code}/", headers=headers)
    return response.status_code, response.content.decode()


def test_valid_paper_shows_a_masked_name_only(cast: Cast) -> None:
    document = card(cast)
    status, text = page_of(document)
    assert status == 200
    assert document.serial in text
    assert "alert good" in text
    for secret in (*FACTS.values(), cast.regular.email, cast.regular.name):
        if secret not in ("정회원",):
            assert secret not in text
    assert "남궁**" in text


def test_code_is_read_as_people_type_it(cast: Cast, client: Client) -> None:
    document = card(cast)
    typed = f" {document.code[:13].upper()}-{document.code[13:]} "
    response = client.get("/verify/", {"code": typed})
    assert response["Location"] == f"/verify/{document.code}/"
    assert page_of(document.code.upper())[0] == 200


@pytest.mark.parametrize("code", ["", "x", "0" * 26, "<script>", "a" * 27])
def test_senseless_code_is_refused_at_the_field(client: Client, code: str) -> None:
    response = client.get("/verify/", {"code": code})
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {"code"}


def test_unknown_code_is_a_404_that_says_so(cast: Cast) -> None:
    status, text = page_of(new_code())
    assert status == 404
    assert "alert danger" in text


def test_void_paper_says_so_from_the_next_request(cast: Cast) -> None:
    document = card(cast)
    void(document, reason="refunded")
    status, text = page_of(document)
    assert (status, "alert danger" in text, "alert good" in text) == (200, True, False)
    assert "refunded" not in text  # the reason is nobody else's business
    void(document, reason="again")
    document.refresh_from_db()
    assert document.void_reason == "refunded"


def test_paper_expires_after_its_last_day(cast: Cast) -> None:
    today = clock.today()
    last_day = card(cast, key="a", valid_until=today)
    past = card(cast, key="b", valid_until=today - timedelta(days=1))
    assert "alert good" in page_of(last_day)[1]
    assert "alert warning" in page_of(past)[1]


def test_verify_pages_are_in_english_too(cast: Cast, client: Client) -> None:
    client.cookies["language"] = "en"
    text = client.get(f"/verify/{card(cast).code}/").content.decode()
    assert "This document is valid." in text
    assert "Membership card" in text


def test_paper_of_a_key_is_issued_once(cast: Cast) -> None:
    first, second = card(cast), card(cast, facts={"name": "다른 이름"})
    assert first == second
    assert second.facts["name"] == "남궁하늘"
    assert card(cast, key="card-2").number == first.number + 1


def test_code_is_a_secret_of_128_bits() -> None:
    assert len(CODE_ALPHABET) ** 26 > 2**128
    assert len({new_code() for _again in range(100)}) == 100


def test_paper_itself_is_for_its_subject(cast: Cast, login: Any) -> None:
    document = card(cast)
    address = f"/verify/{document.code}/document.pdf"
    assert login("visitor").get(address).status_code == 302
    assert login("lapsed").get(address).status_code == 404
    assert login("head_office").get(address).status_code == 404
    response = login("regular").get(address)
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")


def test_copy_never_differs(cast: Cast) -> None:
    document = card(cast)
    first = pdf_of(document)
    document.refresh_from_db()
    assert pdf_of(document) == first
    assert document.sha256


def test_void_paper_is_drawn_with_its_mark(cast: Cast) -> None:
    document = card(cast)
    first = pdf_of(document)
    document.refresh_from_db()
    void(document, reason="refunded")
    assert pdf_of(document) != first
    document.refresh_from_db()
    assert document.file  # what was issued is kept


def test_serial_reads_as_on_paper(cast: Cast) -> None:
    document = card(cast)
    assert document.serial == f"제{clock.today().year}-회원-{document.number:06d}호"
    with translation.override("en"):
        assert document.serial == f"No. {clock.today().year}-CARD-{document.number:06d}"
    assert document.is_valid_on(date(2099, 1, 1))


def _issue_once(key: str) -> int:
    try:
        with transaction.atomic():
            return issue(
                Document.Kind.ATTENDANCE, key=key, subject=None, facts={"name": "김하늘"}
            ).number
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_two_first_requests_get_the_one_paper() -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(_issue_once, ["same"] * 8))
    assert set(numbers) == {1}
    assert _issue_once("other") == 2  # and no number was lost

"""Who comes to where only forms are sent is shown the page that they are sent from."""

from typing import Any

import pytest
from django.test import Client

from kosna.core.methods import page_above
from tests.conftest import Cast

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("sent_to", "page"),
    [
        ("/orders/ABC/pay/", "/orders/ABC/"),
        ("/staff/applications/7/reject/", "/staff/applications/7/"),
        ("/research/saved/7/delete/", "/research/saved/"),
        ("/i18n/setlang/", "/"),
        ("/nowhere/at/all/", "/"),
    ],
)
def test_the_page_above(sent_to: str, page: str) -> None:
    assert page_above(sent_to) == page


def test_a_browser_is_sent_there_and_a_program_told(cast: Cast, login: Any) -> None:
    client: Client = login("regular")
    answer = client.get("/orders/ABC/pay/?x=1", headers=BROWSER)
    assert (answer.status_code, answer.url) == (302, "/orders/ABC/")
    assert client.get("/orders/ABC/").status_code == 404  # which answers for itself
    for accept in ("", "*/*", "application/json"):
        answer = client.get("/orders/ABC/pay/", headers={"accept": accept})
        assert answer.status_code == 405
    # Nobody learns from it, signed out, what there is.
    answer = Client().get("/orders/ABC/pay/", headers=BROWSER)
    assert answer.url.startswith("/accounts/login/")

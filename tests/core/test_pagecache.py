"""Kept pages: the same bytes for every stranger, never anybody's own page."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.middleware.csrf import get_token
from django.template.response import TemplateResponse
from django.test import RequestFactory

from kosna.core import clock
from kosna.core.pagecache import cached_page
from tests.conftest import Cast


class Page:
    """Draws a page and counts how often."""

    def __init__(self, *, with_token: bool = False) -> None:
        self.drawn, self.with_token = 0, with_token

    def get(self, *, version: str = "1", query: str = "", **options: Any) -> bytes:
        request = RequestFactory().get(f"/{query}")
        request.user = AnonymousUser()
        request.LANGUAGE_CODE = options.pop("language", "ko")
        request.COOKIES = options.pop("cookies", {})

        def draw() -> TemplateResponse:
            self.drawn += 1
            if self.with_token:
                get_token(request)
            return TemplateResponse(request, "404.html", {"n": self.drawn})

        response = cached_page(request, name="test", version=version, draw=draw, **options)
        if hasattr(response, "render"):
            response.render()
        return response.content


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("second", "drawn"),
    [
        ({}, 1),
        ({"version": "2"}, 2),
        ({"language": "en"}, 2),
        ({"query": "?page=2"}, 2),
        ({"cookies": {"sessionid": "x"}}, 2),
        ({"cookies": {"language": "ko"}}, 1),
    ],
)
def test_page_is_kept_for_its_version_and_language(second: dict, drawn: int) -> None:
    page = Page()
    page.get()
    page.get(**second)
    assert page.drawn == drawn


@pytest.mark.django_db
def test_page_of_somebody_signed_in_is_not_kept() -> None:
    page = Page()
    page.get(cookies={"sessionid": "x"})
    page.get()
    assert page.drawn == 2


@pytest.mark.django_db
def test_page_with_a_token_is_not_kept() -> None:
    page = Page(with_token=True)
    page.get()
    page.get()
    assert page.drawn == 2


@pytest.mark.django_db
def test_page_is_drawn_again_when_the_clock_changes_it() -> None:
    page = Page()
    with time_machine.travel(clock.now(), tick=False) as traveller:
        changes_at = clock.now() + timedelta(seconds=30)
        page.get(changes_at=changes_at)
        page.get(changes_at=changes_at)
        assert page.drawn == 1
        traveller.shift(31)
        page.get()
        assert page.drawn == 2


def test_stranger_never_sees_a_name(cast: Cast, login: Any) -> None:
    for address in ("/", "/about/", "/branches/", "/events/", "/research/", "/members/"):
        assert cast.regular.name in login("regular").get(address).content.decode()
        response = login("visitor").get(address)
        assert f">{cast.regular.name}<" not in response.content.decode()
        assert not response.cookies
        assert "csrfmiddlewaretoken" not in response.content.decode()


def test_own_pages_are_not_kept_by_caches(cast: Cast, login: Any) -> None:
    for address in ("/", "/me/", "/accounts/profile/"):
        assert "no-store" in login("regular").get(address).headers["Cache-Control"]

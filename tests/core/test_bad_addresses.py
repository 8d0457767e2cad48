"""Addresses, cookies and ways back that nobody types by accident."""

import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from kosna.core.middleware import RefusedMiddleware

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path",
    [
        "/orders/%00/",
        "/tickets/%00/",
        "/verify/%00/",
        "/members/apply/?tier=%00",
        "/research/?q=%00",
        "/staff/applications/%00/",
    ],
)
@pytest.mark.parametrize("who", ["visitor", "head_office"])
def test_a_nul_is_a_bad_request(login, path, who):
    assert login(who).get(path).status_code == 400


def test_a_nul_in_a_cookie_is_a_bad_request():
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = "abcdefgh\0ijkl"
    assert client.get("/me/").status_code == 400


@pytest.mark.parametrize("provider", ["google", "kakao", "naver"])
@pytest.mark.parametrize("step", ["", "callback/"])
def test_a_social_login_without_keys_is_not_there(provider, step):
    assert Client().get(f"/accounts/{provider}/login/{step}").status_code == 404


@pytest.mark.parametrize(
    ("referer", "way"),
    [
        ("http://testserver/orders/A/?x=1", "/orders/A/?x=1"),
        ("http://testserver//elsewhere.example/", "/elsewhere.example/"),
        ("http://testserver/\\elsewhere.example/", "/elsewhere.example/"),
        ("http://elsewhere.example/", "/"),
        ("http://[", "/"),
        ("", "/"),
    ],
)
def test_the_way_back_stays_here(referer, way):
    request = RequestFactory().post("/orders/A/cancel/", headers={"Referer": referer})
    assert RefusedMiddleware.way_back(request) == way

"""The payment page and the panel as a browser without JavaScript sees them, and the control API."""

import json
import re
import urllib.error
import urllib.request
from html import unescape
from urllib.parse import urlencode

import pytest

from kosna.payments.sandbox import LiveKey, Sandbox

from .conftest import PARAMS


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


def ask(url, form=None, headers=None, json_body=None):
    """(status, Location, text) of one request, redirects not followed."""
    data = urlencode(form).encode() if form is not None else None
    headers = dict(headers or {})
    if json_body is not None:
        data = json.dumps(json_body).encode()
        headers.setdefault("Content-Type", "application/json")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect)
    try:
        with opener.open(urllib.request.Request(url, data, headers), timeout=10) as answer:
            return answer.status, None, answer.read().decode()
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, answer.headers["Location"], answer.read().decode()


def test_page_shows_what_is_paid_for(session):
    status, _, page = ask(session.url)
    assert status == 200
    for text in ("모의 결제", "2026년 정회원 연회비", "66,000원", "카카오페이", "A-1"):
        assert text in page
    assert PARAMS["cancel_url"] in page
    assert "style=" not in page
    assert "<script" not in page


def test_page_brings_its_korean_letters(sandbox, session):
    """A machine without Korean fonts shows no empty boxes, and the policy lets them in."""
    browser = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with browser.open(session.url, timeout=10) as page:
        assert "font-src 'self'" in page.headers["Content-Security-Policy"]
        assert 'href="/sandbox/fonts/pretendard.css"' in page.read().decode()
    fonts = f"{sandbox.url}/sandbox/fonts"
    with browser.open(f"{fonts}/pretendard.css", timeout=10) as sheet:
        assert sheet.headers["Content-Type"].startswith("text/css")
        font = re.search(r"url\((woff2/[\w.]+)\)", sheet.read().decode())[1]
    with browser.open(f"{fonts}/{font}", timeout=10) as file:
        assert file.headers["Content-Type"] == "font/woff2"
        assert file.read(4) == b"wOF2"
    assert ask(f"{fonts}/../../../kosna/settings/security.py")[0] == 404
    assert ask(f"{fonts}/LICENSE.txt")[0] == 404


def test_page_speaks_english_where_the_session_does(client):
    session = client.v1.checkout.sessions.create(PARAMS | {"locale": "en"})
    page = ask(session.url)[2]
    assert "Pay ₩66,000" in page
    assert "결제" not in page


def test_what_comes_from_outside_is_escaped(client):
    params = PARAMS | {"client_reference_id": "<b>A</b>", "customer_email": "<i>@example.test"}
    page = ask(client.v1.checkout.sessions.create(params).url)[2]
    assert "<b>" not in page
    assert "<i>" not in page
    assert "<b>A</b>" in unescape(page)


@pytest.mark.parametrize(
    ("outcome", "payment_status"),
    [("paid", "paid"), ("later_paid", "unpaid"), ("later_failed", "unpaid")],
)
def test_paying_returns_to_the_portal(client, session, outcome, payment_status):
    status, location, _ = ask(session.url, {"outcome": outcome, "method": "kakao_pay"})
    assert (status, location) == (303, f"http://portal.test/orders/A-1/?sid={session.id}")
    found = client.v1.checkout.sessions.retrieve(session.id)
    assert (found.status, found.payment_status) == ("complete", payment_status)


def test_declined_payment_stays_and_can_be_tried_again(client, session):
    status, _, page = ask(session.url, {"outcome": "declined", "method": "kr_card"})
    assert status == 200
    assert "결제가 거절되었습니다" in page
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert ask(session.url, {"outcome": "paid"})[0] == 303


def test_finished_session_cannot_be_paid_twice(sandbox, session):
    ask(session.url, {"outcome": "paid"})
    status, _, page = ask(session.url, {"outcome": "paid"})
    assert status == 200
    assert "결제 절차가 끝났습니다" in page
    assert sandbox.truth()["captured"] == 66_000


def test_expired_session_says_so(sandbox, session):
    sandbox.expire(session.id)
    assert "결제 시간이 지났습니다" in ask(session.url)[2]


def test_unknown_session_is_not_found(sandbox):
    assert ask(f"{sandbox.url}/pay/cs_test_nobody")[0] == 404
    assert ask(f"{sandbox.url}/elsewhere/")[0] == 404


def test_another_site_cannot_press_the_buttons(sandbox, session):
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert ask(session.url, {"outcome": "paid"}, headers)[0] == 403
    assert sandbox.truth()["charges"] == []


def test_panel_shows_and_turns(client, sandbox, portal, session):
    sandbox.pay(session.id)
    other = client.v1.checkout.sessions.create(PARAMS)
    assert sandbox.wait()
    status, _, page = ask(f"{sandbox.url}/sandbox/")
    assert status == 200
    for text in ("A-1", "complete · paid", "checkout.session.completed", "delivered 200"):
        assert text in page
    form = {"control": "expire", "arguments": json.dumps({"id": other.id})}
    assert ask(f"{sandbox.url}/sandbox/", form)[:2] == (303, "/sandbox/")
    assert client.v1.checkout.sessions.retrieve(other.id).status == "expired"
    assert ask(f"{sandbox.url}/sandbox/", form)[0] == 400
    assert ask(f"{sandbox.url}/sandbox/style.css")[0] == 200


def test_control_api_turns_what_tests_turn(sandbox, session):
    control = f"{sandbox.url}/sandbox/control"
    assert json.loads(ask(f"{control}/hold", json_body={})[2])["hold"] is True
    ask(f"{control}/pay", json_body={"id": session.id, "method": "kr_card"})
    status, _, body = ask(f"{control}/release", json_body={"order": "newest"})
    assert status == 200
    assert [answer["status"] for answer in json.loads(body)] == [200, 200]
    truth = json.loads(ask(f"{control}/truth")[2])
    assert (truth["captured"], truth["balance"]) == (66_000, 66_000)
    ask(f"{control}/reset", json_body={})
    assert sandbox.truth()["sessions"] == []
    assert sandbox.configure()["hold"] is False


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [("explode", {}, 404), ("pay", {}, 400), ("pay", {"id": "cs_x"}, 404), ("pay", [1], 400),
     ("configure", {"colour": 1}, 400)],
)  # fmt: skip
def test_wrong_controls_are_refused(sandbox, name, body, status):
    assert ask(f"{sandbox.url}/sandbox/control/{name}", json_body=body)[0] == status


def test_control_api_takes_json_only(sandbox):
    assert ask(f"{sandbox.url}/sandbox/control/reset", {"a": "b"})[0] == 415


def test_sandbox_does_not_start_beside_a_live_key(monkeypatch):
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_live_abc")
    with pytest.raises(LiveKey, match="STRIPE_SECRET_KEY"):
        Sandbox()

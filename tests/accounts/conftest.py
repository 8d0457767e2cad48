"""A stand-in for Kakao, Naver and Google that speaks OAuth over real HTTP on loopback."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.providers.kakao.views import KakaoOAuth2Adapter
from allauth.socialaccount.providers.naver.views import NaverOAuth2Adapter
from django.test import Client


class Provider:
    """Holds the profile that the next person who comes through it has."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.profile: dict[str, Any] = {}
        self.codes: list[str] = []

    def kakao(self, email: str, *, is_verified: bool, is_valid: bool = True, uid: int = 77) -> None:
        account = {"email": email, "is_email_valid": is_valid, "is_email_verified": is_verified}
        self.profile = {"id": uid, "kakao_account": account}

    def naver(self, email: str, *, uid: str = "n-77") -> None:
        self.profile = {"resultcode": "00", "response": {"id": uid, "email": email}}

    def login(self, client: Client, name: str, next_url: str = "") -> Any:
        """Walks from our button through the provider and back; returns our last answer."""
        start = client.post(f"/accounts/{name}/login/?process=login&next={next_url}")
        asked = urlsplit(start["Location"])
        assert start["Location"].startswith(self.url)
        query = parse_qs(asked.query)
        back = urlsplit(query["redirect_uri"][0]).path
        return client.get(back, {"code": "a-code", "state": query["state"][0]})


@pytest.fixture
def provider(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            fake.codes += form["code"]
            self.answer({"access_token": "a-token", "token_type": "bearer", "expires_in": 3600})

        def do_GET(self) -> None:
            assert self.headers["Authorization"] == "Bearer a-token"
            self.answer(fake.profile)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake = Provider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    app = {"client_id": "id", "secret": "secret", "key": ""}
    settings.SOCIALACCOUNT_PROVIDERS = {"kakao": {"APPS": [app]}, "naver": {"APPS": [app]}}
    for adapter in (KakaoOAuth2Adapter, NaverOAuth2Adapter):
        monkeypatch.setattr(adapter, "authorize_url", f"{fake.url}/authorize")
        monkeypatch.setattr(adapter, "access_token_url", f"{fake.url}/token")
        monkeypatch.setattr(adapter, "profile_url", f"{fake.url}/me")
    yield fake
    server.shutdown()
    thread.join()
    server.server_close()

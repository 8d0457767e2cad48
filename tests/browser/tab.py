"""One window of Chromium that watches what no person would see, and looks at every page closely."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.db import connection
from django.test import Client
from lxml import html
from playwright.sync_api import Browser, Page, Response

from kosna.accounts.models import User
from tests.flows.test_languages import HANGUL, leftovers, written_on
from tests.live import Portal

LOOPBACK = {"localhost", "127.0.0.1"}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# (width, scheme): a desk by day, a phone by night.
LOOKS = ((1280, "light"), (360, "dark"))
CONTRAST = {"runOnly": ["color-contrast"]}


class Tab:
    """``complaints`` collects CSP violations, script errors, requests that leave this machine, and
    answers of 500 and above. ``typed`` is what people wrote in Korean, and stays so in English."""

    def __init__(
        self,
        browser: Browser,
        portal: Portal,
        user: User | None = None,
        *,
        language: str = "ko",
        javascript: bool = True,
        both_ways: bool = True,
        typed: Sequence[str] = (),
    ) -> None:
        self.portal, self.javascript, self.both_ways = portal, javascript, both_ways
        self.language, self.typed = language, (*typed, "한국어")  # calls itself by its own name
        self.complaints: list[str] = []
        self.context = browser.new_context(
            base_url=portal.url,
            java_script_enabled=javascript,
            viewport={"width": 1280, "height": 800},
            reduced_motion="reduce",
            accept_downloads=True,
        )
        self.context.set_default_timeout(30_000)
        cookies = {"language": language}
        if user:
            client = Client()
            client.force_login(user, backend=BACKEND)
            name = settings.SESSION_COOKIE_NAME
            cookies[name] = client.cookies[name].value
        self.context.add_cookies(
            [{"name": name, "value": value, "url": portal.url} for name, value in cookies.items()]
        )
        self.page: Page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("request", lambda request: self._request(request.url))
        self.page.on("response", self._response)

    # What a person does

    def open(self, address: str, status: int = 200) -> "Tab":
        answer = self.page.goto(address)
        assert answer and answer.status == status, (address, answer and answer.status)
        return self

    def press(self, wanted: str, /, **typed: Any) -> "Tab":
        """Fills in the form that has a field, or an address, of that name, and sends it."""
        form = self.page.locator(f"form:has([name='{wanted}']), form[action$='{wanted}']")
        button = "button:not([type=button]):not([formnovalidate])"
        for name, value in typed.items():
            fields = form.locator(f"[name='{name}']")
            if fields.first.evaluate("field => field.tagName") == "BUTTON":
                form = form.filter(has=self.page.locator(f"[name='{name}'][value='{value}']"))
                button = f"button[name='{name}'][value='{value}']"
            elif fields.first.get_attribute("type") == "hidden":
                form = form.filter(has=self.page.locator(f"[name='{name}'][value='{value}']"))
            elif fields.first.get_attribute("type") == "radio":
                form.locator(f"[name='{name}'][value='{value}']").check()
            elif fields.first.get_attribute("type") == "checkbox":
                fields.first.set_checked(value)
            elif fields.first.get_attribute("type") == "file":
                fields.first.set_input_files(value)
            elif fields.first.evaluate("field => field.tagName") == "SELECT":
                fields.first.select_option(str(value))
            else:
                self.unfold(fields.first)
                fields.first.fill(str(value))
        self.unfold(form.first)
        with self.page.expect_navigation():
            form.first.locator(button).first.click()
        return self

    def unfold(self, part: Any) -> None:
        """Opens what a confirmation hides, as a person would."""
        for fold in part.locator("xpath=ancestor::details[not(@open)]").all():
            fold.locator("summary").first.click()

    def download(self, address: str) -> bytes:
        answer = self.context.request.get(address)
        assert answer.status == 200, (address, answer.status)
        return answer.body()

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text()

    # What this window sees

    def look(self) -> "Tab":
        """Nothing in the wrong language, nothing serious for axe, nothing wider than the window: on
        a desk by day and on a phone by night, and the contrast the other way round, unless another
        tab has seen to that: colours know no language. Nor do they know the database: all but the
        language is looked at on SQLite."""
        self._read()
        if self.javascript and connection.vendor == "sqlite":
            for width, scheme in LOOKS:
                self.page.set_viewport_size({"width": width, "height": 800})
                self.page.emulate_media(color_scheme=scheme)
                self._measure(width)
                self._examine(f"{width} px, {scheme}")
                if self.both_ways:
                    other = "light" if scheme == "dark" else "dark"
                    self.page.emulate_media(color_scheme=other)
                    self._examine(f"{width} px, {other}", CONTRAST)
            self.page.set_viewport_size({"width": 1280, "height": 800})
        return self

    def _read(self) -> None:
        page = html.fromstring(self.page.content())
        if page.get("lang") != self.language:
            self.complaints.append(f"{self._where()}: speaks {page.get('lang')}")
        if self.language == "en" and (
            words := leftovers(written_on(page), self.typed, HANGUL, set())
        ):
            self.complaints.append(f"{self._where()}: {sorted(words)} in English")

    def _measure(self, width: int) -> None:
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            self.complaints.append(f"{self._where()}: {wide} px wide in a window of {width}")

    def _examine(self, how: str, options: dict[str, Any] | None = None) -> None:
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        found = self.page.evaluate(
            "options => axe.run(options).then(results => results.violations)",
            {"resultTypes": ["violations"], "selectors": False, **(options or {})},
        )
        for violation in found:
            if violation["impact"] in ("serious", "critical"):
                nodes = [node["html"][:160] for node in violation["nodes"][:3]]
                self.complaints.append(f"{self._where()} ({how}): {violation['id']} {nodes}")

    def _where(self) -> str:
        return urlsplit(self.page.url).path

    def _console(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(f"{self._where()}: {message.text}")

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in LOOPBACK:
            self.complaints.append(f"{self._where()}: asks {url}")

    def _response(self, answer: Response) -> None:
        if answer.status >= 500:
            self.complaints.append(f"{answer.status} {answer.url}")

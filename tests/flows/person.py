"""Somebody at a browser without scripts: opens addresses and fills in the forms that are there.

Only what a page offers can be pressed, so a story breaks when a form, a field or a button is gone.
"""

import subprocess
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from django.test import Client
from lxml import html

from kosna.accounts.models import User
from tests.live import Portal

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


payment_page = urllib.request.build_opener(NoRedirect)


def offers(form: html.FormElement, name: str, value: Any) -> bool:
    """Whether a form has this field, and, where it gives the choice, this value, or all of
    these."""
    found = form.xpath(f".//*[@name={name!r}][not(@disabled)]")
    values = {str(each) for each in value} if isinstance(value, list) else {str(value)}
    if found and (found[0].tag == "button" or found[0].get("type") in ("radio", "hidden")):
        return values <= {element.get("value") for element in found}
    if found and found[0].tag == "select":
        return values <= set(found[0].value_options)
    return bool(found)


class Person:
    def __init__(self, portal: Portal, user: User | None = None, *, language: str = "") -> None:
        self.portal = portal
        self.client = Client(enforce_csrf_checks=True)
        self.url, self.status, self.content = "/", 0, b""
        self.origin = "http://testserver"
        if user:
            self.client.force_login(user, backend=BACKEND)
        if language:
            self.client.cookies["language"] = language

    # What is on the page

    @property
    def page(self) -> html.HtmlElement:
        return html.fromstring(self.content.decode())

    @property
    def text(self) -> str:
        """What the page says, without its chrome's scripts, in one line."""
        [main] = self.page.xpath("//main")
        return " ".join(main.text_content().split())

    def forms(self, wanted: str, **typed: Any) -> list[html.FormElement]:
        """Forms that post to an address ending so, or that have a field of that name, and in which
        all of this can be typed or pressed."""
        return [
            form
            for form in self.page.forms
            if (
                (form.get("action") or "").endswith(wanted) or form.xpath(f".//*[@name={wanted!r}]")
            )
            and all(offers(form, name, value) for name, value in typed.items())
        ]

    # What a person does

    def open(self, url: str, status: int = 200) -> "Person":
        self.ask("GET", url)
        assert self.status == status, (self.status, self.url, self._words())
        return self

    def press(self, wanted: str, status: int = 200, /, **typed: Any) -> "Person":
        """Fills in a form (see ``forms``) and sends it; a button is named like a field."""
        found = self.forms(wanted, **typed)
        assert found, f"no form {wanted} for {typed} on {self.url}: {self._words()}"
        form = found[0]
        data: dict[str, list[Any]] = {}
        for name, value in form.form_values():
            data.setdefault(name, []).append(value)
        for name, value in typed.items():
            [first, *_others] = form.xpath(f".//*[@name={name!r}]")
            told = first.get("value", "on") if value is True else value
            data[name] = told if isinstance(told, list) else [told]
        action = urllib.parse.urljoin(self.url, form.get("action") or self.url)
        self.ask(form.method, action, data)
        assert self.status == status, (self.status, self.url, self._words())
        return self

    def download(self, url: str, status: int = 200) -> bytes:
        self.open(url, status)
        return self.content

    # How it gets there

    def ask(self, method: str, url: str, data: dict[str, list[Any]] | None = None) -> None:
        """One request and the redirects that follow, to the payment page and back."""
        for _hop in range(8):
            url = url.removeprefix(self.portal.url)
            if url.startswith("http"):
                location = self._ask_outside(method, url, data)
            else:
                location = self._ask_portal(method, url, data)
            self.url = url
            if not location:
                return
            method, url, data = "GET", urllib.parse.urljoin(url, location), None
        raise AssertionError(f"redirects without end at {url}")

    def _ask_portal(self, method: str, url: str, data: dict[str, list[Any]] | None) -> str:
        headers = {"referer": f"http://testserver{self.url}"}
        if method == "GET":
            ask = self.client.get
        else:
            ask, headers["origin"] = self.client.post, self.origin
        answer = ask(url, data or {}, headers=headers) if data else ask(url, headers=headers)
        self.status, self.content = answer.status_code, b"".join(answer)
        # As browsers do: a page that lets no referrer out sends its forms from nowhere.
        is_silent = answer.get("Referrer-Policy") == "no-referrer"
        self.origin = "null" if is_silent else "http://testserver"
        answer.close()
        return answer.get("Location", "")

    def _ask_outside(self, method: str, url: str, data: dict[str, list[Any]] | None) -> str:
        assert url.startswith(self.portal.sandbox.url), url
        body = urllib.parse.urlencode(data or {}, doseq=True).encode() if method != "GET" else None
        try:
            with payment_page.open(url, body, timeout=10) as answer:
                self.status, self.content = answer.status, answer.read()
                return ""
        except urllib.error.HTTPError as answer:
            with answer:
                self.status, self.content = answer.code, answer.read()
                return answer.headers.get("Location", "")

    def _words(self) -> str:
        try:
            return self.text[:1500]
        except (ValueError, UnicodeDecodeError):
            return str(self.content[:200])


def text_of(pdf: bytes) -> str:
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return done.stdout.decode()

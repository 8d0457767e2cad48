"""Whoever works with other people's data proves twice who they are: with an app, a recovery code,
or a passkey that Chromium keeps."""

import time

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache

from kosna.accounts.models import User
from tests.browser.tab import Tab

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(autouse=True)
def _second_factor_required(settings) -> None:
    settings.STAFF_MFA_REQUIRED = True


def log_in(tab: Tab, user: User) -> Tab:
    """With the password, after leaving."""
    return log_out(tab).press("password", login=user.email, password="password")


def log_out(tab: Tab) -> Tab:
    with tab.open("/accounts/logout/").page.expect_navigation():
        tab.page.locator("main form button").click()
    return tab.open("/accounts/login/")


def use_key(tab: Tab, button: str) -> Tab:
    with tab.page.expect_navigation():
        tab.page.locator(button).click()
    return tab


def code_of_app(secret: str) -> str:
    """What an authenticator app shows now, for some seconds more. The portal takes a code once;
    that it forgets stands for the half minute until the next one."""
    cache.clear()
    if (left := 30 - time.time() % 30) < 5:
        time.sleep(left)
    [counter] = totp.yield_hotp_counters_from_time()
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def arrived(tab: Tab, path: str) -> bool:
    return tab.page.url == tab.portal.url + path


@pytest.mark.parametrize("language", ["ko", "en"])
def test_authenticator_app_and_recovery_codes(people, enter, language):
    tab = enter("regular", language=language)
    log_in(tab, people.officer).open("/staff/").look()
    assert arrived(tab, "/accounts/2fa/")
    tab.page.locator("main a[href$='/totp/activate/']").click()
    tab.look().press("password", password="password")  # a change to security asks again
    tab.page.emulate_media(color_scheme="dark")
    behind_code = "getComputedStyle(document.querySelector('main svg.qr rect')).fill"
    assert tab.page.evaluate(behind_code) == "rgb(255, 255, 255)"  # or no camera reads it
    secret = tab.look().page.locator("#authenticator_secret").input_value()
    tab.press("code", code="000000").look().press("code", code=code_of_app(secret)).look()
    assert arrived(tab, "/accounts/2fa/recovery-codes/")
    recovery = tab.page.locator("textarea").input_value().split()
    assert arrived(tab.open("/staff/"), "/staff/")

    log_in(tab, people.officer).look()
    assert arrived(tab, "/accounts/2fa/authenticate/")
    tab.press("code", code="000000").look().press("code", code=code_of_app(secret))
    assert arrived(tab.open("/staff/"), "/staff/")

    log_in(tab, people.officer).press("code", code=recovery[0])
    assert arrived(tab.open("/staff/"), "/staff/")
    log_in(tab, people.officer).press("code", code=recovery[0]).look()
    assert arrived(tab, "/accounts/2fa/authenticate/")
    tab.press("code", code=recovery[1]).open("/accounts/2fa/").look()


@pytest.mark.parametrize(
    ("language", "words"), [("ko", "다른 방법으로 로그인"), ("en", "another way to sign in")]
)
def test_passkey_prompt_that_came_to_nothing_says_so(enter, language, words):
    """Cancelled, or without a key that fits: the browser tells the page no more than that."""
    tab = log_out(enter("regular", language=language))
    keys = tab.context.new_cdp_session(tab.page)
    keys.send("WebAuthn.enable")
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    note = tab.page.locator("[data-key-trouble]")
    assert note.is_hidden()
    tab.page.locator("#passkey_login").click()
    note.wait_for(state="visible")
    assert words in note.inner_text()
    tab.look()


def test_passkey(people, enter):
    tab = enter("regular", language="ko")
    log_in(tab, people.officer)
    keys = tab.context.new_cdp_session(tab.page)
    keys.send("WebAuthn.enable")
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    tab.open("/accounts/2fa/webauthn/add/").press("password", password="password").look()
    tab.page.locator("[name=name]").fill("laptop")
    tab.page.locator("[name=passwordless]").check()
    use_key(tab, "#mfa_webauthn_add").open("/accounts/2fa/webauthn/").look()
    assert "laptop" in tab.text
    assert arrived(tab.open("/staff/"), "/staff/")

    use_key(log_out(tab), "#passkey_login")
    assert arrived(tab.open("/staff/"), "/staff/")

    log_in(tab, people.officer)
    assert arrived(tab, "/accounts/2fa/authenticate/")
    use_key(tab, "#mfa_webauthn_authenticate")
    assert arrived(tab.open("/staff/"), "/staff/")
    tab.open("/accounts/2fa/webauthn/").look()

"""Settings are strict: a senseless environment stops the start, and says why."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

# Who the association is.
IDENTITY = {
    "DEFAULT_FROM_EMAIL": "Association <office@association.test>",
    "ASSOCIATION_TAX_NUMBER": "123-82-45678",
    "ASSOCIATION_PHONE": "02-123-4567",
    "ASSOCIATION_EMAIL": "office@association.test",
    "ASSOCIATION_PRIVACY_OFFICER": "이름",
    "ASSOCIATION_PRIVACY_OFFICER_EN": "Name",
}
PRODUCTION = {
    "KOSNA_ENV": "production",
    "SECRET_KEY": "kosna-" * 10,
    "FIELD_KEYS": "a" * 43 + "=",
    "SITE_URL": "https://portal.example.test",
    "EMAIL_URL": "smtp://localhost:25",
    "DATABASE_URL": "sqlite:///:memory:",
    **IDENTITY,
}


def start(tmp_path: Path, code: str = "", **changes: str | None) -> tuple[int, str]:
    """A fresh process with this environment and no other; its exit code and what it said."""
    wanted = {**PRODUCTION, "KOSNA_VAR": str(tmp_path), **changes}
    environment = {name: value for name, value in wanted.items() if value is not None}
    done = subprocess.run(
        [sys.executable, "-c", f"from django.conf import settings; settings.DEBUG; {code}"],
        env={
            "DJANGO_SETTINGS_MODULE": "kosna.settings",
            "PATH": os.environ["PATH"],
            **environment,
        },
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, (done.stdout or done.stderr).strip().splitlines()[-1:]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"KOSNA_ENV": "prod"}, "KOSNA_ENV must be one of"),
        ({"DEBUG": "1"}, "DEBUG cannot be on"),
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"SECRET_KEY": ""}, "SECRET_KEY must be"),
        ({"SECRET_KEY": "abc"}, "SECRET_KEY must be"),
        ({"SECRET_KEY": "k" * 60}, "SECRET_KEY must be"),
        ({"SECRET_KEY_FALLBACKS": "abc"}, "SECRET_KEY_FALLBACKS must be"),
        ({"SECRET_KEY_FALLBACKS": "kosna-" * 10 + ",abc"}, "SECRET_KEY_FALLBACKS must be"),
        ({"FIELD_KEYS": None}, "FIELD_KEYS must be keys"),
        ({"FIELD_KEYS": ""}, "FIELD_KEYS must be keys"),
        ({"FIELD_KEYS": "abc"}, "FIELD_KEYS must be keys"),
        ({"FIELD_KEYS": "a" * 43 + "=,abc"}, "FIELD_KEYS must be keys"),
        ({"FIELD_KEYS": "bm90LXNlY3JldC1ub3Qtc2VjcmV0LW5vdC1zZWNyZXQ="}, "nobody else knows"),
        ({"DATABASE_URL": None}, "DATABASE_URL must be set"),
        ({"DATABASE_URL": ""}, "DATABASE_URL must be set"),
        ({"DATABASE_URL": "kosna"}, "DATABASE_URL must name"),
        ({"DATABASE_URL": "postgres://"}, "DATABASE_URL must name"),
        ({"DATABASE_URL": "postgres://host"}, "DATABASE_URL must name"),
        ({"DATABASE_POOL": "0", "DATABASE_URL": "postgres:///kosna"}, "DATABASE_POOL"),
        ({"CACHE_URL": "locmemcache://"}, "CACHE_URL must be"),
        ({"CACHE_URL": "dummycache://"}, "CACHE_URL must be"),
        ({"SITE_URL": None}, "SITE_URL"),
        ({"SITE_URL": "http://portal.example.test"}, "SITE_URL must be https"),
        ({"SITE_URL": "https://portal.example.test/path"}, "SITE_URL must be"),
        ({"SITE_URL": "https://portal.example.test?x"}, "SITE_URL must be"),
        ({"SITE_URL": "https://.."}, "SITE_URL must be"),
        ({"SITE_URL": "https://portal..test"}, "SITE_URL must be"),
        ({"SITE_URL": "https://-"}, "SITE_URL must be"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "elsewhere.example.test"}, "ALLOWED_HOSTS"),
        ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES"),
        ({"EMAIL_URL": None}, "EMAIL_URL must be"),
        ({"EMAIL_URL": ""}, "EMAIL_URL must be"),
        ({"EMAIL_URL": "smtp://"}, "EMAIL_URL must name the host"),
        ({"EMAIL_URL": "smtp+tls://user:word@"}, "EMAIL_URL must name the host"),
        ({"EMAIL_URL": "consolemail://"}, "EMAIL_URL must be"),
        ({"EMAIL_URL": "filemail:///tmp/mail"}, "EMAIL_URL must be"),
        ({"STAFF_MFA_REQUIRED": "0"}, "STAFF_MFA_REQUIRED"),
        ({"STRIPE_SECRET_KEY": "sk_live_1"}, "STRIPE_WEBHOOK_SECRET"),
        (
            {"STRIPE_SECRET_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"},
            "STRIPE_SECRET_KEY must be a live key",
        ),
        ({"PAYMENT_GATEWAY": "paypal"}, "PAYMENT_GATEWAY must be one of stripe, toss"),
        ({"PAYMENT_GATEWAY": "toss"}, "TOSS_SECRET_KEY must be set"),
        ({"TOSS_SECRET_KEY": "live_sk_1"}, "TOSS_WEBHOOK_SECRET must be set"),
        ({"TOSS_SECRET_KEY": "test_sk_1", "TOSS_WEBHOOK_SECRET": "s" * 32}, "TOSS_SECRET_KEY"),
        ({"TOSS_SECRET_KEY": "live_sk_1", "TOSS_WEBHOOK_SECRET": "s/1"}, "TOSS_WEBHOOK_SECRET"),
        ({"TOSS_API_BASE": "http://localhost:1"}, "TOSS_API_BASE"),
        ({"PAYMENT_PAGE_ORIGINS": "javascript:x"}, "PAYMENT_PAGE_ORIGINS"),
        ({"PAYMENT_PAGE_ORIGINS": "http://pay.example.test"}, "PAYMENT_PAGE_ORIGINS"),
        ({"PAYMENT_PAGE_ORIGINS": "https://a.test; script-src *"}, "PAYMENT_PAGE_ORIGINS"),
        ({"STRIPE_API_BASE": "http://localhost:1"}, "STRIPE_API_BASE"),
        ({"SEAT_HOLD_MINUTES": "10"}, "SEAT_HOLD_MINUTES"),
        ({"SEAT_HOLD_MINUTES": "long"}, "SEAT_HOLD_MINUTES"),
        ({"BANK_TRANSFER_DAYS": "-1"}, "BANK_TRANSFER_DAYS"),
        ({"TWO_PERSON_REFUND_WON": "-5"}, "TWO_PERSON_REFUND_WON"),
        ({"TWO_PERSON_DEPOSIT_WON": "much"}, "TWO_PERSON_DEPOSIT_WON"),
        ({"KAKAO_CLIENT_ID": "id"}, "KAKAO_CLIENT_SECRET must both be set"),
        ({"NAVER_CLIENT_SECRET": "secret"}, "NAVER_CLIENT_SECRET must both be set"),
        (
            {"GOOGLE_CLIENT_ID": "id", "GOOGLE_CLIENT_SECRET": ""},
            "GOOGLE_CLIENT_SECRET must both be set",
        ),
        ({"DEBUG": "maybe"}, "DEBUG must be 1 or 0"),
        ({"STAFF_MFA_REQUIRED": "always"}, "STAFF_MFA_REQUIRED must be 1 or 0"),
        ({"DEFAULT_FROM_EMAIL": "nonsense"}, "DEFAULT_FROM_EMAIL must be an e-mail address"),
        ({"ASSOCIATION_EMAIL": "a@b@c"}, "ASSOCIATION_EMAIL must be an e-mail address"),
        ({"EMAIL_URL": "nonsense"}, "EMAIL_URL must be"),
        ({"EMAIL_URL": "smtp://host:x"}, "EMAIL_URL must be"),
        ({"CACHE_URL": "nonsense"}, "CACHE_URL must be"),
        ({"DATABASE_URL": "postgres://host:x/kosna"}, "DATABASE_URL must be"),
        ({"DATABASE_URL": "nonsense://host/kosna"}, "DATABASE_URL must name"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL must be one of DEBUG, INFO"),
        ({"SENTRY_DSN": "nonsense"}, "SENTRY_DSN must be"),
        ({"INVOICE_DUE_DAY": "45"}, "INVOICE_DUE_DAY must be a whole number, from 1 to 31"),
        ({"PROOF_MONTHS": "99999"}, "PROOF_MONTHS must be"),
        ({"CASH_RECEIPT_DAYS": "9999999999"}, "CASH_RECEIPT_DAYS must be"),
        ({"CASH_RECEIPT_SELF_NUMBER": "abc"}, "CASH_RECEIPT_SELF_NUMBER must be"),
        ({"INVOICE_ABOVE_WON": "9" * 20}, "INVOICE_ABOVE_WON must be"),
        ({"BANK_TRANSFER_DAYS": "9999999999"}, "BANK_TRANSFER_DAYS must be"),
        ({"TRUSTED_PROXIES": "many"}, "TRUSTED_PROXIES must be"),
        ({"BANK_ACCOUNT": "abc"}, "BANK_ACCOUNT must be"),
        ({"BANK_ACCOUNT": "000-000000"}, "BANK_NAME, BANK_ACCOUNT and BANK_HOLDER must be set"),
        ({"BANK_NAME": "한누리은행"}, "BANK_NAME, BANK_ACCOUNT and BANK_HOLDER must be set"),
        (
            {"BANK_NAME": "한누리은행", "BANK_ACCOUNT": "000-000000", "BANK_HOLDER": ""},
            "BANK_NAME, BANK_ACCOUNT and BANK_HOLDER must be set",
        ),
        ({"ASSOCIATION_PRESIDENT": ""}, "ASSOCIATION_PRESIDENT must not be empty"),
        ({"ASSOCIATION_ADDRESS": " "}, "ASSOCIATION_ADDRESS must not be empty"),
        ({"ASSOCIATION_TAX_NUMBER": "zzz"}, "ASSOCIATION_TAX_NUMBER must be"),
        ({"ASSOCIATION_TAX_SUB_NUMBER": "1"}, "ASSOCIATION_TAX_SUB_NUMBER must be"),
        ({"ASSOCIATION_PHONE": "call us"}, "ASSOCIATION_PHONE must be"),
        ({"STRIPE_WEBHOOK_SECRET": "abc"}, "STRIPE_WEBHOOK_SECRET must be"),
        ({"STRIPE_WEBHOOK_SECRET": "whsec_"}, "STRIPE_WEBHOOK_SECRET must be"),
        ({"STRIPE_WEBHOOK_SECRET": "whsec_1,whsec_"}, "STRIPE_WEBHOOK_SECRET must be"),
        ({"ALLOWED_HOSTS": "portal.example.test,https://x"}, "ALLOWED_HOSTS must be"),
        ({"S3_BUCKET": "A bucket"}, "S3_BUCKET must be"),
        ({"S3_BUCKET": "kosna", "S3_ENDPOINT_URL": "minio"}, "S3_ENDPOINT_URL must be"),
        ({"S3_BUCKET": "kosna", "S3_REGION": "the moon"}, "S3_REGION must be"),
        ({"KOSNA_VAR": "/proc/nowhere"}, "KOSNA_VAR must be a directory"),
        ({"MEDIA_ROOT": "/proc/nowhere"}, "MEDIA_ROOT must be a directory"),
        ({"STATIC_ROOT": "/proc/nowhere"}, "STATIC_ROOT must be a directory"),
        (
            {"KOSNA_ENV": "demo", "STRIPE_API_BASE": "nonsense"},
            "STRIPE_API_BASE must be an address",
        ),
        ({"KOSNA_ENV": "demo", "KOSNA_CLOCK": "/nowhere"}, "KOSNA_CLOCK must be a file"),
        ({"KOSNA_ENV": "demo", "KOSNA_CLOCK": "/etc/passwd"}, "KOSNA_CLOCK must be a file"),
    ],
)
def test_senseless_environment_stops_the_start(
    tmp_path: Path, changes: dict[str, str | None], reason: str
) -> None:
    code, said = start(tmp_path, **changes)
    assert code == 1
    assert reason in said[0]


@pytest.mark.parametrize("name", sorted(IDENTITY))
@pytest.mark.parametrize("value", [None, ""])
def test_production_has_no_identity_but_its_own(
    tmp_path: Path, name: str, value: str | None
) -> None:
    """What the demo says of itself is no default."""
    code, said = start(tmp_path, **{name: value})
    assert code == 1
    assert name in said[0]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("settings.DEBUG", "False"),
        ("settings.STAFF_MFA_REQUIRED", "True"),
        ("settings.KOSNA_CLOCK", ""),
        ("settings.ALLOWED_HOSTS", "['portal.example.test']"),
        ("settings.SESSION_COOKIE_NAME", "__Host-session"),
        ("settings.SESSION_COOKIE_SECURE", "True"),
        ("settings.PAYMENT_GATEWAY", "stripe"),
        ("settings.PAYMENT_PAGE_ORIGINS", "['https://checkout.stripe.com']"),
        ("settings.ALLAUTH_TRUSTED_PROXY_COUNT", "0"),
        ("settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN", "False"),
    ],
)
def test_production_is_safe_unless_told_otherwise(
    tmp_path: Path, expression: str, value: str
) -> None:
    """The clock's file is named, and ignored."""
    code, said = start(tmp_path, f"print({expression})", KOSNA_CLOCK="/etc/hostname")
    assert (code, "".join(said)) == (0, value)


def test_production_answers_with_every_header(tmp_path: Path) -> None:
    """One page through all the middleware of a process in production, and its cookies."""
    ask = (
        "import django, json; django.setup(); from django.test import Client;"
        "answer = Client().get('/robots.txt', secure=True, HTTP_HOST='portal.example.test');"
        "names = [name for name in dir(settings) if '_COOKIE_' in name];"
        "print(json.dumps([dict(answer.headers), {n: getattr(settings, n) for n in names}]))"
    )
    code, said = start(tmp_path, ask)
    assert code == 0
    headers, cookies = json.loads(said[0])
    assert sorted(headers.pop("Content-Security-Policy").split("; ")) == [
        "base-uri 'none'", "connect-src 'self'", "default-src 'self'", "font-src 'self'",
        "form-action 'self' https://checkout.stripe.com", "frame-ancestors 'none'",
        "img-src 'self'", "object-src 'none'", "script-src 'self'", "style-src 'self'",
    ]  # fmt: skip
    assert headers == headers | {
        "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    }
    for kind in ("SESSION", "CSRF"):
        assert cookies[f"{kind}_COOKIE_NAME"].startswith("__Host-")
        assert cookies[f"{kind}_COOKIE_SECURE"] and cookies[f"{kind}_COOKIE_HTTPONLY"]
        assert cookies[f"{kind}_COOKIE_SAMESITE"] == "Lax"
        assert not cookies[f"{kind}_COOKIE_DOMAIN"] and cookies[f"{kind}_COOKIE_PATH"] == "/"


def test_another_gateway_is_a_matter_of_settings(tmp_path: Path) -> None:
    """Its page's hosts follow, and the browser may be sent there."""
    origins = "settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action']"
    code, said = start(
        tmp_path,
        f"print({origins})",
        PAYMENT_GATEWAY="toss",
        TOSS_SECRET_KEY="live_sk_1",
        TOSS_WEBHOOK_SECRET="the-last-part-of-an-address,another-one-while-it-changes",
    )
    assert (code, said) == (0, [str(["'self'", "https://*.tosspayments.com"])])


def test_mails_of_the_demo_lie_where_it_says(tmp_path: Path) -> None:
    send = (
        "import django; django.setup(); from django.core.mail import send_mail;"
        "send_mail('s', 'b', None, ['a@example.test']); print(settings.EMAIL_FILE_PATH)"
    )
    code, said = start(tmp_path, send, KOSNA_ENV="demo", EMAIL_URL=None)
    assert (code, said) == (0, [str(tmp_path / "mail")])
    assert len(list((tmp_path / "mail").iterdir())) == 1


def test_an_empty_line_is_no_value(tmp_path: Path) -> None:
    """As .env.example leaves it, outside production."""
    code, said = start(
        tmp_path,
        "print(settings.DATABASE['NAME'])",
        KOSNA_ENV="demo",
        SITE_URL=None,
        DATABASE_URL="",
        EMAIL_URL="",
    )
    assert (code, said) == (0, [str(tmp_path / "kosna.sqlite3")])

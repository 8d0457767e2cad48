"""Gateways, the bank account, how long a seat is held, and where two people decide."""

import re
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from kosna.settings.environment import PRODUCTION, env, origin_pattern, web_pattern

# Whose page new payments are made on. What was paid through another gateway is still refunded,
# reconciled and heard of there while its key stays set.
PAYMENT_GATEWAY = env.str("PAYMENT_GATEWAY", "stripe")
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", "")
# Two secrets at once while one is rotated out.
STRIPE_WEBHOOK_SECRETS = env.list("STRIPE_WEBHOOK_SECRET", default=[])
STRIPE_API_BASE = env.like("STRIPE_API_BASE", "", web_pattern, such="an address: http://host")
TOSS_SECRET_KEY = env.str("TOSS_SECRET_KEY", "")
TOSS_WEBHOOK_SECRETS = env.list("TOSS_WEBHOOK_SECRET", default=[])
TOSS_API_BASE = env.like("TOSS_API_BASE", "", web_pattern, such="an address: http://host")
for _name, _key, _secrets, _base in (
    ("STRIPE", STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRETS, STRIPE_API_BASE),
    ("TOSS", TOSS_SECRET_KEY, TOSS_WEBHOOK_SECRETS, TOSS_API_BASE),
):
    _live = {"STRIPE": ("sk_live_", "rk_live_"), "TOSS": ("live_sk_", "live_gsk_")}[_name]
    if _key and not _secrets:
        raise ImproperlyConfigured(
            f"{_name}_WEBHOOK_SECRET must be set where {_name}_SECRET_KEY is"
        )
    if PRODUCTION and _key and not _key.startswith(_live):
        raise ImproperlyConfigured(f"{_name}_SECRET_KEY must be a live key in production")
    if PRODUCTION and _base:
        raise ImproperlyConfigured(f"{_name}_API_BASE is for sandboxes: unset it in production")
if not all(re.fullmatch(r"whsec_\S+", secret) for secret in STRIPE_WEBHOOK_SECRETS):
    raise ImproperlyConfigured("STRIPE_WEBHOOK_SECRET must be what Stripe shows: whsec_…")
# It is the last part of an address, and all that keeps others from knocking there.
if not all(re.fullmatch(r"[A-Za-z0-9_-]{24,120}", secret) for secret in TOSS_WEBHOOK_SECRETS):
    raise ImproperlyConfigured("TOSS_WEBHOOK_SECRET must be 24 letters and digits or more")
# Where the browser is sent to pay; the only foreign hosts that the portal ever names.
_pages = {
    "stripe": STRIPE_API_BASE or "https://checkout.stripe.com",
    # The API's address of the page leads on to other hosts of theirs.
    "toss": TOSS_API_BASE or "https://*.tosspayments.com",
}
if PAYMENT_GATEWAY not in _pages:
    raise ImproperlyConfigured(f"PAYMENT_GATEWAY must be one of {', '.join(_pages)}")
if PAYMENT_GATEWAY != "stripe" and not TOSS_SECRET_KEY:
    raise ImproperlyConfigured("TOSS_SECRET_KEY must be set where PAYMENT_GATEWAY is toss")
_page = urlsplit(_pages[PAYMENT_GATEWAY])
PAYMENT_PAGE_ORIGINS = env.list(
    "PAYMENT_PAGE_ORIGINS", default=[f"{_page.scheme}://{_page.netloc}"]
)
if not all(
    origin_pattern.fullmatch(origin.replace("//*.", "//", 1)) for origin in PAYMENT_PAGE_ORIGINS
):
    raise ImproperlyConfigured("PAYMENT_PAGE_ORIGINS must be origins: https://host, without a path")
BANK_ACCOUNT = {
    "bank": env.str("BANK_NAME", "" if PRODUCTION else "한누리은행"),
    "number": env.like(
        "BANK_ACCOUNT",
        "" if PRODUCTION else "000-000000-00-000",
        r"[0-9][0-9 -]{5,28}[0-9]",
        such="the number of an account, in digits",
    ),
    "holder": env.str("BANK_HOLDER", "(사)한국소셜네트워크협회"),
}
if any(BANK_ACCOUNT[part] for part in ("bank", "number")) and not all(BANK_ACCOUNT.values()):
    raise ImproperlyConfigured("BANK_NAME, BANK_ACCOUNT and BANK_HOLDER must be set together")
# Stripe's sessions live 30 minutes or longer, and a seat must outlive its session.
SEAT_HOLD_MINUTES = env.whole("SEAT_HOLD_MINUTES", 40, least=36, most=24 * 60)
BANK_TRANSFER_DAYS = env.whole("BANK_TRANSFER_DAYS", 3, least=1, most=365)
TWO_PERSON_REFUND_WON = env.whole("TWO_PERSON_REFUND_WON", 1_000_000, least=0)
TWO_PERSON_DEPOSIT_WON = env.whole("TWO_PERSON_DEPOSIT_WON", 1_000_000, least=0)
TWO_PERSON_SHARE_WON = env.whole("TWO_PERSON_SHARE_WON", 1_000_000, least=0)

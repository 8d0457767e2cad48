"""How people sign up and sign in, and what staff must hold besides."""

from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy

from kosna.settings.environment import PRODUCTION, TESTING, env, site

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "kosna.roles.RoleBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if TESTING
    else [
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/me/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "kosna.accounts.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "kosna.accounts.adapters.SocialAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_SIGNUP_FORM_CLASS = "kosna.accounts.forms.SignupForm"
ACCOUNT_FORMS = {"signup": "kosna.accounts.signup.PasswordSignupForm"}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = site.scheme
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {}
for _provider in ("google", "kakao", "naver"):
    _id, _secret = f"{_provider.upper()}_CLIENT_ID", f"{_provider.upper()}_CLIENT_SECRET"
    _app = {"client_id": env.str(_id, ""), "secret": env.str(_secret, ""), "key": ""}
    if bool(_app["client_id"]) != bool(_app["secret"]):
        raise ImproperlyConfigured(f"{_id} and {_secret} must both be set, or neither")
    if _app["client_id"]:
        SOCIALACCOUNT_PROVIDERS[_provider] = {"APPS": [_app]}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_ADAPTER = "kosna.accounts.adapters.MFAAdapter"
MFA_TOTP_ISSUER = "KOSNA"
MFA_FORMS = {
    "authenticate": "kosna.accounts.key_forms.AuthenticateForm",
    "reauthenticate": "kosna.accounts.key_forms.ReauthenticateForm",
    "add_webauthn": "kosna.accounts.key_forms.AddKeyForm",
    "edit_webauthn": "kosna.accounts.key_forms.EditKeyForm",
}
# Staff hold other people's data: a second factor is compulsory, but for the throw-away demo.
STAFF_MFA_REQUIRED = env.flag("STAFF_MFA_REQUIRED", PRODUCTION)
if PRODUCTION and not STAFF_MFA_REQUIRED:
    raise ImproperlyConfigured("STAFF_MFA_REQUIRED cannot be off in production")
SOCIAL_LOGIN_ORIGINS = {
    "google": "https://accounts.google.com",
    "kakao": "https://kauth.kakao.com",
    "naver": "https://nid.naver.com",
}
# How many proxies stand in front and are trusted to set X-Forwarded-For; 0 trusts none.
ALLAUTH_TRUSTED_PROXY_COUNT = env.whole("TRUSTED_PROXIES", 0, least=0, most=10)
MINIMUM_AGE = 14  # 개인정보 보호법 §22-2: younger people need a guardian; we refuse them

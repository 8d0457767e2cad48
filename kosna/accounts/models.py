"""Who can log in, and what they agreed to. An account is not a membership."""

from typing import Any, ClassVar

from django.contrib.auth import get_backends
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from kosna.core.models import localized


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str, **fields: Any) -> "User":
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    # One field: Korean names have no first and last, and foreign ones not always two parts.
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    phone = models.CharField(_("mobile phone"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=2, default="ko")
    is_active = models.BooleanField(default=True)
    # Somebody who bought without an account (docs/decisions/0030): never signs in.
    is_guest = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    # By its owner, for good (kosna.retention): of a closed account only what the law keeps is left.
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.CheckConstraint(
                condition=Q(language__in=["ko", "en"]), name="user_language_known"
            ),
            models.CheckConstraint(
                condition=Q(is_guest=False) | Q(is_active=False, is_superuser=False),
                name="user_guest_never_signs_in",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(is_active=False, is_superuser=False),
                name="user_closed_never_signs_in",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def mailbox(self) -> str:
        """Where mail to this person goes: a guest's address is no key of theirs, and of a closed
        account none is left."""
        if self.closed_at:
            return ""
        return self.guest.email if self.is_guest else self.email

    @property
    def is_unproven(self) -> bool:
        """A guest whose link was not opened yet: anybody may have typed their address."""
        return self.is_guest and self.guest.confirmed_at is None

    @property
    def greeted_as(self) -> str:
        """The name by which pages in the reader's language call this person."""
        english = get_language() == "en" and self.name_en
        return english or str(self)

    @property
    def is_staff(self) -> bool:
        """May enter Django's own admin: operators only; the desk asks ``has_perm`` instead."""
        return self.is_superuser

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Being an operator opens Django's admin, not the desk: a verb asked with its branch is
        answered by the table of roles alone."""
        if obj is not None and self.is_superuser:
            return any(backend.has_perm(self, perm, obj) for backend in get_backends())
        return super().has_perm(perm, obj)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Guest(models.Model):
    """Who bought without an account: the address that mail goes to, proven once their link was
    opened, and the secret of that link. Their ``user`` row is what an order belongs to; it has
    no address of its own, no password, and opens nothing."""

    user = models.OneToOneField(User, models.PROTECT, primary_key=True, related_name="guest")
    email = models.EmailField(_("e-mail"), blank=True)  # blank: erased
    # The link is drawn from the seed as a mail leaves (kosna.core.tokens) and known by its print.
    seed = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64, unique=True)
    # Of the form: sent twice, it opens one guest.
    form_key = models.UUIDField(unique=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="claimed_guests"
    )
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("guest")
        verbose_name_plural = _("guests")
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(email=""), name="guest_erased_has_no_address"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["email"])]

    def __str__(self) -> str:
        return str(self.user)


class SessionManager(BaseSessionManager):
    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().select_related("user")


class Session(AbstractBaseSession):
    """Somebody's stay; with an account once they have logged in (``kosna.accounts.sessions``)."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")

    objects: ClassVar = SessionManager()


class Policy(models.Model):
    """One version of a text that people agree to or are told of; the newest effective one holds."""

    class Kind(models.TextChoices):
        TERMS = "terms", _("Terms of use")
        PRIVACY = "privacy", _("Privacy policy")
        MARKETING_EMAIL = "marketing_email", _("News and offers by e-mail")
        MARKETING_SMS = "marketing_sms", _("News and offers by text message")
        MARKETING_NIGHT = "marketing_night", _("Text messages between 21:00 and 08:00")

    kind = models.CharField(max_length=20, choices=Kind)
    version = models.CharField(max_length=20)
    effective_on = models.DateField()
    text_ko = models.TextField()
    text_en = models.TextField()

    text = localized("text")

    class Meta:
        verbose_name = _("policy text")
        verbose_name_plural = _("policy texts")
        ordering = ["kind", "-effective_on"]
        constraints = [models.UniqueConstraint(fields=["kind", "version"], name="policy_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.version}"


class Consent(models.Model):
    """Who agreed to which version of which text, when and where from (개인정보 보호법 §22)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="consents")
    policy = models.ForeignKey(Policy, models.PROTECT)
    text_hash = models.CharField(max_length=64)
    given_at = models.DateTimeField()
    ip = models.GenericIPAddressField(null=True)
    channel = models.CharField(max_length=20, default="web")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "policy"],
                condition=Q(withdrawn_at=None),
                name="consent_once_while_given",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.policy}"

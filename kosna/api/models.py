"""Keys by which programs of a branch are known, and what was answered to them."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock


class Scope(models.TextChoices):
    """What a key opens, in its branch alone."""

    READ_EVENTS = "events:read", _("Read the events of the branch, drafts too")
    WRITE_EVENTS = "events:write", _("Write drafts of events, and publish them")
    READ_REGISTRATIONS = "registrations:read", _("Read who comes to the events (personal data)")
    READ_RESEARCH = "research:read", _("Read published reports' descriptions, and statistics")
    # Of a device at the door as well, for its event alone.
    CHECK_IN = "checkin", _("Check people in at the doors of the events")


# A scope opens something only while the person who issued the key may do the same at the desk.
VERBS = {
    Scope.READ_EVENTS: "events.view_event",
    Scope.WRITE_EVENTS: "events.change_event",
    Scope.READ_REGISTRATIONS: "events.view_registration",
    Scope.CHECK_IN: "events.check_in",
    # What everybody may read, and of figures what the issuer sees: any office will do.
    Scope.READ_RESEARCH: "desk.open",
}


class TokenQuerySet(BranchScoped):
    def active(self, at: datetime | None = None) -> "TokenQuerySet":
        return self.filter(revoked_at=None, expires_at__gt=at or clock.now())


class Token(models.Model):
    """A key of a program. Only its fingerprint is kept: it is shown once, when it is issued."""

    branch = models.ForeignKey(
        Branch, models.PROTECT, related_name="api_tokens", verbose_name=_("branch")
    )
    label = models.CharField(_("name of the key"), max_length=60)
    scopes = models.JSONField(_("what it opens"))
    fingerprint = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField(default=clock.now)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(_("valid until"))
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["revoked_at", "branch", "label", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="api_token_revoked_by_somebody",
            ),
            # A form that is sent twice issues one key.
            models.UniqueConstraint(
                fields=["branch", "label"],
                condition=Q(revoked_at=None),
                name="api_token_label_once_in_a_branch",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_active(self) -> bool:
        return self.revoked_at is None and self.expires_at > clock.now()

    @property
    def scope_labels(self) -> list[str | Promise]:
        return [Scope(scope).label for scope in self.scopes]

    @property
    def status_tone(self) -> str:
        return "good" if self.is_active else "danger"

    def get_status_display(self) -> str:
        if self.revoked_at:
            return str(_("Revoked"))
        return str(_("Valid")) if self.is_active else str(_("Expired"))


class Allowance(models.Model):
    """How often a key or a device has asked in the minute that runs."""

    holder = models.CharField(max_length=40, unique=True)
    began_at = models.DateTimeField()
    used = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.holder}: {self.used}"


class KeptAnswer(models.Model):
    """What a request with an ``Idempotency-Key`` was answered. Written in the transaction of what
    the request did, so both are there or neither is."""

    token = models.ForeignKey(Token, models.CASCADE, related_name="answers")
    key = models.CharField(max_length=100)
    request = models.CharField(max_length=64)  # SHA-256 of method, path and body
    at = models.DateTimeField(default=clock.now)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(default=dict)
    headers = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["token", "key"], name="api_key_once_for_a_token"),
        ]

    def __str__(self) -> str:
        return self.key

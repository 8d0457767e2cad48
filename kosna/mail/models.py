"""The outbox: a mail is a row that commits with what it tells of; the worker delivers it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock
from kosna.core.models import Stateful


class Message(Stateful):
    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    TRANSITIONS: ClassVar = {
        Status.QUEUED: {Status.SENDING},
        Status.SENDING: {Status.SENT, Status.QUEUED, Status.FAILED},
        Status.SENT: set(),
        Status.FAILED: {Status.QUEUED},
    }
    TONES: ClassVar = {Status.SENT: "good", Status.FAILED: "danger", Status.QUEUED: "info"}

    template = models.CharField(max_length=60)
    # One business mail has one key, so no path can post it twice.
    key = models.CharField(max_length=120, unique=True, null=True)
    to = models.EmailField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, related_name="+")
    language = models.CharField(max_length=2)
    context = models.JSONField(default=dict)  # plain facts, frozen when the mail was posted
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=120, unique=True)
    error = models.TextField(blank=True)

    objects = BranchScoped.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(status="queued"), name="mail_waiting"),
            models.Index(fields=["-created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.template} → {self.to}"

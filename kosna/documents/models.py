"""Papers that the association issues: numbered without gaps, facts frozen, verifiable by anyone."""

import secrets
from datetime import date
from typing import ClassVar, NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock
from kosna.core.models import Stateful

CODE_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_code() -> str:
    """A secret of 128 bits that survives being typed: 26 of 31 letters that nobody confuses."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(26))


class Series(NamedTuple):
    korean: str
    english: str


class Document(Stateful):
    class Kind(models.TextChoices):
        MEMBERSHIP_CARD = "membership_card", _("Membership card")  # 회원증
        APPROVAL = "approval", _("Certificate of admission")  # 입회승인서
        RECEIPT = "receipt", _("Receipt")  # 영수증
        ATTENDANCE = "attendance_certificate", _("Certificate of attendance")  # 참가확인서
        MINUTES = "minutes", _("Minutes of a general meeting")  # 의사록

    class Status(models.TextChoices):
        VALID = "valid", _("Valid")
        VOID = "void", _("Void")

    TRANSITIONS: ClassVar = {Status.VALID: {Status.VOID}, Status.VOID: set()}
    TONES: ClassVar = {Status.VALID: "good", Status.VOID: "danger"}
    # The middle of 제2026-영수-000123호 and of No. 2026-RECEIPT-000123.
    SERIES: ClassVar[dict[str, Series]] = {
        Kind.MEMBERSHIP_CARD: Series("회원", "CARD"),
        Kind.APPROVAL: Series("승인", "ADMISSION"),
        Kind.RECEIPT: Series("영수", "RECEIPT"),
        Kind.ATTENDANCE: Series("참가", "ATTENDANCE"),
        Kind.MINUTES: Series("의사", "MINUTES"),
    }

    kind = models.CharField(max_length=30, choices=Kind)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    code = models.CharField(max_length=26, unique=True, default=new_code)
    key = models.CharField(max_length=120, unique=True)  # one paper for one thing
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="documents"
    )
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, related_name="+")
    language = models.CharField(max_length=2)
    facts = models.JSONField()
    valid_until = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.VALID)
    issued_at = models.DateTimeField(default=clock.now)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=200, blank=True)
    file = models.FileField(upload_to="documents", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    objects = BranchScoped.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.UniqueConstraint(fields=["kind", "year", "number"], name="document_number_once"),
            models.CheckConstraint(
                condition=Q(status="void") ^ Q(voided_at=None), name="document_void_has_time"
            ),
        ]

    def __str__(self) -> str:
        return self.serial

    @property
    def serial(self) -> str:
        return self.serial_in(get_language() or "ko")

    def serial_in(self, language: str) -> str:
        """제2026-영수-000123호, in English No. 2026-RECEIPT-000123: one number, two languages."""
        series = self.SERIES[self.kind]
        if language == "en":
            return f"No. {self.year}-{series.english}-{self.number:06d}"
        return f"제{self.year}-{series.korean}-{self.number:06d}호"

    def is_valid_on(self, day: date) -> bool:
        return self.status == self.Status.VALID and (
            self.valid_until is None or day <= self.valid_until
        )

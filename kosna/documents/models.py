"""Papers that the association issues: numbered without gaps, facts frozen, verifiable by anyone."""

import re
import secrets
from datetime import date
from typing import ClassVar, NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kosna.accounts.retention import NOBODY
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


class DocumentQuerySet(BranchScoped):
    def valid(self) -> "DocumentQuerySet":
        return self.filter(status=Document.Status.VALID)

    def of_membership(self, member: int) -> "DocumentQuerySet":
        """Papers of one membership, whoever holds them."""
        return self.filter(about=about_member(member))

    def of_memberships(self) -> "DocumentQuerySet":
        return self.filter(about__startswith="member:")

    def of_order(self, order: int) -> "DocumentQuerySet":
        """Papers that somebody took about an order; its receipt goes by its key."""
        return self.filter(about=about_order(order))

    def search(self, text: str) -> "DocumentQuerySet":
        """By number as it is printed (제2026-회비-000123호, 2026-123, 123) or by name."""
        text = " ".join(text.split())
        if not text:
            return self
        found = Q(name__icontains=text)
        numbers = [int(number) for number in re.findall(r"[0-9]{1,9}", text)]
        if len(numbers) == 2:
            found |= Q(year=numbers[0], number=numbers[1])
        elif numbers:
            found |= Q(number=numbers[0])
        return self.filter(found)


def about_member(pk: int) -> str:
    return f"member:{pk}"


def about_order(pk: int) -> str:
    return f"order:{pk}"


class Document(Stateful):
    class Kind(models.TextChoices):
        MEMBERSHIP_CARD = "membership_card", _("Membership card")  # 회원증
        APPROVAL = "approval", _("Certificate of admission")  # 입회승인서
        RECEIPT = "receipt", _("Receipt")  # 영수증
        ATTENDANCE = "attendance_certificate", _("Certificate of attendance")  # 참가확인서
        COMPLETION = "completion_certificate", _("Certificate of completion")  # 수료증
        MEMBERSHIP = "membership_certificate", _("Certificate of membership")  # 회원확인서
        DUES = "dues_certificate", _("Certificate of payment of dues")  # 회비납부확인서
        MINUTES = "minutes", _("Minutes of a general meeting")  # 의사록
        QUOTATION = "quotation", _("Quotation")  # 견적서
        BILL = "bill", _("Bill")  # 청구서
        TRANSACTION = "transaction", _("Statement of transaction")  # 거래명세서
        PAYMENT = "payment_certificate", _("Certificate of payment")  # 납부확인서
        SETTLEMENT = "settlement", _("Statement of a branch's share")  # 지부 정산서

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
        Kind.COMPLETION: Series("수료", "COMPLETION"),
        Kind.MEMBERSHIP: Series("확인", "MEMBERSHIP"),
        Kind.DUES: Series("회비", "DUES"),
        Kind.MINUTES: Series("의사", "MINUTES"),
        Kind.QUOTATION: Series("견적", "QUOTATION"),
        Kind.BILL: Series("청구", "BILL"),
        Kind.TRANSACTION: Series("거래", "TRANSACTION"),
        Kind.PAYMENT: Series("납부", "PAYMENT"),
        Kind.SETTLEMENT: Series("정산", "SETTLEMENT"),
    }
    # What a membership gives; the others follow from an order or a ticket.
    OF_MEMBERSHIP: ClassVar = (Kind.MEMBERSHIP_CARD, Kind.APPROVAL, Kind.MEMBERSHIP, Kind.DUES)

    kind = models.CharField(max_length=30, choices=Kind)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    code = models.CharField(max_length=26, unique=True, default=new_code)
    # One valid paper for one thing; a void one makes room for another.
    key = models.CharField(max_length=120, db_index=True)
    # What it is a paper of, where several kinds belong together: "member:12".
    about = models.CharField(max_length=40, blank=True, db_index=True)
    name = models.CharField(max_length=120, blank=True)  # as printed, for search
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
    # 재발급: the same paper under the same number, which says so.
    reissues = models.PositiveSmallIntegerField(default=0)
    reissued_at = models.DateTimeField(null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.UniqueConstraint(fields=["kind", "year", "number"], name="document_number_once"),
            models.CheckConstraint(
                condition=Q(status="void") ^ Q(voided_at=None), name="document_void_has_time"
            ),
            models.UniqueConstraint(
                fields=["key"], condition=Q(status="valid"), name="document_key_once"
            ),
            models.CheckConstraint(
                condition=Q(reissues=0) ^ Q(reissued_at__isnull=False),
                name="document_reissue_has_time",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["branch", "-id"])]

    def __str__(self) -> str:
        return self.serial

    def get_pdf_url(self) -> str:
        return reverse("documents:pdf", args=[self.code])

    @property
    def serial(self) -> str:
        return self.serial_in(get_language() or "ko")

    def serial_in(self, language: str) -> str:
        """제2026-영수-000123호, in English No. 2026-RECEIPT-000123: one number, two languages."""
        series = self.SERIES[self.kind]
        if language == "en":
            return f"No. {self.year}-{series.english}-{self.number:06d}"
        return f"제{self.year}-{series.korean}-{self.number:06d}호"

    @property
    def is_destroyed(self) -> bool:
        """Kept as long as it had to be: its number is left (``kosna.documents.kept``)."""
        return not self.facts and self.name == NOBODY

    @property
    def member_id(self) -> int | None:
        """The membership that it is a paper of."""
        of, _colon, pk = self.about.partition(":")
        return int(pk) if of == "member" else None

    @property
    def is_of_membership(self) -> bool:
        return self.kind in self.OF_MEMBERSHIP

    def is_valid_on(self, day: date) -> bool:
        return self.status == self.Status.VALID and (
            self.valid_until is None or day <= self.valid_until
        )

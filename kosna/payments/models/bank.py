"""What the bank says: our accounts, the files that were brought, and their lines, word for word."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Count, FilteredRelation, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock
from kosna.core.models import AppendOnly, AppendOnlyQuerySet, Batch, Stateful, WonField
from kosna.core.uploads import RandomPath


class BankAccountQuerySet(BranchScoped):
    def in_use(self) -> "BankAccountQuerySet":
        return self.filter(is_active=True)


class BankAccount(models.Model):
    """One of our accounts. Its money is the branch's, at first the head office's."""

    branch = models.ForeignKey(Branch, models.PROTECT, related_name="bank_accounts")
    name = models.CharField(_("what we call it"), max_length=60)
    bank = models.CharField(_("bank"), max_length=40)
    number = models.CharField(_("account number"), max_length=40)
    is_active = models.BooleanField(_("in use"), default=True)
    # How its files are read, as the last import was: headings, and what each column holds.
    profile = models.JSONField(default=dict)

    objects = BankAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ["-is_active", "name", "pk"]
        constraints = [models.UniqueConstraint(fields=["bank", "number"], name="bank_account_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.bank} {self.number})"


class ThroughAccountQuerySet(BranchScoped):
    branch_field = "account__branch"


class BankFileQuerySet(ThroughAccountQuerySet):
    def with_open(self) -> "BankFileQuerySet":
        """``open``: how many of its deposits nobody has decided about."""
        is_open = Q(lines__deposit__status=Deposit.Status.OPEN)
        return self.annotate(open=Count("lines__deposit", filter=is_open))


class BankFile(Stateful):
    """A file from a bank: its columns are understood, its rows checked, then all of it is written
    or nothing."""

    class Status(models.TextChoices):
        MAPPING = "mapping", _("Columns to be confirmed")
        CHECKED = "checked", _("Checked, nothing written yet")
        IMPORTED = "imported", _("Imported")
        ABANDONED = "abandoned", _("Given up")

    TRANSITIONS: ClassVar = {
        Status.MAPPING: {Status.CHECKED, Status.ABANDONED},
        Status.CHECKED: {Status.MAPPING, Status.IMPORTED, Status.ABANDONED},
        Status.IMPORTED: set(),
        Status.ABANDONED: set(),
    }
    TONES: ClassVar = {
        Status.MAPPING: "warning",
        Status.CHECKED: "info",
        Status.IMPORTED: "good",
    }

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    account = models.ForeignKey(
        BankAccount, models.PROTECT, related_name="files", verbose_name=_("bank account")
    )
    file = models.FileField(upload_to=RandomPath("bank-files"))
    file_name = models.CharField(max_length=150)
    sha256 = models.CharField(max_length=64, db_index=True)
    shape = models.JSONField()  # of kosna.core.sheets
    heading_line = models.PositiveIntegerField(default=0)  # counted from 1; 0: not found
    headings = models.JSONField(default=list)
    samples = models.JSONField(default=list)
    mapping = models.JSONField(default=list)  # for each column what it holds, or ""
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.MAPPING)
    counts = models.JSONField(default=dict)  # rows, fresh, known, skipped, wrong, confirmed
    remarks = models.JSONField(default=list)  # [line, code, text]: what was skipped or is wrong
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    imported_at = models.DateTimeField(null=True, blank=True)

    objects = BankFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank file")
        verbose_name_plural = _("bank files")
        constraints = [
            models.CheckConstraint(
                condition=Q(status="imported") ^ Q(imported_at=None),
                name="bank_file_imported_has_time",
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("payments_staff:bank-file", args=[self.uuid])


class BankLineQuerySet(ThroughAccountQuerySet, AppendOnlyQuerySet):  # type: ignore[override]
    def incoming(self) -> "BankLineQuerySet":
        return self.filter(incoming__gt=0)

    def outgoing(self) -> "BankLineQuerySet":
        return self.filter(outgoing__gt=0)

    def unexplained(self) -> "BankLineQuerySet":
        """Outgoing lines that bear nothing out yet: no payout, no refund, no returned deposit."""
        return self.with_borne().filter(borne=None, returned=None)

    def explained(self) -> "BankLineQuerySet":
        return self.with_borne().filter(Q(borne__isnull=False) | Q(returned__isnull=False))

    def with_borne(self) -> "BankLineQuerySet":
        """``borne``: the match that was not taken back, for paths that go on from there."""
        standing = Q(outgoing_matches__unmatched_at=None)
        borne = FilteredRelation("outgoing_matches", condition=standing)
        return self.outgoing().annotate(borne=borne)

    def matching(self, text: str) -> "BankLineQuerySet":
        """By what the bank's list shows: a name, or an amount (33,000원)."""
        text = text.strip()
        digits = text.replace(",", "").removesuffix("원")
        if digits.isascii() and digits.isdecimal():
            return self.filter(Q(outgoing=int(digits[:15])) | Q(payer__contains=digits))
        return self.filter(Q(payer__icontains=text) | Q(memo__icontains=text)) if text else self


class BankLine(AppendOnly):
    """One movement of money, as the bank tells it. The same movement in another file, or in the
    same file brought again, has the same fingerprint: it is known already."""

    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="lines")
    file = models.ForeignKey(BankFile, models.PROTECT, related_name="lines")
    line = models.PositiveIntegerField()  # of the file
    fingerprint = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()  # the bank's time
    # How exactly the bank told it (kosna.payments.statements.cells); of a day, it is the beginning.
    grain = models.CharField(max_length=6, default="second")
    incoming = WonField(default=0)
    outgoing = WonField(default=0)
    balance = models.BigIntegerField()  # after it
    payer = models.CharField(_("depositor name"), max_length=100, blank=True)
    memo = models.CharField(max_length=100, blank=True)  # 적요: how the money came
    office = models.CharField(max_length=60, blank=True)  # 거래점
    folded = models.CharField(max_length=100, blank=True)  # the payer as compared with names
    recorded_at = models.DateTimeField(default=clock.now)

    objects = BankLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank line")
        verbose_name_plural = _("bank lines")
        constraints = [
            models.CheckConstraint(
                condition=Q(incoming__gt=0, outgoing=0) | Q(incoming=0, outgoing__gt=0),
                name="bank_line_moves_money_one_way",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "-at", "-id"]),
            models.Index(fields=["incoming", "at"]),
            models.Index(fields=["outgoing", "at"]),
        ]

    def __str__(self) -> str:
        return f"{clock.kst_date(self.at)} {self.payer} {self.incoming or -self.outgoing:+,}"

    @property
    def moved(self) -> int:
        """Whole won, negative where it left us."""
        return self.incoming - self.outgoing


class DepositQuerySet(BranchScoped):
    branch_field = "line__account__branch"

    def open(self) -> "DepositQuerySet":
        return self.filter(status=Deposit.Status.OPEN)

    def in_state(self, state: str) -> "DepositQuerySet":
        return self if state == "all" else self.filter(status=state or Deposit.Status.OPEN)

    def of_account(self, account: BankAccount | None) -> "DepositQuerySet":
        return self.filter(line__account=account) if account else self

    def of_file(self, file: BankFile | None) -> "DepositQuerySet":
        return self.filter(line__file=file) if file else self

    def matching(self, text: str) -> "DepositQuerySet":
        """By what the bank's list shows: a name, or an amount (33,000원)."""
        text = text.strip()
        digits = text.replace(",", "").removesuffix("원")
        if digits.isascii() and digits.isdecimal():
            by_amount = Q(line__incoming=int(digits[:15])) | Q(left=int(digits[:15]))
            return self.filter(by_amount | Q(line__payer__contains=digits))
        if not text:
            return self
        return self.filter(Q(line__payer__icontains=text) | Q(line__memo__icontains=text))

    def with_standing(self) -> "DepositQuerySet":
        """``standing``: the matches that were not taken back, for paths that go on from there."""
        return self.alias(
            standing=FilteredRelation("matches", condition=Q(matches__unmatched_at=None))
        )

    def settled_since(self, instant: datetime) -> "DepositQuerySet":
        return self.filter(settled_at__gte=instant)

    def unidentified(self) -> int:
        """Won that came and that nobody has said whose they are."""
        return self.aggregate(sum=Sum("left"))["sum"] or 0


class Deposit(Stateful):
    """An incoming line on its way to the orders that it pays. ``left`` is what of it is nobody's
    yet (미확인입금): a guarded counter, like the seats of a ticket."""

    class Status(models.TextChoices):
        OPEN = "open", _("To be matched")
        ASIDE = "aside", _("Set aside")
        DONE = "done", _("Settled")

    TRANSITIONS: ClassVar = {
        Status.OPEN: {Status.ASIDE, Status.DONE},
        Status.ASIDE: {Status.OPEN, Status.DONE},
        Status.DONE: {Status.OPEN},
    }
    TONES: ClassVar = {Status.OPEN: "warning", Status.ASIDE: "info", Status.DONE: "good"}

    line = models.OneToOneField(BankLine, models.PROTECT, related_name="deposit")
    status = models.CharField(_("status"), max_length=5, choices=Status, default=Status.OPEN)
    left = WonField()
    note = models.CharField(_("note"), max_length=200, blank=True)  # why it was set aside
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = DepositQuerySet.as_manager()

    class Meta:
        verbose_name = _("deposit")
        verbose_name_plural = _("deposits")
        constraints = [
            models.CheckConstraint(
                condition=Q(status="done", left=0, settled_at__isnull=False)
                | (~Q(status="done") & Q(left__gt=0, settled_at=None)),
                name="deposit_done_when_nothing_is_left",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "line"]),
            models.Index(fields=["settled_at"]),
        ]

    def __str__(self) -> str:
        return str(self.line)

    def get_absolute_url(self) -> str:
        return reverse("payments_staff:deposit-line", args=[self.pk])

    @property
    def spent(self) -> int:
        """Won of the line that went to orders, or back."""
        return self.line.incoming - self.left

    def take(self, amount: int) -> bool:
        """Takes won from what is left, if there are so many; the last ones settle it. The one guard
        against booking a line twice: two treasurers at once get it once."""
        mine = Deposit.objects.filter(pk=self.pk, left__gte=amount)
        now = clock.now()
        taken = mine.filter(left__gt=amount).update(left=models.F("left") - amount) or (
            mine.filter(left=amount).update(left=0, status=self.Status.DONE, settled_at=now)
        )
        self.refresh_from_db(fields=["left", "status", "settled_at"])
        return bool(taken)

    def give_back(self, amount: int) -> None:
        """Won that turned out not to be of that order are nobody's again. A deposit that was set
        aside stays so."""
        Deposit.objects.filter(pk=self.pk).update(
            left=models.F("left") + amount,
            settled_at=None,
            status=models.Case(
                models.When(status=self.Status.ASIDE, then=models.Value(self.Status.ASIDE)),
                default=models.Value(self.Status.OPEN),
            ),
        )
        self.refresh_from_db(fields=["left", "status", "settled_at"])


def new_deposits(lines: Any) -> list[Deposit]:
    """One for each incoming line, all of it still nobody's."""
    return [Deposit(line=line, left=line.incoming) for line in lines if line.incoming]

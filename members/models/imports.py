"""Bringing members from a spreadsheet: the file, its lines as they stand, what each would become,
and the way by which an imported member comes to their account."""

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock
from kosna.core.models import Batch, Stateful
from kosna.core.uploads import RandomPath
from members.models.applications import Organisation
from members.models.membership import Member
from members.models.terms import Tier

# How long an applied import can be taken back, and how long the file and its lines are kept.
UNDO_WITHIN = timedelta(days=1)
KEPT_FOR = timedelta(days=7)
IDLE_FOR = timedelta(days=30)


class ImportQuerySet(BranchScoped):
    def closed(self) -> "ImportQuerySet":
        """Nothing more is done with the file."""
        return self.filter(status__in=Import.CLOSED)

    def to_purge(self, now: datetime) -> "ImportQuerySet":
        return self.closed().filter(closed_at__lt=now - KEPT_FOR, purged_at=None)


class Import(Stateful):
    """One file of members. Its lines are personal data: they and the file are deleted a week after
    the import has been applied, taken back or given up; the counts and the hash stay."""

    class Status(models.TextChoices):
        READING = "reading", _("Being read")
        MAPPING = "mapping", _("Columns to be assigned")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked, nothing written yet")
        APPLYING = "applying", _("Being written")
        APPLIED = "applied", _("Applied")
        UNDONE = "undone", _("Taken back")
        ABANDONED = "abandoned", _("Given up")

    TRANSITIONS: ClassVar = {
        Status.READING: {Status.MAPPING, Status.ABANDONED},
        Status.MAPPING: {Status.CHECKING, Status.ABANDONED},
        Status.CHECKING: {Status.CHECKED, Status.MAPPING, Status.ABANDONED},
        Status.CHECKED: {Status.CHECKING, Status.MAPPING, Status.APPLYING, Status.ABANDONED},
        Status.APPLYING: {Status.APPLIED, Status.CHECKED},
        Status.APPLIED: {Status.UNDONE},
        Status.UNDONE: set(),
        Status.ABANDONED: set(),
    }
    TONES: ClassVar = {
        Status.MAPPING: "info",
        Status.CHECKED: "info",
        Status.APPLIED: "good",
        Status.UNDONE: "warning",
    }
    CLOSED: ClassVar = (Status.APPLIED, Status.UNDONE, Status.ABANDONED)
    AT_WORK: ClassVar = (Status.READING, Status.CHECKING, Status.APPLYING)

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    branch = models.ForeignKey(Branch, models.PROTECT, verbose_name=_("branch"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.READING)
    created_at = models.DateTimeField(default=clock.now)
    file = models.FileField(upload_to=RandomPath("imports"), blank=True)
    file_name = models.CharField(_("file"), max_length=150)
    sha256 = models.CharField(max_length=64)
    shape = models.JSONField(default=dict)  # kosna.core.sheets.Shape
    headings = models.JSONField(default=list)
    headings_key = models.CharField(max_length=64, blank=True)  # the same headings, the same key
    # For each column up to three cells, and all the values where there are few.
    samples = models.JSONField(default=list)
    mapping = models.JSONField(default=list)  # column by column: a field, or nothing
    values = models.JSONField(default=dict)  # {"tier": {"정회원": 1}, "branch": {"부산": 2}}
    # What holds where a row says nothing: {"tier": 1, "branch": 2, "joined_on": "2020-01-01"}.
    defaults = models.JSONField(default=dict)
    rows = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)  # of the check: {verdict: rows}
    result = models.JSONField(default=dict)  # of the writing: {"members": 3, …}
    batch = models.ForeignKey(Batch, models.SET_NULL, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    purged_at = models.DateTimeField(null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of members")
        verbose_name_plural = _("imports of members")
        indexes: ClassVar = [models.Index(fields=["branch", "headings_key", "-created_at"])]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("members_staff:import", args=[self.uuid])

    @property
    def may_be_undone_until(self) -> datetime | None:
        return self.applied_at and self.applied_at + UNDO_WITHIN

    @property
    def purged_on(self) -> datetime | None:
        return self.closed_at and self.closed_at + KEPT_FOR


class ImportLine(models.Model):
    """A line of the file as it was typed, cell by cell."""

    imported = models.ForeignKey(Import, models.CASCADE, related_name="lines", db_index=False)
    line = models.PositiveIntegerField()
    cells = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["imported", "line"], name="importline_once")]

    def __str__(self) -> str:
        return str(self.line)


class ImportRowQuerySet(models.QuerySet):
    def undecided(self) -> "ImportRowQuerySet":
        return self.filter(verdict=ImportRow.Verdict.LIKELY, choice="")

    def to_create(self) -> "ImportRowQuerySet":
        apart = Q(verdict=ImportRow.Verdict.LIKELY, choice=ImportRow.Choice.APART)
        return self.filter(
            Q(verdict__in=[ImportRow.Verdict.NEW_PERSON, ImportRow.Verdict.NEW_ORGANISATION])
            | apart
        )

    def not_written(self) -> "ImportRowQuerySet":
        """What an import leaves out."""
        return self.filter(
            Q(verdict=ImportRow.Verdict.FAULTY)
            | Q(verdict=ImportRow.Verdict.LIKELY, choice__in=["", ImportRow.Choice.SKIP])
        )


def _draft_of(model: Any) -> models.ForeignKey:
    """A reference without index or constraint: rows are written and deleted by the hundred
    thousand."""
    return models.ForeignKey(
        model, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )


class ImportRow(models.Model):
    """What a line would become: everything worked out, so that the writing is a few statements."""

    class Verdict(models.TextChoices):
        NEW_PERSON = "person", _("New person")
        NEW_ORGANISATION = "organisation", _("New organisation")
        UPDATE = "update", _("Adds to a member")
        SAME = "same", _("Already there")
        LIKELY = "likely", _("May be the same")
        FAULTY = "faulty", _("Cannot be imported")

    class Choice(models.TextChoices):
        MERGE = "merge", _("The same: merge")
        APART = "apart", _("Another person: keep apart")
        SKIP = "skip", _("Leave this row out")

    TONES: ClassVar = {
        Verdict.NEW_PERSON: "good",
        Verdict.NEW_ORGANISATION: "good",
        Verdict.UPDATE: "info",
        Verdict.LIKELY: "warning",
        Verdict.FAULTY: "danger",
    }

    imported = models.ForeignKey(Import, models.CASCADE, related_name="checked", db_index=False)
    line = models.PositiveIntegerField()
    verdict = models.CharField(max_length=12, choices=Verdict)
    remarks = models.JSONField(default=list)  # [[code, value], …] of members.imports.remarks
    # Who it may be: a member who is there, or an earlier line of the same file.
    is_certain = models.BooleanField(default=False)
    choice = models.CharField(max_length=5, choices=Choice, blank=True)
    twin_line = models.PositiveIntegerField(null=True)
    member = models.ForeignKey(Member, models.DO_NOTHING, null=True, db_constraint=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False
    )
    organisation = models.ForeignKey(
        Organisation, models.DO_NOTHING, null=True, db_constraint=False
    )
    tier = models.ForeignKey(Tier, models.DO_NOTHING, null=True, db_constraint=False)
    branch = models.ForeignKey(Branch, models.DO_NOTHING, null=True, db_constraint=False)
    name = models.CharField(max_length=120, blank=True)  # of the member
    person = models.CharField(max_length=80, blank=True)  # whose phone and e-mail these are
    name_en = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.CharField(max_length=254, blank=True)
    number = models.CharField(max_length=12, blank=True)
    number_year = models.PositiveSmallIntegerField(default=0)  # it is given the next of; 0: none
    needs_claim = models.BooleanField(default=True)  # its account is not in use yet
    joined_on = models.DateField(null=True)
    business_number = models.CharField(max_length=10, blank=True)
    representative = models.CharField(max_length=80, blank=True)
    size = models.CharField(max_length=10, blank=True)
    postcode = models.CharField(max_length=5, blank=True)
    street = models.CharField(max_length=200, blank=True)
    detail = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=330, blank=True)
    search_text = models.CharField(max_length=300, blank=True)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["imported", "line"], name="importrow_once")]
        indexes: ClassVar = [models.Index(fields=["imported", "verdict", "line"])]

    def __str__(self) -> str:
        return f"{self.line}: {self.name}"

    @property
    def tone(self) -> str:
        return self.TONES.get(ImportRow.Verdict(self.verdict), "plain")


class ImportPeriod(models.Model):
    """Paid days that a line would add."""

    imported = models.ForeignKey(Import, models.CASCADE, related_name="periods", db_index=False)
    line = models.PositiveIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["imported", "line"])]

    def __str__(self) -> str:
        return f"{self.line}: {self.starts_on} ~ {self.ends_on or ''}"


class ClaimQuerySet(BranchScoped):
    branch_field = "member__branch"

    def waiting(self) -> "ClaimQuerySet":
        return self.filter(claimed_at=None)

    def to_invite(self, now: datetime) -> "ClaimQuerySet":
        """Who has an address, has not come yet, and holds no link that still works."""
        links = Q(expires_at=None) | Q(expires_at__lte=now)
        return self.waiting().filter(links, email__gt="")

    def in_state(self, state: str) -> "ClaimQuerySet":
        if state == "claimed":
            return self.exclude(claimed_at=None)
        if state == "sent":
            return self.waiting().exclude(sent_at=None)
        if state == "unsent":
            return self.waiting().filter(sent_at=None, email__gt="")
        if state == "no_email":
            return self.waiting().filter(email="")
        return self


class Claim(models.Model):
    """An imported member's way to their account: a link by mail, for one use within 14 days.
    Until somebody has claimed it, it also holds how the person can be reached."""

    VALID_FOR = timedelta(days=14)

    member = models.OneToOneField(Member, models.PROTECT, related_name="claim")
    imported = models.ForeignKey(Import, models.PROTECT, related_name="claims")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="claims"
    )
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail"), max_length=254, blank=True)
    phone = models.CharField(_("mobile phone"), max_length=20, blank=True)
    token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    times_sent = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("account to be claimed")
        verbose_name_plural = _("accounts to be claimed")
        indexes: ClassVar = [
            models.Index(fields=["imported", "claimed_at", "sent_at"]),
            models.Index(
                fields=["imported", "expires_at"],
                condition=Q(claimed_at=None, email__gt=""),
                name="claim_to_invite",
            ),
            models.Index(
                fields=["imported"], condition=Q(claimed_at=None, email=""), name="claim_no_email"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def state_label(self) -> str:
        """Whether they have come, and if not, what has been tried."""
        if self.claimed_at:
            return gettext("In use")
        if not self.email:
            return gettext("Without e-mail")
        return gettext("Invited, not yet come") if self.sent_at else gettext("Not invited yet")

    def is_valid(self, now: datetime) -> bool:
        return self.claimed_at is None and self.expires_at is not None and now < self.expires_at


def contact_of(member: Member) -> tuple[str, str]:
    """E-mail and phone of a member, wherever they stand: on the account, on the organisation, or
    with the account that nobody has claimed yet."""
    claim: Any = getattr(member, "claim", None)
    if member.user:
        return member.user.mailbox, member.user.phone
    if member.organisation and (member.organisation.tax_email or member.organisation.phone):
        return member.organisation.tax_email, member.organisation.phone
    return (claim.email, claim.phone) if claim else ("", "")

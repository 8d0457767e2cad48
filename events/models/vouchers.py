"""Codes that change a price, show a hidden ticket or keep seats for their holders."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.models.registrations import Registration
from events.models.tickets import Ticket
from kosna.branches.models import BranchScoped
from kosna.core import clock
from kosna.core.models import WonField


def squeezed(code: str) -> str:
    """As it is kept, however it was typed: letters, digits and hyphens."""
    return "".join(char for char in code.upper() if char.isalnum() or char == "-")[:20]


class VoucherQuerySet(BranchScoped):
    branch_field = "event__branch"

    def usable(self, at: datetime) -> "VoucherQuerySet":
        return self.filter(ended_at=None).filter(Q(valid_until=None) | Q(valid_until__gt=at))

    def to_end(self, at: datetime) -> "VoucherQuerySet":
        return self.filter(ended_at=None, valid_until__lte=at)

    def keeping_seats(self) -> "VoucherQuerySet":
        return self.filter(reserves_seats=True, ended_at=None)

    def matching(self, text: str) -> "VoucherQuerySet":
        if not text:
            return self
        return self.filter(Q(code__startswith=squeezed(text)) | Q(purpose__icontains=text))

    def in_state(self, state: str) -> "VoucherQuerySet":
        """``open`` for further uses, ``used`` up, or ``ended``."""
        if state == "ended":
            return self.exclude(ended_at=None)
        if state == "used":
            return self.filter(used=F("max_uses"))
        return self.filter(ended_at=None, used__lt=F("max_uses")) if state == "open" else self


class Voucher(models.Model):
    """What its code is good for never changes: a wrong one is withdrawn and another is made.

    ``used`` counts the places that it was used for, but for those of orders that ended unpaid.
    While it keeps seats, those of its uses that are left are ``blocked`` on its ticket.
    """

    class Effect(models.TextChoices):
        NONE = "none", _("The price stays")
        PERCENT = "percent", _("Per cent off")
        OFF = "off", _("Won off")
        PRICE = "price", _("Fixed price in won")

    event = models.ForeignKey("Event", models.PROTECT, related_name="vouchers")
    ticket = models.ForeignKey(
        Ticket,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="vouchers",
        verbose_name=_("for this ticket alone"),
    )
    code = models.CharField(_("code"), max_length=20)
    purpose = models.CharField(_("purpose"), max_length=80, help_text=_("For whom, or why."))
    max_uses = models.PositiveIntegerField(
        _("places that one code is good for"), default=1, validators=[MinValueValidator(1)]
    )
    used = models.PositiveIntegerField(default=0, editable=False)
    effect = models.CharField(_("effect"), max_length=8, choices=Effect, default=Effect.NONE)
    value = models.PositiveIntegerField(_("per cent or won"), default=0)
    shows_hidden = models.BooleanField(_("shows hidden tickets"), default=False)
    reserves_seats = models.BooleanField(
        _("keeps its seats until they are used or its time is over"), default=False
    )
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    # Withdrawn, or its time is over: what it kept is on sale again.
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    # Drawn with the form, and kept with the first of its codes: one that is sent twice makes once.
    form_key = models.UUIDField(null=True, editable=False)

    objects = VoucherQuerySet.as_manager()

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        ordering: ClassVar = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "code"], name="voucher_code_once"),
            models.UniqueConstraint(
                fields=["made_by", "form_key"],
                condition=Q(form_key__isnull=False),
                name="vouchers_once_per_form",
            ),
            models.CheckConstraint(
                condition=Q(used__lte=F("max_uses"), max_uses__gte=1), name="voucher_never_overused"
            ),
            models.CheckConstraint(
                condition=Q(reserves_seats=False) | Q(ticket__isnull=False),
                name="voucher_keeps_seats_of_a_ticket",
            ),
            models.CheckConstraint(
                condition=~Q(effect="percent") | Q(value__lte=100), name="voucher_percent"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def uses_left(self) -> int:
        return self.max_uses - self.used

    def fits(self, ticket: Ticket) -> bool:
        return self.ticket_id in (None, ticket.pk)

    def shows(self, ticket: Ticket) -> bool:
        return self.shows_hidden and self.fits(ticket)

    def keeps_seats_of(self, ticket: Ticket) -> bool:
        return self.reserves_seats and self.ticket_id == ticket.pk

    def price_of(self, price: int) -> int:
        """What is paid with it instead of a price, in whole won: never more than that."""
        if self.effect == self.Effect.PERCENT:
            return price * (100 - self.value) // 100
        if self.effect == self.Effect.OFF:
            return max(price - self.value, 0)
        return min(price, self.value) if self.effect == self.Effect.PRICE else price


class VoucherUseQuerySet(models.QuerySet["VoucherUse"]):
    def standing(self) -> "VoucherUseQuerySet":
        return self.filter(returned_at=None)

    def of(self, registrations: Any) -> "VoucherUseQuerySet":
        return self.filter(registration__in=[row.pk for row in registrations])


class VoucherUse(models.Model):
    """A place that a voucher was used for; given back when its order ended unpaid."""

    voucher = models.ForeignKey(Voucher, models.PROTECT, related_name="uses")
    registration = models.OneToOneField(Registration, models.PROTECT, related_name="voucher_use")
    price_before = WonField()  # what the place would have cost without it
    returned_at = models.DateTimeField(null=True, blank=True)

    objects = VoucherUseQuerySet.as_manager()

    class Meta:
        verbose_name = _("use of a voucher")
        verbose_name_plural = _("uses of vouchers")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.voucher_id} for {self.registration_id}"

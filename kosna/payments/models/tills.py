"""Money that somebody took at a door: whose till it went into, and how that was counted and handed
over. The money itself is a ``Payment`` as any other; a till only says who answers for it."""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kosna.branches.models import Branch, BranchScoped, Scope
from kosna.core import clock
from kosna.core.models import AppendOnly, AppendOnlyQuerySet, Stateful, WonField, localized
from kosna.payments.models.money import Payment
from kosna.payments.models.shares import paired, unpaired


class Takings(NamedTuple):
    """Whole won that a till took in each way."""

    cash: int = 0
    cards: int = 0
    transfers: int = 0

    @property
    def total(self) -> int:
        return self.cash + self.cards + self.transfers


WAYS = {"cash": "cash", "card_terminal": "cards", "bank_transfer": "transfers"}  # by method


class TillQuerySet(BranchScoped):
    def readable(self, user: Any) -> "TillQuerySet":
        """Of the branches whose books this person reads, and whatever they took themselves."""
        books = Scope.of(user, "payments.view_ledger")
        mine = self.permitted(user, "payments.take_money").filter(keeper=user)
        return self.filter(Q(pk__in=books.narrow(Till.objects.all()).values("pk")) | Q(pk__in=mine))

    def of_days(self, first: date | None, last: date | None) -> "TillQuerySet":
        rows = self.filter(day__gte=first) if first else self
        return rows.filter(day__lte=last) if last else rows

    def search(self, text: str) -> "TillQuerySet":
        """By what it was taken for, or who took it."""
        for word in text.split():
            self = self.filter(
                Q(title_ko__icontains=word)
                | Q(title_en__icontains=word)
                | Q(keeper__name__icontains=word)
            )
        return self

    def differing(self) -> "TillQuerySet":
        """Counted, and not what was taken; ``off`` is by how many won."""
        off = F("counted_cash") + F("counted_cards") - F("expected_cash") - F("expected_cards")
        same = Q(counted_cash=F("expected_cash"), counted_cards=F("expected_cards"))
        counted = self.exclude(status=Till.Status.OPEN).exclude(same)
        return counted.annotate(
            off=models.ExpressionWrapper(off, output_field=models.BigIntegerField())
        )

    def in_state(self, state: str) -> "TillQuerySet":
        """By status, or ``differing``."""
        if state == "differing":
            return self.differing()
        return self.filter(status=state) if state else self

    def with_takings(self) -> "TillQuerySet":
        """``took_cash`` and so on as annotations; ``Till.takings`` reads them."""
        return self.annotate(
            **{
                f"took_{name}": Sum(
                    "entries__payment__amount", filter=Q(entries__payment__method=method), default=0
                )
                for method, name in WAYS.items()
            }
        )

    def took(self) -> Takings:
        """What all of these took, in one statement."""
        rows = Taking.objects.filter(till__in=self.order_by().values("pk"))
        return sum_of(rows.values_list("payment__method").annotate(won=Sum("payment__amount")))


def sum_of(rows: Iterable[tuple[str, int]]) -> Takings:
    return Takings(**{WAYS[method]: won for method, won in rows})


class Till(Stateful):
    """What one person took on one day at one occasion. Counted, it takes nothing more: whoever goes
    on selling opens another. ``counted_…`` is what was there (whole won), ``expected_…`` what the
    payments sum to; where they differ, ``reason`` says why."""

    class Status(models.TextChoices):
        OPEN = "open", _("Taking money")
        COUNTED = "counted", pgettext_lazy("till", "Counted")
        HANDED = "handed", _("Handed over")

    TRANSITIONS: ClassVar = {
        Status.OPEN: {Status.COUNTED},
        Status.COUNTED: {Status.HANDED},
        Status.HANDED: set(),
    }
    TONES: ClassVar = {Status.OPEN: "warning", Status.COUNTED: "info", Status.HANDED: "good"}

    branch = models.ForeignKey(Branch, models.PROTECT, related_name="tills")
    occasion = models.CharField(max_length=80)  # the seller's own word for it, such as a slug
    title_ko = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    day = models.DateField(_("day"))
    keeper = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="tills")
    opened_at = models.DateTimeField(default=clock.now)
    status = models.CharField(_("status"), max_length=7, choices=Status, default=Status.OPEN)
    expected_cash = WonField(null=True)
    expected_cards = WonField(null=True)
    counted_cash = WonField(null=True)
    counted_cards = WonField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    counted_at = models.DateTimeField(null=True)
    counted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    received_at = models.DateTimeField(null=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    title = localized("title")
    objects = TillQuerySet.as_manager()
    took_cash: int
    took_cards: int
    took_transfers: int

    class Meta:
        verbose_name = _("till")
        verbose_name_plural = _("tills")
        constraints = [
            models.UniqueConstraint(
                fields=["occasion", "day", "keeper"],
                condition=Q(status="open"),
                name="till_one_open",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status="open", expected_cash=None, expected_cards=None)
                    & Q(counted_cash=None, counted_cards=None, reason="")
                    & unpaired("counted")
                )
                | (
                    ~Q(status="open")
                    & Q(expected_cash__isnull=False, expected_cards__isnull=False)
                    & Q(counted_cash__isnull=False, counted_cards__isnull=False)
                    & paired("counted")
                ),
                name="till_counted_paired",
            ),
            models.CheckConstraint(
                condition=(~Q(status="handed") & unpaired("received"))
                | (Q(status="handed") & paired("received")),
                name="till_received_paired",
            ),
            models.CheckConstraint(
                condition=Q(status="open")
                | Q(counted_cash=F("expected_cash"), counted_cards=F("expected_cards"))
                | ~Q(reason=""),
                name="till_difference_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status="handed", received_by=F("counted_by"))
                & ~Q(status="handed", received_by=F("keeper")),
                name="till_needs_two_people",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["branch", "-day"]),
            models.Index(fields=["status", "day"]),
        ]

    def __str__(self) -> str:
        return f"{self.title_ko} · {self.day} · {self.keeper_id}"

    def get_absolute_url(self) -> str:
        return reverse("payments_staff:till", args=[self.pk])

    @property
    def takings(self) -> Takings:
        """Of a row that ``with_takings`` brought."""
        return Takings(self.took_cash, self.took_cards, self.took_transfers)

    @property
    def difference(self) -> int:
        """Won too much, or (negative) too little, of cash and slips together; 0 until counted."""
        if self.status == self.Status.OPEN:
            return 0
        return self.cash_difference + self.cards_difference

    @property
    def cash_difference(self) -> int:
        return (self.counted_cash or 0) - (self.expected_cash or 0)

    @property
    def cards_difference(self) -> int:
        return (self.counted_cards or 0) - (self.expected_cards or 0)


class TakingQuerySet(AppendOnlyQuerySet):
    def with_orders(self) -> "TakingQuerySet":
        return self.select_related("payment__order")


class Taking(AppendOnly):
    """A payment that went through somebody's hands into their till."""

    till = models.ForeignKey(Till, models.PROTECT, related_name="entries")
    payment = models.OneToOneField(Payment, models.PROTECT, related_name="taking")

    objects = TakingQuerySet.as_manager()

    class Meta:
        verbose_name = _("taking")
        verbose_name_plural = _("takings")

    def __str__(self) -> str:
        return f"{self.till_id} {self.payment_id}"

"""What is sold beside a place: a dinner, a kit of materials, a parking space."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.models.registrations import Registration
from events.models.tickets import Ticket
from kosna.core.models import WonField, localized
from kosna.payments.models import OrderLine


class AddOn(models.Model):
    """``taken`` counts those held or sold; the database keeps it in bounds, and ``manage.py
    verify`` recounts it."""

    event = models.ForeignKey("Event", models.CASCADE, related_name="addons")
    name_ko = models.CharField(_("name in Korean"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    note_ko = models.CharField(_("note in Korean"), max_length=200, blank=True)
    note_en = models.CharField(_("note in English"), max_length=200, blank=True)
    price = WonField(_("price in won"))
    vat_class = models.CharField(
        _("VAT"), max_length=8, choices=OrderLine.VatClass, default=OrderLine.VatClass.TAXABLE
    )
    capacity = models.PositiveIntegerField(
        _("how many there are"), null=True, blank=True, help_text=_("Left empty: no end of them.")
    )
    taken = models.PositiveIntegerField(default=0, editable=False)
    is_on_sale = models.BooleanField(_("on sale"), default=True)
    follows_ladder = models.BooleanField(
        _("comes back with its place, by the refund policy of the event"),
        default=True,
        help_text=_(
            "Otherwise nothing of its price comes back when the place is given up; of what was "
            "given out, nothing does in either case."
        ),
    )
    tickets = models.ManyToManyField(
        Ticket,
        blank=True,
        related_name="addons",
        verbose_name=_("with these tickets"),
        help_text=_("None ticked: with every ticket."),
    )
    sort = models.PositiveSmallIntegerField(_("place in the list"), default=0)

    name = localized("name")
    note = localized("note")

    class Meta:
        verbose_name = _("add-on")
        verbose_name_plural = _("add-ons")
        ordering: ClassVar = ["sort", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(taken__lte=F("capacity")),
                name="addon_never_oversold",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def left(self) -> int | None:
        """None: no end of them."""
        return None if self.capacity is None else self.capacity - self.taken

    def fits(self, ticket: Ticket) -> bool:
        tickets = {row.pk for row in self.tickets.all()}
        return not tickets or ticket.pk in tickets


class ExtraQuerySet(models.QuerySet["Extra"]):
    def standing(self) -> "ExtraQuerySet":
        return self.filter(released_at=None)

    def of(self, registrations: Any) -> "ExtraQuerySet":
        return self.filter(registration__in=[row.pk for row in registrations])


class Extra(models.Model):
    """An add-on that one attendee has, as long as their place."""

    addon = models.ForeignKey(AddOn, models.PROTECT, related_name="extras")
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="extras")
    line = models.OneToOneField(OrderLine, models.PROTECT, related_name="extra")
    # Set once, when it goes back.
    released_at = models.DateTimeField(null=True, blank=True)

    objects = ExtraQuerySet.as_manager()

    class Meta:
        verbose_name = _("add-on of an attendee")
        verbose_name_plural = _("add-ons of attendees")
        ordering: ClassVar = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["registration", "addon"], name="extra_once_a_place")
        ]

    def __str__(self) -> str:
        return f"{self.addon_id} of {self.registration_id}"

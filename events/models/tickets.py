"""Kinds of ticket and what they cost."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kosna.core.models import WonField, localized
from kosna.payments.models import OrderLine
from members.access import AccessRule, Price
from members.models import Right, Tier


class Ticket(models.Model):
    """A kind of ticket. ``taken`` counts seats held or sold; the database keeps it in bounds, and
    ``manage.py verify`` recounts it."""

    event = models.ForeignKey("Event", models.CASCADE, related_name="tickets")
    name_ko = models.CharField(_("name in Korean"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    note_ko = models.CharField(_("note in Korean"), max_length=200, blank=True)
    note_en = models.CharField(_("note in English"), max_length=200, blank=True)
    capacity = models.PositiveIntegerField(_("capacity"))
    taken = models.PositiveIntegerField(default=0, editable=False)
    # How many places are waited for (docs/decisions/0027): while there are any, no seat is on
    # public sale. Counted here for the reason given below; ``verify`` recounts it too.
    awaited = models.PositiveIntegerField(default=0, editable=False)
    # On this row, because the UPDATE that takes a seat must see it change.
    is_on_sale = models.BooleanField(_("on sale"), default=True)
    # For the same reason: false from the unpublishing of its event to the next publishing.
    is_shown = models.BooleanField(default=True, editable=False)
    max_per_order = models.PositiveSmallIntegerField(_("most in one order"), default=5)
    vat_class = models.CharField(
        _("VAT"), max_length=8, choices=OrderLine.VatClass, default=OrderLine.VatClass.EXEMPT
    )
    sort = models.PositiveSmallIntegerField(_("place in the list"), default=0)

    name = localized("name")
    note = localized("note")

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["sort", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__lte=F("capacity")), name="ticket_never_oversold"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def seats_left(self) -> int:
        return self.capacity - self.taken

    def access_rule(self) -> AccessRule:
        """A ticket that has a price for everyone is for everyone; otherwise for its tiers."""
        prices = tuple(Price(row.tier_id, row.amount, row.until) for row in self.prices.all())
        return AccessRule(
            is_public=any(price.tier_id is None for price in prices),
            tier_ids=frozenset(price.tier_id for price in prices if price.tier_id is not None),
            right=Right.MEMBER_PRICE,
            openings=self.event.openings,
            prices=prices,
        )


class TicketPrice(models.Model):
    """What a ticket costs: for a tier or for everyone (no tier), until an instant or for good.
    A buyer is offered the lowest price that they are entitled to at that moment."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="prices")
    tier = models.ForeignKey(Tier, models.PROTECT, null=True, blank=True, verbose_name=_("tier"))
    amount = WonField(_("price in won"))
    until = models.DateTimeField(_("until"), null=True, blank=True)  # early bird

    class Meta:
        verbose_name = _("ticket price")
        verbose_name_plural = _("ticket prices")

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.tier_id}: {self.amount}"

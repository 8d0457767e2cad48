"""Kinds of ticket and what they cost."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, Min, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from kosna.core.models import WonField, localized
from kosna.payments.models import OrderLine
from members.access import AccessRule, Price
from members.models import Clock, Right, Tier

USUAL_MOST = 5  # in one order, until somebody says otherwise


class TicketQuerySet(models.QuerySet["Ticket"]):
    def with_room(self) -> "TicketQuerySet":
        """``seats_left`` then minds what the tightest of a ticket's quotas leaves to the public."""
        return self.annotate(room=room_of("pk"))

    def with_end_before(self, closes_at: datetime) -> "TicketQuerySet":
        """``ends_before``: whether the last price for everyone ends before registration does, so
        that from then on the public is offered none."""
        everyone = TicketPrice.objects.filter(ticket=OuterRef("pk"), tier=None)
        lasting = everyone.filter(Q(until=None) | Q(until__gte=closes_at))
        return self.annotate(ends_before=Exists(everyone) & ~Exists(lasting))


def room_of(ticket: str) -> Subquery:
    """What the tightest quota of a ticket leaves to the public: the seats waited for are kept from
    it. None where the ticket draws on no quota. ``ticket`` names its key."""
    left = F("quota__capacity") - F("quota__taken") - F("quota__blocked") - F("quota__awaited")
    draws = Ticket.quotas.through.objects.filter(ticket=OuterRef(ticket)).order_by()
    tightest: Any = draws.values("ticket").annotate(room=Min(left))
    return Subquery(tightest.values("room"))


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
    # Seats that vouchers keep for their holders; neither taken nor on sale.
    blocked = models.PositiveIntegerField(default=0, editable=False)
    # On this row, because the UPDATE that takes a seat must see it change.
    is_on_sale = models.BooleanField(_("on sale"), default=True)
    # For the same reason: false from the unpublishing of its event to the next publishing.
    is_shown = models.BooleanField(default=True, editable=False)
    # And again: the keys of the quotas that it draws on, ascending ("3,7"); see ``change_quotas``.
    draws_on = models.CharField(max_length=200, default="", blank=True, editable=False)
    is_hidden = models.BooleanField(
        _("hidden: for holders of a voucher that shows it"), default=False
    )
    # Of a first order; then what the buyer has already counts, see ``limits.fewest_for``.
    min_per_order = models.PositiveSmallIntegerField(
        _("fewest for one buyer"),
        default=1,
        validators=[MinValueValidator(1)],
        help_text=_("In their first order. Whoever has paid for as many may add single places."),
    )
    # A ticket of one day of several; empty admits on every day of the event.
    day = models.DateField(_("valid on this day only"), null=True, blank=True)
    max_per_order = models.PositiveSmallIntegerField(_("most in one order"), default=USUAL_MOST)
    max_per_person = models.PositiveSmallIntegerField(
        _("most for one buyer"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_(
            "In all of their orders; guests count by e-mail address. Left empty: no limit but that "
            "of an order."
        ),
    )
    # When it opens to whom. Without one of its own it goes by its event's (docs/decisions/0049).
    clock = models.ForeignKey(Clock, models.PROTECT, null=True, blank=True, related_name="+")
    vat_class = models.CharField(
        _("VAT"), max_length=8, choices=OrderLine.VatClass, default=OrderLine.VatClass.EXEMPT
    )
    # On application: staff decide, then it is paid within so many hours.
    needs_approval = models.BooleanField(_("needs approval before payment"), default=False)
    hours_to_pay = models.PositiveSmallIntegerField(
        _("hours to pay after approval"),
        default=72,
        validators=[MinValueValidator(1), MaxValueValidator(720)],
    )
    sort = models.PositiveSmallIntegerField(_("place in the list"), default=0)

    name = localized("name")
    note = localized("note")
    objects = TicketQuerySet.as_manager()
    room: int | None = None  # annotated by ``with_room``
    rule: AccessRule | None = None  # kept with a brochure, whose prices and times never change

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["sort", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__lte=F("capacity") - F("blocked")), name="ticket_never_oversold"
            ),
            models.CheckConstraint(
                condition=Q(min_per_order__gte=1, min_per_order__lte=F("max_per_order")),
                name="ticket_orders_can_be_placed",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def quota_keys(self) -> list[int]:
        """Ascending: the order in which their rows are locked."""
        return [int(key) for key in self.draws_on.split(",") if key]

    @property
    def unusual_most(self) -> int | None:
        """The most in one order, where it is not what every ticket begins with."""
        return None if self.max_per_order == USUAL_MOST else self.max_per_order

    @property
    def own_seats_left(self) -> int:
        """Whatever its quotas leave."""
        return self.capacity - self.taken - self.blocked

    @property
    def seats_left(self) -> int:
        """For the public, where ``with_room`` has asked the quotas."""
        own = self.own_seats_left
        return max(own if self.room is None else min(own, self.room), 0)

    @property
    def seats_to_buy(self) -> int:
        """The same, as the public may have them now: of a ticket that is waited for or not on sale,
        none."""
        is_sold = self.is_on_sale and self.is_shown and not self.awaited
        return self.seats_left if is_sold else 0

    @property
    def goes_by(self) -> Clock | None:
        return self.clock or self.event.clock

    @property
    def openings(self) -> Mapping[int | None, datetime]:
        """Its tier clock; see ``Clock.times``."""
        return self.goes_by.times if self.goes_by else {}

    def access_rule(self) -> AccessRule:
        """A ticket that has a price for everyone is for everyone; otherwise for its tiers."""
        if self.rule:
            return self.rule
        prices = tuple(Price(row.tier_id, row.amount, row.until) for row in self.prices.all())
        return AccessRule(
            is_public=any(price.tier_id is None for price in prices),
            tier_ids=frozenset(price.tier_id for price in prices if price.tier_id is not None),
            right=Right.MEMBER_PRICE,
            openings=self.openings,
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

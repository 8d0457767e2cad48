"""An exhibition's booths: kinds and prices, where each stands on the plan, and who has it."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from events.models.bought import RELEASED_AS_STATUS_SAYS, Bought
from events.models.events import Event
from kosna.branches.models import BranchScoped
from kosna.core.models import WonField, localized
from kosna.core.uploads import RandomPath
from kosna.payments.models import OrderLine
from members.access import AccessRule, Price
from members.models import Member, Right, Tier

# Rows and columns of the largest hall that a plan shows.
WIDEST = 40


class BoothType(models.Model):
    """A kind of booth: what it is, and what it costs a company."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="booth_types")
    # What the plan calls it: "A3=P".
    code = models.CharField(
        _("code on the plan"),
        max_length=4,
        validators=[RegexValidator(r"^[A-Z][A-Z0-9]*$", _("Capital letters and digits: S, P2."))],
        help_text=_("Capital letters and digits: S, P2."),
    )
    name_ko = models.CharField(_("name in Korean"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    note_ko = models.CharField(_("note in Korean"), max_length=200, blank=True)
    note_en = models.CharField(_("note in English"), max_length=200, blank=True)
    vat_class = models.CharField(
        _("VAT"), max_length=8, choices=OrderLine.VatClass, default=OrderLine.VatClass.TAXABLE
    )
    is_on_sale = models.BooleanField(_("on sale"), default=True)
    sort = models.PositiveSmallIntegerField(_("place in the list"), default=0)

    name = localized("name")
    note = localized("note")

    class Meta:
        verbose_name = _("kind of booth")
        verbose_name_plural = _("kinds of booths")
        ordering: ClassVar = ["sort", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "code"], name="booth_type_code_once")
        ]

    def __str__(self) -> str:
        return self.name

    def access_rule(self) -> AccessRule:
        """For every company where everyone has a price; else for its tiers; when the event opens
        to them."""
        prices = tuple(Price(row.tier_id, row.amount) for row in self.prices.all())
        return AccessRule(
            is_public=any(price.tier_id is None for price in prices),
            tier_ids=frozenset(price.tier_id for price in prices if price.tier_id is not None),
            right=Right.MEMBER_PRICE,
            openings=self.event.openings,
            prices=prices,
        )


class BoothPrice(models.Model):
    """What a booth costs companies of a tier, or everyone (no tier)."""

    booth_type = models.ForeignKey(BoothType, models.CASCADE, related_name="prices")
    tier = models.ForeignKey(Tier, models.PROTECT, null=True, blank=True, verbose_name=_("tier"))
    amount = WonField(_("price in won"))

    class Meta:
        verbose_name = _("price of a booth")
        verbose_name_plural = _("prices of booths")

    def __str__(self) -> str:
        return f"{self.booth_type_id} {self.tier_id}: {self.amount}"


class BoothQuerySet(models.QuerySet["Booth"]):
    def on_plan(self) -> "BoothQuerySet":
        """Each with who has it now (``booking``), in the order in which the plan is read."""
        current = BoothBooking.objects.current().select_related("exhibitor")
        return (
            self.select_related("booth_type")
            .prefetch_related(Prefetch("bookings", current, to_attr="current"))
            .order_by("row", "column", "number")
        )


class Booth(models.Model):
    """A booth on the plan of a hall. Who has it, its bookings say."""

    class State(models.TextChoices):
        FREE = "free", _("Available")
        HELD = "held", _("Held, unpaid")
        TAKEN = "taken", pgettext_lazy("booth", "Taken")
        WITHHELD = "withheld", _("Not offered")

    event = models.ForeignKey(Event, models.CASCADE, related_name="booths")
    booth_type = models.ForeignKey(BoothType, models.PROTECT, related_name="booths")
    number = models.CharField(_("booth number"), max_length=8)
    row = models.PositiveSmallIntegerField(
        _("row"), validators=[MinValueValidator(1), MaxValueValidator(WIDEST)]
    )
    column = models.PositiveSmallIntegerField(
        _("column"), validators=[MinValueValidator(1), MaxValueValidator(WIDEST)]
    )
    is_offered = models.BooleanField(_("offered"), default=True)

    objects = BoothQuerySet.as_manager()
    current: "list[BoothBooking]"  # set by ``on_plan``

    class Meta:
        verbose_name = _("booth")
        verbose_name_plural = _("booths")
        constraints = [
            models.UniqueConstraint(fields=["event", "number"], name="booth_number_once")
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("events:booth", args=[self.event.slug, self.number])

    @property
    def booking(self) -> "BoothBooking | None":
        """The one that has it now; of ``on_plan``."""
        return next(iter(self.current), None)

    @property
    def state(self) -> "Booth.State":
        if self.booking:
            is_paid = self.booking.status == BoothBooking.Status.CONFIRMED
            return self.State.TAKEN if is_paid else self.State.HELD
        return self.State.FREE if self.is_offered else self.State.WITHHELD

    @property
    def is_free(self) -> bool:
        return self.state == self.State.FREE


class ExhibitorQuerySet(BranchScoped):
    branch_field = "event__branch"

    def run_by(self, user: Any) -> "ExhibitorQuerySet":
        """Those for which this person speaks: who booked for them, or who runs their company."""
        companies = Member.objects.run_by(user).exclude(organisation=None).values("pk")
        return self.filter(Q(contact=user) | Q(member__in=companies))

    def exhibiting(self) -> "ExhibitorQuerySet":
        """Those with a booth that is paid for."""
        paid = BoothBooking.objects.confirmed().filter(exhibitor=OuterRef("pk"))
        return self.filter(Exists(paid))

    def shown(self) -> "ExhibitorQuerySet":
        """What visitors see."""
        return self.exhibiting().filter(hidden_at=None)

    def matching(self, text: str) -> "ExhibitorQuerySet":
        """By name or by what they show, in either language."""
        for word in text.split():
            self = self.filter(
                Q(name_ko__icontains=word)
                | Q(name_en__icontains=word)
                | Q(products_ko__icontains=word)
                | Q(products_en__icontains=word)
            )
        return self

    def with_booths(self) -> "ExhibitorQuerySet":
        """Each with its paid bookings, by number."""
        paid = BoothBooking.objects.confirmed().select_related("booth").order_by("booth__number")
        return self.prefetch_related(Prefetch("bookings", paid, to_attr="booked"))


class Exhibitor(models.Model):
    """A company at an exhibition, with one booth or several."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="exhibitors")
    # Of a membership whose company it is; another company has none.
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="exhibits"
    )
    contact = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="exhibits")
    name_ko = models.CharField(_("name in Korean"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    # Its page, as the exhibitor writes it.
    about_ko = models.TextField(_("about the exhibitor, in Korean"), blank=True)
    about_en = models.TextField(_("about the exhibitor, in English"), blank=True)
    products_ko = models.TextField(_("products in Korean"), blank=True)
    products_en = models.TextField(_("products in English"), blank=True)
    website = models.URLField(_("website"), blank=True)
    logo = models.FileField(_("logo"), upload_to=RandomPath("exhibitors"), blank=True)
    logo_type = models.CharField(max_length=40, blank=True)
    # Taken away from visitors by staff.
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    hidden_reason = models.CharField(max_length=200, blank=True)

    name = localized("name")
    about = localized("about")
    products = localized("products")
    objects = ExhibitorQuerySet.as_manager()
    booked: "list[BoothBooking]"  # set by ``with_booths``

    class Meta:
        verbose_name = _("exhibitor")
        verbose_name_plural = _("exhibitors")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "member"],
                condition=Q(member__isnull=False),
                name="exhibitor_once_per_member",
            ),
            models.UniqueConstraint(
                fields=["event", "contact", "name_ko"],
                condition=Q(member=None),
                name="exhibitor_once_per_contact",
            ),
            models.CheckConstraint(
                condition=Q(hidden_at=None, hidden_by=None, hidden_reason="")
                | Q(hidden_at__isnull=False, hidden_by__isnull=False),
                name="exhibitor_hidden_paired",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def numbers(self) -> str:
        """Of its booths; of ``with_booths``."""
        return ", ".join(booking.number for booking in self.booked)

    @property
    def product_lines(self) -> list[str]:
        return [line.strip() for line in self.products.splitlines() if line.strip()]


class BoothBookingQuerySet(BranchScoped):
    branch_field = "event__branch"

    def current(self) -> "BoothBookingQuerySet":
        """Those that have their booth: held or paid."""
        return self.filter(released_at=None)

    def confirmed(self) -> "BoothBookingQuerySet":
        return self.filter(status=BoothBooking.Status.CONFIRMED)

    def unassigned(self) -> "BoothBookingQuerySet":
        """Those that have a booth of their kind coming, and no number yet."""
        return self.current().filter(booth=None)

    def run_by(self, user: Any) -> "BoothBookingQuerySet":
        return self.filter(exhibitor__in=Exhibitor.objects.run_by(user))

    def with_event(self) -> "BoothBookingQuerySet":
        return self.select_related(
            "event__branch", "booth__booth_type", "any_of", "exhibitor", "line__order__user"
        )

    def numbers(self) -> dict[str, int]:
        return self.aggregate(
            held=Count("pk", filter=Q(status=BoothBooking.Status.HELD)),
            confirmed=Count("pk", filter=Q(status=BoothBooking.Status.CONFIRMED)),
        )


class BoothBooking(Bought):
    """One booth for one exhibitor."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="booth_bookings")
    # None until staff assign a number, where any booth of a kind was ordered.
    booth = models.ForeignKey(Booth, models.PROTECT, null=True, blank=True, related_name="bookings")
    # The kind of which any will do; None where a booth was chosen by its number.
    any_of = models.ForeignKey(
        BoothType, models.PROTECT, null=True, blank=True, related_name="bookings"
    )
    exhibitor = models.ForeignKey(Exhibitor, models.PROTECT, related_name="bookings")
    line = models.OneToOneField(OrderLine, models.PROTECT, related_name="booth_booking")

    objects = BoothBookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking of a booth")
        verbose_name_plural = _("bookings of booths")
        constraints = [
            models.CheckConstraint(
                condition=RELEASED_AS_STATUS_SAYS,
                name="booth_booking_matches_status",
            ),
            # The one guard against selling a booth twice (docs/decisions/0033).
            models.UniqueConstraint(
                fields=["booth"], condition=Q(released_at=None), name="booth_booked_once"
            ),
            models.CheckConstraint(
                condition=Q(booth__isnull=False) | Q(any_of__isnull=False),
                name="booth_booking_is_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booth_id} · {self.exhibitor_id}"

    @property
    def kind(self) -> BoothType:
        kind = self.booth.booth_type if self.booth else self.any_of
        assert kind is not None  # the database's CHECK
        return kind

    @property
    def number(self) -> str:
        """Of its booth, in the reader's words where there is none yet."""
        return self.booth.number if self.booth else gettext("to be assigned")

    def is_over(self, at: datetime) -> bool:
        return at >= self.event.starts_at

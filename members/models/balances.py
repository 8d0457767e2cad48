"""What came for each charge and what is left of it, counted and kept, so that a hundred thousand
can be listed and summed up."""

from typing import ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from kosna.branches.models import BranchScoped
from members.models.charges import Charge
from members.models.membership import Member, Seat
from members.models.terms import Tier


class BalanceQuerySet(BranchScoped):
    branch_field = "member__branch"

    def owing(self) -> "BalanceQuerySet":
        """Of members who belong, what is not paid yet."""
        return self.filter(member__status=Member.Status.ACTIVE, open__gt=0)

    def without_email(self) -> "BalanceQuerySet":
        """Of members whom no mail reaches (``letters.addresses_of`` is empty), as where a list
        brought them along without an address: they are written to on paper."""
        runs = Seat.objects.current().running().filter(member=OuterRef("member"))
        organisation = Q(member__organisation__tax_email="") & ~Exists(runs)
        person = Q(member__organisation=None, member__user=None)
        return self.filter(person | organisation)


class Balance(models.Model):
    """A standing charge with the won that came for it and that are left to pay (negative: too much
    was paid). ``members.balances.recount`` writes it whenever one of its facts changes, ``verify``
    compares; what is decided about one member is read from the facts themselves."""

    charge = models.OneToOneField(Charge, models.PROTECT, primary_key=True, related_name="balance")
    member = models.ForeignKey(Member, models.PROTECT, related_name="balances", db_index=False)
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    amount = models.BigIntegerField()
    paid = models.BigIntegerField()
    open = models.BigIntegerField()

    objects = BalanceQuerySet.as_manager()

    class Meta:
        verbose_name = "balance of a charge"
        verbose_name_plural = "balances of charges"
        constraints = [
            models.CheckConstraint(
                condition=Q(open=F("amount") - F("paid")), name="balance_adds_up"
            ),
        ]
        indexes: ClassVar = [
            # The desk's list in its order, and the sums of a year, from an index alone.
            models.Index(
                fields=["year", "due_on", "charge", "open"],
                condition=Q(open__gt=0),
                name="balance_open",
            ),
            models.Index(
                fields=["year", "due_on", "charge", "amount", "paid", "open"],
                name="balance_of_year",
            ),
            # The same of one branch's members.
            models.Index(
                fields=["member", "year", "due_on", "amount", "paid", "open"],
                name="balance_of_member",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.year}: {self.open:+}"

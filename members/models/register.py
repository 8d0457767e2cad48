"""The register of members (사원명부, 민법 §55②): each change, and so what it said on any day."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock
from kosna.core.models import AppendOnly, AppendOnlyQuerySet
from members.models.membership import Member
from members.models.terms import Tier


def named(query: str) -> Q:
    """Lines by number, name or representative, as they are printed; letters without a case are
    compared as they are, which is twice as fast."""
    query = " ".join(query.split())
    if not query:
        return Q()
    if not query.isascii():
        return Q(name__contains=query) | Q(representative__contains=query)
    return (
        Q(number__startswith=query) | Q(name__icontains=query) | Q(representative__icontains=query)
    )


class RegisterEntryQuerySet(BranchScoped, AppendOnlyQuerySet):  # type: ignore[override]
    def in_force(self, day: date) -> "RegisterEntryQuerySet":
        """The one line of each member that stands on a day, those who have left included."""
        return self.filter(Q(until=None) | Q(until__gt=day), on__lte=day)

    def members(self) -> "RegisterEntryQuerySet":
        # Admitted: whose first dues turned out to be another's waits for their own again.
        return self.exclude(status__in=[*Member.ENDED, Member.Status.ADMITTED])

    def left(self) -> "RegisterEntryQuerySet":
        return self.filter(status__in=Member.ENDED)

    def sawon(self) -> "RegisterEntryQuerySet":
        """Those whom the law calls members (사원). Their tiers are looked up first: beside a few
        numbers PostgreSQL reads the lines in their order, beside a subquery it sorts them all."""
        tiers = Tier.objects.filter(is_sawon=True).order_by("pk").values_list("pk", flat=True)
        return self.filter(tier__in=list(tiers))

    def search(self, query: str) -> "RegisterEntryQuerySet":
        """By what the line itself says: number, name or representative."""
        return self.filter(named(query))


class RegisterEntry(AppendOnly):
    """One line of the register as it stands from a day on, whole: the register of a day is the
    latest line of each member until then. Written by ``members.register.enter``, never changed;
    ``until`` is set once, by the database, when the next line of the member is written."""

    class Kind(models.TextChoices):
        JOINED = "joined", _("Joined")  # 입회
        TIER = "tier", _("Tier changed")  # 회원종류 변경
        BRANCH = "branch", _("Branch changed")  # 지부 이동
        DETAILS = "details", _("Details changed")  # 기재사항 변경
        SUSPENDED = "suspended", _("Suspended")  # 권리정지
        RESTORED = "restored", _("Restored")  # 정지 해제
        WITHDRAWN = "withdrawn", _("Withdrawn")  # 탈퇴
        EXPELLED = "expelled", _("Expelled")  # 제명
        FORFEITED = "forfeited", _("Membership forfeited")  # 자격상실
        DECEASED = "deceased", _("Deceased or dissolved")  # 사망·해산
        VOIDED = "voided", _("Entered in error")  # 착오취소

    member = models.ForeignKey(Member, models.PROTECT, related_name="register_entries")
    kind = models.CharField(_("change"), max_length=10, choices=Kind)
    on = models.DateField(_("effective on"))  # a day in Korea, from its beginning
    until = models.DateField(null=True, editable=False)  # from this day on the next line stands
    at = models.DateTimeField(default=clock.now)  # when it was written
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    basis = models.CharField(_("basis"), max_length=200, blank=True)  # 의결 근거
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    # The line itself.
    status = models.CharField(_("status"), max_length=10, choices=Member.Status)
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+")
    number = models.CharField(_("member number"), max_length=12)
    name = models.CharField(_("name"), max_length=120)
    representative = models.CharField(_("representative"), max_length=80, blank=True)
    address = models.CharField(_("address"), max_length=330, blank=True)
    joined_on = models.DateField()
    ended_on = models.DateField(null=True)

    objects = RegisterEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("register entry")
        verbose_name_plural = _("register entries")
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(until=None), name="register_one_line_in_force"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["member", "on", "id"]),
            # The register of any day, in the order of its numbers, counted without a look at rows.
            models.Index(
                fields=["number", "on", "until", "status", "tier", "branch"], name="register_as_of"
            ),
            # The same with what is searched in.
            models.Index(
                fields=[
                    "number",
                    "name",
                    "representative",
                    "on",
                    "until",
                    "status",
                    "tier",
                    "branch",
                ],
                name="register_search",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name} {self.on}: {self.kind}"

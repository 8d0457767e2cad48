"""Which papers a membership gives today, to whom, and what they rest on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.accounts.models import User
from kosna.core import clock
from kosna.documents.models import Document
from kosna.payments.models import Refund
from members.models import Application, Import, Member, Period, Seat

Kind = Document.Kind
LANGUAGES = (("ko", "한국어"), ("en", "English"))
OTHER = "other"
# To whom of an organisation its papers go.
ORDER: list[str] = [Seat.Role.CONTACT, Seat.Role.REPRESENTATIVE, Seat.Role.STAFF]
# What a certificate of membership is asked for; whatever else there is, is typed.
PURPOSES = (
    ("authority", gettext_lazy("For submission to a public authority")),
    ("bid", gettext_lazy("For a tender or a support programme")),
    ("employer", gettext_lazy("For an employer or a school")),
    ("discount", gettext_lazy("As proof for a member's price")),
    (OTHER, gettext_lazy("Another purpose (type it below)")),
)


@dataclass(frozen=True)
class PaidDues:
    """Dues that were paid and kept, in whole won: what a certificate of payment lists. Of years
    that an import brought along it is known that they were paid, not how much and when."""

    period: Period
    amount: int | None
    paid_on: date | None

    @property
    def is_imported(self) -> bool:
        return self.amount is None

    @property
    def title(self) -> str:
        if self.period.line:
            return self.period.line.title
        return _("Annual dues %(year)s") % {"year": self.period.starts_on.year}

    @property
    def label(self) -> str:
        if self.paid_on is None:
            return _("%(title)s · from earlier records") % {"title": self.title}
        return f"{self.title} · {self.paid_on.isoformat()}"


def with_grounds(members: QuerySet[Member]) -> QuerySet[Member]:
    """Members with all that decides about their papers; few statements, however many they are."""
    brought = Import.objects.filter(status=Import.Status.APPLIED, applied_at=OuterRef("created_at"))
    periods = (
        Period.objects.valid()
        .select_related("tier", "line__order")
        .annotate(is_imported=Q(line=None, exemption=None) & Exists(brought))
        .order_by("starts_on")
    )
    done = Refund.objects.filter(status=Refund.Status.DONE)
    return members.select_related("tier", "branch", "user", "organisation").prefetch_related(
        Prefetch("periods", periods, to_attr="valid_periods"),
        Prefetch("valid_periods__line__refunds", done, to_attr="refunds_done"),
        Prefetch("seat_rows", Seat.objects.select_related("user").order_by("pk")),
        "applications",
        "suspensions",
    )


def grounds_of(member: Member) -> Member:
    return with_grounds(Member.objects.filter(pk=member.pk)).get()


def paid_dues(member: Member) -> list[PaidDues]:
    """Of a member ``with_grounds``, the oldest first: what orders brought, and the years that an
    import said were paid."""
    found = []
    for period in member.valid_periods:  # type: ignore[attr-defined]
        line = period.line
        if period.is_imported:
            found.append(PaidDues(period, None, None))
        if line is None or line.order.paid_at is None:
            continue
        amount = line.amount - sum(refund.amount for refund in line.refunds_done)
        if amount > 0:
            found.append(PaidDues(period, amount, clock.kst_date(line.order.paid_at)))
    return found


def period_on(member: Member, day: date) -> Period | None:
    """Of a member ``with_grounds``: the paid days that hold on a day."""
    held = [
        period
        for period in member.valid_periods  # type: ignore[attr-defined]
        if period.starts_on <= day and (period.ends_on is None or day <= period.ends_on)
    ]
    return max(held, key=lambda period: period.ends_on or date.max, default=None)


def card_period(member: Member, day: date) -> Period | None:
    """The paid days that a card of this day stands on; none while rights are suspended."""
    if any(row.holds_on(day) for row in member.suspensions.all()):
        return None
    return period_on(member, day)


def approval_of(member: Member) -> Application | None:
    """The application by which it began, once it has."""
    approved = [
        row for row in member.applications.all() if row.status == Application.Status.APPROVED
    ]
    is_member = member.number and member.status != Member.Status.VOIDED
    return approved[-1] if approved and is_member else None


def seat_of(member: Member, holder: User, day: date) -> Seat | None:
    return next(
        (
            seat
            for seat in member.seat_rows.all()
            if seat.user_id == holder.pk and (seat.valid_to is None or seat.valid_to >= day)
        ),
        None,
    )


def runs(member: Member, holder: User) -> bool:
    """Whether somebody speaks for a membership: their own, or the organisation's that they
    represent or run."""
    if member.user_id:
        return member.user_id == holder.pk
    return any(
        seat.user_id == holder.pk and seat.valid_to is None and seat.role != Seat.Role.STAFF
        for seat in member.seat_rows.all()
    )


def offered(member: Member, holder: User) -> list[str]:
    """The kinds that this person can be given today, of a member ``with_grounds``. A card is
    everybody's who holds or sits in a membership; the rest is for who speaks for it."""
    today = clock.today()
    is_active = member.status == Member.Status.ACTIVE
    speaks = runs(member, holder)
    sits = speaks or seat_of(member, holder, today) is not None
    fits = {
        Kind.MEMBERSHIP_CARD: is_active and sits and card_period(member, today) is not None,
        Kind.MEMBERSHIP: is_active and speaks,
        Kind.DUES: speaks and bool(paid_dues(member)),
        Kind.APPROVAL: speaks and approval_of(member) is not None,
    }
    return [kind for kind, fit in fits.items() if fit]


def holder_of(member: Member) -> User | None:
    """To whom the desk issues the papers of a member ``with_grounds``: the person, or who runs the
    organisation."""
    if member.user:
        return member.user
    current = [seat for seat in member.seat_rows.all() if seat.valid_to is None]
    current.sort(key=lambda seat: ORDER.index(seat.role))
    return current[0].user if current and current[0].role != Seat.Role.STAFF else None


def purpose_words(code: str, typed: str) -> str:
    """As it is printed, in the language that is active."""
    return typed if code == OTHER else str(dict(PURPOSES).get(code, typed))


def resting_on(period: Period, papers: Iterable[Document]) -> list[Document]:
    """Those of a membership's papers that say something of these paid days."""
    return [paper for paper in papers if period.pk in paper.facts.get("periods", ())]


def names_of(member: Member, holder: User | None, language: str) -> dict[str, Any]:
    """As certificates name a member: an organisation by its name, a person as admitted; in
    English also as they write it themselves."""
    if member.organisation:
        names = {"name": "", "organisation": member.name}
        english = {"organisation_en": member.organisation.name_en}
    else:
        names = {"name": member.name, "organisation": ""}
        english = {"name_en": holder.name_en if holder else ""}
    shown = english if language == "en" else {}
    return names | {key: value for key, value in shown.items() if value not in names.values()}


def no_such_paper() -> str:
    return _("This paper cannot be issued now. The page shows those that can.")

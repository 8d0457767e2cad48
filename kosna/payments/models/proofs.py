"""증빙: what a buyer shows their tax office for money that they paid in cash. A card slip is proof
enough, so a payment by card has none of these; any other has one at most."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, Q
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import BranchScoped
from kosna.core import clock
from kosna.core.korean import display_business_number, display_phone
from kosna.core.models import AppendOnly, AppendOnlyQuerySet, Stateful, WonField
from kosna.core.uploads import RandomPath
from kosna.payments.models.money import Payment
from kosna.payments.models.orders import OrderLine

# How cash arrives: paid in any other way, the slip of the card is the proof.
CASH_METHODS = ("bank_transfer", "account_transfer", "virtual_account", "cash")


class ProofQuerySet(BranchScoped):
    branch_field = "payment__order__branch"

    def live(self) -> "ProofQuerySet":
        return self.exclude(status=Proof.Status.CANCELLED)

    def waiting(self) -> "ProofQuerySet":
        """What the treasurer has to do at the tax office."""
        return self.filter(status__in=Proof.WAITING)

    def due(self, when: str) -> "ProofQuerySet":
        """Waiting, and overdue ("overdue") or due within a week ("week")."""
        today = clock.today()
        if when == "overdue":
            return self.waiting().filter(due_on__lt=today)
        return self.waiting().filter(due_on__lte=today + timedelta(days=7))

    def waiting_first(self) -> "ProofQuerySet":
        """By deadline what is still to be done; then the newest."""
        waits = ExpressionWrapper(Q(status__in=Proof.WAITING), models.BooleanField())
        due = models.Case(models.When(waits=True, then="due_on"), output_field=models.DateField())
        return self.annotate(waits=waits, next_due=due).order_by("-waits", "next_due", "-pk")

    def with_grounds(self) -> "ProofQuerySet":
        """With all that their amounts rest on, in few statements however many they are."""
        return self.select_related(
            "payment__order__branch", "payment__order__user"
        ).prefetch_related(
            "issues",
            "payment__order__lines",
            "payment__order__payments",
            "payment__order__refunds",
        )

    def search(self, text: str) -> "ProofQuerySet":
        """By the order's code, buyer, company, number that it is issued to, or approval number."""
        for word in text.split():
            digits = word.replace("-", "")
            numbered = ProofIssue.objects.filter(number__iexact=digits).values("proof")
            found = (
                Q(payment__order__code__istartswith=word)
                | Q(payment__order__buyer_name__icontains=word)
                | Q(company__icontains=word)
                | Q(pk__in=numbered)
            )
            if digits.isdecimal() and len(digits) > 3:
                found |= Q(identity__endswith=digits.lstrip("0"))
            self = self.filter(found)
        return self


class Proof(Stateful):
    """One paper at the tax office over one payment: asked for here, issued there, its approval
    number written down here. What it amounts to follows from the order
    (``kosna.payments.coverage``) and is frozen in each ``ProofIssue``."""

    class Kind(models.TextChoices):
        CASH_RECEIPT = "cash", _("Cash receipt")  # 현금영수증
        TAX_INVOICE = "tax", _("Tax invoice")  # 세금계산서: of taxable lines
        INVOICE = "invoice", _("Invoice (VAT-exempt)")  # 계산서: of exempt lines

    class Purpose(models.TextChoices):
        DEDUCTION = "deduction", _("Income deduction")  # 소득공제, to a mobile number
        EXPENSE = "expense", _("Proof of expense")  # 지출증빙, to a business number
        SELF = "self", _("Issued unasked")  # 자진발급, to the tax office's number

    class Status(models.TextChoices):
        REQUESTED = "requested", _("Proof requested")  # 신청
        ISSUED = "issued", _("Proof issued")  # 발급완료
        CORRECTING = "correcting", _("To be corrected")  # 수정 대상: money went back since
        CORRECTED = "corrected", _("Corrected")  # 수정
        CANCELLED = "cancelled", _("Proof cancelled")  # 취소

    TRANSITIONS: ClassVar = {
        Status.REQUESTED: {Status.ISSUED, Status.CANCELLED},
        Status.ISSUED: {Status.CORRECTING, Status.CANCELLED},
        # Back to ISSUED or CORRECTED when the refund bounced.
        Status.CORRECTING: {Status.CORRECTED, Status.ISSUED, Status.CANCELLED},
        Status.CORRECTED: {Status.CORRECTING, Status.CANCELLED},
        Status.CANCELLED: set(),
    }
    TONES: ClassVar = {
        Status.REQUESTED: "warning",
        Status.ISSUED: "good",
        Status.CORRECTING: "danger",
        Status.CORRECTED: "good",
    }
    WAITING: ClassVar = (Status.REQUESTED, Status.CORRECTING)
    # What of an order each kind is a proof of. Dues without consideration need none.
    COVERS: ClassVar[dict[str, tuple[str, ...]]] = {
        Kind.CASH_RECEIPT: (OrderLine.VatClass.TAXABLE, OrderLine.VatClass.EXEMPT),
        Kind.TAX_INVOICE: (OrderLine.VatClass.TAXABLE,),
        Kind.INVOICE: (OrderLine.VatClass.EXEMPT,),
    }

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="proofs")
    method = models.CharField(max_length=30)  # of the payment, for the database's own check
    # A payment for taxable and exempt things: the tax invoice, and beside it the invoice.
    beside = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="companions"
    )
    kind = models.CharField(_("kind"), max_length=7, choices=Kind)
    purpose = models.CharField(_("purpose"), max_length=9, choices=Purpose, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.REQUESTED)
    # To whom: ten digits of a business, a mobile number in E.164, or the tax office's own.
    identity = models.CharField(max_length=20)
    sub_number = models.CharField(max_length=4, blank=True)  # 종사업장번호
    company = models.CharField(max_length=70, blank=True)  # 상호
    representative = models.CharField(max_length=30, blank=True)  # 대표자
    business_type = models.CharField(max_length=40, blank=True)  # 업태
    business_item = models.CharField(max_length=40, blank=True)  # 종목
    address = models.CharField(max_length=150, blank=True)
    email = models.EmailField(max_length=100, blank=True)
    email2 = models.EmailField(max_length=100, blank=True)
    written_on = models.DateField(_("date written"))  # 작성일자
    is_claim = models.BooleanField(default=False)  # 청구 rather than 영수
    note = models.CharField(max_length=100, blank=True)  # 비고
    certificate = models.FileField(upload_to=RandomPath("proofs"), blank=True)  # 사업자등록증
    certificate_name = models.CharField(max_length=150, blank=True)
    certificate_type = models.CharField(max_length=40, blank=True)
    due_on = models.DateField(_("due on"))
    requested_at = models.DateTimeField(default=clock.now)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # In a spreadsheet for the tax office, and what that says (whole won).
    exported_at = models.DateTimeField(null=True, blank=True)
    exported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    filed_supply = WonField(null=True, blank=True)
    filed_vat = WonField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)  # why it was cancelled

    objects = ProofQuerySet.as_manager()

    class Meta:
        verbose_name = _("proof of payment")
        verbose_name_plural = _("proofs of payment")
        constraints = [
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(beside=None) & ~Q(status="cancelled"),
                name="proof_one_a_payment",
            ),
            models.UniqueConstraint(
                fields=["beside"], condition=~Q(status="cancelled"), name="proof_one_beside"
            ),
            models.CheckConstraint(
                condition=Q(beside=None) | Q(kind="invoice"), name="proof_beside_is_exempt"
            ),
            models.CheckConstraint(
                condition=Q(method__in=CASH_METHODS), name="proof_of_cash_alone"
            ),
            models.CheckConstraint(
                condition=Q(kind="cash") ^ Q(purpose=""), name="proof_purpose_of_cash_receipts"
            ),
            models.CheckConstraint(
                condition=Q(status="cancelled") ^ Q(cancelled_at=None),
                name="proof_cancelled_has_time",
            ),
            models.CheckConstraint(
                condition=Q(exported_at=None, exported_by=None, filed_supply=None, filed_vat=None)
                | Q(
                    exported_at__isnull=False,
                    exported_by__isnull=False,
                    filed_supply__isnull=False,
                    filed_vat__isnull=False,
                ),
                name="proof_export_paired",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_on"],
                condition=Q(status__in=["requested", "correcting"]),
                name="proof_to_do",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.payment.order.code}"

    @property
    def shown_identity(self) -> str:
        """As people write it: 123-45-67891, 010-1234-5678."""
        if self.purpose == self.Purpose.SELF:
            return self.identity
        if self.purpose == self.Purpose.DEDUCTION:
            return display_phone(self.identity)
        return display_business_number(self.identity)

    @property
    def is_cash_receipt(self) -> bool:
        return self.kind == self.Kind.CASH_RECEIPT

    @property
    def is_waiting(self) -> bool:
        return self.status in self.WAITING

    @property
    def is_overdue(self) -> bool:
        return self.is_waiting and self.due_on < clock.today()

    @property
    def last_issue(self) -> "ProofIssue | None":
        return max(self.issues.all(), key=lambda issue: issue.turn, default=None)


class ProofIssue(AppendOnly):
    """One issuing at the tax office. The first says what was paid; each later one, signed, what
    has changed since. Their sum is what the buyer's books show."""

    class Cause(models.TextChoices):
        """수정사유, by the codes of the tax office."""

        FIRST = "", _("First issue")
        MISTAKE = "01", _("Mistake in what it says")  # 기재사항 착오·정정
        AMOUNT = "02", _("Change of the amount")  # 공급가액 변동
        RETURN = "03", _("Return")  # 환입
        CANCELLATION = "04", _("Contract cancelled")  # 계약의 해제

    proof = models.ForeignKey(Proof, models.PROTECT, related_name="issues")
    turn = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=24)  # 국세청 승인번호
    # The number; with its day where another day may use it again.
    key = models.CharField(max_length=36, unique=True)
    issued_on = models.DateField()
    cause = models.CharField(max_length=2, choices=Cause, blank=True)
    supply = models.BigIntegerField()  # whole won, signed
    vat = models.BigIntegerField()
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("issue of a proof")
        verbose_name_plural = _("issues of proofs")
        ordering = ["turn"]
        constraints = [
            models.UniqueConstraint(fields=["proof", "turn"], name="proof_issue_turn_once"),
            models.CheckConstraint(
                condition=Q(turn=1, cause="", supply__gt=0, vat__gte=0)
                | (Q(turn__gt=1) & ~Q(cause="")),
                name="proof_issue_first_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def amount(self) -> int:
        return self.supply + self.vat

"""The bank's part of the money machine: what really came to the account and left it, files that
tell some of it, once, twice or never, and treasurers who make of it what they can."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from kosna.core import clock
from kosna.payments import actions
from kosna.payments.actions import Share
from kosna.payments.models import (
    BankAccount,
    BankFile,
    BankLine,
    Deposit,
    Match,
    NotedDeposit,
    Payment,
)
from tests.payments.machine import Hands, deaths, numbers, picks
from tests.payments.statements import KB, bring

OFFS = [0, 0, 0, -1_000, 1_000]  # won beside what is owed
transfers = {
    "pick": picks,
    "payer": st.sampled_from(["digits", "digits", "name", "another", "nobody"]),
    "off": st.sampled_from([*OFFS, None]),
}
reasons = st.sampled_from(["착오", "다른 사람의 입금"])


@dataclass(frozen=True)
class Movement:
    at: datetime
    won: int  # negative: left us
    balance: int
    payer: str

    @property
    def cells(self) -> str:
        told = f"{self.at.astimezone(clock.KST):%Y.%m.%d %H:%M:%S}"
        out, into = max(-self.won, 0), max(self.won, 0)
        return f'{told},전자금융,{self.payer},,"{out:,}","{into:,}","{self.balance:,}",가산,정상'


class Bank(Hands):
    now: datetime
    account: BankAccount
    treasurers: list[Any]

    def _open_account(self, branch: Any) -> None:
        self.account = BankAccount.objects.create(
            branch=branch, name="주거래", bank="국민은행", number=f"000-{next(numbers)}"
        )
        self.moved: list[Movement] = []

    def _move(self, won: int, payer: str) -> None:
        last = self.moved[-1] if self.moved else None
        at = self.now.replace(microsecond=0)
        if last and at <= last.at:
            at = last.at + timedelta(seconds=1)
        balance = (last.balance if last else 10_000_000) + won
        self.moved.append(Movement(at, won, balance, payer))

    def _bring(self, rows: Sequence[Movement], encoding: str = "cp949") -> BankFile:
        text = "\n".join([KB, *(row.cells for row in reversed(rows))])
        return bring(text.encode(encoding), self.account, by=self.treasurers[0])

    def _deposits(self) -> Any:
        return Deposit.objects.filter(line__account=self.account)

    def _matches(self) -> Any:
        return Match.objects.filter(order__in=self._orders())

    def _typed(self) -> Any:
        return Payment.objects.filter(order__in=self._orders(), reference__startswith="bank:")

    def _noted(self) -> Any:
        return NotedDeposit.objects.filter(order__in=self._orders())

    def _deposit(self, pick: int) -> Deposit | None:
        """Mostly one of which something is left."""
        mine = self._deposits().select_related("line__account")
        return (pick % 5 and self._one(mine.filter(left__gt=0), pick)) or self._one(mine, pick)

    def _the_bank_agrees(self) -> None:
        """No line is known twice, and at the end all of them are."""
        lines = BankLine.objects.filter(account=self.account)
        known = sorted((line.at, line.moved, line.balance) for line in lines)
        truth = sorted((row.at, row.won, row.balance) for row in self.moved)
        assert set(known) <= set(truth) and len(known) == len(set(known))

    def _all_is_told(self) -> None:
        """A file of everything is brought, twice; what waits for a second person is decided."""
        for _again in range(2):
            if self.moved:
                actions.import_bank_file(self._bring(self.moved), by=self.treasurers[0])
        assert BankLine.objects.filter(account=self.account).count() == len(self.moved)
        for noted in self._noted().waiting():
            seen = noted.order.sum_paid()
            actions.confirm_noted(noted, seen=seen, by=self._other_than(noted))

    def _other_than(self, noted: NotedDeposit) -> Any:
        return next(one for one in self.treasurers if one.pk != noted.noted_by_id)

    # What the bank does

    @rule(**transfers, told=st.booleans(), dies=deaths)
    def a_transfer_arrives(
        self, pick: int, payer: str, off: int | None, told: bool, dies: int | None
    ) -> None:
        """Perhaps told in a file at once, and matched by itself where it fits."""
        self._transfer(pick, payer, off)
        if told:
            self._tell_of(self.moved, None)
            self._match(dies)

    def _transfer(self, pick: int, payer: str, off: int | None) -> None:
        """Right, a half, too little or too much, under some name."""
        order, other = self._order(pick), self._order(pick + 1)
        if order is None or other is None:
            return
        printed = {
            "digits": order.depositor_name,
            "name": order.buyer_name,
            "another": other.buyer_name,
            "nobody": "모르는이",
        }
        self._move(order.total // 2 if off is None else order.total + off, printed[payer])

    @rule(pick=picks)
    def one_transfer_for_two_orders_arrives(self, pick: int) -> None:
        first, second = self._order(pick), self._order(pick + 1)
        if first and second:
            self._move(first.total + second.total, first.buyer_name)

    @rule(won=st.sampled_from([10_000, 33_000, 55_000]))
    def money_leaves_the_account(self, won: int) -> None:
        self._move(-won, "이체")

    # What files tell

    @rule(
        which=st.one_of(st.just(2**12 - 1), st.integers(1, 2**12 - 1)),
        encoding=st.sampled_from(["cp949", "utf-8-sig"]),
        dies=deaths,
        dies_importing=deaths,
        again=st.booleans(),
    )
    def a_file_is_brought(
        self, which: int, encoding: str, dies: int | None, dies_importing: int | None, again: bool
    ) -> None:
        """Any of the lines, also of those that were told before; read once or twice."""
        rows = [row for index, row in enumerate(self.moved) if which >> index % 12 & 1]
        if rows:
            self._do(dies, lambda: self._bring(rows, encoding))
        file = BankFile.objects.filter(account=self.account).order_by("-pk").first()
        for death in [dies_importing, None] if again else [dies_importing]:
            if file:
                self._import(file, death)

    def _tell_of(self, rows: Sequence[Movement], dies: int | None) -> None:
        self._import(self._bring(rows), dies)

    def _import(self, file: BankFile, dies: int | None) -> None:
        self._do(dies, lambda: actions.import_bank_file(file, by=self.treasurers[0]))
        self._the_bank_agrees()

    # What treasurers make of it

    @rule(dies=deaths)
    def what_fits_is_matched_by_itself(self, dies: int | None) -> None:
        self._match(dies)

    def _match(self, dies: int | None) -> None:
        branch, by = self.account.branch, self.treasurers[0]
        self._do(dies, lambda: actions.match_open(branch, by=by))

    @rule(pick=picks, whose=picks, half=st.booleans(), stale=st.booleans(), dies=deaths)
    def a_treasurer_says_whose_it_is(
        self, pick: int, whose: int, half: bool, stale: bool, dies: int | None
    ) -> None:
        deposit, order = self._deposit(pick), self._order(whose)
        if deposit and order:
            won = deposit.left // 2 if half else deposit.left
            share = Share(order, won, seen=order.sum_paid() + stale)
            self._do(
                dies,
                lambda: actions.match_deposit(deposit, shares=[share], by=self.treasurers[0]),
            )

    @rule(pick=picks, whose=picks, dies=deaths)
    def a_treasurer_divides_it(self, pick: int, whose: int, dies: int | None) -> None:
        deposit, orders = self._deposit(pick), [self._order(whose), self._order(whose + 1)]
        if deposit and all(orders):
            shares = [Share(order, min(order.total, deposit.left)) for order in orders if order]
            self._do(
                dies,
                lambda: actions.match_deposit(deposit, shares=shares, by=self.treasurers[1]),
            )

    @rule(pick=picks, which=picks, dies=deaths)
    def a_treasurer_finds_what_was_typed(self, pick: int, which: int, dies: int | None) -> None:
        payment = self._one(self._typed().select_related("order"), which)
        deposit = self._deposit(pick)
        if payment and deposit:
            self._do(
                dies,
                lambda: actions.find_payment(deposit, payment=payment, by=self.treasurers[0]),
            )

    @rule(pick=picks, reason=reasons, dies=deaths)
    def a_match_is_taken_back(self, pick: int, reason: str, dies: int | None) -> None:
        mine = self._matches().select_related("order", "deposit")
        if match := self._one(mine, pick):
            by = self.treasurers[0]
            self._do(dies, lambda: actions.unmatch_deposit(match, reason=reason, by=by))

    @rule(pick=picks, reason=reasons, dies=deaths)
    def what_was_typed_is_taken_back(self, pick: int, reason: str, dies: int | None) -> None:
        if payment := self._one(self._typed().select_related("order"), pick):
            by = self.treasurers[0]
            self._do(dies, lambda: actions.retract_deposit(payment, reason=reason, by=by))

    @rule(pick=picks, dies=deaths)
    def a_deposit_is_set_aside_or_taken_up(self, pick: int, dies: int | None) -> None:
        if deposit := self._deposit(pick):
            by = self.treasurers[0]
            if deposit.status == Deposit.Status.ASIDE:
                self._do(dies, lambda: actions.take_up(deposit, by=by))
            else:
                self._do(dies, lambda: actions.set_aside(deposit, note="문의함", by=by))

    @rule(pick=picks, which=st.one_of(st.none(), picks), dies=deaths)
    def a_deposit_is_wired_back(self, pick: int, which: int | None, dies: int | None) -> None:
        """All that is left of it, or as much as a line shows that left us."""
        deposit, evidence = self._deposit(pick), None
        if which is not None:
            evidence = self._one(BankLine.objects.outgoing().filter(account=self.account), which)
        if deposit and deposit.left:
            won = evidence.outgoing if evidence else deposit.left
            self._do(
                dies,
                lambda: actions.return_deposit(
                    deposit,
                    amount=won,
                    reason="주인을 찾지 못함",
                    evidence=evidence,
                    by=self.treasurers[0],
                ),
            )

    # What they type

    @rule(
        pick=picks,
        off=st.sampled_from(OFFS),
        who=st.integers(0, 2),
        dies=deaths,
        again=st.booleans(),
    )
    def a_deposit_is_typed(
        self, pick: int, off: int, who: int, dies: int | None, again: bool
    ) -> None:
        """Booked where it is little or on the list, noted where it is much; once in any case."""
        order = self._order(pick)
        if order is None:
            return
        nonce, seen, won = uuid4().hex, order.sum_paid(), order.total + off
        for death in [dies, None] if again else [dies]:
            self._do(
                death,
                lambda: actions.confirm_deposit(
                    order,
                    amount=won,
                    received_on=clock.today(),
                    depositor=order.buyer_name,
                    nonce=nonce,
                    seen=seen,
                    by=self.treasurers[who],
                ),
            )
        booked = Payment.objects.filter(reference=f"bank:{nonce}")
        assert booked.count() + NotedDeposit.objects.filter(nonce=nonce).count() <= 1
        for payment in booked:
            assert won < settings.TWO_PERSON_DEPOSIT_WON or payment.matches.exists()

    @rule(
        pick=picks,
        who=st.integers(0, 2),
        refuses=st.sampled_from([False, False, True]),
        dies=deaths,
        again=st.booleans(),
    )
    def a_noted_deposit_is_decided(
        self, pick: int, who: int, refuses: bool, dies: int | None, again: bool
    ) -> None:
        mine = self._noted().select_related("order")
        noted = (pick % 5 and self._one(mine.waiting(), pick)) or self._one(mine, pick)
        if not noted:
            return
        by, seen = self.treasurers[who], noted.order.sum_paid()
        for death in [dies, None] if again else [dies]:
            if refuses:
                self._do(death, lambda: actions.refuse_noted(noted, reason="없음", by=by))
            else:
                self._do(death, lambda: actions.confirm_noted(noted, seen=seen, by=by))
        noted.refresh_from_db()
        booked = Payment.objects.filter(reference=f"bank:{noted.nonce}").count()
        assert booked <= (noted.status == NotedDeposit.Status.CONFIRMED)
